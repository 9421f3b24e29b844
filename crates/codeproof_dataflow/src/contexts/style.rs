//! Where in a style sheet, or the `style` of an element, a text stands, and what it can do there.
//!
//! CSS Syntax: a string ends with its own quote or, broken, with the line, and then `;` and `}` count again; an address
//! in `url(…)` without quotes ends with a blank or `)`. Outside of strings the marks of declarations and functions do
//! harm; a colour, a length or a word does not.

use super::{Danger, Escape};
use crate::value::Facts;

/// Where in a style the next character will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) enum Style {
    #[default]
    Bare,
    /// Behind `u`, `ur` and `url`.
    U,
    Ur,
    Url,
    /// In `url(…)` without quotes.
    Address,
    Slash,
    Comment,
    CommentStar,
    Single,
    SingleEscaped,
    Double,
    DoubleEscaped,
}

/// What means something outside of strings: of declarations, blocks, functions, at-rules, escapes and comments.
const MARKS: &str = ";{}():<>\\@/*\"'";

impl Style {
    /// The state behind one more byte.
    #[must_use]
    pub(super) fn behind(self, byte: u8) -> Self {
        match self {
            Self::Bare | Self::U | Self::Ur | Self::Url | Self::Slash => self.behind_bare(byte),
            Self::Address => match byte {
                b')' => Self::Bare,
                b'\'' => Self::Single,
                b'"' => Self::Double,
                _ => Self::Address,
            },
            Self::Comment | Self::CommentStar => match (self, byte) {
                (Self::CommentStar, b'/') => Self::Bare,
                (_, b'*') => Self::CommentStar,
                _ => Self::Comment,
            },
            Self::Single => match byte {
                b'\\' => Self::SingleEscaped,
                b'\'' | b'\n' => Self::Bare,
                _ => Self::Single,
            },
            Self::Double => match byte {
                b'\\' => Self::DoubleEscaped,
                b'"' | b'\n' => Self::Bare,
                _ => Self::Double,
            },
            Self::SingleEscaped => Self::Single,
            Self::DoubleEscaped => Self::Double,
        }
    }

    fn behind_bare(self, byte: u8) -> Self {
        match (self, byte.to_ascii_lowercase()) {
            (_, b'\'') => Self::Single,
            (_, b'"') => Self::Double,
            (Self::Slash, b'*') => Self::Comment,
            (_, b'/') => Self::Slash,
            (Self::U, b'r') => Self::Ur,
            (Self::Ur, b'l') => Self::Url,
            (Self::Url, b'(') => Self::Address,
            (_, b'u') => Self::U,
            _ => Self::Bare,
        }
    }

    /// The state behind text that is not known.
    #[must_use]
    pub(super) fn behind_unknown(self) -> Self {
        match self {
            Self::Bare | Self::U | Self::Ur | Self::Url | Self::Slash => Self::Bare,
            Self::Address => Self::Address,
            Self::Comment | Self::CommentStar => Self::Comment,
            Self::Single | Self::SingleEscaped => Self::Single,
            Self::Double | Self::DoubleEscaped => Self::Double,
        }
    }

    /// Whether data is dangerous here. What ends the style as a whole is for the page to judge.
    pub(super) fn danger(self, facts: &Facts) -> Danger {
        if facts.is_number() {
            return Danger::No("is a number");
        }
        match self {
            Self::Bare | Self::U | Self::Ur | Self::Url | Self::Slash => {
                let how = "stands outside of quotes in a style and can add declarations";
                Danger::when(facts.holds(MARKS), how, "stands outside of quotes in a style, but holds no mark of it")
            }
            Self::Address => {
                let how = "stands in an address of a style and can end it";
                Danger::when(facts.holds(" \t\r\n()'\"\\"), how, "stands in an address of a style and cannot end it")
            }
            Self::Comment | Self::CommentStar => {
                let how = "stands in a comment of a style and can hold what ends it";
                let ends = facts.holds("*") && facts.holds("/");
                Danger::when(ends, how, "stands in a comment of a style and cannot end it")
            }
            Self::Single | Self::SingleEscaped => danger_in_string(facts, "'"),
            Self::Double | Self::DoubleEscaped => danger_in_string(facts, "\""),
        }
    }
}

fn danger_in_string(facts: &Facts, quote: &str) -> Danger {
    if facts.brings(quote, Escape::Backslash) {
        return Danger::Yes("stands in a string of a style and can hold the quote that ends it");
    }
    let breaks_out = facts.holds("\n\r\u{c}") && facts.holds(";}");
    let how = "stands in a string of a style, which a line's end breaks off";
    Danger::when(breaks_out, how, "stands in a string of a style and cannot end it")
}
