//! A private folder for one run: git's home, the fetched objects, the unpacked files. Removed at the end.
//!
//! A run that is killed cannot clean up. Each folder therefore holds a file that its run keeps locked, and the system
//! unlocks when that run is gone; the next run removes every folder it can lock.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

use tempfile::TempDir;

use super::GitError;
use super::command::furnish;
use crate::open::open_anywhere;

/// How the folders are called.
const PREFIX: &str = "codeproof-git-";

/// The file that is locked while its folder is in use.
const LOCK: &str = "in-use";

/// A private folder, removed when dropped.
#[derive(Debug)]
pub(crate) struct Home {
    folder: TempDir,
    _lock: File,
}

impl Home {
    /// Makes a folder below `parent`, which is made too, with mode 0700, and removes those of runs that were killed.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn new(parent: &Path) -> Result<Self, GitError> {
        Self::make(parent).map_err(|source| GitError::System {
            action: format!("make a private folder for git in {}", parent.display()),
            source,
        })
    }

    fn make(parent: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        remove_left_over(parent)?;
        loop {
            let private = fs::Permissions::from_mode(0o700);
            let folder = tempfile::Builder::new().prefix(PREFIX).permissions(private).tempdir_in(parent)?;
            let lock = File::create_new(folder.path().join(LOCK))?;
            lock.lock()?;
            // Another run may have swept the folder before it was locked.
            if folder.path().join(LOCK).exists() {
                furnish(folder.path())?;
                return Ok(Self { folder, _lock: lock });
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders whose run is gone. One that cannot be removed is left to the next run.
fn remove_left_over(parent: &Path) -> io::Result<()> {
    for entry in parent.read_dir()? {
        let path = entry?.path();
        let is_ours = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
        if is_ours
            && let Ok(lock) = open_anywhere(&path.join(LOCK))
            && lock.try_lock().is_ok()
        {
            let _left_to_the_next_run = fs::remove_dir_all(&path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_nobody_uses_are_swept() {
        let parent = tempfile::tempdir().expect("a folder");
        let parent = parent.path().join("clones");
        let mine = Home::new(&parent).expect("a home");
        assert_eq!(mine.path().metadata().expect("it is there").permissions().mode() & 0o777, 0o700);
        let dead = parent.join("codeproof-git-dead");
        fs::create_dir_all(dead.join("sub")).expect("folders");
        fs::write(dead.join(LOCK), "").expect("a file");
        fs::create_dir(parent.join("other")).expect("a folder");
        let second = Home::new(&parent).expect("a home");
        assert!(!dead.exists() && mine.path().exists() && parent.join("other").exists());
        let path = second.path().to_owned();
        drop(second);
        assert!(!path.exists());
    }
}
