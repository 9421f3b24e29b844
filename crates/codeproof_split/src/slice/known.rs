//! Names of outside that the analysis knows.

/// Names that Python has by itself, as far as programs of this kind use them.
#[rustfmt::skip]
pub(super) const BUILT_IN: &[&str] = &[
    "abs", "all", "any", "bool", "bytes", "callable", "chr", "dict", "dir", "divmod", "enumerate", "eval", "exec",
    "filter", "float", "format", "frozenset", "getattr", "globals", "hasattr", "hash", "hex", "id", "input", "int",
    "isinstance", "issubclass", "iter", "len", "list", "locals", "map", "max", "min", "next", "object", "open", "ord",
    "pow", "print", "property", "range", "repr", "reversed", "round", "set", "setattr", "slice", "sorted",
    "staticmethod", "classmethod", "str", "sum", "super", "tuple", "type", "vars", "zip", "Exception", "ValueError",
    "KeyError", "TypeError", "IndexError", "RuntimeError", "AttributeError", "ImportError", "OSError", "IOError",
    "StopIteration", "NotImplementedError", "ZeroDivisionError", "FileNotFoundError", "KeyboardInterrupt",
    "SystemExit", "BaseException", "TimeoutError", "ConnectionError", "Warning", "UserWarning", "FutureWarning",
    "DeprecationWarning", "RuntimeWarning", "exit", "quit", "__name__", "__file__", "__doc__", "NotImplemented",
    "Ellipsis", "complex", "bytearray", "memoryview", "bin", "oct", "ascii", "delattr", "breakpoint",
    "ArithmeticError", "AssertionError", "LookupError", "OverflowError", "PermissionError", "ModuleNotFoundError",
    "NameError", "UnicodeDecodeError", "StopAsyncIteration", "aiter", "anext",
];

/// Functions of outside that show things.
pub(super) const SHOWING: &[&str] =
    &["display", "pprint", "tabulate", "sleep", "send_email", "notify", "secho", "echo"];
