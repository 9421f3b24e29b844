def with_symbol(rows, symbol):
    """Rows of a table of one symbol, which often does not hold it."""
    if symbol is None or any(is_symbol(name) for name in (rows[0] if rows else ())):
        return rows
    return [{'ticker': symbol, **row} for row in rows]
