//! What models said and did, as Markdown.

use codeproof_types::{Finding, ModelReport, ScanReport};

use super::escape::{code_span, place, prose};
use super::report::push_line;
use crate::models::{self, UseRow};
use crate::{clean, numbers};

/// Chunks that no model saw which are listed; the JSON report has all.
const UNSEEN_SHOWN: usize = 20;

/// Who drafted a finding and how verifiers voted, as a list; empty when no model had a part in it.
pub(super) fn votes(finding: &Finding) -> String {
    let mut text = String::new();
    if let Some(origin) = models::origin_text(finding) {
        push_line(&mut text, format_args!("- from: {}", prose(&origin)));
    }
    if let Some(tally) = models::tally_beside(finding) {
        push_line(&mut text, format_args!("- votes: {}", prose(&tally)));
    }
    let ballots = models::ballots(finding, models::REASON_SHORT);
    for ballot in &ballots {
        let severity = ballot.severity.map(|severity| format!(" (as {severity})")).unwrap_or_default();
        let colon = if ballot.reasoning.is_empty() { "" } else { ": " };
        let voter = prose(&ballot.voter);
        push_line(
            &mut text,
            format_args!("  - {}, {voter}{severity}{colon}{}", ballot.verdict, prose(&ballot.reasoning)),
        );
    }
    if let Some(path) = models::attack_path(&ballots) {
        push_line(&mut text, format_args!("- attack: {}", prose(path)));
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}

/// Drafts that are no findings, with the reasons.
pub(super) fn draft_lists(report: &ScanReport, unconfirmed: &[&Finding]) -> String {
    let mut text = String::new();
    if !unconfirmed.is_empty() {
        let count = numbers::grouped(numbers::count(unconfirmed.len()));
        push_line(&mut text, format_args!("\n## Drafts not confirmed ({count})\n"));
    }
    for finding in unconfirmed {
        let at = place(&finding.location.path, finding.location.first_line, None);
        let title = prose(&models::title(&finding.title));
        let reason = prose(&models::unconfirmed_reason(finding, models::REASON_SHORT));
        let from = prose(&models::origin_text(finding).unwrap_or_default());
        push_line(&mut text, format_args!("- {at} · {title} · {reason} · {from}"));
    }
    if let Some(of_models) = report.models.as_ref().filter(|of_models| of_models.drafts.dropped > 0) {
        push_line(&mut text, format_args!("\n## Drafts dropped\n\n{}\n", models::dropped_title(of_models)));
        for draft in &of_models.dropped {
            let at = code_span(&format!("{}:{}-{}", clean::path(&draft.path), draft.first_line, draft.last_line));
            let title = prose(&models::title(&draft.title));
            push_line(&mut text, format_args!("- {at} · {title} · {}", prose(&models::dropped_reason(draft))));
        }
    }
    text
}

/// The chunks no model saw; empty when all were seen.
pub(super) fn unseen_list(of_models: &ModelReport) -> String {
    let mut text = String::new();
    let Some(title) = models::unseen_title(of_models, UNSEEN_SHOWN) else { return text };
    push_line(&mut text, format_args!("\n## Seen by no model\n\n{title}\n"));
    for (reason, places) in models::unseen_by_reason(of_models, UNSEEN_SHOWN) {
        let places: Vec<String> = places.iter().map(|place| code_span(place)).collect();
        push_line(&mut text, format_args!("- {}: {}", prose(&reason), places.join(", ")));
    }
    text
}

/// What models did, in counts.
pub(super) fn section(of_models: &ModelReport) -> String {
    let mut text = String::from("\n## Models\n\n");
    for (label, value) in models::facts(of_models) {
        push_line(&mut text, format_args!("- {label}: {}", prose(&value)));
    }
    let rows = models::uses(of_models);
    if rows.is_empty() {
        return text;
    }
    push_line(&mut text, format_args!("\n| {} | |", UseRow::HEADS.join(" | ")));
    push_line(&mut text, format_args!("|---|---|{}---|", "---:|".repeat(UseRow::HEADS.len() - UseRow::NUMBERS_FROM)));
    for row in rows {
        let out = if row.out.is_empty() { String::new() } else { format!("out for the rest of the scan: {}", row.out) };
        let notes: Vec<String> =
            [row.notes, out].iter().filter(|note| !note.is_empty()).map(|note| prose(note)).collect();
        let cells: Vec<String> = row.cells.iter().map(|cell| prose(cell)).collect();
        push_line(&mut text, format_args!("| {} | {} |", cells.join(" | "), notes.join("; ")));
    }
    text
}
