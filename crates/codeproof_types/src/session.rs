//! Words of a splitter session: one file of scanners taken apart, proven and written.

use serde::{Deserialize, Serialize};

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// At work, or killed while it was.
    Running,
    /// It came to its end; what was done in a lesser way stands in its list.
    Completed,
    /// The file could not be split.
    Failed,
    /// The user stopped it; what was written until then is whole.
    Interrupted,
}

/// The phases of a session in their order, each with its band of the progress (seed 001, section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionPhase {
    /// Reading the file and looking for scanners.
    BoundaryDetection,
    /// Following values to the scanners that use them.
    ParameterIsolation,
    /// Running the original, the templates and the mutants.
    Execution,
    /// Which scanners hit what.
    Aggregation,
    /// Writing the programs.
    TemplateGeneration,
    /// Checking what was written and stored.
    Validation,
}

impl SessionPhase {
    /// Where its progress begins and ends, in percent.
    pub fn band(self) -> (u8, u8) {
        match self {
            Self::BoundaryDetection => (10, 20),
            Self::ParameterIsolation => (20, 40),
            Self::Execution => (40, 80),
            Self::Aggregation => (80, 90),
            Self::TemplateGeneration => (90, 95),
            Self::Validation => (95, 100),
        }
    }

    /// The progress when `done` of `total` parts of the phase are done, in percent.
    pub fn progress(self, done: usize, total: usize) -> u8 {
        let (from, to) = self.band();
        let share = done.min(total) * usize::from(to - from) / total.max(1);
        from + u8::try_from(share).unwrap_or(0)
    }

    /// What a person reads while it lasts.
    pub fn title(self) -> &'static str {
        match self {
            Self::BoundaryDetection => "looking for scanners",
            Self::ParameterIsolation => "following parameters",
            Self::Execution => "running",
            Self::Aggregation => "aggregating",
            Self::TemplateGeneration => "writing templates",
            Self::Validation => "validating",
        }
    }
}

/// What kind of thing went wrong (seed 001, section 7). It follows from the phase and the typed error, never from words
/// in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCategory {
    /// The file cannot be read, or holds what no scanner can be found in.
    BoundaryDetection,
    /// A value could not be followed.
    ParameterIsolation,
    /// A program could not be written.
    TemplateGeneration,
    /// A program ended badly.
    ExecutionRuntime,
    /// The inspection or the sandbox refuses.
    SecurityViolation,
    /// Time, memory, processes or output beyond the limit.
    ResourceExhaustion,
    /// Something stored or written is not what it was.
    DataIntegrity,
}

/// How much an error costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorSeverity {
    /// Nothing is lost.
    Low,
    /// Something is done in a lesser way.
    Medium,
    /// One scanner has no result.
    High,
    /// The session has no result.
    Critical,
}

/// What is done about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryAction {
    /// The same again.
    Retry,
    /// A lesser way.
    Fallback,
    /// A person has to change something.
    ManualIntervention,
    /// Nothing more.
    Abort,
}

/// One thing that went wrong in a session, and what was done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorEvent {
    /// What kind of thing.
    pub category: ErrorCategory,
    /// When.
    pub phase: SessionPhase,
    /// How much it costs.
    pub severity: ErrorSeverity,
    /// One sentence: what, where, what to try.
    pub message: String,
    /// The scanner it is about, when it is about one.
    pub scanner: Option<String>,
    /// What is done about it.
    pub recovery: RecoveryAction,
    /// Whether that was tried.
    pub attempted: bool,
    /// Whether it helped.
    pub succeeded: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_fill_the_progress_without_gaps() {
        use SessionPhase::*;
        let phases = [BoundaryDetection, ParameterIsolation, Execution, Aggregation, TemplateGeneration, Validation];
        for (one, next) in phases.iter().zip(&phases[1..]) {
            assert_eq!(one.band().1, next.band().0);
        }
        assert_eq!(Execution.progress(0, 4), 40);
        assert_eq!(Execution.progress(2, 4), 60);
        assert_eq!(Execution.progress(9, 4), 80);
        assert_eq!(Validation.progress(0, 0), 95);
    }
}
