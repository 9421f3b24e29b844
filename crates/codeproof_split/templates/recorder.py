def recorder(results):
    """Keeps what a function returns, for when the program does not."""
    def keep(value, given):
        if isinstance(value, types.GeneratorType):
            return kept_as_it_comes(value)
        if type(value).__name__ in ('bool', 'bool_'):
            results.append([hit(given)] if value else [])
            return value
        # The program may change it later.
        is_table = type(value).__name__ == 'DataFrame'
        kept = value.copy() if is_table or isinstance(value, (list, dict, set)) else value
        if is_table:
            kept.attrs = {'symbol': symbol_near(given, sys._getframe(2))}
        results.append(kept)
        return value

    def hit(given):
        # A truth value says nothing of what it is true: what was asked about does, or the names of those who asked.
        known = symbol_near(given, sys._getframe(3)) or next((part for part in given if isinstance(part, str)), None)
        return {'value': True} if known is None else {'symbol': known, 'value': True}

    def kept_as_it_comes(rows):
        came = []
        results.append(came)
        for row in rows:
            came.append(row)
            yield row

    def record(function):
        async def run_async(*args, **keywords):
            return keep(await function(*args, **keywords), [keywords, *args])

        def run(*args, **keywords):
            return keep(function(*args, **keywords), [keywords, *args])

        if not callable(function) or isinstance(function, (type, staticmethod, classmethod)):
            return function
        return functools.wraps(function)(run_async if inspect.iscoroutinefunction(function) else run)

    return record
