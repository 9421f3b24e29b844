//! Reads which lines are new from a patch, as git writes it with `-U0`, prefixes `a/` and `b/`, and quoted names.
//!
//! ```text
//! diff --git …               a file begins; other lines before the first @@ say nothing that is needed here
//! +++ b/NAME                 the new name: plain, with a tab behind it if it holds blanks; or "b/NAME" in C's notation
//! @@ -A[,B] +C[,D] @@ …      lines C to C+D-1 are new; D = 0: lines were taken out behind line C
//! -…  +…  \…                 B old and D new lines, perhaps with "\ No newline at end of file"
//! ```
//!
//! The lines of a hunk are counted, so that nothing in a file can look like a header. Bytes that follow another order
//! are passed over; nothing makes the reader fail.

use std::ffi::OsString;
use std::io::{self, BufRead};
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

use super::LineRange;

/// Bytes of one line that are kept: a name in C's notation takes four bytes for one.
const LINE_BYTES_MAX: usize = 32 << 10;

/// New names (bytes, from the top of the work tree) with their changed lines, in the order of the patch.
pub(crate) type Patch = Vec<(PathBuf, Vec<LineRange>)>;

/// Reads a patch to its end. Memory: the names and ranges, never the content.
///
/// # Errors
/// When the stream cannot be read.
pub(crate) fn read(patch: &mut dyn BufRead) -> io::Result<Patch> {
    let mut reader = Reader::default();
    let mut line = Vec::new();
    while read_line(patch, &mut line)? {
        reader.line(&line);
    }
    Ok(reader.files)
}

