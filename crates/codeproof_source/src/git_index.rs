//! Reads the paths that git tracks from its index file.
//!
//! The format (git's `gitformat-index`), all numbers big-endian:
//!
//! ```text
//! header     "DIRC", version u32 (2, 3 or 4), number of entries u32
//! entry      24 bytes of times, device and inode; mode u32; 12 bytes of owner, group and size;
//!            object id (20 bytes SHA-1 or 32 bytes SHA-256); flags u16; extended flags u16 when version >= 3 and
//!            flag 0x4000 is set; then the path:
//!            version 2, 3: the path, then 1-8 NUL so that the entry's length is a multiple of 8
//!            version 4: how many bytes to drop from the previous path (variable-length), the rest of the path, NUL
//! extension  signature 4 bytes, length u32, content: "link" starts with the id of a shared index
//! trailer    checksum, as long as an object id
//! ```
//!
//! An own reader, because the index of a scanned repository is foreign data: gix-index maps the file into memory
//! (a file that shrinks meanwhile kills the process) and reads the "TREE" extension by recursion as deep as the file
//! says. Here nothing is mapped or recursive, and paths are handed out one at a time, since version 4 can pack many
//! gigabytes of paths into a small file.

use std::path::Path;

use crate::open::{Bytes, open_anywhere, read_limited};

/// The largest index read; the one of a repository with a million files has about 100 MB.
const MAX_INDEX_BYTES: u64 = 256 << 20;

/// The longest path that Linux can open.
const MAX_PATH_BYTES: usize = 4096;

/// Bytes of an entry before its object id.
const STAT_BYTES: usize = 40;
const MODE_AT: usize = 24;
const EXTENDED_FLAG: u16 = 0x4000;

/// Calls `visit` with the path (relative to the work tree, as bytes) of every regular file in the index in `git_dir`.
///
/// # Errors
/// A few words on why the index cannot be read; then no path of that file was visited. A repository without an index
/// tracks nothing, which is no error.
pub(crate) fn tracked_files(git_dir: &Path, mut visit: impl FnMut(&[u8])) -> Result<(), String> {
    let Some(shared) = read_index(&git_dir.join("index"), &mut visit)? else {
        return Ok(());
    };
    // A split index holds only what changed since the shared one, so that one is read too. It cannot name another.
    read_index(&git_dir.join(shared), &mut visit)?;
    Ok(())
}

