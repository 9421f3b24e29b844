//! The git program: where it is, whether it is new enough, and what of the environment it is given.

use std::ffi::{OsStr, OsString};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::GitError;
use super::command::{GitCommand, Limits};

/// The oldest git that can be kept apart from all other configuration: `GIT_CONFIG_GLOBAL` came with 2.32 (June 2021),
/// `GIT_CONFIG_COUNT` with 2.31.
pub const OLDEST_GIT: &str = "2.32";

/// Environment variables that reach git, because a network or a key needs them: proxies, certificates, the ssh agent.
/// Everything else stays behind, above all whatever starts with `GIT_` and is not here.
const PASSED_ON: &[&str] = &[
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SSH_AUTH_SOCK",
];

/// A git program that may be used.
#[derive(Debug, Clone)]
pub struct Git {
    program: PathBuf,
    path: OsString,
    passed_on: Vec<(&'static str, OsString)>,
    version: String,
    limits: GitLimits,
}

/// What git may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GitLimits {
    /// Wall time of one operation.
    pub time: Duration,
    /// Bytes on the disk that a fetched repository may take, and bytes of the files unpacked from it.
    pub bytes: u64,
}

impl Default for GitLimits {
    /// Ten minutes and 2 GiB: the newest commit of the Linux kernel takes 0.3 GiB packed and 1.4 GiB unpacked.
    fn default() -> Self {
        Self { time: Duration::from_secs(600), bytes: 2 << 30 }
    }
}

impl Git {
    /// Finds git and asks for its version. `variable` hands out environment variables; only PATH and those a network
    /// needs are asked for. Relative folders in PATH do not count: one of them could be the scanned folder.
    ///
    /// # Errors
    /// When there is no git, it does not answer, or is too old.
    pub fn find(variable: impl Fn(&str) -> Option<OsString>, limits: GitLimits) -> Result<Self, GitError> {
        let path = absolute_folders(&variable("PATH").unwrap_or_default());
        // An empty PATH splits into one empty, relative folder.
        let mut programs = std::env::split_paths(&path).map(|folder| folder.join("git"));
        let program = programs.find(|file| file.is_absolute() && is_program(file));
        let program = program.ok_or(GitError::NotInstalled { oldest: OLDEST_GIT })?;
        let passed_on = PASSED_ON.iter().filter_map(|name| Some((*name, variable(name)?))).collect();
        let mut git = Self { program, path, passed_on, version: String::new(), limits };
        let never = AtomicBool::new(false);
        let said = GitCommand::bare(&git)
            .arguments(["--version"])
            .text("ask git for its version", Limits::of(&git, &never))?;
        git.version = said.trim().trim_start_matches("git version ").to_owned();
        if is_new_enough(&git.version) {
            Ok(git)
        } else {
            Err(GitError::TooOld { program: git.program, version: git.version, oldest: OLDEST_GIT })
        }
    }

    /// The program's file.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Its version, as it says.
    pub fn version(&self) -> &str {
        &self.version
    }

    pub(crate) fn limits(&self) -> GitLimits {
        self.limits
    }

    /// PATH with its absolute folders only.
    pub(crate) fn path(&self) -> &OsStr {
        &self.path
    }

    pub(crate) fn passed_on(&self) -> &[(&'static str, OsString)] {
        &self.passed_on
    }
}

fn absolute_folders(path: &OsStr) -> OsString {
    let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
    // No folder that was split off holds the separator.
    std::env::join_paths(folders).unwrap_or_default()
}

fn is_program(file: &Path) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// Compares major and minor numbers; what has none is let through, since it is a build of its own.
fn is_new_enough(version: &str) -> bool {
    let numbers = |text: &str| {
        let mut parts = text.split(|char: char| !char.is_ascii_digit()).map(|part| part.parse::<u32>().ok());
        Some((parts.next()??, parts.next()??))
    };
    match (numbers(version), numbers(OLDEST_GIT)) {
        (Some(version), Some(oldest)) => version >= oldest,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        for (version, expected) in [
            ("2.47.3", true),
            ("2.32.0", true),
            ("2.31.9", false),
            ("1.99", false),
            ("3.0", true),
            ("2.39.5 (Apple Git-154)", true),
            ("2.9.5", false),
            ("next", true),
        ] {
            assert_eq!(is_new_enough(version), expected, "{version}");
        }
    }

    #[test]
    fn relative_folders_of_the_path_do_not_count() {
        let folders = absolute_folders(OsStr::new(".:/usr/bin::bin:/bin"));
        assert_eq!(folders, OsString::from("/usr/bin:/bin"));
        let nothing = |name: &str| (name == "PATH").then(|| OsString::from(".:bin"));
        assert!(matches!(Git::find(nothing, GitLimits::default()), Err(GitError::NotInstalled { .. })));
    }
}
