//! What goes wrong in a proof, in the words of a session.

use codeproof_prove::{Phase, ProblemKind, Recovery, Severity};
use codeproof_types::{ErrorCategory, ErrorEvent, ErrorSeverity, RecoveryAction, SessionPhase};

/// The event of a session.
pub(super) fn of_proof(event: &codeproof_prove::ErrorEvent) -> ErrorEvent {
    let problem = &event.problem;
    ErrorEvent {
        category: category(problem.kind),
        phase: phase(problem.phase),
        severity: match problem.severity {
            Severity::Low => ErrorSeverity::Low,
            Severity::Medium => ErrorSeverity::Medium,
            Severity::High => ErrorSeverity::High,
            Severity::Critical => ErrorSeverity::Critical,
        },
        message: problem.message.clone(),
        scanner: event.scanner.clone(),
        recovery: match problem.recovery {
            Recovery::Retry => RecoveryAction::Retry,
            Recovery::Fallback => RecoveryAction::Fallback,
            Recovery::ManualIntervention => RecoveryAction::ManualIntervention,
            Recovery::Abort => RecoveryAction::Abort,
        },
        attempted: problem.attempted,
        succeeded: problem.succeeded,
    }
}

/// A phase of a proof as one of the session.
pub(super) fn phase(phase: Phase) -> SessionPhase {
    match phase {
        Phase::Execution => SessionPhase::Execution,
        Phase::Aggregation => SessionPhase::Aggregation,
        Phase::Templates => SessionPhase::TemplateGeneration,
        Phase::Validation => SessionPhase::Validation,
    }
}

fn category(kind: ProblemKind) -> ErrorCategory {
    use ProblemKind as Kind;
    match kind {
        Kind::TimeLimit | Kind::CpuLimit | Kind::MemoryLimit | Kind::OutputLimit | Kind::Killed => {
            ErrorCategory::ResourceExhaustion
        }
        Kind::ForgedResult | Kind::Sandbox => ErrorCategory::SecurityViolation,
        Kind::OtherRows => ErrorCategory::TemplateGeneration,
        Kind::ParameterIgnored | Kind::Contaminated => ErrorCategory::ParameterIsolation,
        Kind::MissingImport
        | Kind::Failed
        | Kind::NoResult
        | Kind::NotCalled
        | Kind::Nondeterministic
        | Kind::Stopped => ErrorCategory::ExecutionRuntime,
    }
}
