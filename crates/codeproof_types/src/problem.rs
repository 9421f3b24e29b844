//! What went wrong with one input while the rest went on.

use serde::{Deserialize, Serialize};

use crate::RepoPath;

/// The kind of a problem; decides whether it changes the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The text does not follow its grammar; facts around the place may be missing.
    Syntax,
    /// A size limit or analysis budget was reached; the rest of the input was not looked at.
    Limit,
    /// The bytes are not text, so they were not analysed.
    Binary,
    /// The input could not be read.
    Unreadable,
    /// The file changed while the scan ran.
    Changed,
    /// An engine failed on this input.
    Engine,
}

impl ProblemKind {
    /// Whether the input was lost against the user's wish: exit code 3 (design: an input could not be read, or an
    /// engine failed). Syntax, limits and binary files are listed and do not change the code.
    pub fn is_failure(self) -> bool {
        match self {
            Self::Syntax | Self::Limit | Self::Binary => false,
            Self::Unreadable | Self::Changed | Self::Engine => true,
        }
    }
}

/// One input that was not, or not wholly, looked at; listed in every report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Problem {
    /// The file, when the problem belongs to one.
    pub path: Option<RepoPath>,
    /// The 1-based line, when it belongs to one.
    pub line: Option<u32>,
    /// What kind of problem it is.
    pub kind: ProblemKind,
    /// One sentence without a full stop: what happened and, where it helps, what to try.
    pub message: String,
}
