//! Where codeproof keeps its own files (XDG Base Directory Specification 0.8).

use std::path::PathBuf;

use crate::failure::Failure;

/// `$XDG_CONFIG_HOME/codeproof`, else `~/.config/codeproof`.
pub(crate) fn config_folder() -> Option<PathBuf> {
    base("XDG_CONFIG_HOME", ".config")
}

/// `$XDG_DATA_HOME/codeproof`, else `~/.local/share/codeproof`: the database, the cache, the salt.
///
/// # Errors
/// When neither variable is set, so there is no place to keep anything.
pub(crate) fn data_folder() -> Result<PathBuf, Failure> {
    base("XDG_DATA_HOME", ".local/share").ok_or_else(|| {
        Failure::usage("there is no folder for codeproof's data: neither XDG_DATA_HOME nor HOME is set")
            .help("set HOME, or name a database with --db sqlite://PATH")
    })
}

/// The specification says that a relative path in these variables is invalid and must be ignored.
fn base(variable: &str, below_home: &str) -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute(variable).or_else(|| Some(absolute("HOME")?.join(below_home))).map(|folder| folder.join("codeproof"))
}
