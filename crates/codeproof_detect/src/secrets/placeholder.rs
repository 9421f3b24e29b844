//! Tells made-up tokens of documentation from random ones.
//!
//! Every test is set so that a random token fails it less than once in 10,000: thresholds grow with what chance does
//! in the alphabets tokens are made of (16 to 64 letters, 16 to 250 characters).

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Words of templates. Looked for in lower case, in upper case and capitalised, not in mixed case: four letters in any
/// case would be met by chance in long tokens.
const WORDS: &[&str] = &[
    "example",
    "sample",
    "placeholder",
    "dummy",
    "fake",
    "your",
    "insert",
    "replace",
    "change",
    "redacted",
    "token",
    "secret",
    "password",
    "apikey",
    "goes",
    "xxxx",
    "todo",
    "test",
    "demo",
    "mock",
    "invalid",
    "qwerty",
    "asdf",
    "foobar",
    "lorem",
    "notreal",
    "removed",
    "hidden",
    "masked",
    "deadbeef",
    "abcdef",
];

static WORD_FORMS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let capitalised = |word: &str| word[..1].to_uppercase() + &word[1..];
    let forms = WORDS.iter().flat_map(|word| [(*word).to_owned(), word.to_uppercase(), capitalised(word)]);
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .build(forms)
        .expect("a few dozen short words make a small automaton")
});

/// First 16 hexadecimal digits of the BLAKE3 of keys that documentation or an emulator publishes for everybody to use.
const PUBLISHED: &[&str] = &[
    "e8322be1fa3e0aa3", // the storage key of Azure's emulators, Azurite too
    "d4108a2a2f944066", // the key of Azure's Cosmos DB emulator
    "6bb3585b5bb47352", // the key in Google's own samples of map pages
    "8c1ae4a675efc108", // the bot token that scanners of secrets test themselves with
];

/// Same or neighbouring characters in a row that no random token has: 16 letters make seven equal once in 500,000.
const ORDERED_RUN_MIN: usize = 7;

/// Whether `body`, a token without its published prefix, was made up by a person.
pub(super) fn is_placeholder(body: &str) -> bool {
    if body.is_empty() {
        return true;
    }
    // Ids in front of the random part (Slack's numbers) may look like anything.
    let last = body.rsplit(['-', '.', ':']).find(|part| part.len() >= 16).unwrap_or(body);
    WORD_FORMS.is_match(body)
        || variety(last.bytes()) < variety_min(last.len())
        || longest_ordered_run(last) >= ORDERED_RUN_MIN
        || is_repetition(last.as_bytes())
        || is_published(body)
}

/// How many different bytes there are.
pub(super) fn variety(bytes: impl Iterator<Item = u8>) -> usize {
    let mut seen = [false; 256];
    bytes.for_each(|byte| seen[usize::from(byte)] = true);
    seen.iter().filter(|seen| **seen).count()
}

/// Different characters a random text of this length has at least. 32 hexadecimal digits show 14 of 16 on average and
/// less than 9 once in a million; 16 letters of base 32 show 13 and less than 7 as rarely.
fn variety_min(length: usize) -> usize {
    (length * 2 / 5).min(9)
}

/// The longest run in which each character equals the one before, or follows it, or precedes it, whatever the case:
/// `aaaa`, `1234`, `DcBa`; 9 is followed by 0.
pub(super) fn longest_ordered_run(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut longest, mut run, mut direction) = (1, 1, None);
    for pair in bytes.windows(2) {
        let step = step(pair[0].to_ascii_lowercase(), pair[1].to_ascii_lowercase());
        run = match step {
            Some(_) if step == direction => run + 1,
            Some(_) => 2,
            None => 1,
        };
        direction = step;
        longest = longest.max(run);
    }
    longest
}

fn step(a: u8, b: u8) -> Option<i8> {
    if !a.is_ascii_alphanumeric() || !b.is_ascii_alphanumeric() {
        return None;
    }
    match (a, b) {
        (b'9', b'0') => Some(1),
        (b'0', b'9') => Some(-1),
        _ => match i16::from(b) - i16::from(a) {
            0 => Some(0),
            1 => Some(1),
            -1 => Some(-1),
            _ => None,
        },
    }
}

/// Whether the text is a short block again and again.
fn is_repetition(bytes: &[u8]) -> bool {
    bytes.len() >= 8 && (1..=bytes.len() / 2).any(|period| bytes[period..] == bytes[..bytes.len() - period])
}

fn is_published(body: &str) -> bool {
    let digest = blake3::hash(body.as_bytes()).to_hex();
    PUBLISHED.contains(&&digest[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_tokens_are_recognised() {
        for body in [
            "IOSFODNN7EXAMPLE",
            "xxxxxxxxxxxxxxxxxxxxxxxx",
            "AbCdEfGhIjKlMnOpQrStUvWx",
            "yourkeyhere1234567890",
            "0123456789abcdef0123456789abcdef",
            "q8Zr2q8Zr2q8Zr2q8Zr2q8Zr2",
            "123456789012-123456789012-xxxxxxxxxxxxxxxxxxxxxxxx",
            "",
        ] {
            assert!(is_placeholder(body), "{body:?}");
        }
    }
}
