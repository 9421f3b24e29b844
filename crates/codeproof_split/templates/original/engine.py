class Engine:
    """Keeps what functions give that are asked for an entry of a registry: by its name, or with what is written there."""

    def __init__(self, watched):
        self.watched, self.written, self.names, self.busy = watched, [], {}, set()

    def entry(self, number):
        def keep(value):
            self.written.append((value, number))
            self.names[self.watched[number].entry] = number
            return recorder(self.watched[number].given)(value)

        return keep

    def asked_for(self, value):
        if isinstance(value, str):
            return self.names.get(value)
        return next((number for known, number in self.written if known is value), None)

    def record(self, function):
        def run(*args, **keywords):
            process = threading.get_ident()
            number = None
            if self.written and process not in self.busy:
                numbers = map(self.asked_for, [*args, *keywords.values()])
                number = next((number for number in numbers if number is not None), None)
            if number is None:
                return function(*args, **keywords)
            self.busy.add(process)
            try:
                value = function(*args, **keywords)
            finally:
                self.busy.discard(process)
            # What looks an entry up, or tells its name, gives no rows.
            is_rows = type(value).__name__ in ('DataFrame', 'list', 'tuple', 'set', 'generator')
            return recorder(self.watched[number].given)(lambda: value)() if is_rows else value

        return functools.wraps(function)(run) if isinstance(function, types.FunctionType) else function
