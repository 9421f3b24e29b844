def parameter(text):
    name, _, value = text.partition('=')
    if name not in PARAMETERS:
        raise argparse.ArgumentTypeError('no parameter ' + repr(name) + '; there are: ' + ', '.join(PARAMETERS))
    try:
        value = ast.literal_eval(value)
    except (SyntaxError, ValueError):
        try:
            value = json.loads(value)
        except ValueError:
            pass
    problem = wrong_type(name, value)
    if problem:
        raise argparse.ArgumentTypeError(problem)
    return name, value


def wrong_type(name, value):
    """Why a value cannot take the place of the written one, or nothing."""
    known = PARAMETERS[name][0]
    numbers = (int, float)
    is_number = isinstance(value, numbers) and not isinstance(value, bool)
    if known is None or isinstance(known, numbers) and not isinstance(known, bool) and is_number:
        return None
    if isinstance(known, list) and isinstance(value, (list, tuple)) or type(value) is type(known):
        return None
    return name + ' is ' + type(known).__name__ + ', not ' + type(value).__name__ + ' ' + repr(value)


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
    changed = dict(given.param)
    started = time.monotonic()
    log.info('runs on %s with %s', given.data, changed or 'the values of the file')
    try:
        symbols = [name for name in (given.symbols or '').split(',') if name]
        rows = run_scan(given.data, changed, symbols, given.scan_date)
    except Exception:
        log.exception('the scan has failed')
        return 1
    duration = round(1000 * (time.monotonic() - started))
    log.info('%d rows in %d ms', len(rows), duration)
    rows.sort(key=lambda row: json.dumps(row, sort_keys=True, default=str))
    if given.csv:
        names = list(dict.fromkeys(key for row in rows for key in row))
        with open(given.csv, 'w', newline='') as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
    if given.json:
        values = {**{name: written[0] for name, written in PARAMETERS.items()}, **changed}
        run = {'duration_ms': duration, 'rows': len(rows), 'source_sha256': SOURCE_SHA256, 'parameters': values}
        print(json.dumps({'scanner': SCANNER, 'rows': rows, 'run': run}, sort_keys=True))
    else:
        for row in rows:
            print(', '.join(key + ' ' + str(value) for key, value in row.items()))
    return 0


if __name__ == '__main__':
    sys.exit(main())
