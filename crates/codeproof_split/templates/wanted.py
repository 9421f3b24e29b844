def wanted(rows, symbols, day):
    """Rows of these symbols and this day, when they are asked for."""
    def of(row, names):
        return next((str(value) for key, value in row.items() if key.lower() in names), None)
    if symbols:
        rows = [row for row in rows if of(row, ('ticker', 'symbol', '0')) in symbols]
    if day:
        rows = [row for row in rows if (of(row, ('date', 'day', 'timestamp', '1')) or '')[:10] == day]
    return rows
