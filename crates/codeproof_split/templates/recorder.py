def recorder(results):
    """Keeps what a function returns, for when the program does not."""
    def keep(value):
        if isinstance(value, types.GeneratorType):
            return kept_as_it_comes(value)
        # The program may change it later.
        is_table = type(value).__name__ == 'DataFrame'
        results.append(value.copy() if is_table or isinstance(value, (list, dict, set)) else value)
        return value

    def kept_as_it_comes(rows):
        came = []
        results.append(came)
        for row in rows:
            came.append(row)
            yield row

    def record(function):
        async def run_async(*args, **keywords):
            return keep(await function(*args, **keywords))

        def run(*args, **keywords):
            return keep(function(*args, **keywords))

        if not callable(function) or isinstance(function, (type, staticmethod, classmethod)):
            return function
        return functools.wraps(function)(run_async if inspect.iscoroutinefunction(function) else run)

    return record
