//! What was not looked at, as notifications of the run.

use codeproof_types::{Problem, ProblemKind, UnseenChunk};
use serde_sarif::sarif;

use super::locations;
use crate::text::problems;
use crate::{clean, models};

/// One notification for a problem.
pub(super) fn of_problem(problem: &Problem) -> sarif::Notification {
    let text = format!("{}: {}", problems::kind_text(problem.kind), clean::one_line(&problem.message));
    let mut notification = note(id(problem.kind), level(problem.kind), &text);
    notification.locations = problem.path.as_ref().map(|path| vec![locations::file_location(path, problem.line)]);
    notification
}

/// The id of a notification about a chunk no model saw; the run's properties have the same, and more.
pub(crate) const UNSEEN: &str = "unseen";

/// The id of the notification that counts drafts which are no results.
pub(crate) const DRAFTS: &str = "drafts";

/// One notification for a chunk that no model saw.
pub(super) fn of_unseen(chunk: &UnseenChunk) -> sarif::Notification {
    let text = format!(
        "lines {}-{} were seen by no model: {}",
        chunk.first_line,
        chunk.last_line,
        clean::short(&chunk.reason, models::REASON_SHORT)
    );
    let mut notification = note(UNSEEN, "note", &text);
    notification.locations = Some(vec![locations::file_location(&chunk.path, Some(chunk.first_line))]);
    notification
}

/// A notification without a place.
pub(super) fn note(id: &str, level: &str, text: &str) -> sarif::Notification {
    sarif::Notification::builder()
        .descriptor(sarif::ReportingDescriptorReference::builder().id(id).build())
        .level(level)
        .message(locations::message(text))
        .build()
}

fn level(kind: ProblemKind) -> &'static str {
    if kind.is_failure() {
        return "error";
    }
    match kind {
        ProblemKind::Limit => "warning",
        _ => "note",
    }
}

fn id(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Syntax => "syntax",
        ProblemKind::Limit => "limit",
        ProblemKind::Binary => "binary",
        ProblemKind::Unreadable => "unreadable",
        ProblemKind::Changed => "changed",
        ProblemKind::Engine => "engine",
    }
}
