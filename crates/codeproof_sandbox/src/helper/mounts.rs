//! The program's tree of files: a small file system in memory with read-only mounts of what it may read.
//!
//! Mounts are *taken* first (detached copies, held by descriptor), because the tree is built over `/tmp`, which may hide
//! them. As root they are taken before the user is given up, so closed folders on the way do not matter.

use std::fs;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::statvfs::{FsFlags, statvfs};
use rustix::fs::CWD;
use rustix::io::Errno;
use rustix::mount::{MoveMountFlags, OpenTreeFlags, move_mount, open_tree};

use super::{Stop, copies, part, privileges, step};
use crate::Part;
use crate::layout::WORK;
use crate::order::{Mount, MountKind, Order};

/// Where the tree is built: a folder that every system has. Only this namespace sees it there.
const BUILT_AT: &str = "/tmp";

/// Room for mount points and links, in bytes, on top of the program's own files.
const TREE_BYTES: u64 = 4 << 20;

/// Scratch bytes for each file that may be there: small files must not use up the kernel's memory.
const BYTES_PER_FILE: u64 = 8 << 10;

/// Takes a detached copy of each mount's source.
pub(super) fn take(mounts: &[Mount]) -> Result<Vec<OwnedFd>, Stop> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
    let as_root = privileges::is_root();
    mounts
        .iter()
        .map(|mount| match !as_root || copies::is_open_to_others(mount) {
            true => open_tree(CWD, &mount.host, flags).map_err(|error| {
                let what = format!("take {}", mount.host.display());
                match error {
                    Errno::NOSYS | Errno::PERM => part(Part::MountNamespace, what)(error),
                    _ => step(what)(error),
                }
            }),
            false => copies::copied(&mount.host),
        })
        .collect()
}

/// Does in small what a run does: a namespace may be there in which nothing can be mounted.
pub(super) fn try_out() -> Result<(), Stop> {
    let entry = Mount { host: PathBuf::from("/usr/lib"), inside: "/usr/lib".to_owned(), kind: MountKind::Folder };
    begin()?;
    let taken = take(std::slice::from_ref(&entry))?;
    memory_file_system(BUILT_AT, TREE_BYTES, 8192)?;
    taken.iter().try_for_each(|source| attach(&entry, source))
}

/// Lets no mount of this namespace show elsewhere.
fn begin() -> Result<(), Stop> {
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)
        .map_err(|error| part(Part::MountNamespace, "make mounts private")(format!("{error}{}", privileges::hint())))
}

/// Builds the tree; nothing of it is visible outside this namespace.
pub(super) fn build(order: &Order, taken: Vec<OwnedFd>) -> Result<(), Stop> {
    begin()?;
    let own: u64 = order.files.iter().map(|(_, content)| content.len() as u64 + 4096).sum();
    memory_file_system(BUILT_AT, own + TREE_BYTES, 8192)?;
    let scratch = order.limits.scratch_bytes;
    make_folder("/own")?;
    memory_file_system(&at("/own"), scratch, scratch / BYTES_PER_FILE + 64)?;
    for folder in [WORK, "/own/tmp", "/own/shm", "/job"] {
        make_folder(folder)?;
    }
    for (entry, source) in order.mounts.iter().zip(taken) {
        attach(entry, &source)?;
    }
    for (place, target) in &order.links {
        make_parents(place)?;
        std::os::unix::fs::symlink(target, at(place)).map_err(step(format!("link {place}")))?;
    }
    for (place, content) in &order.files {
        make_parents(place)?;
        fs::write(at(place), content).map_err(step(format!("write {place}")))?;
    }
    Ok(())
}

/// Lets a user write into the scratch folder whom no namespace makes its owner.
pub(super) fn give_scratch_to(user: u32) -> Result<(), Stop> {
    for folder in [WORK, "/own/tmp", "/own/shm"] {
        std::os::unix::fs::chown(at(folder), Some(user), Some(user)).map_err(step(format!("give {folder}")))?;
    }
    Ok(())
}

/// Moves into the tree, lets go of the old one, and makes everything but the scratch folder read-only.
pub(super) fn move_in() -> Result<(), Stop> {
    let none: Option<&str> = None;
    let moved = rustix::process::chdir(BUILT_AT)
        .and_then(|()| rustix::process::pivot_root(".", "."))
        .map_err(std::io::Error::from)
        .and_then(|()| Ok(umount2(".", MntFlags::MNT_DETACH)?))
        .and_then(|()| Ok(rustix::process::chdir("/")?));
    moved.map_err(part(Part::MountNamespace, "move into the new tree"))?;
    let flags = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY | MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(none, "/", none, flags, none).map_err(part(Part::MountNamespace, "make the tree read-only"))?;
    rustix::process::chdir(WORK).map_err(step("go to the scratch folder"))
}

fn memory_file_system(place: &str, bytes: u64, files: u64) -> Result<(), Stop> {
    let mut flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    if place != BUILT_AT {
        flags |= MsFlags::MS_NOEXEC;
    }
    let options = format!("size={bytes},nr_inodes={files},mode=0755");
    mount(Some("tmpfs"), place, Some("tmpfs"), flags, Some(options.as_str()))
        .map_err(part(Part::MountNamespace, "mount a file system in memory"))
}

fn attach(entry: &Mount, source: &OwnedFd) -> Result<(), Stop> {
    let place = at(&entry.inside);
    if entry.kind == MountKind::Folder {
        make_folder(&entry.inside)?;
    } else {
        make_parents(&entry.inside)?;
        fs::write(&place, "").map_err(step(format!("make {}", entry.inside)))?;
    }
    let failed = |what: &str| step::<std::io::Error>(format!("{what} {} at {}", entry.host.display(), entry.inside));
    move_mount(source, "", CWD, &place, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
        .map_err(|error| failed("mount")(error.into()))?;
    if entry.kind == MountKind::Device {
        return Ok(());
    }
    read_only(&place).map_err(|error| failed("make read-only")(error.into()))
}

/// Makes one mount read-only. Flags that it has already stay: they may be locked.
fn read_only(place: &str) -> nix::Result<()> {
    let none: Option<&str> = None;
    let mut flags =
        MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY | MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    let has = statvfs(place)?.flags();
    for (told, flag) in [
        (FsFlags::ST_NOEXEC, MsFlags::MS_NOEXEC),
        (FsFlags::ST_NOATIME, MsFlags::MS_NOATIME),
        (FsFlags::ST_NODIRATIME, MsFlags::MS_NODIRATIME),
        (FsFlags::ST_RELATIME, MsFlags::MS_RELATIME),
    ] {
        if has.contains(told) {
            flags |= flag;
        }
    }
    mount(none, place, none, flags, none)
}

fn make_folder(inside: &str) -> Result<(), Stop> {
    fs::create_dir_all(at(inside)).map_err(step(format!("make {inside}")))
}

fn make_parents(inside: &str) -> Result<(), Stop> {
    let path = PathBuf::from(at(inside));
    fs::create_dir_all(path.parent().unwrap_or(Path::new(BUILT_AT))).map_err(step(format!("make room for {inside}")))
}

fn at(inside: &str) -> String {
    format!("{BUILT_AT}{inside}")
}
