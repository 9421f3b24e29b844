//! Bytes to text as Python does it: byte order mark, coding cookie in one of the first two lines (PEP 263), else UTF-8.

use encoding_rs::Encoding;

use crate::{Problem, ProblemKind};

/// Decoded text without a byte order mark.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// The encoding's name as Python would write it.
    pub encoding: &'static str,
}

/// Decodes a source file.
///
/// # Errors
///
/// [`ProblemKind::Binary`] for NUL bytes, [`ProblemKind::Encoding`] for unknown or wrong encodings, with the line.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Problem> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Problem::new(ProblemKind::Encoding, 1, "UTF-16 text; Python reads source files as UTF-8"));
    }
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        return Err(Problem::new(
            ProblemKind::Binary,
            line_at(bytes, at),
            "a NUL byte: this is not a Python source file",
        ));
    }
    let (body, marked) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    match cookie(body) {
        None => utf8(body),
        Some(name) if is_utf8(&name) => utf8(body),
        Some(name) if marked => {
            Err(Problem::new(ProblemKind::Encoding, 1, format!("a UTF-8 byte order mark, but the coding {name}")))
        }
        Some(name) => by_name(body, &name),
    }
}

/// The encoding a comment in one of the first two lines names: `# -*- coding: latin-1 -*-`.
fn cookie(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|&byte| byte == b'\n').take(2) {
        let line = line.trim_ascii_start();
        match line.first() {
            Some(b'#') => {}
            None | Some(b'\r') => continue,
            // A statement in the first line: the second one cannot hold a cookie.
            Some(_) => return None,
        }
        if let Some(name) = named_coding(line) {
            return Some(name);
        }
    }
    None
}

fn named_coding(line: &[u8]) -> Option<String> {
    let at = line.windows(6).position(|word| word == b"coding")? + 6;
    let rest = line.get(at..)?.strip_prefix(b":").or_else(|| line.get(at..)?.strip_prefix(b"="))?.trim_ascii_start();
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let name: String = rest.iter().take_while(is_part).map(|&byte| char::from(byte)).collect();
    (!name.is_empty()).then(|| name.to_ascii_lowercase().replace('_', "-"))
}

fn is_utf8(name: &str) -> bool {
    matches!(name, "utf-8" | "utf8" | "utf-8-sig" | "u8")
}

fn utf8(bytes: &[u8]) -> Result<Decoded, Problem> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Decoded { text: text.to_owned(), encoding: "utf-8" }),
        Err(error) => {
            let line = line_at(bytes, error.valid_up_to());
            Err(Problem::new(
                ProblemKind::Encoding,
                line,
                "not UTF-8, and no coding is declared in the first two lines",
            ))
        }
    }
}

fn by_name(bytes: &[u8], name: &str) -> Result<Decoded, Problem> {
    if matches!(name, "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" | "8859" | "cp819") {
        // Python's latin-1 maps every byte to the character of that number; the web's does not.
        return Ok(Decoded { text: bytes.iter().map(|&byte| char::from(byte)).collect(), encoding: "latin-1" });
    }
    if matches!(name, "ascii" | "us-ascii") {
        return match bytes.iter().position(|byte| !byte.is_ascii()) {
            None => utf8(bytes),
            Some(at) => Err(Problem::new(ProblemKind::Encoding, line_at(bytes, at), "not ASCII, as the coding says")),
        };
    }
    let label = name.strip_prefix("cp").map_or_else(|| name.to_owned(), |page| format!("windows-{page}"));
    let known = Encoding::for_label(label.as_bytes()).or_else(|| Encoding::for_label(name.as_bytes()));
    let Some(encoding) = known else {
        return Err(Problem::new(ProblemKind::Encoding, 1, format!("unknown coding {name}")));
    };
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(Decoded { text: text.into_owned(), encoding: encoding.name() }),
        None => Err(Problem::new(ProblemKind::Encoding, 1, format!("bytes that are not {name}, as the coding says"))),
    }
}

/// How many bytes a text had in the encoding that [`decode`] named.
pub(super) fn bytes_of(text: &str, encoding: &str) -> usize {
    match encoding {
        "utf-8" => text.len(),
        "latin-1" => text.chars().count(),
        other => Encoding::for_label(other.as_bytes()).map_or(text.len(), |encoding| encoding.encode(text).0.len()),
    }
}

fn line_at(bytes: &[u8], at: usize) -> u32 {
    let before = bytes.iter().take(at).filter(|&&byte| byte == b'\n').count();
    u32::try_from(before + 1).unwrap_or(u32::MAX)
}
