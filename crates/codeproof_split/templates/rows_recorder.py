def rows_recorder(function):
    """Keeps the rows a function gives; what it looks up or tells is none."""
    def run(*args, **keywords):
        value = function(*args, **keywords)
        is_rows = type(value).__name__ in ('DataFrame', 'list', 'tuple', 'set', 'generator')
        return recorder(GIVEN)(lambda: value)() if is_rows else value

    return functools.wraps(function)(run)
