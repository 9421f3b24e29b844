//! What can fail: the start of a walk, and the second look at a file.

use std::io;
use std::path::PathBuf;

use codeproof_types::{Problem, ProblemKind, RepoPath, SnippetError};

use crate::git::GitError;

/// Why there is no snapshot at all. What goes wrong with one file is a [`Problem`] in the snapshot instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing is there.
    #[error("{} does not exist; check the spelling, or give the path of a folder or a file", path.display())]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// The system refuses to show it.
    #[error("{} cannot be read ({source}); check its permissions, or run as a user who may read it", path.display())]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A device, socket or pipe.
    #[error("{} is neither a folder nor a file; give the path of a folder or a file", path.display())]
    NotATree {
        /// The path as given.
        path: PathBuf,
    },
    /// A pattern of the settings is no glob.
    #[error("{pattern:?} in {setting} is not a pattern ({why}); write it as in .gitignore, such as docs/ or *.min.js")]
    Pattern {
        /// `include` or `exclude`.
        setting: &'static str,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
    /// The changes in the tree could not be read.
    #[error(transparent)]
    Git(GitError),
    /// The user stopped the walk.
    #[error("interrupted while files were listed and hashed")]
    Interrupted,
}

impl From<GitError> for Error {
    fn from(error: GitError) -> Self {
        match error {
            GitError::Interrupted => Self::Interrupted,
            error => Self::Git(error),
        }
    }
}

/// Why a file of a snapshot could not be read again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Its bytes are not those of the snapshot.
    #[error("{path} changed while the scan ran; run it again")]
    Changed {
        /// The file.
        path: RepoPath,
    },
    /// It is gone, or the system refuses.
    #[error("{path} cannot be read ({why})")]
    Unreadable {
        /// The file.
        path: RepoPath,
        /// The system's words.
        why: String,
    },
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        // A problem names its file beside the message.
        let (kind, path, message) = match error {
            ReadError::Changed { path } => {
                (ProblemKind::Changed, path, "changed while the scan ran; run it again".to_owned())
            }
            ReadError::Unreadable { path, why } => (ProblemKind::Unreadable, path, format!("cannot be read ({why})")),
        };
        Self { path: Some(path), line: None, kind, message }
    }
}

impl From<ReadError> for SnippetError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Changed { path } => Self::Changed { path },
            ReadError::Unreadable { path, why } => Self::Unreadable { path, why },
        }
    }
}
