class Watched:
    """Where a scanner's result is when the original has run: a name and keys in it, a column, or what it returned."""

    def __init__(self, path, column, entry, line):
        self.path, self.column, self.entry, self.line = path, column, entry, line
        # What callers of the decorated function got, and what the function itself returned.
        self.given, self.returned = Kept(), Kept()
        # How calls of it ended that gave nothing.
        self.failures = []
        # The tables in which the column was set, and the last one that a function had when it ended.
        self.tables, self.table = Tables(column), None
        # Of a class: what its methods returned, by method, and the objects they were called on.
        self.methods, self.objects = {}, {}

    def keep_failure(self):
        error = sys.exc_info()[1]
        if isinstance(error, Exception):
            self.failures.append(type(error).__name__ + ': ' + str(error)[:100])


class Kept(list):
    """What calls gave, those in processes of a pool, too: they hand it over in a file without a name."""

    def __init__(self):
        super().__init__()
        self.process, self.file = os.getpid(), tempfile.TemporaryFile()

    def append(self, value):
        if os.getpid() == self.process:
            super().append(value)
        else:
            os.write(self.file.fileno(), (json.dumps(rows_of(value), default=str) + '\n').encode())

    def gathered(self):
        """All of it."""
        handed = os.pread(self.file.fileno(), os.fstat(self.file.fileno()).st_size, 0)
        return self + [json.loads(line) for line in handed.splitlines()]


class Tables:
    """Tables in which a column was set, each once; of old ones only the rows that are picked, when all are too much."""

    CELLS_MAX = 20_000_000

    def __init__(self, column):
        self.column, self.whole, self.rows, self.symbols = column, {}, [], {}
        self.cells = 0

    def keep(self, table):
        if type(table).__name__ != 'DataFrame' or id(table) in self.whole:
            return
        self.whole[id(table)] = table
        self.symbols[id(table)] = symbol_near([], sys._getframe(1))
        self.cells += table.size
        while self.cells > self.CELLS_MAX and len(self.whole) > 1:
            oldest = self.whole.pop(next(iter(self.whole)))
            self.cells -= oldest.size
            self.rows += self.picked(oldest)

    def picked(self, table):
        if self.column not in table.columns:
            return []
        rows = rows_of(picked(table, self.column))
        symbol = self.symbols.get(id(table))
        if symbol is None or any(name.lower() in ('ticker', 'symbol') for name in (rows[0] if rows else ())):
            return rows
        # A table of one symbol often does not hold it.
        return [{'ticker': symbol, **row} for row in rows]

    def all_rows(self):
        return self.rows + [row for table in self.whole.values() for row in self.picked(table)]

    def is_one_of_many(self, table):
        """Whether a table is one of several, not what they were put together to."""
        if not self.rows and len(self.whole) < 2:
            return False
        if id(table) in self.whole:
            return True
        names = [name for name in table.columns if str(name).lower() in ('ticker', 'symbol')]
        if names and table[names[0]].nunique() > 1:
            return False
        return len(self.picked(table)) <= max(len(self.picked(known)) for known in self.whole.values())


def table_keeper(watched):
    """Looks at what a function has when it ends: a table with a flag may never leave it."""
    def look(names):
        tables = [value for value in names.values() if type(value).__name__ == 'DataFrame']
        for one in watched:
            for table in tables:
                if one.column is not None and one.column in table.columns:
                    one.table = table

    return look


