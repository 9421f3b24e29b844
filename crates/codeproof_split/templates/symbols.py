def symbol_near(given, frame):
    """The symbol that is worked on: in what a function was given, or by its name in those who called it."""
    names = ('symbol', 'ticker', 'stock', 'pair', 'sym', 'code', 't', 's')
    places = [part for part in given if isinstance(part, dict)]
    while frame is not None and len(places) < 8:
        places.append(frame.f_locals)
        frame = frame.f_back
    return next((place[name] for place in places for name in names if isinstance(place.get(name), str)), None)


def is_symbol(name):
    """Whether a field tells the symbol of a row."""
    return str(name).lower() in ('ticker', 'symbol', 'sym', 'stock', 'pair')
