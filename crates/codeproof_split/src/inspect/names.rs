//! Names of libraries: what an unbound short name means by custom, what two names mean the same thing, and which modules
//! give power over the machine wherever they are reached.

/// What a name means when the file neither binds nor imports it: a pasted piece of a larger file, or a star import.
pub(super) fn by_custom(name: &str) -> Option<&'static str> {
    Some(match name {
        "pd" => "pandas",
        "np" => "numpy",
        "plt" => "matplotlib.pyplot",
        "yf" => "yfinance",
        "dt" => "datetime",
        "sp" => "subprocess",
        "Path" => "pathlib.Path",
        "Thread" => "threading.Thread",
        "ThreadPoolExecutor" => "concurrent.futures.ThreadPoolExecutor",
        "ProcessPoolExecutor" => "concurrent.futures.ProcessPoolExecutor",
        "Popen" => "subprocess.Popen",
        "urlopen" => "urllib.request.urlopen",
        "urlretrieve" => "urllib.request.urlretrieve",
        "b64decode" => "base64.b64decode",
        "ImageGrab" => "PIL.ImageGrab",
        "BytesIO" => "io.BytesIO",
        "StringIO" => "io.StringIO",
        "partial" => "functools.partial",
        "import_module" => "importlib.import_module",
        "load_dotenv" => "dotenv.load_dotenv",
        "create_engine" => "sqlalchemy.create_engine",
        _ => return CUSTOMARY_MODULES.iter().find(|module| **module == name).copied(),
    })
}

/// Modules whose own name is used for nothing else.
const CUSTOMARY_MODULES: &[&str] = &[
    "aiohttp",
    "argparse",
    "asyncio",
    "atexit",
    "base64",
    "binascii",
    "boto3",
    "builtins",
    "bz2",
    "cloudpickle",
    "codecs",
    "ctypes",
    "datetime",
    "dill",
    "dotenv",
    "fcntl",
    "ftplib",
    "functools",
    "gc",
    "getpass",
    "glob",
    "gzip",
    "httpx",
    "importlib",
    "inspect",
    "io",
    "itertools",
    "joblib",
    "json",
    "keyring",
    "logging",
    "lzma",
    "marshal",
    "mmap",
    "multiprocessing",
    "numpy",
    "operator",
    "os",
    "pandas",
    "paramiko",
    "pathlib",
    "pickle",
    "pip",
    "platform",
    "psutil",
    "pty",
    "pyautogui",
    "pynput",
    "pyperclip",
    "redis",
    "requests",
    "resource",
    "runpy",
    "sched",
    "schedule",
    "secrets",
    "shelve",
    "shlex",
    "shutil",
    "signal",
    "smtplib",
    "socket",
    "socketserver",
    "sqlalchemy",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tarfile",
    "telnetlib",
    "tempfile",
    "timeit",
    "termios",
    "threading",
    "time",
    "torch",
    "types",
    "urllib",
    "urllib3",
    "uuid",
    "warnings",
    "webbrowser",
    "websocket",
    "websockets",
    "winreg",
    "yaml",
    "zipfile",
    "zlib",
];

/// Builtin functions, types and modules' members that are looked up without a name before them.
pub(super) const BUILTINS: &[&str] = &[
    "__build_class__",
    "__builtins__",
    "__import__",
    "abs",
    "all",
    "any",
    "ascii",
    "bin",
    "bool",
    "breakpoint",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "compile",
    "complex",
    "copyright",
    "delattr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "exit",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "locals",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "quit",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "vars",
    "zip",
];

/// Modules that give power over the machine; reaching one through another library is a detour nobody needs.
const POWERFUL: &[&str] =
    &["os", "sys", "subprocess", "builtins", "shutil", "posix", "importlib", "ctypes", "socket", "pty"];

/// Members of modules that are that very module in the standard library's own documents.
const DOCUMENTED: &[&str] = &["six.moves.builtins", "asyncio.subprocess", "future.builtins"];

/// Whether a name stands for power over the machine: one of the modules, or something in one.
pub(super) fn is_powerful(path: &str) -> bool {
    let root = path.split('.').next().unwrap_or(path);
    POWERFUL.contains(&root)
}

/// Whether a bare name is one of the powerful modules.
pub(super) fn is_powerful_module(path: &str) -> bool {
    POWERFUL.contains(&path)
}

/// A full name in its one spelling, and whether it came through another library: `pandas.io.common.os.system` is
/// `os.system` on a detour.
pub(super) fn canonical(path: &str) -> (String, bool) {
    if DOCUMENTED.iter().any(|known| path.starts_with(known)) {
        return (path.to_owned(), false);
    }
    let segments: Vec<&str> = path.split('.').collect();
    let powerful = |at: &usize| POWERFUL.contains(&segments[*at].trim_start_matches('_'));
    // The class `socket.socket` is named like its module.
    let is_class =
        |at: &usize| *at > 0 && segments[*at] == "socket" && segments[at - 1].trim_start_matches('_') == "socket";
    let inner = (0..segments.len()).rev().find(|at| powerful(at) && !is_class(at));
    match inner {
        Some(at) if at > 0 && !path.starts_with('?') => {
            let mut short = segments[at..].join(".");
            short = short.trim_start_matches('_').to_owned();
            (respelled(&short), true)
        }
        _ => (respelled(path), false),
    }
}

/// Modules with two names.
fn respelled(path: &str) -> String {
    for (other, own) in [
        ("posix.", "os."),
        ("nt.", "os."),
        ("cPickle.", "pickle."),
        ("_pickle.", "pickle."),
        ("pickle5.", "pickle."),
        ("six.moves.cPickle.", "pickle."),
        ("six.moves.", ""),
        ("_io.", "io."),
        ("__builtin__.", "builtins."),
        ("builtins.__builtins__.", "builtins."),
        ("builtins.__dict__.", "builtins."),
        ("urllib2.", "urllib.request."),
        ("ruamel.yaml.", "yaml."),
        ("oyaml.", "yaml."),
        ("posixpath.", "os.path."),
        ("ntpath.", "os.path."),
        ("_socket.", "socket."),
        ("_ctypes.", "ctypes."),
        ("_posixsubprocess.", "subprocess."),
        ("subprocess32.", "subprocess."),
        ("pathlib.PurePath", "pathlib.Path"),
        ("pathlib.PosixPath", "pathlib.Path"),
        ("pathlib.WindowsPath", "pathlib.Path"),
        ("multiprocess.", "multiprocessing."),
        ("urllib.urlopen", "urllib.request.urlopen"),
        ("urllib.urlretrieve", "urllib.request.urlretrieve"),
    ] {
        if let Some(rest) = path.strip_prefix(other) {
            return format!("{own}{rest}");
        }
    }
    match path {
        "io.open" | "codecs.open" | "builtins.file" | "gzip.open" | "bz2.open" | "lzma.open" | "aiofiles.open"
        | "io.FileIO" | "fileinput.input" => "builtins.open".to_owned(),
        "posix" | "nt" => "os".to_owned(),
        "builtins.__builtins__" | "__builtin__" => "builtins".to_owned(),
        "importlib.__import__" => "builtins.__import__".to_owned(),
        "cPickle" | "_pickle" => "pickle".to_owned(),
        _ => path.to_owned(),
    }
}
