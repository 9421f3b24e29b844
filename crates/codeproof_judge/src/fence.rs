//! Fences around foreign text, and the names that stand outside of them.
//!
//! A fence is two lines that carry a marker. The marker is a keyed hash of what the message shows: whoever wrote the code
//! does not know the key, so no line of the code can close the fence; and the same code gets the same marker again, so that
//! prompts are equal from run to run. Between the fences each line of code starts with its number, so that it cannot start
//! with anything else: no fence, no marker of an answer, no heading.

use std::fmt::Write as _;

use codeproof_types::{Secret, visible};

/// Hexadecimal digits of a marker: 64 bits that cannot be guessed, and few tokens.
const MARKER_DIGITS: usize = 16;

/// Characters of a path or name that is shown outside of a fence; longer ones lose their middle.
const NAME_CHARACTERS_MAX: usize = 160;

/// What an installation keeps to itself so that fences cannot be forged.
#[derive(Debug, Clone)]
pub struct PromptKey(Secret<[u8; 32]>);

impl PromptKey {
    /// Wraps random bytes that the installation made once.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// The fence for a message that shows `parts`.
    pub(crate) fn fence<'a>(&self, parts: impl IntoIterator<Item = &'a str>) -> Fence {
        let mut hasher = blake3::Hasher::new_keyed(self.0.expose());
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Fence { marker: hasher.finalize().to_hex()[..MARKER_DIGITS].to_owned() }
    }
}

/// The fence of one message.
pub(crate) struct Fence {
    marker: String,
}

impl Fence {
    /// The line that tells the model which marker is the right one; stands first in a message.
    pub(crate) fn heading(&self) -> String {
        format!("Marker of the fences in this message: {}\n", self.marker)
    }

    /// `content` between two fence lines. It ends with LF.
    pub(crate) fn around(&self, content: &str) -> String {
        let end = if content.is_empty() || content.ends_with('\n') { "" } else { "\n" };
        format!("<<<DATA {0}\n{content}{end}{0} DATA>>>\n", self.marker)
    }
}

/// Lines of code with `NN| ` before each and LF behind.
pub(crate) fn numbered<'a>(lines: impl IntoIterator<Item = (u32, &'a str)>) -> String {
    let mut text = String::new();
    for (number, line) in lines {
        let _ = writeln!(text, "{number}| {}", one_line(line));
    }
    text
}

/// A text without anything that ends or steers a line; tabs stay.
pub(crate) fn one_line(text: &str) -> String {
    visible(text).replace('\n', "\u{fffd}")
}

/// A path or name for a line outside of the fences: in quotes, without control characters, not too long.
pub(crate) fn quoted(name: &str) -> String {
    let clean: Vec<char> =
        one_line(name).chars().map(|c| if c == '"' { '\'' } else { c }).filter(|c| *c != '\t').collect();
    let shown: String = if clean.len() <= NAME_CHARACTERS_MAX {
        clean.into_iter().collect()
    } else {
        let half = NAME_CHARACTERS_MAX / 2;
        clean[..half].iter().chain(&['…']).chain(&clean[clean.len() - half..]).collect()
    };
    format!("\"{shown}\"")
}
