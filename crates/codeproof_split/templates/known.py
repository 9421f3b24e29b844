def known(name):
    """The name in PARAMETERS that is meant: the whole one, its last part, or its place in the original."""
    name = ALIASES.get(name, name)
    names = list(dict.fromkeys([*PARAMETERS, *COMPUTED]))
    meant = [one for one in names if one == name] or [one for one in names if one.split('.')[-1] == name]
    if len(meant) == 1:
        return meant[0]
    why = 'several parameters end in ' if meant else 'no parameter '
    raise ValueError(why + repr(name) + '; there are: ' + ', '.join(names))
