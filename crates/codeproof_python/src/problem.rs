//! Why a file cannot be read: one kind, one place, one sentence.

use serde::Serialize;

/// What keeps a file from being read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// Not text at all.
    Binary,
    /// Bytes that are not of the encoding they are said to be, or an encoding Python does not know.
    Encoding,
    /// Python 2.
    Python2,
    /// A notebook's JSON.
    Notebook,
    /// Not Python.
    Syntax,
    /// Nested, or chained, deeper than anybody writes by hand.
    TooDeep,
    /// More bytes than are read.
    TooLarge,
    /// The file can be read, but boundaries that were given for it do not fit it, or are none.
    Boundaries,
}

/// Why a file cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Problem {
    /// The phase that met it: always `boundary_detection` here, as nothing later starts.
    pub category: &'static str,
    /// What it is.
    pub kind: ProblemKind,
    /// Where, 1-based.
    pub line: u32,
    /// The byte in the line, 1-based, where that is known.
    pub column: Option<u32>,
    /// One sentence for the user, in lower case without a full stop.
    pub message: String,
}

impl Problem {
    /// A problem on a line.
    pub fn new(kind: ProblemKind, line: u32, message: impl Into<String>) -> Self {
        Self { category: "boundary_detection", kind, line, column: None, message: message.into() }
    }
}
