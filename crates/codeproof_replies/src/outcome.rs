//! S8: what an answer amounts to when it holds no record.

use crate::ReplyStatus;
use crate::prose::{is_refusal, says_nothing_found};

/// An answer in which nothing was found that counts.
#[derive(Debug)]
pub(crate) struct Barren<'t> {
    /// The text without thinking.
    pub(crate) text: &'t str,
    /// The answer was cut off.
    pub(crate) cut: bool,
    /// Something was found, and it only repeats or quotes.
    pub(crate) echoed: bool,
    /// "Nothing found", in the words of prose, is an answer to this question.
    pub(crate) may_be_clean: bool,
}

impl Barren<'_> {
    /// The status that fits.
    pub(crate) fn status(&self) -> ReplyStatus {
        let blank = self.text.chars().all(|char| !char.is_alphanumeric() && !matches!(char, '{' | '['));
        if self.echoed {
            ReplyStatus::EchoOnly
        } else if blank {
            if self.cut { ReplyStatus::Truncated } else { ReplyStatus::Empty }
        } else if is_refusal(self.text) {
            ReplyStatus::Refusal
        } else if self.cut {
            ReplyStatus::Truncated
        } else if self.may_be_clean && says_nothing_found(self.text) {
            ReplyStatus::Clean
        } else {
            ReplyStatus::Malformed
        }
    }
}
