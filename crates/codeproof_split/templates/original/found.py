NOTHING = object()


def found(program, watched):
    """The scanner's result among the names of the program that has run, else what it returned."""
    if watched.column is not None:
        return flagged(program, watched)
    held = placed(program, watched.path)
    results = watched.given.gathered() or watched.returned.gathered() or marked(watched.flags, watched.methods)
    results = results or answers(watched.methods) or collected(watched.objects)
    results = [value for value in results if not holds_code(value)]
    if held is NOTHING or holds_code(held) or is_last_only(held, results):
        if not results and holds_code(held):
            raise SystemExit('what is at ' + '.'.join(watched.path) + ' finds rows; it holds none')
        if not results and not watched.failures:
            raise SystemExit('nothing in the program calls ' + watched.entry + ': add a call of it, as you would run it')
        held = joined(results)
    if watched.failures and len(watched.failures) >= len(results) and not rows_of(held):
        raise Unfinished(watched)
    return held


def placed(program, path):
    """What is at a place, a name and keys in what it holds, when there is such a place."""
    if not path or path[0] not in program.__dict__:
        return NOTHING
    value = program.__dict__[path[0]]
    for key in path[1:]:
        try:
            value = value[key]
        except (LookupError, TypeError, ValueError, AttributeError):
            return NOTHING
    return value


def flagged(program, watched):
    """The rows in which a flag is set, of the table of the program that holds all flags, or of all that were made."""
    value = placed(program, watched.path)
    if len(watched.path) > 1 and value is not NOTHING and not holds_code(value):
        return value
    if watched.path and type(value).__name__ == 'DataFrame' and watched.column in value.columns:
        table = value
    else:
        tables = [value for value in program.__dict__.values() if type(value).__name__ == 'DataFrame']
        tables = [table for table in tables if watched.column in table.columns]
        # The one that has the most columns holds all flags; of those the last one.
        table = max(reversed(tables), key=lambda table: len(table.columns)) if tables else watched.table
    if watched.tables.whole and (table is None or watched.tables.is_one_of_many(table)):
        return watched.tables.all_rows()
    if table is None:
        raise SystemExit('the table with the column ' + repr(watched.column) + ' is not among the tables of the program')
    return picked(table, watched.column)


def holds_code(value):
    """Whether a value is, or holds, something that can be called: what finds rows, not rows."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else [value]
    for part in list(parts)[:100]:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, (list, tuple)) else [part]
        if any(isinstance(one, (types.FunctionType, types.MethodType, functools.partial, type)) for one in inner):
            return True
    return False


def is_last_only(held, results):
    """Whether a place holds what the last call gave, and calls before it gave other rows."""
    if len(results) < 2:
        return False
    *before, last = [rows_of(value) for value in results]
    return any(before) and rows_of(held) == last and last not in before
