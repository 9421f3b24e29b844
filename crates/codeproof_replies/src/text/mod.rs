//! From bytes to text that can be read line by line: decoding (S1), special tokens and thinking (S2).

mod clean;
mod fold;
mod thinking;
mod tokens;

pub use clean::decode;
pub(crate) use fold::{alphanumeric_words, fold_blanks, without_line_number};
pub(crate) use thinking::{Edge, Spoken, without_thinking};
pub(crate) use tokens::without_tokens;

use crate::FinishReason;

/// One answer of a model: its text after S1 and why it ended.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The text: valid UTF-8, `\n` between lines, nothing invisible.
    text: String,
    finish: FinishReason,
}

impl Answer {
    /// Decodes the bytes of an answer.
    pub fn new(bytes: &[u8], finish: FinishReason) -> Self {
        Self { text: decode(bytes), finish }
    }

    /// The decoded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the end is missing.
    pub(crate) fn is_cut(&self) -> bool {
        self.finish == FinishReason::Length
    }
}
