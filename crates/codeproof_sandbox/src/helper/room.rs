//! The folder of a run without namespaces: made for it, looked after, and cleared whatever the program left there, when
//! nobody is left who could put anything back.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::unnamed;
use crate::layout::WORK;

/// Scratch bytes for each file that may be there, as in a tree of its own.
const BYTES_PER_FILE: u64 = 8 << 10;

/// Rounds of clearing: each brings folders one level up, and a run is ended before it has made as many.
const ROUNDS_MAX: usize = 1_000_000;

/// Bytes of a block, as `stat` counts them.
pub(super) const BLOCK_BYTES: u64 = 512;

/// A folder that nobody else may enter. When this value goes, the folder goes.
pub(super) struct Room {
    path: PathBuf,
}

impl Room {
    /// Makes it, with the files in it; none may be there yet.
    pub(super) fn make(path: &str, files: &[(String, Vec<u8>)]) -> io::Result<Self> {
        DirBuilder::new().mode(0o700).create(path)?;
        let room = Self { path: PathBuf::from(path) };
        room.fill(files).map(|()| room)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn fill(&self, files: &[(String, Vec<u8>)]) -> io::Result<()> {
        for folder in [WORK, "/own/tmp", "/own/shm", "/job", "/run/codeproof"] {
            fs::create_dir_all(self.path.join(folder.trim_start_matches('/')))?;
        }
        for (place, content) in files {
            fs::create_dir_all(Path::new(place).parent().unwrap_or(&self.path))?;
            fs::write(place, content)?;
        }
        Ok(())
    }

    /// Whether the scratch folder holds more than these bytes, or more files than go with them, those that processes hold
    /// without a name included. What cannot be looked at is too much: the program hides it.
    pub(super) fn holds_more_than(&self, bytes: u64, processes: &[u32]) -> bool {
        let unnamed = unnamed::bytes(processes, &self.path);
        let (mut blocks, mut count) = (unnamed.div_ceil(BLOCK_BYTES), 0_u64);
        let mut waiting = vec![self.path.join("own")];
        while let Some(folder) = waiting.pop() {
            let entries = match fs::read_dir(&folder) {
                // One that is made closed stays empty: rights cannot be changed.
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied) => {
                    continue;
                }
                Err(_) => return true,
                Ok(entries) => entries,
            };
            for entry in entries.flatten() {
                let Ok(about) = entry.metadata() else { continue };
                blocks += about.blocks();
                count += 1;
                if blocks.saturating_mul(BLOCK_BYTES) > bytes || count > bytes / BYTES_PER_FILE + 64 {
                    return true;
                }
                if about.is_dir() {
                    waiting.push(entry.path());
                }
            }
        }
        unnamed > bytes
    }

    /// Removes everything. Folders are brought up to the first level before they are emptied, so no depth is too much.
    fn clear(&self) {
        for round in 0..ROUNDS_MAX {
            let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
            let cleared = entries.enumerate().filter(|(at, entry)| self.clear_one(&entry.path(), round, *at)).count();
            if cleared == 0 {
                break;
            }
        }
        fs::remove_dir(&self.path).ok();
    }

    /// Removes one entry of the first level; whether anything was achieved.
    fn clear_one(&self, path: &Path, round: usize, at: usize) -> bool {
        if !opened(path) {
            return fs::remove_file(path).is_ok();
        }
        let mut achieved = false;
        for (number, child) in fs::read_dir(path).into_iter().flatten().flatten().enumerate() {
            let child = child.path();
            achieved |= match opened(&child) {
                true => fs::rename(&child, self.path.join(format!("moved-{round}-{at}-{number}"))).is_ok(),
                false => fs::remove_file(&child).is_ok(),
            };
        }
        fs::remove_dir(path).is_ok() || achieved
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Whether a path is a folder; one that its owner closed is opened. Only when nobody is left who could put a link there.
fn opened(path: &Path) -> bool {
    let is_folder = fs::symlink_metadata(path).is_ok_and(|about| about.is_dir());
    is_folder && fs::set_permissions(path, Permissions::from_mode(0o700)).is_ok()
}
