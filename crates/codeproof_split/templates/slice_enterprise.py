def parameter(text):
    name, _, value = text.partition('=')
    try:
        name = known(name)
    except ValueError as error:
        raise argparse.ArgumentTypeError(error)
    for read in (ast.literal_eval, json.loads):
        try:
            value = read(value)
            break
        except (SyntaxError, ValueError):
            pass
    problem = wrong_type(name, value)
    if problem:
        raise argparse.ArgumentTypeError(problem)
    return name, value


def wrong_type(name, value):
    """Why a value cannot take the place of the written one, or nothing."""
    written = PARAMETERS.get(name)
    value = like(written, value)
    numbers = (int, float)
    is_number = isinstance(value, numbers) and not isinstance(value, bool)
    if written is None or isinstance(written, numbers) and not isinstance(written, bool) and is_number:
        return None
    if isinstance(written, list) and isinstance(value, tuple) or type(value) is type(written):
        return None
    return name + ' is ' + type(written).__name__ + ', not ' + type(value).__name__ + ' ' + repr(value)


def main():
    options = argparse.ArgumentParser(
        description='Runs the scanner ' + SCANNER + '.',
        epilog='Ends with 0 when it has run, 1 when it has failed, 2 when it was asked wrongly.')
    options.add_argument('--data', required=True, metavar='DIR', help='folder with the market data')
    options.add_argument('--json', action='store_true', help='print the rows as JSON in the last line')
    options.add_argument('--csv', metavar='FILE', help='write the rows to a file')
    options.add_argument('--symbols', metavar='A,B', help='only rows of these symbols')
    options.add_argument('--scan-date', metavar='D', help='only rows of this day, YYYY-MM-DD')
    options.add_argument('--param', action='append', default=[], type=parameter, metavar='NAME=VALUE')
    options.add_argument('--verbose', action='store_true', help='tell on stderr what is done')
    given = options.parse_args()
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO if given.verbose else logging.WARNING,
        format='%(asctime)s %(levelname)s %(message)s')
    log = logging.getLogger(SCANNER)
    if not os.path.isdir(given.data):
        options.error('no folder ' + repr(given.data))
    changes = dict(given.param)
    started = time.monotonic()
    log.info('runs on %s with %s', given.data, changes or 'the values of the file')
    try:
        symbols = [name for name in (given.symbols or '').split(',') if name]
        rows = run_scan(given.data, changes, symbols, given.scan_date)
    except Exception:
        log.exception('the scan has failed')
        return 1
    duration = round(1000 * (time.monotonic() - started))
    log.info('%d rows in %d ms', len(rows), duration)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    if given.csv:
        with open(given.csv, 'w', newline='') as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    if given.json:
        values = plain({**PARAMETERS, **changes})
        run = {'duration_ms': duration, 'rows': len(rows), 'source_sha256': SOURCE_SHA256, 'parameters': values}
        print(json.dumps({'scanner': SCANNER, 'rows': rows, 'columns': columns, 'run': run}))
    else:
        for row in rows:
            print(', '.join(key + ' ' + str(value) for key, value in row.items()))
    return 0


if __name__ == '__main__':
    sys.exit(main())
