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
#[rustfmt::skip]
pub(super) const SHOWING: &[&str] =
    &["display", "pprint", "tabulate", "sleep", "send_email", "notify", "secho", "echo"];

/// Methods that change what they are called on.
#[rustfmt::skip]
pub(super) const CHANGING_METHODS: &[&str] = &[
    "append", "extend", "insert", "add", "update", "pop", "remove", "discard", "clear", "sort", "reverse",
    "setdefault", "popitem", "appendleft", "extendleft", "popleft", "put", "put_nowait", "write", "writelines",
    "writerow", "writerows", "seed", "shuffle", "fill", "send", "read", "readline", "readlines", "execute",
    "executemany", "fetchone", "fetchall", "commit", "subtract", "move_to_end", "register",
];

/// Methods that only show or write what they are called on; called for nothing else, other methods change it.
#[rustfmt::skip]
pub(super) const SHOWING_METHODS: &[&str] = &[
    "to_csv", "to_excel", "to_json", "to_html", "to_parquet", "to_pickle", "to_sql", "to_feather", "to_string",
    "to_clipboard", "to_markdown", "info", "debug", "warning", "error", "critical", "exception", "log", "warn",
    "show", "plot", "savefig", "head", "tail", "print", "describe", "hist", "boxplot", "display", "sleep", "close",
    "flush", "write_text", "write_bytes", "mkdir", "makedirs", "unlink", "touch", "submit", "run", "gather", "wait",
    "save", "dump", "rmtree", "notify", "render",
];

/// Functions of outside that change their first argument.
#[rustfmt::skip]
pub(super) const CHANGING_FUNCTIONS: &[&str] = &[
    "next", "setattr", "delattr", "shuffle", "heappush", "heappop", "heapify", "insort", "put", "place", "copyto",
];

/// Methods that give a part of what they are called on, not a copy.
#[rustfmt::skip]
pub(super) const PART_METHODS: &[&str] = &[
    "get", "setdefault", "pop", "items", "values", "keys", "popitem", "popleft",
];

/// Functions whose result holds what they are given.
#[rustfmt::skip]
pub(super) const PASSING_FUNCTIONS: &[&str] = &[
    "enumerate", "zip", "sorted", "reversed", "list", "tuple", "set", "iter", "next", "filter", "map", "min", "max",
    "tqdm", "as_completed", "cast", "vars",
];

/// Methods that look at several rows together, so that rows which are taken away may change the others.
#[rustfmt::skip]
pub(super) const NEIGHBOUR_METHODS: &[&str] = &[
    "shift", "rolling", "diff", "cumsum", "cumcount", "cummax", "cummin", "cumprod", "rank", "ewm", "expanding",
    "pct_change", "head", "tail", "nlargest", "nsmallest", "sample", "drop_duplicates", "duplicated", "groupby",
    "agg", "aggregate", "transform", "iloc", "first", "last", "mean", "sum", "std", "var", "median", "quantile",
    "mode", "nunique", "value_counts", "merge", "join", "resample", "pivot", "pivot_table", "interpolate", "ffill",
    "bfill", "nth", "size", "count", "idxmax", "idxmin", "corr", "cov", "ngroup", "iat", "pop", "limit", "max", "min",
    "any", "all", "where", "mask", "asof", "merge_asof", "concat", "unique", "len", "truncate", "searchsorted",
    "between_time",
];

/// Methods that look at all columns of a table.
#[rustfmt::skip]
pub(super) const ALL_COLUMNS_METHODS: &[&str] = &[
    "dropna", "drop_duplicates", "duplicated", "describe", "corr", "select_dtypes", "melt", "stack", "equals", "info",
];

/// Functions that change how a process or a library works.
#[rustfmt::skip]
pub(super) const SETTING_FUNCTIONS: &[&str] = &[
    "seed", "set_option", "option_context", "setlocale", "chdir", "putenv", "simplefilter", "filterwarnings",
    "setrecursionlimit", "seterr", "set_event_loop_policy", "getcontext", "setcontext", "use", "load_dotenv", "tzset",
    "set_start_method", "set_printoptions", "reset_option",
];
