//! Finds the git repository of a work tree without asking git: its configuration is foreign and may name programs.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::open::{Bytes, open_anywhere, read_limited};

/// The longest `.git` or `commondir` file read; both hold one path.
const MAX_POINTER_BYTES: u64 = 8 << 10;

/// A work tree and where git keeps what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repository {
    /// The folder that holds `.git`.
    pub(crate) work_tree: PathBuf,
    /// Where the index of this work tree lies.
    pub(crate) git_dir: PathBuf,
    /// Where `info/exclude` lies; differs from `git_dir` in linked worktrees.
    pub(crate) common_dir: PathBuf,
}

/// Whether a work tree starts at `folder`: it has something called `.git`.
pub(super) fn has_git(folder: &Path) -> bool {
    fs::symlink_metadata(folder.join(".git")).is_ok()
}

impl Repository {
    /// The repository whose work tree starts at `folder`; `None` when its `.git` leads nowhere.
    pub(crate) fn at(folder: &Path) -> Option<Self> {
        let dot_git = folder.join(".git");
        let git_dir =
            if fs::metadata(&dot_git).ok()?.is_dir() { dot_git } else { folder.join(pointer(&dot_git, b"gitdir: ")?) };
        let common_dir =
            pointer(&git_dir.join("commondir"), b"").map_or_else(|| git_dir.clone(), |to| git_dir.join(to));
        Some(Self { work_tree: folder.to_owned(), git_dir, common_dir })
    }
}

/// The path in the first line of `file`, after `prefix`.
fn pointer(file: &Path, prefix: &[u8]) -> Option<PathBuf> {
    let Bytes::Whole(bytes) = read_limited(open_anywhere(file).ok()?, MAX_POINTER_BYTES).ok()? else {
        return None;
    };
    let line = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    let path = line.strip_prefix(prefix)?;
    (!path.is_empty() && !path.contains(&0)).then(|| PathBuf::from(OsStr::from_bytes(path)))
}
