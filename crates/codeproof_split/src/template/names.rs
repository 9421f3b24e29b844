//! Names of files for scanners' templates. A scanner may be called anything; its file stands beside others, from which a
//! program of the same folder imports before it looks anywhere else.

use std::collections::BTreeSet;

use codeproof_python::Module;
use ruff_python_ast::Stmt;

/// Characters of a name that are kept: with `.py` it is no longer than file systems allow, whatever the alphabet.
const CHARACTERS_MAX: usize = 60;

/// What a scanner without a name is called.
const NAMELESS: &str = "scanner";

/// Modules that come with Python 3, in small letters, as far as something imports them.
const STANDARD: &[&str] = &[
    "abc",
    "aifc",
    "antigravity",
    "argparse",
    "array",
    "ast",
    "asynchat",
    "asyncio",
    "asyncore",
    "atexit",
    "audioop",
    "base64",
    "bdb",
    "binascii",
    "bisect",
    "builtins",
    "bz2",
    "calendar",
    "cgi",
    "cgitb",
    "chunk",
    "cmath",
    "cmd",
    "code",
    "codecs",
    "codeop",
    "collections",
    "colorsys",
    "compileall",
    "concurrent",
    "configparser",
    "contextlib",
    "contextvars",
    "copy",
    "copyreg",
    "cprofile",
    "crypt",
    "csv",
    "ctypes",
    "curses",
    "dataclasses",
    "datetime",
    "dbm",
    "decimal",
    "difflib",
    "dis",
    "distutils",
    "doctest",
    "email",
    "encodings",
    "ensurepip",
    "enum",
    "errno",
    "faulthandler",
    "fcntl",
    "filecmp",
    "fileinput",
    "fnmatch",
    "fractions",
    "ftplib",
    "functools",
    "gc",
    "genericpath",
    "getopt",
    "getpass",
    "gettext",
    "glob",
    "graphlib",
    "grp",
    "gzip",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "http",
    "idlelib",
    "imaplib",
    "imghdr",
    "imp",
    "importlib",
    "inspect",
    "io",
    "ipaddress",
    "itertools",
    "json",
    "keyword",
    "lib2to3",
    "linecache",
    "locale",
    "logging",
    "lzma",
    "mailbox",
    "mailcap",
    "marshal",
    "math",
    "mimetypes",
    "mmap",
    "modulefinder",
    "multiprocessing",
    "netrc",
    "nntplib",
    "ntpath",
    "nturl2path",
    "numbers",
    "opcode",
    "operator",
    "optparse",
    "os",
    "pathlib",
    "pdb",
    "pickle",
    "pickletools",
    "pipes",
    "pkgutil",
    "platform",
    "plistlib",
    "poplib",
    "posix",
    "posixpath",
    "pprint",
    "profile",
    "pstats",
    "pty",
    "pwd",
    "py_compile",
    "pyclbr",
    "pydoc",
    "pyexpat",
    "queue",
    "quopri",
    "random",
    "re",
    "readline",
    "reprlib",
    "resource",
    "rlcompleter",
    "runpy",
    "sched",
    "secrets",
    "select",
    "selectors",
    "shelve",
    "shlex",
    "shutil",
    "signal",
    "site",
    "smtplib",
    "sndhdr",
    "socket",
    "socketserver",
    "sqlite3",
    "ssl",
    "stat",
    "statistics",
    "string",
    "stringprep",
    "struct",
    "subprocess",
    "symtable",
    "sys",
    "sysconfig",
    "syslog",
    "tarfile",
    "telnetlib",
    "tempfile",
    "termios",
    "textwrap",
    "threading",
    "time",
    "timeit",
    "tkinter",
    "token",
    "tokenize",
    "tomllib",
    "trace",
    "traceback",
    "tracemalloc",
    "tty",
    "types",
    "typing",
    "unicodedata",
    "unittest",
    "urllib",
    "uu",
    "uuid",
    "venv",
    "warnings",
    "wave",
    "weakref",
    "webbrowser",
    "wsgiref",
    "xdrlib",
    "xml",
    "xmlrpc",
    "zipapp",
    "zipfile",
    "zipimport",
    "zlib",
    "zoneinfo",
];

/// What pandas imports.
const OF_PANDAS: &[&str] =
    &["bottleneck", "dateutil", "numexpr", "numpy", "pandas", "pyarrow", "pytz", "scipy", "six", "tzdata"];

/// The file name of a scanner's template; names that are no file names are spelled out.
pub(crate) fn file_name(scanner: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || char == '_';
    let plain: String =
        scanner.chars().map(|char| if is_plain(char) { char } else { '_' }).take(CHARACTERS_MAX).collect();
    format!("{}.py", if plain.is_empty() { NAMELESS } else { &plain })
}

/// The names of a folder of templates. Letters' case does not tell them apart.
pub(super) struct Names {
    taken: BTreeSet<String>,
    /// Modules that a file of this folder would hide.
    modules: BTreeSet<String>,
}

impl Names {
    /// For a file's templates, when these files stand there already.
    pub(super) fn new<'f>(module: &Module, files: impl IntoIterator<Item = &'f str>) -> Self {
        let imported = imported(module).into_iter().map(|name| name.split('.').next().unwrap_or(name).to_lowercase());
        let known = STANDARD.iter().chain(OF_PANDAS).map(|name| (*name).to_owned());
        Self { taken: files.into_iter().map(str::to_lowercase).collect(), modules: known.chain(imported).collect() }
    }

    /// A name like the wanted one that nothing else has.
    pub(super) fn unique(&mut self, wanted: &str) -> String {
        let stem = wanted.trim_end_matches(".py");
        let stem = if self.modules.contains(&stem.to_lowercase()) { format!("{stem}_scan") } else { stem.to_owned() };
        let mut name = format!("{stem}.py");
        let mut number = 2;
        while !self.taken.insert(name.to_lowercase()) {
            name = format!("{stem}_{number}.py");
            number += 1;
        }
        name
    }
}

/// Modules that the original imports at its first level.
pub(super) fn imported(module: &Module) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for statement in &module.parsed.syntax().body {
        match statement {
            Stmt::Import(import) => names.extend(import.names.iter().map(|alias| alias.name.as_str())),
            Stmt::ImportFrom(import) if import.level == 0 => names.extend(import.module.as_deref()),
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_and_hide_no_module() {
        let module = codeproof_python::read(b"import own_rows\nimport pandas as pd\n").unwrap();
        let mut names = Names::new(&module, ["original_scans.py"]);
        let mut file = |scanner: &str| names.unique(&file_name(scanner));
        let wanted = ["gap", "GAP", "../../etc/x", "", "signal", "own_rows", "Pandas", "original_scans", "a\n\0b"];
        let given = [
            "gap.py",
            "GAP_2.py",
            "______etc_x.py",
            "scanner.py",
            "signal_scan.py",
            "own_rows_scan.py",
            "Pandas_scan.py",
            "original_scans_2.py",
            "a__b.py",
        ];
        assert_eq!(wanted.map(&mut file), given);
        assert!(file(&"\u{1F600}x\u{4E2D}".repeat(200)).len() < 255);
    }
}
