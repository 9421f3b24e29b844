//! What came of a run, in this crate's words: why it gave no result, and what it cost.

use codeproof_sandbox::{Ending, Outcome, Policy};
use codeproof_types::{ErrorSeverity, RecoveryAction, SessionPhase};
use serde_json::Value;

use crate::{Cost, Problem, ProblemKind};

/// Characters of a message that are kept.
const MESSAGE_MAX: usize = 300;

/// Why a run gave nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Failure {
    pub(crate) kind: ProblemKind,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(kind: ProblemKind, message: impl AsRef<str>) -> Self {
        let advice = match kind {
            ProblemKind::MissingImport => {
                "; give --python of an environment that has it, or --pythonpath of its folder"
            }
            _ => "",
        };
        let message = format!("{}{advice}", message.as_ref());
        let folded: String =
            message.chars().map(|char| if char.is_control() { ' ' } else { char }).take(MESSAGE_MAX).collect();
        Self { kind, message: folded.trim().to_owned() }
    }

    pub(crate) fn stopped() -> Self {
        Self::new(ProblemKind::Stopped, "the proof was stopped before this was run")
    }

    pub(crate) fn out_of_time() -> Self {
        Self::new(ProblemKind::Stopped, "the time for the proof was over before this was run")
    }

    pub(crate) fn of_sandbox(error: &codeproof_sandbox::Error) -> Self {
        Self::new(ProblemKind::Sandbox, format!("failed to {error}"))
    }

    /// Whether the program is to blame, not the sandbox or the user.
    pub(crate) fn is_of_program(&self) -> bool {
        !matches!(self.kind, ProblemKind::Stopped | ProblemKind::Sandbox)
    }

    /// As a problem that nothing was done about.
    pub(crate) fn in_phase(self, phase: SessionPhase) -> Problem {
        let (severity, recovery) = match self.kind {
            ProblemKind::Stopped => (ErrorSeverity::Critical, RecoveryAction::Abort),
            ProblemKind::Killed | ProblemKind::Sandbox => (ErrorSeverity::High, RecoveryAction::Retry),
            ProblemKind::OtherRows | ProblemKind::ParameterIgnored => (ErrorSeverity::High, RecoveryAction::Fallback),
            ProblemKind::ForgedResult | ProblemKind::OutputLimit => (ErrorSeverity::High, RecoveryAction::Abort),
            _ => (ErrorSeverity::High, RecoveryAction::ManualIntervention),
        };
        let Self { kind, message } = self;
        Problem { phase, kind, message, severity, recovery, attempted: false, succeeded: false }
    }
}

/// What a run cost.
pub(crate) fn cost(outcome: &Outcome) -> Cost {
    let milliseconds = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Cost {
        cpu_ms: milliseconds(outcome.cpu_time),
        wall_ms: milliseconds(outcome.wall_time),
        peak_bytes: outcome.peak_bytes,
    }
}

/// The result a program printed; it is untrusted, and its shape is not looked at yet.
pub(crate) fn result(outcome: &Outcome, policy: &Policy) -> Result<Value, Failure> {
    let kind = match outcome.ending {
        Ending::Exited(0) => {
            return outcome.result(policy).map_err(|problem| Failure::new(ProblemKind::NoResult, problem.to_string()));
        }
        Ending::Exited(code) => return Err(failed(code, &outcome.stderr)),
        Ending::WallTime => ProblemKind::TimeLimit,
        Ending::CpuTime => ProblemKind::CpuLimit,
        Ending::Memory => ProblemKind::MemoryLimit,
        Ending::Output => ProblemKind::OutputLimit,
        Ending::Killed(_) => ProblemKind::Killed,
    };
    let message = match outcome.ending {
        Ending::WallTime => format!("it was still running after {:.1} s", policy.wall_time.as_secs_f64()),
        Ending::CpuTime => format!("it used up its {} CPU seconds", policy.cpu_seconds),
        Ending::Memory => format!("it wanted more than {} MiB of memory", policy.memory_bytes >> 20),
        Ending::Output => "it printed more than it may".to_owned(),
        Ending::Killed(signal) => format!("signal {signal} ended it"),
        Ending::Exited(code) => format!("it ended with code {code}"),
    };
    Err(Failure::new(kind, message))
}

/// A program that ended by itself: the last line of its traceback begins with the type of its error.
fn failed(code: i32, stderr: &[u8]) -> Failure {
    let told = String::from_utf8_lossy(stderr);
    let last = told.trim_end().lines().last().unwrap_or_default();
    let kind = match last.split(':').next().unwrap_or_default() {
        "ModuleNotFoundError" => ProblemKind::MissingImport,
        _ => ProblemKind::Failed,
    };
    let message = if last.is_empty() { format!("it ended with code {code}") } else { last.to_owned() };
    Failure::new(kind, message)
}
