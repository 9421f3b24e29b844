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
        results.append(value.copy() if is_table or isinstance(value, (list, dict, set)) else value)
        return value

    def hit(given):
        # A truth value says nothing of what it is true: what was asked about does, or the names of those who asked.
        names = ('symbol', 'ticker', 'stock', 'sym', 'code', 't', 's')
        places, frame = [part for part in given if isinstance(part, dict)], sys._getframe(3)
        while frame is not None and len(places) < 8:
            places.append(frame.f_locals)
            frame = frame.f_back
        known = [place[name] for place in places for name in names if isinstance(place.get(name), str)]
        known += [part for part in given if isinstance(part, str)]
        return {'symbol': known[0], 'value': True} if known else {'value': True}

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