/// Visits one index file; answers with the name of the shared index it builds on, if any.
fn read_index(file: &Path, visit: &mut impl FnMut(&[u8])) -> Result<Option<String>, String> {
    let bytes = match open_anywhere(file).and_then(|file| read_limited(file, MAX_INDEX_BYTES)) {
        Ok(Bytes::Whole(bytes)) => bytes,
        Ok(Bytes::OverLimit(length)) => return Err(format!("it has {length} bytes")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    // The file does not say how long its object ids are (the repository's configuration does, which is not trusted),
    // but only one length leads to whole extensions and a whole trailer.
    match parse(&bytes, 20, &mut |_| {}) {
        Ok(_) => parse(&bytes, 20, visit),
        Err(error) => match parse(&bytes, 32, &mut |_| {}) {
            Ok(_) => parse(&bytes, 32, visit),
            Err(_) => Err(error),
        },
    }
}

fn parse(bytes: &[u8], id_bytes: usize, visit: &mut impl FnMut(&[u8])) -> Result<Option<String>, String> {
    let mut reader = Reader { bytes, at: 0 };
    if reader.take(4)? != b"DIRC" {
        return Err("it does not start as a git index".to_owned());
    }
    let version = reader.number()?;
    if !(2..=4).contains(&version) {
        return Err(format!("its version {version} is unknown"));
    }
    let entries = reader.number()?;
    let mut path = Vec::new();
    for _ in 0..entries {
        let mode = entry(&mut reader, version, id_bytes, &mut path)?;
        // An empty path stands in a split index for an entry of the shared one.
        if mode & 0o170_000 == 0o100_000 && !path.is_empty() {
            visit(&path);
        }
    }
    extensions(&mut reader, id_bytes)
}

/// Reads one entry into `path`, which holds the previous entry's path before, and answers with its mode.
fn entry(reader: &mut Reader<'_>, version: u32, id_bytes: usize, path: &mut Vec<u8>) -> Result<u32, String> {
    let start = reader.at;
    let stat = reader.take(STAT_BYTES)?;
    let mode = u32::from_be_bytes([stat[MODE_AT], stat[MODE_AT + 1], stat[MODE_AT + 2], stat[MODE_AT + 3]]);
    reader.take(id_bytes)?;
    let flags = reader.take(2)?;
    if version >= 3 && u16::from_be_bytes([flags[0], flags[1]]) & EXTENDED_FLAG != 0 {
        reader.take(2)?;
    }
    if version == 4 {
        let dropped = reader.variable_length()?;
        let kept = path.len().checked_sub(dropped).ok_or("an entry drops more than there is")?;
        path.truncate(kept);
        path.extend_from_slice(reader.until_nul()?);
    } else {
        path.clear();
        path.extend_from_slice(reader.until_nul()?);
        // until_nul took one NUL; the others fill the entry up to a multiple of 8.
        reader.take((8 - (reader.at - start) % 8) % 8)?;
    }
    if path.len() > MAX_PATH_BYTES { Err("an entry has an endless path".to_owned()) } else { Ok(mode) }
}

fn extensions(reader: &mut Reader<'_>, id_bytes: usize) -> Result<Option<String>, String> {
    let mut shared = None;
    while reader.bytes.len() - reader.at > id_bytes {
        let signature = reader.take(4)?;
        let length = reader.number()? as usize;
        let content = reader.take(length)?;
        if signature == b"link" {
            let id = content.get(..id_bytes).ok_or("its link extension is cut short")?;
            let digits: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
            shared = Some(format!("sharedindex.{digits}"));
        }
    }
    if reader.bytes.len() - reader.at == id_bytes { Ok(shared) } else { Err("it is cut short".to_owned()) }
}

/// Takes bytes from the front and never reads past the end.
struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], String> {
        let end = self.at.checked_add(count).ok_or("a length in it is too large")?;
        let taken = self.bytes.get(self.at..end).ok_or("it is cut short")?;
        self.at = end;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, String> {
        let bytes = self.take(4)?;
        Ok(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// The bytes before the next NUL, which is taken too.
    fn until_nul(&mut self) -> Result<&'b [u8], String> {
        let length = memchr::memchr(0, &self.bytes[self.at..]).ok_or("it is cut short")?;
        let taken = self.take(length)?;
        self.take(1)?;
        Ok(taken)
    }

    /// Git's variable-length number: seven bits a byte, high part first, one added at each continuation.
    fn variable_length(&mut self) -> Result<usize, String> {
        let mut number = 0_usize;
        loop {
            let byte = self.take(1)?[0];
            number |= usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
            if number > MAX_PATH_BYTES {
                return Err("a length in it is too large".to_owned());
            }
            number = (number + 1) << 7;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index of version 4 whose entries drop nothing and add the given suffixes.
    fn version_4(suffixes: &[Vec<u8>]) -> Vec<u8> {
        let mut index = b"DIRC\0\0\0\x04".to_vec();
        index.extend(u32::try_from(suffixes.len()).expect("few entries").to_be_bytes());
        for suffix in suffixes {
            index.extend([0; MODE_AT]);
            index.extend(0o100_644_u32.to_be_bytes());
            index.extend([0; 12 + 20 + 2]);
            // Drops 0 bytes of the previous path.
            index.push(0);
            index.extend(suffix);
            index.push(0);
        }
        index.extend([0; 20]);
        index
    }

    #[track_caller]
    fn check(index: &[u8], expected: Result<Vec<usize>, &str>) {
        let mut lengths = Vec::new();
        let outcome = parse(index, 20, &mut |path| lengths.push(path.len()));
        assert_eq!(outcome.map(|_| lengths), expected.map_err(str::to_owned));
    }

    #[test]
    fn paths_that_grow_with_every_entry_have_an_end() {
        check(&version_4(&[b"a".to_vec(), b"/b".to_vec()]), Ok(vec![1, 3]));
        check(&version_4(&vec![vec![b'a'; 1000]; 5]), Err("an entry has an endless path"));
    }

    #[test]
    fn what_is_no_index_is_refused() {
        check(b"", Err("it is cut short"));
        check(b"PACK\0\0\0\x02\0\0\0\0", Err("it does not start as a git index"));
        check(b"DIRC\0\0\0\x09\0\0\0\0", Err("its version 9 is unknown"));
        check(b"DIRC\0\0\0\x02\xff\xff\xff\xff", Err("it is cut short"));
        check(&[&b"DIRC\0\0\0\x02\0\0\0\0TREE\xff\xff\xff\xff"[..], &[0; 20]].concat(), Err("it is cut short"));
    }
}
