//! Folders that only root may read, when the caller is root: the program is another user, so it gets a copy in memory.
//! Temporary folders of root are such folders, and data is often put there.

use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat, symlinkat};
use rustix::mount::{FsMountFlags, FsOpenFlags, MountAttrFlags, fsconfig_create, fsconfig_set_string, fsmount, fsopen};

use super::Stop;
use crate::order::{Mount, MountKind, Report};

/// Bytes that are copied of one folder at most.
const BYTES_MAX: u64 = 1 << 30;

/// Files and folders that are copied of one folder at most.
const ENTRIES_MAX: usize = 200_000;

/// Entries that are looked at before a folder counts as open: who closes a folder closes all of it.
const ENTRIES_LOOKED: usize = 1_000;

const TOO_LARGE: &str = "it is too large; let others read it (`chmod -R o+rX`), or run as another user";

/// Whether a copy was given up for its size.
pub(super) fn is_too_large(stop: &Stop) -> bool {
    matches!(&stop.0, Report::Failed { why, .. } if why == TOO_LARGE)
}

/// Whether somebody else than its owner can read a folder and what is in it.
pub(super) fn is_open_to_others(mount: &Mount) -> bool {
    let host = &mount.host;
    if mount.kind != MountKind::Folder || ["/usr", "/lib", "/lib32", "/lib64"].iter().any(|one| host.starts_with(one)) {
        return true;
    }
    let mut looked = 0;
    let mut waiting = vec![host.clone()];
    while let Some(path) = waiting.pop() {
        let Ok(about) = fs::symlink_metadata(&path) else { continue };
        let needed = if about.is_dir() { 0o005 } else { 0o004 };
        if !about.is_symlink() && about.mode() & needed != needed {
            return false;
        }
        looked += 1;
        if looked >= ENTRIES_LOOKED {
            break;
        }
        if about.is_dir() {
            waiting.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        }
    }
    true
}

/// A mount in memory with all files, folders and links of a folder.
pub(super) fn copied(folder: &Path) -> Result<OwnedFd, Stop> {
    let stop = |why: String| {
        Stop(Report::Failed { step: format!("copy {}, which only root may read", folder.display()), why })
    };
    let target = memory_mount().map_err(|error| stop(error.to_string()))?;
    let (mut bytes, mut entries) = (0_u64, 0_usize);
    let mut waiting = vec![PathBuf::new()];
    while let Some(inside) = waiting.pop() {
        for entry in fs::read_dir(folder.join(&inside)).map_err(|error| stop(error.to_string()))? {
            let entry = entry.map_err(|error| stop(error.to_string()))?;
            let about = entry.metadata().map_err(|error| stop(error.to_string()))?;
            bytes += if about.is_file() { about.len() } else { 0 };
            entries += 1;
            if bytes > BYTES_MAX || entries > ENTRIES_MAX {
                return Err(stop(
                    "it is too large; let others read it (`chmod -R o+rX`), or run as another user".to_owned(),
                ));
            }
            let place = inside.join(entry.file_name());
            copy_one(&entry.path(), &target, &place, &about).map_err(|error| stop(error.to_string()))?;
            if about.is_dir() {
                waiting.push(place);
            }
        }
    }
    Ok(target)
}

fn memory_mount() -> io::Result<OwnedFd> {
    let context = fsopen("tmpfs", FsOpenFlags::FSOPEN_CLOEXEC)?;
    fsconfig_set_string(&context, "mode", "0755")?;
    fsconfig_set_string(&context, "size", (2 * BYTES_MAX).to_string())?;
    fsconfig_create(&context)?;
    let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV;
    Ok(fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, attributes)?)
}

/// Copies a file, a folder without what is in it, or a link; nothing else.
fn copy_one(source: &Path, target: &OwnedFd, place: &Path, about: &fs::Metadata) -> io::Result<()> {
    let others_execute = Mode::from_raw_mode(0o444 | about.mode() & 0o111);
    if about.is_dir() {
        mkdirat(target, place, Mode::from_raw_mode(0o755))?;
    } else if about.is_symlink() {
        symlinkat(fs::read_link(source)?, target, place)?;
    } else if about.is_file() {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let made = openat(target, place, flags, others_execute)?;
        io::copy(&mut regular_file(source)?, &mut File::from(made))?;
    }
    Ok(())
}

/// Opens a file that was there a moment ago. Whoever owns its folder may have put a link to somebody else's file, or a pipe,
/// in its place since, and this process is root.
fn regular_file(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = File::from(openat(CWD, path, flags, Mode::empty())?);
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other("it is a file no more")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_a_link_or_a_pipe_is_not_copied() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        fs::write(place("file"), "a").unwrap();
        std::os::unix::fs::symlink(place("file"), place("link")).unwrap();
        rustix::fs::mknodat(CWD, place("pipe"), rustix::fs::FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        assert!(regular_file(&place("file")).is_ok());
        assert!(regular_file(&place("link")).is_err() && regular_file(&place("pipe")).is_err());
    }
}
