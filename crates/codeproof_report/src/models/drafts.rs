//! Who drafted a finding, and what became of the drafts that are no findings.

use codeproof_types::{DroppedDraft, Finding, ModelReport, Origin, ScanReport, State};

use super::votes::{ballots, tally};
use crate::findings::Parts;
use crate::{clean, numbers};

/// Models that are named one by one.
const NAMES_MAX: usize = 6;

/// `draft by 2 models`; `None` for what a rule found.
pub(crate) fn origin_fact(finding: &Finding) -> Option<String> {
    let by = match finding.source_models.len() {
        0 | 1 => "a model".to_owned(),
        several => numbers::counted(numbers::count(several), "model", "models"),
    };
    match finding.origin {
        Origin::Detector => None,
        Origin::Draft | Origin::Broad => Some(format!("{} by {by}", finding.origin)),
    }
}

/// Who found it: `draft of a and b; no rule reports it`. Of a rule's finding, only the models that report it as well;
/// `None` when there are none.
pub(crate) fn origin_text(finding: &Finding) -> Option<String> {
    let names = names(&finding.source_models);
    let what = match finding.origin {
        Origin::Detector if names.is_empty() => return None,
        Origin::Detector => return Some(format!("a rule; {names} reported it, too")),
        Origin::Draft => "draft",
        Origin::Broad => "broad scan",
    };
    let names = if names.is_empty() { "a model" } else { &names };
    Some(format!("{what} of {names}; no rule reports it"))
}

fn names(models: &[String]) -> String {
    let mut names: Vec<String> = models.iter().take(NAMES_MAX).map(|model| super::name(model)).collect();
    let rest = models.len().saturating_sub(NAMES_MAX);
    if rest > 0 {
        names.push(numbers::counted(numbers::count(rest), "other", "others"));
    }
    match names.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => names.concat(),
    }
}

/// Why a draft is no finding: `rejected: 2 of 3 verifiers (67 %): reject; 1 verify`, then what a voter on the winning
/// side says.
pub(crate) fn unconfirmed_reason(finding: &Finding, characters: usize) -> String {
    let Some(tally) = tally(finding) else { return format!("{}: nobody has voted on it", finding.state) };
    let mut text = format!("{}: {tally}", finding.state);
    let has_won = |verdict: codeproof_types::Verdict| match finding.state {
        State::Rejected => verdict == codeproof_types::Verdict::Reject,
        _ => true,
    };
    let ballots = ballots(finding, characters);
    if let Some(ballot) = ballots.iter().find(|ballot| has_won(ballot.verdict) && !ballot.reasoning.is_empty()) {
        text.push_str(&format!(". {}: {}", ballot.voter, ballot.reasoning));
    }
    text
}

/// One sentence about the drafts that are not listed, and how to see them; `None` when there are none.
pub(crate) fn not_listed(report: &ScanReport, parts: &Parts<'_>) -> Option<String> {
    let in_state = |state| numbers::count(parts.unconfirmed.iter().filter(|finding| finding.state == state).count());
    let dropped = report.models.as_ref().map_or(0, |models| models.drafts.dropped);
    let counts = [
        (in_state(State::Rejected), "rejected by verifiers"),
        (in_state(State::Unverified), "unverified"),
        (dropped, "dropped as not in the code"),
    ];
    let texts = counts.iter().filter(|(count, _)| *count > 0);
    let texts: Vec<String> = texts.map(|(count, word)| format!("{} {word}", numbers::grouped(*count))).collect();
    (!texts.is_empty())
        .then(|| format!("Drafts not listed: {}; --with-drafts lists them with the reasons.", texts.join(", ")))
}

/// `3 drafts dropped`, or how many of them are listed.
pub(crate) fn dropped_title(models: &ModelReport) -> String {
    let all = models.drafts.dropped.max(numbers::count(models.dropped.len()));
    format!("{} dropped{}", numbers::counted(all, "draft", "drafts"), list_rest(all, models.dropped.len()))
}

/// `, 1,000 of them listed`, when not all are.
pub(crate) fn list_rest(all: u64, listed: usize) -> String {
    let listed = numbers::count(listed);
    if listed == all { String::new() } else { format!(", {} of them listed", numbers::grouped(listed)) }
}

/// `qwen claimed line 99: the snippet is not in the chunk`.
pub(crate) fn dropped_reason(draft: &DroppedDraft) -> String {
    let claim = match draft.claimed_line {
        Some(line) => format!(" claimed line {line}"),
        None => " gave no line".to_owned(),
    };
    format!("{}{claim}: {}", super::name(&draft.model), clean::short(&draft.reason, super::REASON_SHORT))
}
