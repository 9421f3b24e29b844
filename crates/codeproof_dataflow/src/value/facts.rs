//! What is known of the text of tainted data: which characters it can hold, and how it was encoded.
//!
//! A sanitiser is described by what it leaves possible, and the context of a sink by what is dangerous there. So one
//! description of `intval`, `addslashes` or `preg_replace('/[^a-z]/', '', $x)` serves every sink, and a sanitiser that is
//! right in one context is not believed in another.

use crate::kinds::SinkKinds;

/// A set of characters: each ASCII one, and all others together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Chars {
    ascii: u128,
    others: bool,
}

impl Chars {
    /// No character.
    pub(crate) const NONE: Self = Self { ascii: 0, others: false };
    /// Every character.
    pub(crate) const ALL: Self = Self { ascii: u128::MAX, others: true };

    /// The characters of `text`.
    pub(crate) fn of(text: &str) -> Self {
        text.chars().fold(Self::NONE, |set, char| match u32::from(char) {
            code @ 0..128 => Self { ascii: set.ascii | 1 << code, ..set },
            _ => Self { others: true, ..set },
        })
    }

    /// The ASCII characters from `first` to `last`, both included.
    pub(crate) fn range(first: char, last: char) -> Self {
        (u32::from(first)..=u32::from(last).min(127))
            .fold(Self::NONE, |set, code| Self { ascii: set.ascii | 1 << code, ..set })
    }

    /// What is in either set.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        Self { ascii: self.ascii | other.ascii, others: self.others || other.others }
    }

    /// What is in both sets.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        Self { ascii: self.ascii & other.ascii, others: self.others && other.others }
    }

    /// What is here and not in `other`.
    #[must_use]
    pub(crate) fn without(self, other: Self) -> Self {
        self.and(other.complement())
    }

    /// What is not here.
    #[must_use]
    pub(crate) fn complement(self) -> Self {
        Self { ascii: !self.ascii, others: !self.others }
    }

    /// Whether an ASCII character is in the set; for others, whether any other is.
    pub(crate) fn has(self, char: char) -> bool {
        if char.is_ascii() { self.ascii >> u32::from(char) & 1 == 1 } else { self.others }
    }

    /// Whether the sets share a character.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.and(other) != Self::NONE
    }

    /// Letters, digits and `_`.
    pub(crate) fn word() -> Self {
        Self::range('a', 'z').or(Self::range('A', 'Z')).or(Self::range('0', '9')).or(Self::of("_"))
    }

    /// What a number in decimal or scientific notation is made of.
    pub(crate) fn number() -> Self {
        Self::range('0', '9').or(Self::of("+-.eE"))
    }
}

impl Default for Chars {
    fn default() -> Self {
        Self::ALL
    }
}

