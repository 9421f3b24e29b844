//! What a model's answer about a chunk says, with lines counted from the chunk's first: so it can be memorised and used
//! again where the same code stands elsewhere.

use codeproof_types::{Cwe, Severity};
use serde::{Deserialize, Serialize};

/// An answer about a chunk, read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkReading {
    /// The drafts, in the order of the answer.
    pub drafts: Vec<RelativeDraft>,
}

/// A draft as the model wrote it; nothing of it is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelativeDraft {
    /// A few words: what it is.
    pub title: String,
    /// The weakness class.
    pub cwe: Option<Cwe>,
    /// Impact.
    pub severity: Severity,
    /// The line it claims, 0 for the first of the chunk; may lie outside. `None` when it gave none that can be read.
    pub line: Option<i64>,
    /// The code it quotes; may be empty.
    pub snippet: String,
    /// Its reason.
    pub reason: String,
}

impl RelativeDraft {
    /// The line it claims in the file, when the chunk starts at `first_line`; `None` when there is no such line.
    pub(crate) fn claimed_line(&self, first_line: u32) -> Option<u32> {
        let line = i64::from(first_line).checked_add(self.line?)?;
        u32::try_from(line).ok().filter(|line| *line > 0)
    }
}
