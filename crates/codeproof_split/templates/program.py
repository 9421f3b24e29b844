class Watched:
    """Where a scanner's result is when the original has run: a name and keys in it, a column, or what it returned."""

    def __init__(self, path, column, entry, line):
        self.path, self.column, self.entry, self.line = path, column, entry, line
        # What callers of the decorated function got, and what the function itself returned.
        self.given, self.returned = [], []
        # The last table with the column that a function of the original had when it ended.
        self.table = None
        # Of a class: what its methods returned, by method.
        self.methods = {}


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

    def visit(self, node):
        place = tuple(getattr(node, name, None) for name in ('lineno', 'col_offset', 'end_lineno', 'end_col_offset'))
        if isinstance(node, ast.expr) and place in self.values:
            value = self.values[place]
            value = tuple(value) if isinstance(node, ast.Tuple) and isinstance(value, list) else value
            return ast.copy_location(ast.parse(repr(value), mode='eval').body, node)
        node = self.generic_visit(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if self.tables:
                look = ast.parse('_codeproof_tables(locals())').body[0]
                for part in ast.walk(look):
                    ast.copy_location(part, node)
                node.body = [ast.Try(node.body, [], [], [look])]
            number = self.numbers.get((node.name, node.lineno))
            if number is not None:
                node.decorator_list.insert(0, self.recorder('_codeproof_given_', number, node))
                node.decorator_list.append(self.recorder('_codeproof_returned_', number, node))
        elif isinstance(node, ast.ClassDef):
            number = self.numbers.get((node.name, node.lineno))
            if number is not None:
                node.decorator_list.append(self.recorder('_codeproof_class_', number, node))
        elif isinstance(node, ast.Assign):
            names = [(getattr(target, 'id', None), node.lineno) for target in node.targets]
            number = next((self.numbers[name] for name in names if name in self.numbers), None)
            if number is not None and number not in self.tables:
                node.value = ast.Call(self.recorder('_codeproof_given_', number, node), [node.value], [])
        return node

    @staticmethod
    def recorder(name, number, node):
        return ast.copy_location(ast.Name(name + str(number), ast.Load()), node)


def run_original(program, path, data, watched, changed, reads_arguments):
    """Runs the original in a module as Python would, with these values in it."""
    with open(path, 'rb') as file:
        tree = ast.parse(file.read(), path)
    tree = ast.fix_missing_locations(Edit(changed, watched).visit(tree))
    program.__file__ = path
    for number, one in enumerate(watched):
        setattr(program, '_codeproof_given_' + str(number), recorder(one.given))
        setattr(program, '_codeproof_returned_' + str(number), recorder(one.returned))
        setattr(program, '_codeproof_class_' + str(number), class_recorder(one.methods))
    program._codeproof_tables = table_keeper(watched)
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


def found(program, watched):
    """The scanner's result among the names of the program that has run, else what it returned."""
    if watched.path and watched.path[0] in program.__dict__:
        value = program.__dict__[watched.path[0]]
        for key in watched.path[1:]:
            value = value[key]
        return picked(value, watched.column)
    if watched.column is not None:
        tables = [value for value in program.__dict__.values() if type(value).__name__ == 'DataFrame']
        tables = [table for table in tables if watched.column in table.columns]
        if tables:
            # The one that has the most columns holds all flags; of those the last one.
            return picked(max(reversed(tables), key=lambda table: len(table.columns)), watched.column)
        if watched.table is not None:
            return picked(watched.table, watched.column)
        raise SystemExit('the table with the column ' + repr(watched.column) + ' is not among the tables of the program')
    results = watched.given or watched.returned or answers(watched.methods)
    if not results:
        raise SystemExit('the program has run, but it has not run ' + repr(watched.entry))
    if len(results) == 1:
        return results[0]
    return [row for value in results for row in rows_of(value)]


def picked(frame, column):
    """Ticker and date of the rows where the flag is set."""
    if column is None:
        return frame
    rows = frame[frame[column].fillna(0).astype(bool)]
    wanted = ('ticker', 'symbol', 'date', 'timestamp')
    columns = [name for name in rows.columns if str(name).lower() in wanted]
    return rows[columns] if columns else rows
