def picked(frame, column):
    """Ticker and date of the rows where the flag is set."""
    rows = frame[frame[column].fillna(0).astype(bool)]
    wanted = ('ticker', 'symbol', 'pair', 'date', 'datetime', 'timestamp')
    columns = [name for name in rows.columns if str(name).lower() in wanted]
    return rows[columns] if columns else rows
