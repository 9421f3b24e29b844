//! The questions that contexts ask of [`Facts`].

use crate::value::{Chars, Facts, Traits};

/// How a language lets a quote stand inside of quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// Not at all: a shell's single quotes, XPath, HTML attributes.
    Nothing,
    /// Behind a backslash: scripts, style sheets, a shell's double quotes.
    Backslash,
    /// Behind a backslash or doubled: SQL, whose dialect is not known.
    BackslashOrDoubling,
}

impl Facts {
    /// Whether it can hold a character of `wanted`, escaped or not.
    pub(super) fn holds(&self, wanted: &str) -> bool {
        self.chars.meets(Chars::of(wanted))
    }

    /// Whether it holds no ASCII character but those of `allowed`. No syntax of any sink is made of other characters, so
    /// letters and digits of all scripts are as harmless as the Latin ones.
    pub(super) fn holds_only(&self, allowed: Chars) -> bool {
        !self.chars.without(allowed).meets(Chars::range('\0', '\u{7f}'))
    }

    /// Whether one of the characters of `marks` can stand in it with its special meaning, where the language takes that
    /// meaning away by `escape`. A backslash before a mark is of no use when data can bring a backslash of its own:
    /// `\'` becomes `\\'`.
    pub(super) fn brings(&self, marks: &str, escape: Escape) -> bool {
        let mut raw = self.chars.and(Chars::of(marks));
        if escape != Escape::Nothing && !self.brings_own_backslash() {
            raw = raw.without(self.backslashed.0);
        }
        if escape == Escape::BackslashOrDoubling {
            raw = raw.without(self.doubled.0);
        }
        raw != Chars::NONE
    }

    fn brings_own_backslash(&self) -> bool {
        self.chars.has('\\') && !self.backslashed.0.has('\\')
    }

    /// Whether it is a number, or made of nothing but what numbers are made of.
    pub(super) fn is_number(&self) -> bool {
        self.traits.has(Traits::NUMBER) || self.holds_only(Chars::number())
    }

    /// Whether it is made of letters, digits and `_`.
    pub(super) fn is_word(&self) -> bool {
        self.holds_only(Chars::word())
    }

    /// Whether it is one literal in quotes of its own: it begins with a quote, ends with one, and holds none between.
    pub(super) fn is_quoted_literal(&self) -> bool {
        self.traits.has(Traits::BEGINS_WITH_QUOTE) && self.traits.has(Traits::ONE_QUOTED_LITERAL)
    }

    /// What is known after HTML entities were decoded. Without `&` there is nothing to decode; entities that encoding
    /// made give back the characters it took; an `&` of the data's own can name any character.
    #[must_use]
    pub(super) fn html_decoded(&self) -> Self {
        if !self.chars.has('&') {
            return *self;
        }
        if self.traits.has(Traits::HTML_ENTITIES) {
            let chars = self.chars.or(Chars::of("<>\"'"));
            return Self { chars, ..*self };
        }
        Self { chars: Chars::ALL, ..*self }.without_escapes()
    }

    /// What is known after `%41` was decoded.
    #[must_use]
    pub(super) fn url_decoded(&self) -> Self {
        if self.chars.has('%') { Self { chars: Chars::ALL, ..*self }.without_escapes() } else { *self }
    }

    fn without_escapes(self) -> Self {
        let raw = Self::raw();
        Self { backslashed: raw.backslashed, doubled: raw.doubled, traits: Traits::NONE, ..self }
    }
}
