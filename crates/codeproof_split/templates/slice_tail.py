class Edit(ast.NodeTransformer):
    """Puts other values where this file has the written ones."""

    def __init__(self, values):
        self.values = values

    def visit(self, node):
        place = tuple(getattr(node, name, None) for name in ('lineno', 'col_offset', 'end_lineno', 'end_col_offset'))
        if not isinstance(node, ast.expr) or place not in self.values:
            return self.generic_visit(node)
        name, value = self.values.pop(place)
        if not written(node, PARAMETERS[name][0]):
            raise ValueError(name + ' was edited in this file: change it there')
        value = tuple(value) if isinstance(node, ast.Tuple) and isinstance(value, list) else value
        return ast.copy_location(ast.parse(repr(value), mode='eval').body, node)


def written(node, value):
    """Whether an expression of this file is still the value it was written with."""
    try:
        found = ast.literal_eval(node)
    except ValueError:
        return True
    # Text of digits is converted on its way: the default of a variable or an option.
    is_converted = isinstance(found, str) and not isinstance(value, str)
    return is_converted or json.dumps(found, default=sorted) == json.dumps(value)


def edited(parameters):
    """This file as a module of its own, with these parameters."""
    unknown = sorted(set(parameters) - set(PARAMETERS))
    if unknown:
        raise ValueError('no parameter ' + ', '.join(unknown) + '; there are: ' + ', '.join(PARAMETERS))
    with open(os.path.abspath(__file__), encoding='utf-8') as file:
        tree = ast.parse(file.read())
    edit = Edit({PARAMETERS[name][1]: (name, value) for name, value in parameters.items()})
    tree = edit.visit(tree)
    if edit.values:
        raise ValueError('this file was edited: change ' + ', '.join(sorted(parameters)) + ' there')
    module = types.ModuleType('edited_scan')
    module.__file__ = __file__
    sys.modules['edited_scan'] = module
    exec(compile(ast.fix_missing_locations(tree), __file__, 'exec'), module.__dict__)
    return module


def run_scan(data, parameters=None, symbols=None, scan_date=None):
    """The rows of the scanner on the market data in a folder, as dicts; parameters by their names in PARAMETERS."""
    if parameters:
        return edited(parameters).run_scan(data, None, symbols, scan_date)
    os.environ['SCAN_DATA_DIR'] = data
    arguments = sys.argv
    sys.argv = arguments[:1] if READS_ARGUMENTS else arguments[:1] + ['--data', data]
    try:
        with contextlib.redirect_stdout(sys.stderr):
            program()
    except SystemExit as left:
        if left.code not in (None, 0):
            raise
    finally:
        sys.argv = arguments
    return wanted(rows_of(found()), symbols, scan_date)


def wanted(rows, symbols, day):
    """Rows of these symbols and this day, when they are asked for."""
    def of(row, names):
        return next((str(value) for key, value in row.items() if key.lower() in names), None)
    if symbols:
        rows = [row for row in rows if of(row, ('ticker', 'symbol', '0')) in symbols]
    if day:
        rows = [row for row in rows if (of(row, ('date', 'day', 'timestamp', '1')) or '')[:10] == day]
    return rows
