def joined(results):
    """The rows of all calls; of calls that give a dict of plain fields each, a dict is one row."""
    if len(results) == 1:
        return results[0]
    dicts = [value for value in results if isinstance(value, dict) and value]
    fields = [set(value) for value in dicts]
    parts = [type(part).__name__ for value in dicts for part in value.values()]
    are_rows = len(dicts) > 1 and not {'dict', 'DataFrame', 'Series'}.intersection(parts)
    are_rows = are_rows and (all(one == fields[0] for one in fields) or any(map(is_symbol, set.intersection(*fields))))
    of = [[value] if are_rows and isinstance(value, dict) and value else rows_of(value) for value in results]
    return [row for rows in of for row in rows]
