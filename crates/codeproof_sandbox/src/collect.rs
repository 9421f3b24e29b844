//! Files that come back from the scratch folder when a run has ended. The program decided what stands there, so names
//! are walked without following links, only regular files are read, and never more bytes than the policy allows. The
//! warm server does the same for its runs (`warm_server.py`).

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::{Component, Path};

use rustix::fs::{FileType, Mode, OFlags, fstat, open, openat};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use crate::layout::plain_name;
use crate::{Error, PlacedFile, Policy};

/// The most that can come back: half of the longest frame between the helper and its caller.
const BYTES_MAX: u64 = 128 << 20;

/// Why a file did not come back. The numbers are the wire's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeftOut {
    /// The program left no such file.
    Missing,
    /// It is a link, a folder, a pipe or a socket, or lies behind a link.
    NotRegular,
    /// It has more bytes than are left of [`Policy::collected_bytes`].
    TooLarge,
    /// It could not be read.
    Unreadable,
}

/// What is to come back.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Collection {
    /// Names below the scratch folder.
    pub(crate) names: Vec<String>,
    /// Of all together.
    pub(crate) bytes: u64,
}

/// One name with what was found there.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Found {
    name: String,
    content: Result<Vec<u8>, LeftOut>,
}

impl Collection {
    /// The names of a job, checked.
    pub(crate) fn new(names: &[String], policy: &Policy) -> Result<Self, Error> {
        names.iter().try_for_each(|name| plain_name(name).map(drop))?;
        Ok(Self { names: names.to_vec(), bytes: policy.collected_bytes.min(BYTES_MAX) })
    }

    /// Reads what is there below `folder`.
    pub(crate) fn gather(&self, folder: &Path) -> Vec<Found> {
        let mut left = self.bytes;
        let read = |name: &String| {
            let content = content(folder, name, left);
            left -= content.as_ref().map_or(0, |content| content.len() as u64);
            Found { name: name.clone(), content }
        };
        self.names.iter().map(read).collect()
    }
}

/// The files that came back, and the others.
pub(crate) fn told_apart(found: Vec<Found>) -> (Vec<PlacedFile>, Vec<(String, LeftOut)>) {
    let (mut files, mut left_out) = (Vec::new(), Vec::new());
    for Found { name, content } in found {
        match content {
            Ok(content) => files.push(PlacedFile { name, content }),
            Err(why) => left_out.push((name, why)),
        }
    }
    (files, left_out)
}

fn content(folder: &Path, name: &str, most: u64) -> Result<Vec<u8>, LeftOut> {
    let descriptor = regular_file(folder, name)?;
    let size = fstat(&descriptor).map_err(why)?.st_size;
    if u64::try_from(size).map_or(true, |size| size > most) {
        return Err(LeftOut::TooLarge);
    }
    let mut content = Vec::new();
    let read = File::from(descriptor).take(most + 1).read_to_end(&mut content);
    read.map_err(|_: io::Error| LeftOut::Unreadable)?;
    if content.len() as u64 > most { Err(LeftOut::TooLarge) } else { Ok(content) }
}

/// Opens a file below `folder`, one part of its name after another, following no link.
fn regular_file(folder: &Path, name: &str) -> Result<OwnedFd, LeftOut> {
    let step = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    // A pipe that nobody writes must not make us wait.
    let file = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
    let mut opened = open(folder, step, Mode::empty()).map_err(why)?;
    let mut parts = Path::new(name).components().filter_map(|part| match part {
        Component::Normal(part) => Some(part),
        _ => None,
    });
    let mut next = parts.next();
    while let Some(part) = next {
        next = parts.next();
        let flags = if next.is_some() { step } else { file };
        opened = openat(&opened, part, flags, Mode::empty()).map_err(why)?;
    }
    match FileType::from_raw_mode(fstat(&opened).map_err(why)?.st_mode) {
        FileType::RegularFile => Ok(opened),
        _ => Err(LeftOut::NotRegular),
    }
}

fn why(error: Errno) -> LeftOut {
    match error {
        Errno::NOENT => LeftOut::Missing,
        Errno::LOOP | Errno::NOTDIR | Errno::NXIO => LeftOut::NotRegular,
        _ => LeftOut::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_that_nobody_writes_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let mode = Mode::RUSR | Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, folder.path().join("pipe"), FileType::Fifo, mode, 0).unwrap();
        assert_eq!(content(folder.path(), "pipe", 10), Err(LeftOut::NotRegular));
    }
}
