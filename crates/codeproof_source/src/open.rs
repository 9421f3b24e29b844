//! Opens and reads files without ever following a link or waiting for a pipe.
//!
//! A file inside a tree is reached folder by folder, each opened relative to the one above and refused when it is a
//! link, so that nothing outside the tree can be read, even when somebody swaps a folder for a link meanwhile.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};
use rustix::io::Errno;

/// What reading with a limit gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Bytes {
    /// The whole file.
    Whole(Vec<u8>),
    /// The file has this many bytes, more than the limit, and was not read.
    OverLimit(u64),
}

/// Opens the folder at `relative` (no `..`, not absolute) below `root`. `root` itself may be a link.
pub(crate) fn open_folder(root: &Path, relative: &Path) -> io::Result<OwnedFd> {
    let mut folder = openat(CWD, root, OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    for component in relative.components() {
        let Component::Normal(name) = component else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path leaves the folder"));
        };
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC;
        folder = openat(&folder, name, flags, Mode::empty()).map_err(name_link)?;
    }
    Ok(folder)
}

/// Opens the regular file `name` in an open folder.
pub(crate) fn open_in(folder: impl AsFd, name: &OsStr) -> io::Result<File> {
    // Without NONBLOCK, opening a pipe would wait for its writer for ever.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::RDONLY | OFlags::CLOEXEC;
    regular(openat(folder, name, flags, Mode::empty()).map_err(name_link)?.into())
}

/// Opens the regular file at `relative` below `root`.
pub(crate) fn open_below(root: &Path, relative: &Path) -> io::Result<File> {
    let name =
        relative.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?;
    open_in(open_folder(root, relative.parent().unwrap_or(Path::new("")))?, name)
}

/// Opens the regular file at `relative` below an open folder, as [`open_below`] does, with one call where the system has
/// `openat2` (Linux 5.6) and lets it be used.
pub(crate) fn open_beneath(root: impl AsFd, path: &Path, relative: &Path) -> io::Result<File> {
    if relative.is_absolute() || relative.components().any(|part| !matches!(part, Component::Normal(_))) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path leaves the folder"));
    }
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::RDONLY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    match openat2(root, relative, flags, Mode::empty(), resolve) {
        Ok(opened) => regular(opened.into()),
        Err(Errno::NOSYS | Errno::PERM | Errno::AGAIN) => open_below(path, relative),
        Err(error) => Err(name_link(error)),
    }
}

/// Opens a regular file by its full path, following links: for git's own files, which may lie elsewhere.
pub(crate) fn open_anywhere(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::RDONLY | OFlags::CLOEXEC;
    regular(openat(CWD, path, flags, Mode::empty())?.into())
}

/// Reads a file of at most `limit` bytes; one that grows past the limit while being read counts as over it.
pub(crate) fn read_limited(mut file: File, limit: u64) -> io::Result<Bytes> {
    let length = file.metadata()?.len();
    if length > limit {
        return Ok(Bytes::OverLimit(length));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    let read = (&mut file).take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(if read as u64 > limit { Bytes::OverLimit(read as u64) } else { Bytes::Whole(bytes) })
}

fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"))
    }
}

/// The system says "too many levels of symbolic links" when a link must not be followed; say what it means here.
fn name_link(error: Errno) -> io::Error {
    if error == Errno::LOOP {
        io::Error::new(io::ErrorKind::InvalidInput, "it is a symbolic link, and links are not followed")
    } else {
        error.into()
    }
}
