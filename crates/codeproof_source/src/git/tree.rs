//! The files of a commit, as `git ls-tree -r -z -l` lists them.
//!
//! One entry is `MODE SP TYPE SP ID SP SIZE TAB PATH NUL`; SIZE is padded with blanks, and `-` for what is no file.
//! Trees can hold anything that is no NUL and no slash as a name, so paths are bytes, and checked before they are used.

use std::ffi::OsStr;
use std::io::{BufRead, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};

use super::command::{GitCommand, Limits, reading};
use super::{Git, GitError, words};
use crate::walk::VERSION_CONTROL;

/// Entries that are read; the largest known repositories have about half a million files. A tree made to be endless
/// (ten folders that are one, in ten levels) ends here.
const ENTRIES_MAX: usize = 1_000_000;

/// The longest entry: a path that Linux can open, and what stands before it.
const ENTRY_BYTES_MAX: u64 = 8 << 10;

/// One file or submodule of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) kind: EntryKind,
    /// The object's id, in hexadecimal digits.
    pub(crate) id: String,
    /// Its bytes; 0 for a submodule.
    pub(crate) bytes: u64,
    pub(crate) path: PathBuf,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    File,
    Link,
    Submodule,
}

/// The commit's entries in git's order, those left out whose path leads nowhere or into version control's own folders.
pub(crate) fn list(
    git: &Git,
    home: &Path,
    git_dir: &Path,
    commit: &str,
    limits: Limits<'_>,
) -> Result<Vec<Entry>, GitError> {
    let command = GitCommand::at_home(git, home).repository(git_dir);
    let command = command.arguments(["ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", commit]);
    let ended = command.run("list the files of a commit", limits, |out| entries(out, ENTRIES_MAX))?;
    match ended.success {
        true => Ok(ended.value.into_iter().filter(|entry| is_plain(&entry.path)).collect()),
        false => Err(GitError::Failed {
            action: "list the files of a commit".to_owned(),
            words: words::last(&ended.stderr, &[]),
        }),
    }
}

fn entries(out: &mut dyn BufRead, entries_max: usize) -> Result<Vec<Entry>, GitError> {
    let mut entries = Vec::new();
    let mut record = Vec::new();
    loop {
        record.clear();
        (&mut *out).take(ENTRY_BYTES_MAX).read_until(0, &mut record).map_err(reading)?;
        if record.is_empty() {
            return Ok(entries);
        }
        if entries.len() == entries_max {
            return Err(GitError::TooLarge {
                what: "the list of files".to_owned(),
                limit: format!("{entries_max} files"),
            });
        }
        // What is cut off here has a path that no system can open.
        entries.extend(record.strip_suffix(b"\0").and_then(entry));
    }
}

fn entry(record: &[u8]) -> Option<Entry> {
    let tab = memchr::memchr(b'\t', record)?;
    let head = std::str::from_utf8(&record[..tab]).ok()?;
    let mut words = head.split_ascii_whitespace();
    let (mode, kind, id, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let kind = match (mode, kind) {
        ("120000", "blob") => EntryKind::Link,
        (_, "blob") => EntryKind::File,
        (_, "commit") => EntryKind::Submodule,
        _ => return None,
    };
    let path = PathBuf::from(OsStr::from_bytes(&record[tab + 1..]));
    Some(Entry { kind, id: id.to_owned(), bytes: size.parse().unwrap_or(0), path })
}

/// Whether a path names a file below the top, outside of what version control systems keep for themselves.
pub(crate) fn is_plain(path: &Path) -> bool {
    let bytes = path.as_os_str().as_bytes();
    let has_strange_parts = bytes.split(|byte| *byte == b'/').any(|part| matches!(part, b"" | b"." | b".."));
    !has_strange_parts
        && !bytes.contains(&0)
        && path.components().all(|component| match component {
            Component::Normal(name) => !VERSION_CONTROL.iter().any(|known| name == OsStr::new(known)),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn paths(text: &[u8]) -> Vec<(EntryKind, u64, Vec<u8>)> {
        let entries = entries(&mut &text[..], 100).expect("no limit is reached");
        entries.into_iter().map(|entry| (entry.kind, entry.bytes, entry.path.as_os_str().as_bytes().to_vec())).collect()
    }

    #[test]
    fn entries_are_read_whatever_their_names() {
        let listing =
            b"100644 blob aa      12\ta\tb\nc\x00120000 blob bb       3\tlink\x00160000 commit cc       -\tsub\0\
                        100755 blob dd 7\t\xff\0junk\0";
        assert_eq!(
            paths(listing),
            [
                (EntryKind::File, 12, b"a\tb\nc".to_vec()),
                (EntryKind::Link, 3, b"link".to_vec()),
                (EntryKind::Submodule, 0, b"sub".to_vec()),
                (EntryKind::File, 7, b"\xff".to_vec()),
            ]
        );
    }

    #[test]
    fn endless_trees_end() {
        let listing = b"100644 blob aa 1\ta\0".repeat(5);
        assert!(matches!(entries(&mut &listing[..], 4), Err(GitError::TooLarge { .. })));
        let long = [b"100644 blob aa 1\t".as_slice(), &vec![b'x'; 20_000], b"\x00100644 blob aa 1\tb\0"].concat();
        assert_eq!(paths(&long).last().map(|(_, _, path)| path.clone()), Some(b"b".to_vec()));
    }

    #[test]
    fn paths_stay_below_the_top() {
        for plain in ["a", "a/b", "--help", ".github/x", "a\nb", ".gitignore"] {
            assert!(is_plain(Path::new(plain)), "{plain:?}");
        }
        for strange in ["", "/a", "../a", "a/../b", "a//b", "./a", "a/.", "a/", ".git/config", "a/.hg/x"] {
            assert!(!is_plain(Path::new(strange)), "{strange:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _entries = entries(&mut &bytes[..], 100);
        }
    }
}
