//! What went wrong in a proof: by phase and by typed kind, with what was done about it (seed 001, section 7).

use codeproof_types::{ErrorCategory, ErrorEvent, ErrorSeverity, RecoveryAction, SessionPhase};
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

impl ProblemKind {
    /// What kind of thing went wrong in a session.
    fn category(self) -> ErrorCategory {
        match self {
            Self::TimeLimit | Self::CpuLimit | Self::MemoryLimit | Self::OutputLimit | Self::Killed => {
                ErrorCategory::ResourceExhaustion
            }
            Self::ForgedResult | Self::Sandbox => ErrorCategory::SecurityViolation,
            Self::OtherRows => ErrorCategory::TemplateGeneration,
            Self::ParameterIgnored | Self::Contaminated => ErrorCategory::ParameterIsolation,
            Self::MissingImport
            | Self::Failed
            | Self::NoResult
            | Self::NotCalled
            | Self::Nondeterministic
            | Self::Stopped => ErrorCategory::ExecutionRuntime,
        }
    }
}

/// One thing that went wrong.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// When.
    pub phase: SessionPhase,
    /// What.
    pub kind: ProblemKind,
    /// In words, without control characters, at most 300 characters.
    pub message: String,
    /// How grave it is.
    pub severity: ErrorSeverity,
    /// What can be done.
    pub recovery: RecoveryAction,
    /// Whether that was tried.
    pub attempted: bool,
    /// Whether it helped.
    pub succeeded: bool,
}

impl Problem {
    /// As an event of a session, of one scanner or of all.
    pub fn event(&self, scanner: Option<String>) -> ErrorEvent {
        ErrorEvent {
            category: self.kind.category(),
            phase: self.phase,
            severity: self.severity,
            message: self.message.clone(),
            scanner,
            recovery: self.recovery,
            attempted: self.attempted,
            succeeded: self.succeeded,
        }
    }
}
