//! Paths inside a scanned tree.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A path relative to the scanned root, `/`-separated, that cannot leave it.
///
/// Never empty, never absolute, no `.` or `..` component, no NUL. File names that are not UTF-8 are written with
/// U+FFFD; the walker keeps the real name beside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoPath(String);

/// Says why a text is not a path inside a scanned tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path:?} is not a path inside the scanned folder ({why})")]
pub struct InvalidPath {
    /// The refused text.
    pub path: String,
    /// The rule it breaks, as a few words.
    pub why: &'static str,
}

impl RepoPath {
    /// Checks `path` and wraps it.
    ///
    /// # Errors
    /// When the path is empty, absolute, holds a NUL, or has an empty, `.` or `..` component.
    pub fn new(path: impl Into<String>) -> Result<Self, InvalidPath> {
        let path = path.into();
        let why = if path.is_empty() {
            "it is empty"
        } else if path.starts_with('/') {
            "it is absolute"
        } else if path.contains('\0') {
            "it holds a NUL byte"
        } else if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
            "it has an empty, `.` or `..` component"
        } else {
            return Ok(Self(path));
        };
        Err(InvalidPath { path, why })
    }

    /// The whole path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The extension of the last component without its dot; `None` for `Makefile` and `.env`.
    pub fn extension(&self) -> Option<&str> {
        match self.file_name().rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => Some(extension),
            _ => None,
        }
    }

    /// The components from the root down, the file name last.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RepoPath {
    type Error = InvalidPath;

    fn try_from(path: String) -> Result<Self, InvalidPath> {
        Self::new(path)
    }
}

impl From<RepoPath> for String {
    fn from(path: RepoPath) -> Self {
        path.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_could_leave_the_tree() {
        for bad in ["", "/etc/passwd", "a/../b", "..", "./a", "a//b", "a/", "a\0b"] {
            assert!(RepoPath::new(bad).is_err(), "{bad:?} must be refused");
        }
        assert!(serde_json::from_str::<RepoPath>("\"../x\"").is_err());
    }

    #[test]
    fn splits_names() {
        let path = RepoPath::new("a b/ünï/.env.local").unwrap();
        assert_eq!(path.file_name(), ".env.local");
        assert_eq!(path.extension(), Some("local"));
        assert_eq!(RepoPath::new(".env").unwrap().extension(), None);
        assert_eq!(path.components().count(), 3);
    }
}
