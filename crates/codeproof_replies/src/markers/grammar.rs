//! What a marker format consists of.

use super::content::Shape;
use super::line::{Mark, mark};
use crate::text::Edge;

/// The names and fields of a format.
#[derive(Debug)]
pub(crate) struct Grammar {
    /// The fields; the first is the one that makes a record what it is.
    pub(crate) fields: &'static [Field],
    /// Names that end a record, such as `END_DRAFT`; `END` is known to all.
    pub(crate) ends: &'static [&'static str],
    pub(crate) opening: Opening,
    /// Names that are a record's first field and its value at once, such as `*REJECT`.
    pub(crate) words: &'static [&'static str],
}

/// One field of a format.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its name, then other names models give it; upper case with `_`.
    pub(crate) names: &'static [&'static str],
    pub(crate) shape: Shape,
}

/// How a record begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// With its first field; others before it belong to nothing.
    FirstField,
    /// With any field, so that an id or the reasons may come before the vote.
    AnyField,
}

/// What the name of a marker means in a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A field, by its place in [`Grammar::fields`].
    Field(usize),
    /// The first field, whose value is the name itself.
    Word,
    /// The end of a record.
    End,
    /// The answer says that there is nothing.
    Nothing,
    /// A field we do not keep: it ends the one before.
    Extra,
    /// Not a marker.
    Text,
}

/// Names of fields that models add of their own accord, and of parts of other formats.
const EXTRA_NAMES: &[&str] = &[
    "CONFIDENCE",
    "FUNCTION",
    "FILE",
    "FILE_PATH",
    "PATH",
    "IMPACT",
    "CVSS",
    "OWASP",
    "FIX",
    "RECOMMENDATION",
    "REMEDIATION",
    "MITIGATION",
    "EXPLOIT",
    "EXPLOITABILITY",
    "REFERENCES",
    "REFERENCE",
    "LANGUAGE",
    "SOURCE",
    "SINK",
    "COLUMN",
    "NOTE",
    "NOTES",
    "ATTACK_PATH",
    "SCORE",
    "STATUS",
    "THOUGHT",
    "PRIORITY",
    "EVIDENCE",
    "TAGS",
];

/// Names that say "nothing to report".
const NOTHING_NAMES: &[&str] =
    &["NO_FINDINGS", "NO_FINDING", "NO_DRAFTS", "NO_DRAFT", "NO_ISSUES", "NO_VULNERABILITIES", "NO_VULNERABILITY"];

impl Grammar {
    /// What a name means: `DRAFT`, `DRAFT_2`, `END_DRAFT`, `END`.
    pub(crate) fn meaning(&self, name: &str) -> Meaning {
        let bare = name.trim_end_matches(|char: char| char.is_ascii_digit()).trim_end_matches('_');
        if NOTHING_NAMES.contains(&name) {
            return Meaning::Nothing;
        }
        if name == "END" || self.ends.contains(&name) || self.ends.contains(&bare) {
            return Meaning::End;
        }
        let field = |name: &str| self.fields.iter().position(|field| field.names.contains(&name));
        // Only the first field is numbered by models: `DRAFT 1:`, `VOTE 2:`.
        if let Some(field) = field(name).or_else(|| field(bare).filter(|field| *field == 0)) {
            return Meaning::Field(field);
        }
        if self.words.contains(&name) {
            return Meaning::Word;
        }
        if EXTRA_NAMES.contains(&name) { Meaning::Extra } else { Meaning::Text }
    }

    /// Where a line stands at the edge of a record, seen alone.
    pub(crate) fn edge(&self, line: &str) -> Edge {
        let Some(mark) = mark(line) else { return Edge::None };
        match self.meaning(&mark.name) {
            Meaning::Field(0) if mark.separator.is_some() => Edge::Start,
            Meaning::Word if mark.is_word() => Edge::Start,
            Meaning::End if mark.stands_alone => Edge::End,
            _ => Edge::None,
        }
    }

    /// What a marker means where it may also be a field nobody asked for: `*OWNER:`.
    pub(crate) fn meaning_of(&self, mark: &Mark<'_>) -> Meaning {
        match self.meaning(&mark.name) {
            Meaning::Text if mark.is_foreign_field() => Meaning::Extra,
            Meaning::Text if mark.starred && mark.tight && self.ends_with_text(&mark.name) => Meaning::End,
            meaning => meaning,
        }
    }

    /// Whether the name is an END with the rest of its line: `*END_DRAFT That is all`.
    fn ends_with_text(&self, name: &str) -> bool {
        self.ends.iter().any(|end| name.strip_prefix(end).is_some_and(|rest| rest.starts_with('_')))
    }
}
