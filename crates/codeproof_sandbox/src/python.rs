//! A Python interpreter and the folders it needs, told by the interpreter itself. It belongs to the user and is trusted;
//! it runs here outside the sandbox once, isolated from the user's environment, and imports nothing of the job's.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use crate::{Error, answer};

/// How long the interpreter may take: it may lie on a slow disk.
const TIME: Duration = Duration::from_secs(30);

/// What the interpreter is asked: real paths, as JSON on its last line.
const QUESTION: &str = r#"
import json, os, sys, sysconfig
try:
    import site
    packages = site.getsitepackages()
    own = site.getusersitepackages()
except Exception:
    packages, own = [], ""
is_environment = sys.prefix != sys.base_prefix
base = getattr(sys, "_base_executable", None) or sys.executable
print(json.dumps({
    "executable": os.path.realpath(base),
    "prefix": os.path.realpath(sys.prefix),
    "base_prefix": os.path.realpath(sys.base_prefix),
    "version": "%d.%d" % sys.version_info[:2],
    "own_packages": os.path.realpath(own) if own and os.path.isdir(own) and not is_environment else None,
    "packages": [os.path.realpath(path) for path in packages if os.path.isdir(path)],
}))
"#;

/// An interpreter that was found and asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Python {
    /// The real binary, links resolved.
    pub(crate) executable: PathBuf,
    /// Where the environment is; the same as `base_prefix` when there is no virtual environment.
    pub(crate) prefix: PathBuf,
    /// Where the interpreter is installed.
    pub(crate) base_prefix: PathBuf,
    /// Such as `3.11`.
    pub(crate) version: String,
    /// Folders with installed packages.
    pub(crate) packages: Vec<PathBuf>,
    /// What this user installed for the interpreter (`pip install --user`).
    pub(crate) own_packages: Option<PathBuf>,
}

impl Python {
    /// Asks the interpreter at `program`: the system's, or `bin/python` of a virtual environment.
    ///
    /// # Errors
    /// [`Error::Python`] when it cannot be started or is not Python 3.
    pub fn at(program: &Path) -> Result<Self, Error> {
        let failed = |why: String| Error::Python { program: program.to_owned(), why };
        // It is started in another folder. Links stay: a virtual environment is known by its link to the interpreter.
        let place = std::path::absolute(program).map_err(|error| failed(error.to_string()))?;
        #[expect(
            clippy::disallowed_methods,
            reason = "the user's own interpreter is asked, before any foreign code runs"
        )]
        let mut command = Command::new(&place);
        command.args(["-I", "-B", "-c", QUESTION]).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
        let answer = answer::ask(command.current_dir("/"), TIME)
            .map_err(|error| failed(closed_folder(&place).unwrap_or_else(|| error.to_string())))?;
        let text = String::from_utf8_lossy(&answer.stdout);
        let line = text.trim_end().lines().last().unwrap_or_default();
        let python: Self = serde_json::from_str(line).map_err(|_| {
            let words = String::from_utf8_lossy(&answer.stderr);
            // Python 2 does not know the first option.
            let is_old = words.contains("Unknown option: -I");
            let last = words.trim_end().lines().last().unwrap_or("it printed nothing");
            failed(match is_old {
                true => "it is Python 2; Python 3 is needed".to_owned(),
                false => format!("it does not answer as Python 3 does: {last}"),
            })
        })?;
        python.checked().map_err(failed)
    }

    /// Such as `3.11`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether it is a virtual environment.
    pub(crate) fn is_environment(&self) -> bool {
        self.prefix != self.base_prefix
    }

    fn checked(self) -> Result<Self, String> {
        if self.version.starts_with("2.") {
            return Err(format!("it is Python {}; Python 3 is needed", self.version));
        }
        let paths = [&self.executable, &self.prefix, &self.base_prefix];
        if paths.iter().any(|path| !path.is_absolute() || path.parent().is_none()) {
            return Err("its folders are not absolute, or are the root folder".to_owned());
        }
        Ok(self)
    }
}

/// Says which folder on the way to the interpreter this user may not enter.
fn closed_folder(program: &Path) -> Option<String> {
    let program = fs::canonicalize(program).unwrap_or_else(|_| program.to_owned());
    let mut folders: Vec<&Path> = program.ancestors().skip(1).collect();
    folders.reverse();
    let closed = folders
        .windows(2)
        .find(|pair| fs::metadata(pair[1]).is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied))?;
    Some(format!("this user may not enter {}; name an interpreter that it may start", closed[0].display()))
}
