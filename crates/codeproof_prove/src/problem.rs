//! What went wrong in a proof: by phase and by typed kind, with what was done about it (seed 001, section 7).

use serde::{Deserialize, Serialize};

/// A proof that could not begin.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The sandbox refuses to run anything, or cannot.
    #[error("run programs in the sandbox")]
    Sandbox(#[from] codeproof_sandbox::Error),
    /// A name that no scanner has.
    #[error("find the scanner `{0}` in the split")]
    UnknownScanner(String),
}

/// Seed 001's phases that a proof takes part in, in their order.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Originals and templates run (40-80 %).
    Execution,
    /// Rows of all scanners are counted together (80-90 %).
    Aggregation,
    /// Whole-program templates are tried in place of wrong slices (90-95 %).
    Templates,
    /// Mutants run (95-100 %).
    Validation,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// A module is not installed, and in no given folder.
    MissingImport,
    /// The program raised an error.
    Failed,
    /// It was still running when its wall time was over.
    TimeLimit,
    /// It used up its CPU seconds.
    CpuLimit,
    /// It wanted more memory than it may have.
    MemoryLimit,
    /// It printed more than it may.
    OutputLimit,
    /// A signal ended it.
    Killed,
    /// It ended without a result, or its last line is none.
    NoResult,
    /// Its result is not of the shape that was asked for, or is another scanner's.
    ForgedResult,
    /// The original never runs this scanner.
    NotCalled,
    /// Two equal runs of the original gave different rows.
    Nondeterministic,
    /// Its template gives other rows.
    OtherRows,
    /// Its template does not do with a parameter what the original does with the literal.
    ParameterIgnored,
    /// A literal changed the rows of a scanner that is not said to use it.
    Contaminated,
    /// The isolation could not be set up for this run.
    Sandbox,
    /// The user stopped the proof.
    Stopped,
}

/// How grave a problem is for the proof.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something else was done, with the same result.
    Low,
    /// Something lesser was done.
    Medium,
    /// This scanner is not proven.
    High,
    /// Nothing more is proven.
    Critical,
}

/// What can be done about a problem.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recovery {
    /// Try again.
    Retry,
    /// Do it in another way.
    Fallback,
    /// Ask the user.
    ManualIntervention,
    /// Stop.
    Abort,
}

/// One thing that went wrong.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// When.
    pub phase: Phase,
    /// What.
    pub kind: ProblemKind,
    /// In words, without control characters, at most 300 characters.
    pub message: String,
    /// How grave it is.
    pub severity: Severity,
    /// What can be done.
    pub recovery: Recovery,
    /// Whether that was tried.
    pub attempted: bool,
    /// Whether it helped.
    pub succeeded: bool,
}

/// A problem and whose it is.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct ErrorEvent {
    /// The scanner, when it is one's.
    pub scanner: Option<String>,
    /// The problem.
    #[serde(flatten)]
    pub problem: Problem,
}
