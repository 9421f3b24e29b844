def run_scan(data, parameters=None, symbols=None, scan_date=None):
    if parameters:
        module = types.ModuleType('changed_scan')
        module.__file__, module.CHANGED = __file__, parameters
        sys.modules['changed_scan'] = module
        with open(__file__, encoding='utf-8') as file:
            exec(compile(file.read(), __file__, 'exec'), module.__dict__)
        return getattr(module, run_scan.__name__)(data, None, symbols, scan_date)
    os.environ['SCAN_DATA_DIR'] = data
    sys.argv = sys.argv[:1] + ([] if READS_ARGUMENTS else ['--data', data])
    try:
        with contextlib.redirect_stdout(sys.stderr):
            program()
    except SystemExit as left:
        if left.code:
            raise
    rows = rows_of(found())
    for asked, names in ((symbols, ('ticker', 'symbol', '0')), (scan_date, ('date', 'day', 'timestamp', '1'))):
        if asked:
            of = [next((str(value) for key, value in row.items() if key.lower() in names), '') for row in rows]
            rows = [row for row, value in zip(rows, of) if (value in asked if asked is symbols else value[:10] == asked)]
    return rows


def main():
    options = argparse.ArgumentParser()
    for name in ('--data', '--csv', '--symbols', '--scan-date'):
        options.add_argument(name, required=name == '--data')
    options.add_argument('--json', action='store_true')
    options.add_argument('--param', action='append', default=[], metavar='NAME=VALUE')
    given = options.parse_args()
    changes = {}
    for name, _, value in (text.partition('=') for text in given.param):
        with contextlib.suppress(SyntaxError, ValueError):
            value = ast.literal_eval(value)
        names = dict.fromkeys([*PARAMETERS, *COMPUTED])
        meant = [one for one in names if ALIASES.get(name, name) == one] or [one for one in names if one.split('.')[-1] == name]
        if len(meant) != 1:
            options.error('--param ' + name + ': there are ' + ', '.join(names))
        is_text = isinstance(PARAMETERS.get(meant[0]), str) and isinstance(value, (int, float))
        changes[meant[0]] = str(value) if is_text else value
    rows = run_scan(given.data, changes, (given.symbols or '').split(',') if given.symbols else [], given.scan_date)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    if given.csv:
        with open(given.csv, 'w', newline='') as file:
            csv.writer(file).writerows([columns, *([row.get(name) for name in columns] for row in rows)])
    result = {'scanner': SCANNER, 'rows': rows, 'columns': columns}
    print(json.dumps(result) if given.json else '\n'.join(', '.join(f'{key} {row[key]}' for key in row) for row in rows))


if __name__ == '__main__':
    main()
