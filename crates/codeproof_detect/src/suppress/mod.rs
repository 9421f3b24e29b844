//! Comments that accept a finding, and why.
//!
//! Ours is `codeproof: ignore[rule-id, …] reason` (and `codeproof: allow reason` for every secret rule), on the
//! finding's line or alone on the line above. Those of other tools are read for the rules they fit: `gitleaks:allow`,
//! `trufflehog:ignore` and `pragma: allowlist secret` for secrets, `nosec` for Python, `nosemgrep` for pattern rules.
//! A suppressed finding is kept and shown as suppressed; nothing disappears without a trace.

mod marker;
#[cfg(test)]
mod tests;

use codeproof_types::{Category, RuleInfo, Severity, Suppression, Tier};

use crate::FileInput;
use crate::concerns::ConcernRules;
use crate::flows::FlowRules;
use crate::hit::Hit;
use crate::rule_table::built_in;
use marker::{Accepts, Marker};

/// Reported at a marker of ours that gives no reason.
const WITHOUT_REASON: &str = "suppression-without-reason";

/// Reported at a marker of ours that suppresses nothing.
const UNUSED: &str = "unused-suppression";

/// Markers looked at for one finding; a person writes one or two, so that more are no reason to slow down.
const MARKERS_MAX: usize = 64;

/// Where a finding stands, as far as a marker cares.
pub(crate) struct Site<'a> {
    /// The rule that fired.
    pub rule: &'a RuleInfo,
    /// 1-based.
    pub first_line: u32,
    /// 1-based, inclusive.
    pub last_line: u32,
}

/// What the markers of a file do.
pub(crate) struct Verdict {
    /// One entry per site, in their order.
    pub suppressions: Vec<Option<Suppression>>,
    /// Notes about the markers themselves.
    pub extra: Vec<Hit>,
}

/// The rules about markers.
pub(crate) fn rules() -> Vec<RuleInfo> {
    let rule = |id: &str, title: &str, message: &str, why: &str, remediation: &str| RuleInfo {
        message: message.to_owned(),
        why: why.to_owned(),
        remediation: remediation.to_owned(),
        ..built_in(id, title, Severity::Info, Tier::Weakness)
    };
    vec![
        rule(
            WITHOUT_REASON,
            "Suppression without a reason",
            "This comment accepts a finding without saying why.",
            "Whoever reads it later cannot tell a judged risk from one that was never looked at.",
            "Write the reason behind the closing bracket, or mend the finding and remove the comment.",
        ),
        rule(
            UNUSED,
            "Suppression that suppresses nothing",
            "No finding stands where this comment accepts one.",
            "The code it was written for is gone or mended, so it would silently accept whatever comes there next.",
            "Remove the comment, or move it to the finding's line or alone on the line above it.",
        ),
    ]
}

/// Finds the rule of an id, when it is on.
type RuleOf<'d> = dyn Fn(&str) -> Option<&'d RuleInfo> + 'd;

/// Reads the markers of a file and applies them to its findings.
pub(crate) fn judge(sites: &[Site<'_>], file: &FileInput<'_>, rule_of: &RuleOf<'_>) -> Verdict {
    let markers = marker::markers(file, !sites.is_empty());
    let mut used = vec![false; markers.len()];
    let mut suppression = |site: &Site<'_>| {
        let mut first = None;
        for at in near(&markers, site) {
            if stands_at(&markers[at], site) && fits(&markers[at], site.rule, file) {
                used[at] = true;
                first = first.or(Some(&markers[at]));
            }
        }
        first.map(|marker| Suppression {
            marker: marker.name.to_owned(),
            reason: marker.reason.clone(),
            line: marker.line,
        })
    };
    let suppressions = sites.iter().map(&mut suppression).collect();
    let extra = markers.iter().zip(used).filter_map(|(marker, used)| note(marker, used, file, rule_of)).collect();
    Verdict { suppressions, extra }
}

/// The markers from the comment above a site to its last line: they stand in the order of their lines, and of their
/// comments.
fn near(markers: &[Marker<'_>], site: &Site<'_>) -> impl Iterator<Item = usize> {
    let start = markers.partition_point(|marker| marker.last_line.saturating_add(1) < site.first_line);
    let end = markers.partition_point(|marker| marker.line <= site.last_line);
    (start..end).take(MARKERS_MAX)
}

/// Whether the marker's place covers the finding. Ours counts on the first line and, standing alone, on the line
/// above; a secret may span lines (a key block) and its markers count on each of them.
fn stands_at(marker: &Marker<'_>, site: &Site<'_>) -> bool {
    let last = if site.rule.category.is_some() { site.last_line } else { site.first_line };
    let beside = (site.first_line..=last).contains(&marker.line);
    let above = marker.covers_below && marker.last_line.checked_add(1) == Some(site.first_line);
    beside || above
}

/// Whether the marker speaks of this rule.
fn fits(marker: &Marker<'_>, rule: &RuleInfo, file: &FileInput<'_>) -> bool {
    let is_secret = matches!(rule.category, Some(Category::SecretExposure | Category::PrivateKeyExposed));
    match &marker.accepts {
        Accepts::Rules(ids) => (marker.in_comment || is_secret) && ids.iter().any(|id| *id == rule.id),
        Accepts::Secrets => is_secret || rule.category.is_some(),
        Accepts::Patterns => marker.in_comment && rule.category.is_none(),
        Accepts::PythonPatterns => {
            let is_python = file.language == Some(codeproof_types::Language::Python);
            marker.in_comment && rule.category.is_none() && is_python
        }
    }
}

/// What is to be said of a marker of ours itself.
fn note(marker: &Marker<'_>, used: bool, file: &FileInput<'_>, rule_of: &RuleOf<'_>) -> Option<Hit> {
    let rule_id = match (marker.is_ours, used) {
        (true, true) if marker.reason.is_empty() => WITHOUT_REASON,
        // Without a grammar what looks like a comment may be a text about one.
        (true, false) if file.language.is_some() && marker.in_comment && could_fire(marker, file, rule_of) => UNUSED,
        _ => return None,
    };
    Some(Hit { rule_id: rule_id.to_owned(), span: marker.span, message: None, secret: None })
}

/// Whether a rule the marker names is on and looks at this file. A rule of somebody else's setup is none of our
/// business, so such a marker is not called unused; neither is one for a rule about flows, which one file cannot tell.
fn could_fire(marker: &Marker<'_>, file: &FileInput<'_>, rule_of: &RuleOf<'_>) -> bool {
    let looks_here = |rule: &RuleInfo| match file.language {
        _ if rule.languages.is_empty() => true,
        Some(language) => !file.secrets_only && rule.languages.contains(&language),
        None => false,
    };
    match &marker.accepts {
        Accepts::Rules(ids) => {
            let is_ours =
                |id: &str| !FlowRules::has(id) && !ConcernRules::has(id) && rule_of(id).is_some_and(looks_here);
            !ids.is_empty() && ids.iter().all(|id| is_ours(id))
        }
        Accepts::Secrets => true,
        Accepts::Patterns | Accepts::PythonPatterns => false,
    }
}
