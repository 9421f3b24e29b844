class Marks(list):
    """What a method of a class gives that sets flags; of tables only the rows in which a flag is set."""

    def __init__(self, flags):
        super().__init__()
        self.rows, self.gave_tables = {flag: [] for flag, _ in flags}, False

    def append(self, value):
        if type(value).__name__ != 'DataFrame':
            return super().append(value)
        self.gave_tables = True
        for flag in self.rows:
            if flag in value.columns:
                symbol = getattr(value, 'attrs', {}).get('symbol')
                self.rows[flag] += with_symbol(rows_of(picked(value, flag)), symbol)


def marked(flags, methods):
    """The rows in which flags are set, as the methods gave them that set these; with the flag's name, when there are several."""
    tables = {name: kept for name, kept in methods.items() if isinstance(kept, Marks) and kept.gave_tables}
    rows = []
    for flag, setter in flags:
        given = [kept.rows[flag] for name, kept in tables.items() if kept.rows[flag]]
        given = tables[setter].rows[flag] if setter in tables else given[0] if given else []
        rows += given if len(flags) == 1 else [{**row, 'flag': flag} for row in given]
    return [rows] if tables else []
