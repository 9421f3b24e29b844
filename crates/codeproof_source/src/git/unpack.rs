//! Writes the bytes of a commit's files into a plain folder: what `git cat-file --batch` says, and nothing else.
//!
//! No checkout: it would obey the commit's own `.gitattributes` (line ends, encodings, `ident`, filters that run
//! programs), make links and hand out `.git` to whoever names a file cleverly. The folder holds regular files only, at
//! paths that were checked; since no link is ever made in it, none can lead out of it.
//!
//! For each id written to it, `cat-file` answers `ID SP TYPE SP SIZE LF CONTENT LF`, or `ID SP missing LF`.

use std::fs::{self, File};
use std::io::{self, BufRead, Read as _, Write as _};
use std::path::{Path, PathBuf};

use codeproof_types::{Phase, Problem, ProblemKind, Progress};

use super::command::{GitCommand, Limits, reading};
use super::tree::{Entry, EntryKind};
use super::{Git, GitError, words};
use crate::walk::{Listing, repo_path};

/// How a pointer of Git LFS starts (its specification, version 1).
pub(crate) const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";

/// Pointers have about 130 bytes; what is larger is none.
const LFS_POINTER_BYTES_MAX: u64 = 1024;

/// Writes the files of at most `bytes_max` bytes each below `root`, an empty folder, and says what it wrote.
pub(super) fn unpack(
    git: &Git,
    (home, git_dir): (&Path, &Path),
    entries: &[Entry],
    root: &Path,
    bytes_max: u64,
    limits: Limits<'_>,
    progress: &dyn Progress,
) -> Result<Listing, GitError> {
    let mut listing = Listing::default();
    let links = entries.iter().filter(|entry| entry.kind == EntryKind::Link).count();
    listing.skipped.links = links as u64;
    let (small, large): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().filter(|entry| entry.kind == EntryKind::File).partition(|entry| entry.bytes <= bytes_max);
    listing.over_limit = large.into_iter().map(|entry| (entry.path.clone(), entry.bytes)).collect();
    let total = small.iter().map(|entry| entry.bytes).fold(0, u64::saturating_add);
    if total > git.limits().bytes {
        let what = format!("the unpacked repository ({total} bytes)");
        return Err(GitError::TooLarge { what, limit: words::bytes(git.limits().bytes) });
    }
    let ids: String = small.iter().map(|entry| format!("{}\n", entry.id)).collect();
    let command = GitCommand::at_home(git, home).repository(git_dir).input(ids.into_bytes());
    let command = command.arguments(["cat-file", "--batch", "--buffer"]);
    let ended = command.run("read the files of a commit", limits, |out| {
        let mut folder = Folder { root, made: PathBuf::new() };
        for entry in small {
            match next(out, entry.bytes)? {
                Some(bytes) if is_lfs_pointer(&bytes) => listing.problems.push(problem(
                    &entry.path,
                    ProblemKind::Limit,
                    "its content is kept in Git LFS and was not fetched",
                )),
                Some(bytes) => match folder.write(&entry.path, &bytes) {
                    Ok(()) => listing.files.push(entry.path.clone()),
                    Err(error) => {
                        let why = format!("cannot be unpacked ({error})");
                        listing.problems.push(problem(&entry.path, ProblemKind::Unreadable, &why));
                    }
                },
                None => {
                    let why = "its content is missing in the repository, which may be a partial clone";
                    listing.problems.push(problem(&entry.path, ProblemKind::Unreadable, why));
                }
            }
            progress.advance(Phase::Fetch, 1, entry.bytes);
        }
        Ok(listing)
    })?;
    match ended.success {
        true => Ok(ended.value),
        false => Err(GitError::Failed {
            action: "read the files of a commit".to_owned(),
            words: words::last(&ended.stderr, &[]),
        }),
    }
}

/// The next object, which must have the size that was announced; `None` when it is missing.
fn next(out: &mut dyn BufRead, size: u64) -> Result<Option<Vec<u8>>, GitError> {
    let mut head = Vec::new();
    (&mut *out).take(256).read_until(b'\n', &mut head).map_err(reading)?;
    let head = String::from_utf8_lossy(&head);
    if head.trim_end().ends_with(" missing") {
        return Ok(None);
    }
    let announced = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok());
    let unexpected = || reading(io::Error::new(io::ErrorKind::InvalidData, "it breaks off, or says something else"));
    if announced != Some(size) {
        return Err(unexpected());
    }
    let mut bytes = Vec::new();
    (&mut *out).take(size + 1).read_to_end(&mut bytes).map_err(reading)?;
    match bytes.pop() {
        Some(b'\n') if bytes.len() as u64 == size => Ok(Some(bytes)),
        _ => Err(unexpected()),
    }
}

pub(crate) fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.len() as u64 <= LFS_POINTER_BYTES_MAX && bytes.starts_with(LFS_POINTER)
}

fn problem(path: &Path, kind: ProblemKind, message: &str) -> Problem {
    Problem { path: repo_path(path), line: None, kind, message: message.to_owned() }
}

/// The folder that is filled.
struct Folder<'r> {
    root: &'r Path,
    /// The folder made last: entries come folder by folder.
    made: PathBuf,
}

impl Folder<'_> {
    /// Writes one new file; whatever is there already stays as it is.
    fn write(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let parent = path.parent().unwrap_or(Path::new(""));
        if parent != self.made {
            fs::create_dir_all(self.root.join(parent))?;
            self.made = parent.to_owned();
        }
        File::create_new(self.root.join(path))?.write_all(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_told_apart_by_their_size_alone() {
        let mut out = &b"aa blob 4\nx\ny\n\nbb missing\ncc blob 0\n\ndd blob 2\nz"[..];
        assert_eq!(next(&mut out, 4).expect("whole"), Some(b"x\ny\n".to_vec()));
        assert_eq!(next(&mut out, 9).expect("an answer"), None);
        assert_eq!(next(&mut out, 0).expect("whole"), Some(Vec::new()));
        assert!(next(&mut out, 2).is_err(), "it breaks off");
        assert!(next(&mut out, 2).is_err(), "nothing is left");
        assert!(next(&mut &b"aa blob 5\nabcde\n"[..], 4).is_err(), "another size");
    }

    #[test]
    fn a_file_is_never_written_twice_nor_through_a_file() {
        let root = tempfile::tempdir().expect("a folder");
        let mut folder = Folder { root: root.path(), made: PathBuf::new() };
        folder.write(Path::new("a/b"), b"one").expect("written");
        assert!(folder.write(Path::new("a/b"), b"two").is_err());
        assert!(folder.write(Path::new("a/b/c"), b"two").is_err());
        assert_eq!(fs::read(root.path().join("a/b")).expect("a file"), b"one");
    }
}
