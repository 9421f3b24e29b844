//! Files without a name: a program that removes a file and keeps it open, or mapped, still uses its room, and no walk
//! through the folder finds it. What its processes hold is asked of the kernel.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::room::BLOCK_BYTES;

/// What the kernel says behind the path of a file that was removed.
const REMOVED: &str = " (deleted)";

/// Bytes of removed files below `folder` that these processes hold, each counted once.
pub(super) fn bytes(processes: &[u32], folder: &Path) -> u64 {
    let Some(folder) = folder.to_str() else { return u64::MAX };
    let mut held = BTreeMap::new();
    for process in processes {
        // Threads may have descriptors of their own.
        for thread in entries(format!("/proc/{process}/task")) {
            for descriptor in entries(thread.join("fd")) {
                opened(&descriptor, folder, &mut held);
            }
        }
        for line in fs::read_to_string(format!("/proc/{process}/maps")).unwrap_or_default().lines() {
            if let Some((number, bytes)) = mapped(line, folder) {
                let known = held.entry(number).or_insert(0);
                *known = bytes.max(*known);
            }
        }
    }
    held.into_values().fold(0, u64::saturating_add)
}

fn entries(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Notes a descriptor's file by its number, when it is one of these.
fn opened(descriptor: &Path, folder: &str, held: &mut BTreeMap<u64, u64>) {
    let Ok(target) = fs::read_link(descriptor) else { return };
    if !target.to_str().is_some_and(|path| path.starts_with(folder) && path.ends_with(REMOVED)) {
        return;
    }
    if let Ok(about) = fs::metadata(descriptor) {
        held.insert(about.ino(), about.blocks().saturating_mul(BLOCK_BYTES));
    }
}

/// The number of a mapped file and where its mapping ends, from a line `start-end rights offset device number path`.
fn mapped(line: &str, folder: &str) -> Option<(u64, u64)> {
    let path = line.find('/').map(|at| &line[at..])?;
    if !path.starts_with(folder) || !path.ends_with(REMOVED) {
        return None;
    }
    let mut fields = line.split_ascii_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    let offset = fields.nth(1)?;
    let number = fields.nth(1)?.parse().ok()?;
    let [start, end, offset] = [start, end, offset].map(|field| u64::from_str_radix(field, 16).ok());
    Some((number, end?.checked_sub(start?)?.saturating_add(offset?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_of_removed_files_are_found() {
        let line = |path: &str| format!("7f00000000-7f00003000 rw-s 00001000 fe:00 1234    {path}");
        assert_eq!(mapped(&line("/a/room/own/work/x (deleted)"), "/a/room"), Some((1234, 0x4000)));
        assert_eq!(mapped(&line("/a/room/own/work/x"), "/a/room"), None);
        assert_eq!(mapped(&line("/dev/zero (deleted)"), "/a/room"), None);
    }
}
