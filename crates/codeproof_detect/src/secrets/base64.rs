//! Tokens inside base 64: Kubernetes secrets, basic authentication, files packed into JSON, YAML and heredocs.
//!
//! Base 64 of a known prefix gives a few fixed characters at each of three alignments. Where they are met, the run of
//! base 64 around them (over line ends, when it is wrapped) is decoded once and read like any text.

use codeproof_types::Span;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes of a prefix below which its base 64 is met by chance too often.
const PREFIX_BYTES_MIN: usize = 4;

/// Characters of a line of wrapped base 64; MIME, PEM and coreutils wrap at 76 or 64.
const WRAPPED_LINE_MIN: usize = 60;

/// The fixed characters of a prefix at one alignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EncodedPrefix {
    pub characters: String,
    /// Characters between the start of a group of four and `characters`.
    pub offset: usize,
}

/// The base 64 of `prefix` at each alignment, without the characters that depend on its neighbours.
pub(super) fn encoded_prefixes(prefix: &str) -> Vec<EncodedPrefix> {
    if prefix.len() < PREFIX_BYTES_MIN {
        return Vec::new();
    }
    let at = |alignment: usize| {
        let bits = |bit: usize| match bit.checked_sub(alignment * 8) {
            Some(bit) => prefix.as_bytes()[bit / 8] >> (7 - bit % 8) & 1,
            None => 0,
        };
        let first = (alignment * 8).div_ceil(6);
        let last = (alignment + prefix.len()) * 8 / 6;
        let character = |at: usize| (0..6).fold(0, |value, bit| value << 1 | bits(at * 6 + bit));
        let characters = (first..last).map(|at| char::from(STANDARD[usize::from(character(at))])).collect();
        EncodedPrefix { characters, offset: first }
    };
    (0..3).map(at).collect()
}

/// A run of base 64 with its text.
pub(super) struct Decoded {
    /// The decoded text; bytes that are no UTF-8 became question marks, so offsets stay true.
    pub text: String,
    /// One past the last byte of the run in the outer text.
    pub end: usize,
    /// Where each base 64 character of the decoded part stands in the outer text.
    places: Vec<usize>,
}

impl Decoded {
    /// The part of the outer text that holds these decoded bytes.
    pub(super) fn outer(&self, inner: Span) -> Span {
        let first = inner.start / 3 * 4;
        let last = (inner.end.max(inner.start + 1).div_ceil(3) * 4 - 1).min(self.places.len() - 1);
        Span { start: self.places[first.min(last)], end: self.places[last] + 1 }
    }
}

/// Decodes the run around a hit of `prefix` at `start`, looking no further back than `floor`. O(length of the run).
pub(super) fn decode_around(text: &str, start: usize, prefix: &EncodedPrefix, floor: usize) -> Option<Decoded> {
    let bytes = text.as_bytes();
    let mut places = Vec::new();
    let mut at = run_start(bytes, start, floor);
    let mut line_characters = 0;
    while at < bytes.len() {
        if is_base64(bytes[at]) {
            places.push(at);
            line_characters += 1;
            at += 1;
        } else {
            match next_wrapped_line(bytes, at) {
                Some(next) if line_characters >= WRAPPED_LINE_MIN => (at, line_characters) = (next, 0),
                _ => break,
            }
        }
    }
    let hit = places.partition_point(|place| *place < start);
    let skipped = hit.checked_sub(prefix.offset)? % 4;
    let places = places.split_off(skipped);
    let decoded = decode(places.iter().map(|place| bytes[*place]));
    Some(Decoded { text: lossless_text(&decoded), end: at, places })
}

/// Walks back to where the run starts, over the ends of wrapped lines.
fn run_start(bytes: &[u8], start: usize, floor: usize) -> usize {
    let back = |from: usize| {
        let run = bytes[floor..from].iter().rev().take_while(|byte| is_base64(**byte)).count();
        from - run
    };
    let mut at = back(start);
    loop {
        let indented = bytes[floor..at].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let line_start = at - indented;
        let Some(end) = bytes[floor..line_start].strip_suffix(b"\n") else { return at };
        let end = floor + end.strip_suffix(b"\r").unwrap_or(end).len();
        let earlier = back(end);
        if end - earlier < WRAPPED_LINE_MIN {
            return at;
        }
        at = earlier;
    }
}

/// The first base 64 character of the next line, when nothing but blanks stands between.
fn next_wrapped_line(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest).strip_prefix(b"\n")?;
    let indented = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    rest.get(indented).filter(|byte| is_base64(**byte))?;
    Some(bytes.len() - rest.len() + indented)
}

fn is_base64(byte: u8) -> bool {
    value(byte).is_some()
}

/// Six bits of a character of the standard or the URL alphabet.
fn value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Decodes characters of either alphabet; others are skipped, bits left over at the end are dropped.
pub(super) fn decode(characters: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut decoded = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for value in characters.filter_map(value) {
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push((bits >> count & 0xff) as u8);
        }
    }
    decoded
}

fn lossless_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(bytes: &[u8]) -> String {
        let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
        let character = |at: usize| (0..6).fold(0, |value, offset| value << 1 | bit(at * 6 + offset));
        (0..(bytes.len() * 8).div_ceil(6)).map(|at| char::from(STANDARD[usize::from(character(at))])).collect()
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(decode(encode(&bytes).bytes()), bytes);
        }

        #[test]
        fn prefix_is_found_at_every_alignment(before in "[ -~]{0,90}", wrap in any::<bool>()) {
            let inner = format!("{before}prefix_body and more");
            let mut outer = encode(inner.as_bytes());
            if wrap && outer.len() > 76 {
                outer.insert_str(76, "\r\n  ");
            }
            let outer = format!("data: {outer}\"");
            let hit = encoded_prefixes("prefix_").into_iter().find_map(|prefix| {
                Some((outer.find(&prefix.characters)?, prefix))
            });
            // A line end may fall into the prefix itself.
            if let Some((at, prefix)) = hit {
                let decoded = decode_around(&outer, at, &prefix, 0).unwrap();
                let start = decoded.text.find("prefix_").unwrap();
                let span = decoded.outer(Span { start, end: start + 7 });
                prop_assert!(span.start <= at && at < span.end);
                prop_assert_eq!(&outer[decoded.end..], "\"");
            } else {
                prop_assert!(wrap);
            }
        }
    }
}
