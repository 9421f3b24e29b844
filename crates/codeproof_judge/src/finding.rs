//! A merged draft as a finding.

use codeproof_types::{
    Confidence, ContentHash, Evidence, EvidenceRole, Finding, Fingerprint, FingerprintParts, Location, Origin, State,
    Tier, visible,
};

use crate::family;
use crate::merge::MergedDraft;

/// Makes the finding that verifiers will judge: unverified, a weakness until they say otherwise.
///
/// `content_hash` is the file's, `symbol` the qualified name around the line (empty at file level), `ordinal` the 0-based
/// number among drafts of the same weakness with the same symbol and text, in file order. The fingerprint is made with
/// the number that stands for the weakness's family, so that a finding keeps it when models name another of the family.
pub fn finding(merged: &MergedDraft, content_hash: ContentHash, symbol: &str, ordinal: usize) -> Finding {
    let family = family::of(merged.cwe);
    let location = Location {
        path: merged.path.clone(),
        first_line: merged.line,
        last_line: merged.last_line,
        first_column: None,
        last_column: None,
        content_hash,
    };
    let evidence = Evidence {
        location: location.clone(),
        quote: merged.code.clone(),
        role: EvidenceRole::Sink,
        note: String::new(),
    };
    let identity = family::rule_id(merged.cwe.map(family::head));
    let parts = FingerprintParts {
        rule_id: &identity,
        path: &merged.path,
        symbol,
        line_text: merged.code.lines().next().unwrap_or_default(),
        ordinal,
    };
    Finding {
        id: None,
        fingerprint: Fingerprint::of(parts),
        rule_id: family::rule_id(merged.cwe),
        title: or(&merged.title, family.title),
        severity: merged.severity,
        tier: Tier::Weakness,
        cwe: merged.cwe,
        category: None,
        origin: Origin::Draft,
        confidence: Confidence::None,
        location,
        evidence: vec![evidence],
        message: or(&merged.reason, "A model reports this place without a reason."),
        remediation: family.remediation.to_owned(),
        votes: None,
        source_models: merged.source_models.clone(),
        judgement: None,
        state: State::Unverified,
        suppression: None,
        secret: None,
        baseline_state: None,
    }
}

/// A model's words, on one line and without anything that steers a terminal, or ours when it said nothing.
fn or(said: &str, otherwise: &str) -> String {
    let folded = visible(said).split_whitespace().collect::<Vec<_>>().join(" ");
    if folded.is_empty() { otherwise.to_owned() } else { folded }
}
