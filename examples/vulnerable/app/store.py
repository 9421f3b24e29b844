"""Berths in the database."""

import sqlite3


class Table:
    """A table that is asked with whole statements."""

    def __init__(self, path, name):
        self.name = name
        self.connection = sqlite3.connect(path, check_same_thread=False)
        self.connection.row_factory = sqlite3.Row

    def select(self, statement):
        return [dict(row) for row in self.connection.execute(statement)]

    def one(self, statement, values):
        row = self.connection.execute(statement, values).fetchone()
        return dict(row) if row else None


class Berths(Table):
    def __init__(self, path):
        super().__init__(path, "berths")

    def on_pier(self, pier):
        return self.select("SELECT * FROM berths WHERE pier = '%s' ORDER BY length DESC" % pier)

    def by_number(self, number):
        return self.one("SELECT * FROM berths WHERE number = ?", (number,))

    def free(self):
        return self.select("SELECT * FROM berths WHERE boat IS NULL")
