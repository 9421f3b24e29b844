//! Names of libraries: what an unbound short name means by custom, what two names mean the same thing, and which modules
//! give power over the machine wherever they are reached.

mod custom;

pub(super) use custom::by_custom;

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
        ("pandas.io.common.urlopen", "urllib.request.urlopen"),
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
