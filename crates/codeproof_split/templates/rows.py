def plain(value):
    """A value as JSON has it: dates as text, floats to six places, nothing for not-a-number."""
    if hasattr(value, 'item') and type(value).__module__ == 'numpy':
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return round(value, 6) if math.isfinite(value) else ('inf' if value > 0 else '-inf')
    if type(value).__name__ == 'NaTType':
        return None
    if isinstance(value, datetime.datetime):
        text = value.isoformat()
        return text[:10] if text[10:] in ('', 'T00:00:00') else text
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return [plain(item) for item in sorted(value, key=str)]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, '__dict__'):
        return {key: plain(item) for key, item in vars(value).items() if not key.startswith('_')}
    return str(value)


def rows_of(result):
    """Any result as a list of rows."""
    kind = type(result).__name__
    if result is None:
        return []
    if kind == 'DataFrame':
        if any(name is not None for name in result.index.names):
            result = result.reset_index()
        return [plain(row) for row in result.to_dict('records')]
    if kind == 'Series':
        if str(result.dtype) == 'bool':
            return [{'key': plain(key)} for key, value in result.items() if value]
        return [{'key': plain(key), 'value': plain(value)} for key, value in result.items()]
    if isinstance(result, dict):
        rows = []
        for key, value in result.items():
            if isinstance(value, (list, tuple, set)) or type(value).__name__ == 'DataFrame':
                rows += [{'key': plain(key), **row} for row in rows_of(value)]
            elif isinstance(value, dict):
                rows.append({'key': plain(key), **plain(value)})
            else:
                rows.append({'key': plain(key), 'value': plain(value)})
        return rows
    if isinstance(result, (bool, int, float, str)) or not hasattr(result, '__iter__'):
        result = [result]
    # What was gathered may hold the errors of single calls.
    return [row_of(row) for row in result if not isinstance(row, BaseException)]


def row_of(row):
    if isinstance(row, dict):
        return plain(row)
    if hasattr(row, '_asdict'):
        return plain(row._asdict())
    if isinstance(row, (tuple, list)):
        return {str(at): plain(value) for at, value in enumerate(row)}
    value = plain(row)
    return value if isinstance(value, dict) else {'value': value}
