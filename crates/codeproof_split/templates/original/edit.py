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
