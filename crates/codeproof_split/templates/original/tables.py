class Tables:
    """Tables in which a column was set, each once; of old ones only the rows that are picked, when all are too much."""

    CELLS_MAX = 20_000_000

    def __init__(self, column):
        self.column, self.whole, self.rows, self.symbols = column, {}, [], {}
        self.cells = 0

    def keep(self, table):
        if type(table).__name__ != 'DataFrame' or id(table) in self.whole:
            return
        self.whole[id(table)] = table
        self.symbols[id(table)] = symbol_near([], sys._getframe(1))
        self.cells += table.size
        while self.cells > self.CELLS_MAX and len(self.whole) > 1:
            oldest = self.whole.pop(next(iter(self.whole)))
            self.cells -= oldest.size
            self.rows += self.picked(oldest)

    def picked(self, table):
        if self.column not in table.columns:
            return []
        return with_symbol(rows_of(picked(table, self.column)), self.symbols.get(id(table)))

    def all_rows(self):
        return self.rows + [row for table in self.whole.values() for row in self.picked(table)]

    def is_one_of_many(self, table):
        """Whether a table is one of several, not what they were put together to."""
        if not self.rows and len(self.whole) < 2:
            return False
        if id(table) in self.whole:
            return True
        names = list(filter(is_symbol, table.columns))
        if names and table[names[0]].nunique() > 1:
            return False
        return len(self.picked(table)) <= max(len(self.picked(known)) for known in self.whole.values())
