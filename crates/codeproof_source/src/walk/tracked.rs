//! Files that git tracks although no walk leads to them, because an ignore file names them.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use codeproof_types::{Problem, ProblemKind};

use super::{Repository, VERSION_CONTROL, repo_path};
use crate::git_index::tracked_files;

/// Calls `found` with the path (relative to `root`) of every regular file below `root` that the repository tracks and
/// that is not in `listed`.
///
/// # Errors
/// A problem that says why the index could not be read; the scan goes on without it.
pub(super) fn unlisted(
    root: &Path,
    repository: &Repository,
    listed: &HashSet<&Path>,
    stop: &AtomicBool,
    mut found: impl FnMut(PathBuf),
) -> Result<(), Problem> {
    let read = tracked_files(&repository.git_dir, |tracked| {
        let tracked = Path::new(OsStr::from_bytes(tracked));
        if stop.load(Ordering::Relaxed) || !is_plain(tracked) {
            return;
        }
        let absolute = repository.work_tree.join(tracked);
        let Ok(path) = absolute.strip_prefix(root) else {
            return;
        };
        if !listed.contains(path) && is_file_without_links(root, path) {
            // Collected anew, so that `a//b` in a strange index becomes `a/b`.
            found(path.components().collect());
        }
    });
    read.map_err(|why| unread(root, repository, &why))
}

fn unread(root: &Path, repository: &Repository, why: &str) -> Problem {
    let index = repository.git_dir.join("index");
    let path = index.strip_prefix(root).ok().and_then(repo_path);
    // The index of a linked worktree lies outside the tree.
    let name = if path.is_some() { "the git index".to_owned() } else { format!("the git index {}", index.display()) };
    let message = format!(
        "{name} cannot be read ({why}), so files that git tracks although .gitignore names them were not looked at; \
         `git status` tells whether git can read it"
    );
    Problem { path, line: None, kind: ProblemKind::Syntax, message }
}

/// Whether a path from an index stays in the work tree and out of version control's own folders.
fn is_plain(path: &Path) -> bool {
    path.components().all(|component| match component {
        Component::Normal(name) => !VERSION_CONTROL.iter().any(|known| name == OsStr::new(known)),
        _ => false,
    })
}

/// Whether `path` below `root` is a regular file, and every folder on the way a real one.
pub(crate) fn is_file_without_links(root: &Path, path: &Path) -> bool {
    let mut at = root.to_owned();
    let mut components = path.components().peekable();
    while let Some(component) = components.next() {
        at.push(component);
        let Ok(found) = fs::symlink_metadata(&at) else {
            return false;
        };
        let fits = if components.peek().is_some() { found.is_dir() } else { found.is_file() };
        if !fits {
            return false;
        }
    }
    true
}
