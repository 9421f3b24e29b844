//! From bytes to text: tells text from binary, and decodes it without losing a byte.
//!
//! The order of the questions: a byte-order mark decides; else zero bytes in every second place mean UTF-16; else too
//! many control bytes mean binary; else UTF-8 when valid; else windows-1252, in which every byte is a character, so
//! that one stray byte hides nothing from a scanner. Only broken UTF-16 (half a surrogate pair, an odd last byte)
//! becomes U+FFFD, since no character stands for it.

use codeproof_types::RepoPath;
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How many bytes from the start tell text from binary; git looks at 8,000.
const SAMPLE_BYTES: usize = 8 << 10;

/// One control byte in this many is taken as text in any file: a lone NUL must not hide code or a password. Archives,
/// images and programs have at least one in twenty-five.
const RARE_CONTROLS_ANY_FILE: usize = 100;

/// The same for files named as source code. Compressed data has one in ten.
const RARE_CONTROLS_SOURCE_CODE: usize = 20;

/// Share of UTF-16 units, in percent, that must be plain ASCII before text without a byte-order mark is taken for
/// UTF-16: blanks and line ends alone reach it in most languages.
const UTF16_ASCII_PERCENT: usize = 10;

const UTF16_LE_MARK: &[u8] = b"\xff\xfe";
const UTF16_BE_MARK: &[u8] = b"\xfe\xff";
const UTF32_LE_MARK: &[u8] = b"\xff\xfe\0\0";

/// Extensions of source code, whose content is looked at even when somebody put a few control bytes into it.
const SOURCE_CODE_EXTENSIONS: &[&str] = &[
    "c", "cc", "cpp", "cs", "cxx", "go", "h", "hh", "hpp", "hxx", "inc", "java", "js", "jsx", "kt", "m", "mjs", "php",
    "phtml", "pl", "py", "pyi", "pyw", "rb", "rs", "sh", "sql", "swift", "ts", "tsx", "vue",
];

/// How a file's characters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Not valid UTF-8, so every byte is one character (latin-1 with windows' additions).
    Windows1252,
}

/// The decoded text of one file, without a byte-order mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// The text. Spans and line numbers count in it, not in the bytes on the disk.
    pub text: String,
    /// How it was written.
    pub encoding: Encoding,
}

impl SourceText {
    /// Decodes the bytes of the file at `path`; `None` when they are binary. The path matters only for control bytes:
    /// in files named as source code more of them are accepted. Never fails, never panics; O(bytes).
    pub fn decode(path: &RepoPath, bytes: Vec<u8>) -> Option<Self> {
        Some(match shape(path, &bytes) {
            Shape::Binary => return None,
            Shape::Bytes => decode_bytes(bytes),
            Shape::Utf16Le => Self { text: decode_utf16(UTF_16LE, &bytes, UTF16_LE_MARK), encoding: Encoding::Utf16Le },
            Shape::Utf16Be => Self { text: decode_utf16(UTF_16BE, &bytes, UTF16_BE_MARK), encoding: Encoding::Utf16Be },
        })
    }

    /// How many lines the text has, as git counts: lines end at LF.
    pub fn line_count(&self) -> u32 {
        let ends = memchr::memchr_iter(b'\n', self.text.as_bytes()).count();
        let open = usize::from(!self.text.is_empty() && !self.text.ends_with('\n'));
        u32::try_from(ends + open).unwrap_or(u32::MAX)
    }
}

/// What the bytes look like, before they are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Utf16Le,
    Utf16Be,
    /// One byte is one unit: UTF-8 or an older encoding.
    Bytes,
    Binary,
}

fn shape(path: &RepoPath, bytes: &[u8]) -> Shape {
    if bytes.starts_with(UTF32_LE_MARK) {
        return Shape::Binary;
    }
    if bytes.starts_with(UTF16_LE_MARK) {
        return Shape::Utf16Le;
    }
    if bytes.starts_with(UTF16_BE_MARK) {
        return Shape::Utf16Be;
    }
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    if memchr::memchr(0, sample).is_some() {
        if is_utf16(sample, u16::from_le_bytes) {
            return Shape::Utf16Le;
        }
        if is_utf16(sample, u16::from_be_bytes) {
            return Shape::Utf16Be;
        }
    }
    let rare = if is_source_code(path) { RARE_CONTROLS_SOURCE_CODE } else { RARE_CONTROLS_ANY_FILE };
    let controls = sample.iter().filter(|byte| is_control(u16::from(**byte))).count();
    if controls > (sample.len() / rare).max(1) { Shape::Binary } else { Shape::Bytes }
}

/// Whether the sample is UTF-16 in the byte order of `unit`: whole, valid, without control characters, and with enough
/// ASCII in it to tell it from other binary data.
fn is_utf16(sample: &[u8], unit: fn([u8; 2]) -> u16) -> bool {
    let units: Vec<u16> = sample.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    let ascii = units.iter().filter(|unit| **unit < 0x80).count();
    // A pair cut by the end of the sample is not the file's fault.
    let whole = match units.last() {
        Some(0xd800..0xdc00) => &units[..units.len() - 1],
        _ => &units[..],
    };
    ascii > 0
        && ascii * 100 >= units.len() * UTF16_ASCII_PERCENT
        && !units.iter().any(|unit| is_control(*unit))
        && char::decode_utf16(whole.iter().copied()).all(|char| char.is_ok())
}

/// Control characters that no text holds; tab, line ends, form feed and escape are common in it.
fn is_control(unit: u16) -> bool {
    unit < 0x20 && !matches!(unit, 0x09..=0x0d | 0x1b) || unit == 0x7f
}

fn is_source_code(path: &RepoPath) -> bool {
    path.extension()
        .is_some_and(|extension| SOURCE_CODE_EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension)))
}

fn decode_bytes(bytes: Vec<u8>) -> SourceText {
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            SourceText { text, encoding: Encoding::Utf8 }
        }
        Err(error) => SourceText {
            text: WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned(),
            encoding: Encoding::Windows1252,
        },
    }
}

fn decode_utf16(encoding: &'static encoding_rs::Encoding, bytes: &[u8], mark: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes.strip_prefix(mark).unwrap_or(bytes)).0.into_owned()
}
