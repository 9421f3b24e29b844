class Watched:
    """Where a scanner's result is when the original has run: a name and keys in it, a column, or what it returned."""

    def __init__(self, path, column, entry, line, flags=()):
        self.path, self.column, self.entry, self.line = path, column, entry, line
        # Of a class that sets flags in the tables it is given: their columns, and the methods that set them.
        self.flags = flags
        # What callers of the decorated function got, and what the function itself returned.
        self.given, self.returned = Kept(), Kept()
        # How calls of it ended that gave nothing.
        self.failures = []
        # The tables in which the column was set, and the last one that a function had when it ended.
        self.tables, self.table = Tables(column), None
        # Of a class: what its methods returned, by method, and the objects they were called on.
        self.methods, self.objects = {}, {}

    def keep_failure(self):
        error = sys.exc_info()[1]
        if isinstance(error, Exception):
            self.failures.append(type(error).__name__ + ': ' + str(error)[:100])


class Unfinished(SystemExit):
    """No call of a scanner came to its end."""

    def __init__(self, watched):
        count, last = len(watched.failures), watched.failures[-1]
        times = 'once, and it' if count == 1 else str(count) + ' times, and always'
        super().__init__(watched.entry + ' was called ' + times + ' ended with ' + last)


class Kept(list):
    """What calls gave, those in processes of a pool, too: they hand it over in a file without a name."""

    def __init__(self):
        super().__init__()
        self.process, self.file = os.getpid(), tempfile.TemporaryFile()

    def append(self, value):
        if os.getpid() == self.process:
            super().append(value)
        else:
            os.write(self.file.fileno(), (json.dumps(rows_of(value), default=str) + '\n').encode())

    def gathered(self):
        """All of it."""
        handed = os.pread(self.file.fileno(), os.fstat(self.file.fileno()).st_size, 0)
        return self + [json.loads(line) for line in handed.splitlines()]


def table_keeper(watched):
    """Looks at what a function has when it ends: a table with a flag may never leave it."""
    def look(names):
        tables = [value for value in names.values() if type(value).__name__ == 'DataFrame']
        for one in watched:
            for table in tables:
                if one.column is not None and one.column in table.columns:
                    one.table = table

    return look