class Edit(ast.NodeTransformer):
    """Puts edited values where the original has the written ones, and records the scanners."""

    def __init__(self, values, watched):
        self.values = values
        self.numbers = {(one.entry, one.line): number for number, one in enumerate(watched)}
        self.tables = {number for number, one in enumerate(watched) if one.column is not None}
        self.lines, self.entries = {}, {}
        for number in self.tables:
            self.lines.setdefault(watched[number].line, []).append(number)

    def find_entries(self, tree):
        """Scanners that are written in a registry, by the line of what is called there; not where a line holds several."""
        def is_named(node):
            names = [node.name] if hasattr(node, 'name') else [getattr(target, 'id', None) for target in node.targets]
            return [(name, node.lineno) for name in names]

        definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign)
        known = {place for node in ast.walk(tree) if isinstance(node, definitions) for place in is_named(node)}
        others = {line: number for (entry, line), number in self.numbers.items() if (entry, line) not in known}
        found = {}
        for node in ast.walk(tree):
            inside = node.values if isinstance(node, ast.Dict) else getattr(node, 'elts', [])
            for value in inside:
                if isinstance(value, (ast.Lambda, ast.Call, ast.Dict)) and value.lineno in others and value.lineno not in self.lines:
                    found.setdefault(value.lineno, []).append(value)
        for line, values in found.items():
            # What is called in a dictionary says more than the dictionary.
            called = [value for value in values if not isinstance(value, ast.Dict)] or values
            if len(called) == 1:
                self.entries[id(called[0])] = others[line]

    def visit(self, node):
        number = self.entries.get(id(node))
        edited = self.edited(node)
        if number is not None and isinstance(edited, ast.expr):
            name = '_codeproof_given_' if isinstance(node, ast.Lambda) else '_codeproof_entry_'
            edited = ast.copy_location(ast.Call(self.recorder(name, number, node), [edited], []), node)
        return edited

    def edited(self, node):
        place = tuple(getattr(node, name, None) for name in ('lineno', 'col_offset', 'end_lineno', 'end_col_offset'))
        if isinstance(node, ast.expr) and place in self.values:
            value = self.values[place]
            value = tuple(value) if isinstance(node, ast.Tuple) and isinstance(value, list) else value
            return ast.copy_location(ast.parse(repr(value), mode='eval').body, node)
        node = self.generic_visit(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            number = self.numbers.get((node.name, node.lineno))
            if number is not None:
                node.decorator_list.insert(0, self.recorder('_codeproof_given_', number, node))
                node.decorator_list.append(self.recorder('_codeproof_returned_', number, node))
                kept = self.statements('_codeproof_failed_%d()\nraise' % number, node)
                self.wrap(node, [ast.copy_location(ast.ExceptHandler(None, None, kept), node)], [])
            elif self.entries and isinstance(node, ast.FunctionDef):
                node.decorator_list.append(ast.copy_location(ast.Name('_codeproof_engine', ast.Load()), node))
            if self.tables:
                self.wrap(node, [], self.statements('_codeproof_tables(locals())', node))
        elif isinstance(node, ast.ClassDef):
            number = self.numbers.get((node.name, node.lineno))
            if number is not None:
                node.decorator_list.append(self.recorder('_codeproof_class_', number, node))
        elif isinstance(node, ast.Assign):
            if node.lineno in self.lines:
                return [node, *self.keepers(node)]
            names = [(getattr(target, 'id', None), node.lineno) for target in node.targets]
            number = next((self.numbers[name] for name in names if name in self.numbers), None)
            if number is not None:
                node.value = ast.Call(self.recorder('_codeproof_given_', number, node), [node.value], [])
        return node

    def keepers(self, node):
        """What keeps the table that an assignment has set a column in: `df` of `df['x']`, `df.loc[rows, 'x']`, `df.x`."""
        table = node.targets[0]
        if isinstance(table, (ast.Subscript, ast.Attribute)):
            table = table.value
        if isinstance(table, ast.Attribute) and table.attr in ('loc', 'iloc', 'at', 'iat'):
            table = table.value
        if not isinstance(table, (ast.Name, ast.Attribute, ast.Subscript)):
            return []
        calls = ''.join('_codeproof_table_%d(%s)\n' % (number, ast.unparse(table)) for number in self.lines[node.lineno])
        return self.statements(calls, node)

    @staticmethod
    def wrap(function, handlers, finally_do):
        """Puts the body of a function into a `try`; what documents it stays in front."""
        documents = 0 if ast.get_docstring(function, clean=False) is None else 1
        body = function.body[documents:]
        if body:
            function.body[documents:] = [ast.copy_location(ast.Try(body, handlers, [], finally_do), body[0])]

    @staticmethod
    def statements(text, node):
        body = ast.parse(text).body
        for statement in body:
            for part in ast.walk(statement):
                ast.copy_location(part, node)
        return body

    @staticmethod
    def recorder(name, number, node):
        return ast.copy_location(ast.Name(name + str(number), ast.Load()), node)


class Engine:
    """Keeps what functions give that are asked for an entry of a registry: by its name, or with what is written there."""

    def __init__(self, watched):
        self.watched, self.written, self.names, self.busy = watched, [], {}, set()

    def entry(self, number):
        def keep(value):
            self.written.append((value, number))
            self.names[self.watched[number].entry] = number
            return recorder(self.watched[number].given)(value)

        return keep

    def asked_for(self, value):
        if isinstance(value, str):
            return self.names.get(value)
        return next((number for known, number in self.written if known is value), None)

    def record(self, function):
        def run(*args, **keywords):
            process = threading.get_ident()
            number = None
            if self.written and process not in self.busy:
                numbers = map(self.asked_for, [*args, *keywords.values()])
                number = next((number for number in numbers if number is not None), None)
            if number is None:
                return function(*args, **keywords)
            self.busy.add(process)
            try:
                value = function(*args, **keywords)
            finally:
                self.busy.discard(process)
            # What looks an entry up, or tells its name, gives no rows.
            is_rows = type(value).__name__ in ('DataFrame', 'list', 'tuple', 'set', 'generator')
            return recorder(self.watched[number].given)(lambda: value)() if is_rows else value

        return functools.wraps(function)(run) if isinstance(function, types.FunctionType) else function


def asked(prompt=''):
    """In the place of `input`: nobody is there to answer."""
    line = sys._getframe(1).f_lineno
    told = ' (' + ' '.join(str(prompt).split())[:80] + ')' if str(prompt).strip() else ''
    raise EOFError('line ' + str(line) + ' asks for input' + told + ', and nobody is there to answer: write the value there')


def run_original(program, path, data, watched, changed, reads_arguments):
    """Runs the original in a module as Python would, with these values in it."""
    with open(path, 'rb') as file:
        tree = ast.parse(file.read(), path)
    edit = Edit(changed, watched)
    edit.find_entries(tree)
    tree = ast.fix_missing_locations(edit.visit(tree))
    program.__file__ = path
    engine = Engine(watched)
    program._codeproof_engine = engine.record
    for number, one in enumerate(watched):
        setattr(program, '_codeproof_entry_' + str(number), engine.entry(number))
        setattr(program, '_codeproof_given_' + str(number), recorder(one.given))
        setattr(program, '_codeproof_returned_' + str(number), recorder(one.returned))
        setattr(program, '_codeproof_class_' + str(number), class_recorder(one.methods, one.objects))
        setattr(program, '_codeproof_failed_' + str(number), one.keep_failure)
        setattr(program, '_codeproof_table_' + str(number), one.tables.keep)
    program._codeproof_tables = table_keeper(watched)
    program.input = asked
    os.environ['SCAN_DATA_DIR'] = data
    outer_arguments, outer_main = sys.argv, sys.modules['__main__']
    sys.argv = [path] if reads_arguments else [path, '--data', data]
    sys.modules['__main__'] = program
    sys.path.insert(0, os.path.dirname(path))
    try:
        exec(compile(tree, path, 'exec'), program.__dict__)
    except SystemExit as left:
        if left.code not in (None, 0):
            raise
    finally:
        # What the original does when it ends is a part of its run, and says nothing after the last line.
        atexit._run_exitfuncs()
        sys.argv, sys.modules['__main__'] = outer_arguments, outer_main


NOTHING = object()


def found(program, watched):
    """The scanner's result among the names of the program that has run, else what it returned."""
    if watched.column is not None:
        return flagged(program, watched)
    held = placed(program, watched.path)
    results = watched.given.gathered() or watched.returned.gathered() or answers(watched.methods) or collected(watched.objects)
    results = [value for value in results if not holds_code(value)]
    if held is NOTHING or holds_code(held) or is_last_only(held, results):
        if not results and holds_code(held):
            raise SystemExit('what is at ' + '.'.join(watched.path) + ' finds rows; it holds none')
        if not results and not watched.failures:
            raise SystemExit('the program has run, but it has not run ' + repr(watched.entry))
        held = results[0] if len(results) == 1 else [row for value in results for row in rows_of(value)]
    if watched.failures and len(watched.failures) >= len(results) and not rows_of(held):
        raise Unfinished(watched)
    return held


class Unfinished(SystemExit):
    """No call of a scanner came to its end."""

    def __init__(self, watched):
        count, last = len(watched.failures), watched.failures[-1]
        times = 'once, and it' if count == 1 else str(count) + ' times, and always'
        super().__init__(watched.entry + ' was called ' + times + ' ended with ' + last)


def placed(program, path):
    """What is at a place, a name and keys in what it holds, when there is such a place."""
    if not path or path[0] not in program.__dict__:
        return NOTHING
    value = program.__dict__[path[0]]
    for key in path[1:]:
        try:
            value = value[key]
        except (LookupError, TypeError, ValueError, AttributeError):
            return NOTHING
    return value


def flagged(program, watched):
    """The rows in which a flag is set, of the table of the program that holds all flags, or of all that were made."""
    value = placed(program, watched.path)
    if len(watched.path) > 1 and value is not NOTHING and not holds_code(value):
        return value
    if watched.path and type(value).__name__ == 'DataFrame' and watched.column in value.columns:
        table = value
    else:
        tables = [value for value in program.__dict__.values() if type(value).__name__ == 'DataFrame']
        tables = [table for table in tables if watched.column in table.columns]
        # The one that has the most columns holds all flags; of those the last one.
        table = max(reversed(tables), key=lambda table: len(table.columns)) if tables else watched.table
    if watched.tables.whole and (table is None or watched.tables.is_one_of_many(table)):
        return watched.tables.all_rows()
    if table is None:
        raise SystemExit('the table with the column ' + repr(watched.column) + ' is not among the tables of the program')
    return picked(table, watched.column)


def holds_code(value):
    """Whether a value is, or holds, something that can be called: what finds rows, not rows."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else [value]
    for part in list(parts)[:100]:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, (list, tuple)) else [part]
        if any(isinstance(one, (types.FunctionType, types.MethodType, functools.partial, type)) for one in inner):
            return True
    return False


def is_last_only(held, results):
    """Whether a place holds what the last call gave, and calls before it gave other rows."""
    if len(results) < 2:
        return False
    *before, last = [rows_of(value) for value in results]
    return any(before) and rows_of(held) == last and last not in before


def picked(frame, column):
    """Ticker and date of the rows where the flag is set."""
    if column is None:
        return frame
    rows = frame[frame[column].fillna(0).astype(bool)]
    wanted = ('ticker', 'symbol', 'date', 'timestamp')
    columns = [name for name in rows.columns if str(name).lower() in wanted]
    return rows[columns] if columns else rows
