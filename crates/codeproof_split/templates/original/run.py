def asked(prompt=''):
    """In the place of `input`: nobody is there to answer."""
    line = sys._getframe(1).f_lineno
    told = ' (' + ' '.join(str(prompt).split())[:80] + ')' if str(prompt).strip() else ''
    raise EOFError('line ' + str(line) + ' asks for input' + told + ', and nobody is there to answer: write the value there')


def run_original(program, path, data, watched, changed, reads_arguments):
    """Runs the original in a module as Python would, with these values in it."""
    with open(path, 'rb') as file:
        tree = ast.parse(file.read(), path)
    edit = Edit(changed, watched)
    edit.find_entries(tree)
    tree = ast.fix_missing_locations(edit.visit(tree))
    program.__file__ = path
    engine = Engine(watched)
    program._codeproof_engine = engine.record
    for number, one in enumerate(watched):
        setattr(program, '_codeproof_entry_' + str(number), engine.entry(number))
        setattr(program, '_codeproof_given_' + str(number), recorder(one.given))
        setattr(program, '_codeproof_returned_' + str(number), recorder(one.returned))
        setattr(program, '_codeproof_class_' + str(number), class_recorder(one.methods, one.objects, one.flags))
        setattr(program, '_codeproof_failed_' + str(number), one.keep_failure)
        setattr(program, '_codeproof_table_' + str(number), one.tables.keep)
    program._codeproof_tables = table_keeper(watched)
    program.input = asked
    os.environ['SCAN_DATA_DIR'] = data
    outer_arguments, outer_main = sys.argv, sys.modules['__main__']
    sys.argv = [path] if reads_arguments else [path, '--data', data]
    sys.modules['__main__'] = program
    sys.path.insert(0, os.path.dirname(path))
    try:
        exec(compile(tree, path, 'exec'), program.__dict__)
    except SystemExit as left:
        if left.code not in (None, 0):
            raise
    finally:
        # What the original does when it ends is a part of its run, and says nothing after the last line.
        atexit._run_exitfuncs()
        sys.argv, sys.modules['__main__'] = outer_arguments, outer_main
