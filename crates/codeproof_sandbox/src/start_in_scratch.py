# Starts the program named by the first argument as if the interpreter had been given it.
def _start():
    import os
    import sys
    globals().pop('_start')
    path = os.path.abspath(sys.argv[1])
    sys.argv = [path] + sys.argv[2:]
    sys.path[0] = os.path.dirname(path)
    globals()['__file__'] = path
    with open(path, 'rb') as file:
        return compile(file.read(), path, 'exec', dont_inherit=True)


exec(_start())
