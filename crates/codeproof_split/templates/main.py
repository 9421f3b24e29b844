def parameter(text):
    name, _, value = text.partition('=')
    try:
        name = known(name)
    except ValueError as error:
        raise argparse.ArgumentTypeError(error)
    for read in (ast.literal_eval, json.loads):
        try:
            return name, read(value)
        except (SyntaxError, ValueError):
            pass
    return name, value


def main():
    options = argparse.ArgumentParser(description='Runs the scanner ' + SCANNER + '.')
    options.add_argument('--data', required=True, metavar='DIR', help='folder with the market data')
    options.add_argument('--json', action='store_true', help='print the rows as JSON in the last line')
    options.add_argument('--csv', metavar='FILE', help='write the rows to a file')
    options.add_argument('--symbols', metavar='A,B', help='only rows of these symbols')
    options.add_argument('--scan-date', metavar='D', help='only rows of this day, YYYY-MM-DD')
    options.add_argument('--param', action='append', default=[], type=parameter, metavar='NAME=VALUE')
    given = options.parse_args()
    symbols = [name for name in (given.symbols or '').split(',') if name]
    rows = run_scan(given.data, dict(given.param), symbols, given.scan_date)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    if given.csv:
        with open(given.csv, 'w', newline='') as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    if given.json:
        print(json.dumps({'scanner': SCANNER, 'rows': rows, 'columns': columns}))
    else:
        for row in rows:
            print(', '.join(key + ' ' + str(value) for key, value in row.items()))


if __name__ == '__main__':
    main()
