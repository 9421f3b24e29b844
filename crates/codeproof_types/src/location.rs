//! Places in files, and the quotes that prove something about them.

use serde::{Deserialize, Serialize};

use crate::{ContentHash, RepoPath};

/// A half-open range of bytes, 0-based, in the decoded text of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span as a range, for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start..self.end
    }

    /// Whether `other` lies inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A line and column as a person counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// 1-based line; lines end at LF.
    pub line: u32,
    /// 1-based column, counted in characters (Unicode scalar values).
    pub column: u32,
}

/// A range of lines in one version of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The file, relative to the scanned root.
    pub path: RepoPath,
    /// First line, 1-based.
    pub first_line: u32,
    /// Last line, 1-based, inclusive.
    pub last_line: u32,
    /// Column of the first character, 1-based, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_column: Option<u32>,
    /// Column of the last character on `last_line`, 1-based, inclusive, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_column: Option<u32>,
    /// Hash of the whole file the lines were read from.
    pub content_hash: ContentHash,
}

/// What a quoted place contributes to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceRole {
    /// Where foreign data enters.
    Source,
    /// Where it is passed on.
    Step,
    /// A condition that narrows it.
    Guard,
    /// Where it is made harmless.
    Sanitizer,
    /// Where it does harm; the finding's own place.
    Sink,
    /// A place worth reading beside the others.
    Context,
}

/// A quote from the file, checked against its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Evidence {
    /// Where the quote stands.
    pub location: Location,
    /// The whole lines of the location, line ends folded to LF, secrets masked. Of a long finding the first lines, of a
    /// very long line the part around the finding, with `…` where it was cut.
    pub quote: String,
    /// What the place contributes.
    pub role: EvidenceRole,
    /// One sentence for the reader; may be empty.
    pub note: String,
}
