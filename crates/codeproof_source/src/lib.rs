//! Gets a tree of bytes: walks a folder, classifies and hashes its files, reads text and snippets.
//!
//! What comes in: a path and a [`WalkConfig`]. What goes out: a [`Snapshot`] (files with their hashes and classes,
//! sorted by path, and a [`Problem`](codeproof_types::Problem) for everything that was not read), decoded
//! [`SourceText`], and lines checked against the hash they were found in. This crate knows no grammar, no rule and no
//! database; it executes nothing it reads, and opens nothing outside the given folder except the ignore files and the
//! git index that belong to it. Unix only: it opens files relative to folders, so that no link is ever followed.
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//! use codeproof_source::{WalkConfig, snapshot};
//! use codeproof_types::{FileClass, SilentProgress};
//!
//! let folder = tempfile::tempdir().unwrap();
//! std::fs::create_dir(folder.path().join("tests")).unwrap();
//! std::fs::write(folder.path().join("tests/test_login.py"), "def test_login():\n    pass\n").unwrap();
//!
//! let snapshot = snapshot(folder.path(), &WalkConfig::default(), &SilentProgress, &AtomicBool::new(false)).unwrap();
//! let file = &snapshot.files[0];
//! assert_eq!((file.path.as_str(), file.class, file.lines), ("tests/test_login.py", FileClass::Test, 2));
//! assert!(snapshot.read(file).unwrap().text.starts_with("def test_login"));
//! ```

mod class;
mod config;
mod error;
mod folder;
mod git;
mod git_index;
mod open;
mod snapshot;
mod snippet;
mod text;
mod walk;

pub use class::classify;
pub use config::WalkConfig;
pub use error::{Error, ReadError};
pub use folder::Folder;
pub use git::{
    ChangedFiles, ChangedLines, Checkout, CheckoutRequest, Git, GitError, GitLimits, GitToken, GitUrl, LineRange,
    OLDEST_GIT, Since, is_bare_repository,
};
pub use snapshot::{Snapshot, SourceFile, snapshot, snapshot_since};
pub use snippet::StoredTree;
pub use text::{Encoding, SourceText};
pub use walk::Skipped;