/// Declares a set of flags.
macro_rules! flags {
    ($(#[$meta:meta])* $name:ident { $($(#[$flag_meta:meta])* $flag:ident = $bit:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(u32);

        impl $name {
            /// Nothing.
            pub(crate) const NONE: Self = Self(0);
            $($(#[$flag_meta])* pub(crate) const $flag: Self = Self(1 << $bit);)+

            /// Whether all of `other` is set.
            pub(crate) fn has(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// What is set in either.
            #[must_use]
            pub(crate) fn or(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// What is set in both.
            #[must_use]
            pub(crate) fn and(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// What is set here and not in `other`.
            #[must_use]
            pub(crate) fn without(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }
        }
    };
}

flags! {
    /// What was done to a text as a whole, or checked of it.
    Traits {
        /// It holds HTML entities: an HTML attribute's value gives the raw characters back when it is decoded.
        HTML_ENTITIES = 0,
        /// It is one word of a shell, quotes included (`escapeshellarg`, `shlex.quote`).
        SHELL_WORD = 1,
        /// It is one SQL literal, quotes included (`PDO::quote`, `pg_escape_literal`).
        SQL_LITERAL = 2,
        /// It is an absolute path without `..` and links (`realpath`, `Path.resolve`).
        CANONICAL_PATH = 3,
        /// It was checked to begin with a path of the program.
        INSIDE_FOLDER = 4,
        /// It is percent-encoded.
        URL_ENCODED = 5,
        /// It is JSON text, quotes included for strings.
        JSON = 6,
        /// It was checked to begin with a single or double quote.
        BEGINS_WITH_QUOTE = 7,
        /// It ends with a quote, and holds none between.
        ONE_QUOTED_LITERAL = 8,
        /// It is a whole number or a number with a fraction.
        NUMBER = 9,
        /// It begins with `/` and not with `//`, or with a host that the program chose.
        LOCAL_URL = 10,
        /// It is SQL's name of a table or column, quotes included.
        SQL_NAME = 11,
        /// It begins with a letter or digit, so it is no option.
        NO_OPTION = 12,
        /// It begins with `/`, perhaps with `//`: the path of a request.
        BEGINS_WITH_SLASH = 13,
        /// It was checked to hold no `..` that leads out of a folder.
        NO_PARENT = 14,
        /// It was escaped for showing it in a page, in a way that is believed nowhere else.
        PAGE_ONLY = 15,
        /// It went through a call that is not known, beside other arguments: where it stands in the result, and whether
        /// it is there at all, is a guess.
        GUESSED = 16,
        /// It went through a call that is not known and whose name says that it cleans.
        PERHAPS_CLEANED = 17,
    }
}

/// What is known of the text of tainted data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Facts {
    /// Characters it can hold.
    pub(crate) chars: Chars,
    /// Of these, those that stand only behind a backslash (`addslashes`); [`Chars::NONE`] for raw data.
    pub(crate) backslashed: Escaped,
    /// Of these, those that stand only doubled (`''`).
    pub(crate) doubled: Escaped,
    /// What was done to it as a whole.
    pub(crate) traits: Traits,
    /// Sinks it was declared harmless for, whatever its text.
    pub(crate) harmless: SinkKinds,
}

/// Characters that stand only escaped; none for raw data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Escaped(pub(crate) Chars);

impl Default for Escaped {
    fn default() -> Self {
        Self(Chars::NONE)
    }
}

impl Facts {
    /// Data of which nothing is known.
    pub(crate) fn raw() -> Self {
        Self::default()
    }

    /// What holds of data that is one or the other.
    #[must_use]
    pub(crate) fn join(self, other: Self) -> Self {
        // A character that cannot occur in one of them counts as escaped there.
        let escaped = |one: Chars, of: Chars| one.or(of.complement());
        let chars = self.chars.or(other.chars);
        let both = |one: Escaped, another: Escaped| {
            Escaped(escaped(one.0, self.chars).and(escaped(another.0, other.chars)).and(chars))
        };
        Self {
            chars,
            backslashed: both(self.backslashed, other.backslashed),
            doubled: both(self.doubled, other.doubled),
            traits: self.traits.and(other.traits),
            harmless: self.harmless.and(other.harmless),
        }
    }

    /// What holds of this data after what gave raw data the facts `change`.
    #[must_use]
    pub(crate) fn then(self, change: Self) -> Self {
        if change == Self::raw() {
            return self;
        }
        if self == Self::raw() {
            return change;
        }
        Self {
            chars: self.chars.and(change.chars),
            backslashed: Escaped(self.backslashed.0.or(change.backslashed.0)),
            doubled: Escaped(self.doubled.0.or(change.doubled.0)),
            traits: self.traits.or(change.traits),
            harmless: self.harmless.or(change.harmless),
        }
    }

    /// After all characters of `removed` were taken out.
    #[must_use]
    pub(crate) fn removing(self, removed: Chars) -> Self {
        Self { chars: self.chars.without(removed), ..self }
    }

    /// Of the characters in `wanted`, those that can occur raw: neither excluded nor escaped.
    pub(crate) fn raw_among(&self, wanted: &str) -> Chars {
        self.chars.and(Chars::of(wanted)).without(self.backslashed.0).without(self.doubled.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_keeps_what_both_have() {
        let digits = Facts { chars: Chars::range('0', '9'), ..Facts::raw() };
        let slashed = Facts { backslashed: Escaped(Chars::of("'\"\\")), ..Facts::raw() };
        let joined = digits.join(slashed);
        assert_eq!(joined.chars, Chars::ALL);
        assert_eq!(joined.raw_among("'"), Chars::NONE);
        assert_eq!(slashed.join(Facts::raw()).raw_among("'"), Chars::of("'"));
        assert!(joined.raw_among("x").has('x'));
    }
}
