//! Escapes in strings.

use std::borrow::Cow;

/// What a string is written in; each can escape its own sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    /// `"`.
    Double,
    /// `` ` ``.
    Backtick,
    /// A here-document, which has no sign to escape.
    Document,
}

/// What a part of a `'…'` stands for.
pub(super) fn unescape_single_quoted(text: &str) -> Box<str> {
    if !text.contains('\\') {
        return text.into();
    }
    let mut result = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, chars.peek()) {
            ('\\', Some(next @ ('\\' | '\''))) => {
                result.push(*next);
                chars.next();
            }
            _ => result.push(char),
        }
    }
    result.into()
}

/// What a literal part of a string stands for, by php.net, "Strings": unknown escapes keep their backslash.
pub(super) fn unescape(text: &str, quote: Quote) -> Box<str> {
    if !text.contains('\\') {
        return text.into();
    }
    let mut result: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        if *byte != b'\\' {
            result.push(*byte);
            continue;
        }
        match escape(rest, quote) {
            Some((char, length)) => {
                result.extend_from_slice(&char);
                rest = &rest[length..];
            }
            None => result.push(b'\\'),
        }
    }
    match String::from_utf8_lossy(&result) {
        Cow::Borrowed(text) => text.into(),
        Cow::Owned(text) => text.into(),
    }
}

/// What the escape before `rest` stands for, and how many bytes of `rest` belong to it.
fn escape(rest: &[u8], quote: Quote) -> Option<(Vec<u8>, usize)> {
    let one = |byte: u8| Some((vec![byte], 1));
    match rest.first()? {
        b'n' => one(b'\n'),
        b't' => one(b'\t'),
        b'r' => one(b'\r'),
        b'v' => one(0x0b),
        b'e' => one(0x1b),
        b'f' => one(0x0c),
        b'\\' => one(b'\\'),
        b'$' => one(b'$'),
        b'"' if quote == Quote::Double => one(b'"'),
        b'`' if quote == Quote::Backtick => one(b'`'),
        b'0'..=b'7' => {
            let (value, length) = digits(rest, 8, 3);
            // The larger ones are cut to a byte.
            Some((vec![value.to_le_bytes()[0]], length))
        }
        b'x' => {
            let (value, length) = digits(&rest[1..], 16, 2);
            (length > 0).then(|| (vec![value.to_le_bytes()[0]], length + 1))
        }
        b'u' if rest.get(1) == Some(&b'{') => {
            let (value, length) = digits(&rest[2..], 16, 8);
            let char = char::from_u32(value).filter(|_| length > 0 && rest.get(length + 2) == Some(&b'}'))?;
            Some((char.to_string().into_bytes(), length + 3))
        }
        _ => None,
    }
}

/// The number that at most `most` digits make, and how many there are.
fn digits(text: &[u8], radix: u32, most: usize) -> (u32, usize) {
    let digits = text.iter().take(most).map_while(|byte| char::from(*byte).to_digit(radix));
    digits.fold((0, 0), |(value, length), digit| (value.wrapping_mul(radix).wrapping_add(digit), length + 1))
}