/// Reads one line into `line`, without its end; what is longer than [`LINE_BYTES_MAX`] is passed over. `false` at the
/// end of the stream.
fn read_line(from: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut is_any = false;
    loop {
        let buffer = match from.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        if buffer.is_empty() {
            return Ok(is_any);
        }
        is_any = true;
        let end = memchr::memchr(b'\n', buffer);
        let part = &buffer[..end.unwrap_or(buffer.len())];
        let room = LINE_BYTES_MAX.saturating_sub(line.len());
        line.extend_from_slice(&part[..part.len().min(room)]);
        let used = part.len() + usize::from(end.is_some());
        from.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

#[derive(Default)]
struct Reader {
    files: Patch,
    /// Whether the file at the end of `files` is the one being read.
    in_file: bool,
    old_left: u32,
    new_left: u32,
}

impl Reader {
    fn line(&mut self, line: &[u8]) {
        match line.first() {
            Some(b'-') if self.old_left > 0 => return self.old_left -= 1,
            Some(b'+') if self.new_left > 0 => return self.new_left -= 1,
            Some(b'\\') => return,
            _ => (self.old_left, self.new_left) = (0, 0),
        }
        if line.starts_with(b"diff --git ") {
            self.in_file = false;
        } else if let Some(name) = line.strip_prefix(b"+++ ") {
            self.in_file = false;
            if let Some(path) = new_name(name) {
                self.files.push((path, Vec::new()));
                self.in_file = true;
            }
        } else if let Some(((_, old), (first, new))) = hunk(line) {
            (self.old_left, self.new_left) = (old, new);
            let range = match new {
                0 => LineRange { first_line: first.saturating_add(1), last_line: first },
                _ => LineRange { first_line: first, last_line: first.saturating_add(new - 1) },
            };
            if let Some((_, ranges)) = self.files.last_mut().filter(|_| self.in_file) {
                ranges.push(range);
            }
        }
    }
}

/// The name behind `+++ `; `None` for `/dev/null` and for what is no name.
fn new_name(text: &[u8]) -> Option<PathBuf> {
    let name = match text.strip_prefix(b"\"") {
        Some(quoted) => unquoted(quoted)?,
        None => text.strip_suffix(b"\t").unwrap_or(text).to_vec(),
    };
    let name = name.strip_prefix(b"b/")?;
    (!name.is_empty()).then(|| PathBuf::from(OsString::from_vec(name.to_vec())))
}

/// C's notation up to the closing quote.
fn unquoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut name = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    loop {
        match bytes.next()? {
            b'"' => return Some(name),
            b'\\' => name.push(match bytes.next()? {
                b'a' => 7,
                b'b' => 8,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 11,
                b'f' => 12,
                b'r' => b'\r',
                digit @ b'0'..=b'3' => {
                    let octal = |byte: u8| matches!(byte, b'0'..=b'7').then(|| byte - b'0');
                    ((digit - b'0') << 6) | (octal(bytes.next()?)? << 3) | octal(bytes.next()?)?
                }
                plain @ (b'"' | b'\\') => plain,
                _ => return None,
            }),
            byte => name.push(byte),
        }
    }
}

/// First line and number of lines, old and new.
type Hunk = ((u32, u32), (u32, u32));

fn hunk(line: &[u8]) -> Option<Hunk> {
    let text = line.strip_prefix(b"@@ -")?;
    let end = text.windows(3).position(|three| three == b" @@")?;
    let text = std::str::from_utf8(&text[..end]).ok()?;
    let (old, new) = text.split_once(" +")?;
    let range = |text: &str| match text.split_once(',') {
        Some((first, count)) => Some((first.parse().ok()?, count.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    };
    Some((range(old)?, range(new)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::unix::ffi::OsStrExt as _;

    fn shown(patch: &[u8]) -> Vec<String> {
        let files = read(&mut &patch[..]).expect("a slice can be read");
        let ranges = |ranges: &[LineRange]| {
            ranges.iter().map(|range| format!(" {}-{}", range.first_line, range.last_line)).collect::<String>()
        };
        files.iter().map(|(path, lines)| format!("{}{}", path.display(), ranges(lines))).collect()
    }

    #[test]
    fn ranges_are_read_file_by_file() {
        let patch = b"diff --git a/x.c b/x.c\nindex 1..2 100644\n--- a/x.c\n+++ b/x.c\n@@ -1 +1,2 @@ int f()\n-old\n+new\n\
            +new\n@@ -9,2 +10,0 @@\n-a\n-b\n\\ No newline at end of file\ndiff --git a/gone b/gone\ndeleted file mode 100644\n\
            --- a/gone\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-x\ndiff --git a/a b b/c d\nsimilarity index 90%\nrename from a b\n\
            rename to c d\n--- a/a b\t\n+++ b/c d\t\n@@ -3,0 +4 @@\n+x\n";
        assert_eq!(shown(patch), ["x.c 1-2 11-10", "c d 4-4"]);
    }

    #[test]
    fn content_cannot_look_like_a_header() {
        let patch = b"+++ b/a\n@@ -1,2 +1,3 @@\n--- a/evil\n-@@ -1 +1 @@\n+++ b/evil\n+diff --git a/x b/x\n+@@ -7 +7 @@\n@@ -8 +9 @@\n-\n+\n";
        assert_eq!(shown(patch), ["a 1-3 9-9"]);
    }

    #[test]
    fn names_in_c_notation_are_read() {
        let patch = b"+++ \"b/a\\n\\\"b\\\\\\303\\274\\t\"\n@@ -0,0 +1 @@\n+x\n";
        let files = read(&mut &patch[..]).expect("a slice can be read");
        assert_eq!(files[0].0.as_os_str().as_bytes(), "a\n\"b\\ü\t".as_bytes());
        for wrong in ["+++ \"b/open", "+++ \"b/x\\", "+++ c/x", "+++ b/", "+++ \"b/\\77\"", "+++ "] {
            assert!(shown(format!("{wrong}\n@@ -1 +1 @@\n").as_bytes()).is_empty(), "{wrong}");
        }
    }

    #[test]
    fn numbers_past_all_files_do_no_harm() {
        let patch = b"+++ b/a\n@@ -1 +4294967295,4294967295 @@\n+x\n@@ -1 +99999999999 @@\n@@ -1,0 +4294967295,0 @@\n";
        assert_eq!(shown(patch), ["a 4294967295-4294967295 4294967295-4294967295"]);
    }

    /// A patch for one file from a list of hunks, each (gap before it, old lines, new lines).
    fn written(name: &str, hunks: &[(u32, u32, u32)]) -> (String, Vec<String>) {
        let mut patch = format!("diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n");
        let (mut old_at, mut new_at) = (1, 1);
        let mut expected = String::from(name);
        for (gap, old, new) in hunks {
            (old_at, new_at) = (old_at + gap, new_at + gap);
            let first = |at: u32, count: u32| if count == 0 { at - 1 } else { at };
            patch += &format!("@@ -{},{old} +{},{new} @@ -1 +1 @@\n", first(old_at, *old), first(new_at, *new));
            patch += &"-@@ -1 +1 @@\n".repeat(*old as usize);
            patch += &"+++ b/evil\n".repeat(*new as usize);
            expected += &format!(" {}-{}", new_at, new_at + new - u32::from(*new > 0) - u32::from(*new == 0));
            (old_at, new_at) = (old_at + old, new_at + new);
        }
        (patch, vec![expected])
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(hunks in prop::collection::vec((1_u32..9, 0_u32..4, 0_u32..4), 0..8)) {
            let (patch, expected) = written("a.c", &hunks);
            prop_assert_eq!(shown(patch.as_bytes()), expected);
        }

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _files = shown(&bytes);
        }

        #[test]
        fn damaged_patches_are_read(
            hunks in prop::collection::vec((1_u32..9, 0_u32..4, 0_u32..4), 0..8),
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..9),
        ) {
            let mut patch = written("a.c", &hunks).0.into_bytes();
            for (at, byte) in damage {
                let at = at.index(patch.len());
                patch[at] = byte;
            }
            let _files = shown(&patch);
        }
    }
}
