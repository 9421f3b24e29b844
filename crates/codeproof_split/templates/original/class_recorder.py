# What methods are called that give a scanner's rows, the likeliest first.
ANSWERS = ('scan', 'run', 'find', 'detect', 'screen', 'signal', 'check', 'hits', 'execute', 'evaluate', '__call__')

# What attributes are called in which objects collect what they find.
COLLECTIONS = ('hits', 'found', 'signals', 'alerts', 'matches', 'picks', 'results', 'rows')


def class_recorder(results, objects, flags):
    """Keeps what the methods of a class's own objects return to those who call them from outside, by method."""
    def watch(cls):
        # Objects that are at work: what one of their methods calls is no answer.
        busy = set()

        def watched(method, name):
            kept = results.setdefault(name, Marks(flags) if flags else [])
            recorded = recorder(kept)(method)

            async def call_async(this, *args, **keywords):
                if is_inside(this):
                    return await method(this, *args, **keywords)
                with at_work(this):
                    return await recorded(this, *args, **keywords)

            def call(this, *args, **keywords):
                if is_inside(this):
                    return method(this, *args, **keywords)
                with at_work(this):
                    return recorded(this, *args, **keywords)

            return functools.wraps(method)(call_async if inspect.iscoroutinefunction(method) else call)

        def is_inside(this):
            # An object of a class that inherits from this one has a watch of its own.
            return (this if isinstance(this, type) else type(this)) is not cls or id(this) in busy

        @contextlib.contextmanager
        def at_work(this):
            busy.add(id(this))
            objects[id(this)] = this
            try:
                yield
            finally:
                busy.discard(id(this))

        for name in dir(cls):
            method = inspect.getattr_static(cls, name)
            if name.startswith('__') and name != '__call__':
                continue
            if isinstance(method, types.FunctionType):
                setattr(cls, name, watched(method, name))
            elif isinstance(method, classmethod) and isinstance(method.__func__, types.FunctionType):
                setattr(cls, name, classmethod(watched(method.__func__, name)))
            elif isinstance(method, staticmethod) and name in vars(cls):
                setattr(cls, name, staticmethod(recorder(results.setdefault(name, []))(method.__func__)))
        return cls

    return watch


def answers(results):
    """Of what the methods returned: what the likeliest one did."""
    given = {name: kept for name, kept in results.items() if any(value is not None for value in kept)}
    named = [name for word in ANSWERS for name in given if word in name.lower()]
    return given[(named or list(given))[0]] if given else []


def collected(objects):
    """What objects have in the attribute in which they collect what they find."""
    for word in COLLECTIONS:
        values = [vars(this)[word] for this in objects.values() if word in getattr(this, '__dict__', {})]
        if values:
            return values
    return []
