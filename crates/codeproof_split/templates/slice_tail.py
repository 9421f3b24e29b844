def run_scan(data, parameters=None, symbols=None, scan_date=None):
    """The rows of the scanner on the market data in a folder, as dicts; parameters by their names in PARAMETERS."""
    if parameters:
        return getattr(changed(parameters), run_scan.__name__)(data, None, symbols, scan_date)
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


def changed(parameters):
    """This file as a module of its own, with other values in PARAMETERS."""
    module = types.ModuleType('changed_scan')
    module.__file__ = __file__
    names = {known(name): value for name, value in parameters.items()}
    module.CHANGED = {name: like(PARAMETERS.get(name), value) for name, value in names.items()}
    sys.modules[module.__name__] = module
    with open(os.path.abspath(__file__), encoding='utf-8') as file:
        exec(compile(file.read(), __file__, 'exec'), module.__dict__)
    return module


def like(written, value):
    """A value in the form of the written one: JSON has no tuples, and text of digits may be converted on its way."""
    if isinstance(written, (tuple, set)) and isinstance(value, list):
        return type(written)(value)
    return str(value) if isinstance(written, str) and isinstance(value, (int, float)) else value
