//! What every format asks of a list of findings: which count, in which order, with which trail.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use codeproof_types::{
    BaselineState, Evidence, EvidenceRole, Finding, Origin, RepoPath, ScanReport, SeverityCounts, State, Tier,
};

/// Whether a reader has to look at it: not answered by a comment, a judgement or time, and not known from the baseline.
pub(crate) fn is_open(finding: &Finding) -> bool {
    part_of(finding) == Part::Open
}

/// What a reader has to do with a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// To be looked at.
    Open,
    /// Open, and in the baseline as well.
    Known,
    /// Answered by a comment or a judgement.
    SetAside,
    /// A model's draft that verifiers rejected or could not judge.
    Unconfirmed,
    /// No longer there.
    Fixed,
}

/// Where a finding belongs in every report. Votes never move what a detector found.
pub(crate) fn part_of(finding: &Finding) -> Part {
    match finding.state {
        State::Rejected | State::Unverified if finding.origin != Origin::Detector => Part::Unconfirmed,
        State::Suppressed | State::Rejected => Part::SetAside,
        State::Fixed => Part::Fixed,
        State::Open | State::Unverified if finding.baseline_state == Some(BaselineState::Unchanged) => Part::Known,
        State::Open | State::Unverified => Part::Open,
    }
}

/// The findings of a report by part, each in the order they came.
#[derive(Default)]
pub(crate) struct Parts<'f> {
    pub open: Vec<&'f Finding>,
    pub known: Vec<&'f Finding>,
    pub set_aside: Vec<&'f Finding>,
    pub unconfirmed: Vec<&'f Finding>,
    pub fixed: Vec<&'f Finding>,
}

/// Sorts the findings of a report into its parts.
pub(crate) fn parts(report: &ScanReport) -> Parts<'_> {
    let mut parts = Parts::default();
    for finding in &report.findings {
        let part = match part_of(finding) {
            Part::Open => &mut parts.open,
            Part::Known => &mut parts.known,
            Part::SetAside => &mut parts.set_aside,
            Part::Unconfirmed => &mut parts.unconfirmed,
            Part::Fixed => &mut parts.fixed,
        };
        part.push(finding);
    }
    parts
}

/// The findings a report lists, in the order they came: drafts that were not confirmed only when they are asked for.
pub(crate) fn listed(report: &ScanReport, with_drafts: bool) -> Vec<&Finding> {
    report.findings.iter().filter(|finding| with_drafts || part_of(finding) != Part::Unconfirmed).collect()
}

/// At most `findings_max` findings, in the order they came: all, or the open and most severe ones.
pub(crate) fn most_severe(findings: Vec<&Finding>, findings_max: usize) -> Vec<&Finding> {
    let mut numbered: Vec<(usize, &Finding)> = findings.into_iter().enumerate().collect();
    if numbered.len() > findings_max {
        numbered.sort_by_key(|(at, finding)| (!is_open(finding), Reverse((finding.severity, finding.tier)), *at));
        numbered.truncate(findings_max);
        numbered.sort_by_key(|(at, _)| *at);
    }
    numbered.into_iter().map(|(_, finding)| finding).collect()
}

/// What the findings that were answered are, in one word or two.
pub(crate) fn set_aside_word(set_aside: &[&Finding]) -> &'static str {
    let is_suppressed = |finding: &&Finding| finding.state == State::Suppressed;
    if set_aside.iter().all(is_suppressed) { "suppressed" } else { "set aside" }
}

/// Findings by file, files in the order of their paths, findings in the order they came.
pub(crate) fn by_file<'f>(findings: &[&'f Finding]) -> BTreeMap<&'f RepoPath, Vec<&'f Finding>> {
    let mut files: BTreeMap<&RepoPath, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        files.entry(&finding.location.path).or_default().push(finding);
    }
    files
}

/// Open findings by tier and severity, vulnerabilities first. Counted from the list that is shown, so that a report
/// never contradicts itself.
pub(crate) fn counts(open: &[&Finding]) -> (SeverityCounts, SeverityCounts) {
    let (mut vulnerabilities, mut weaknesses) = (SeverityCounts::default(), SeverityCounts::default());
    for finding in open {
        match finding.tier {
            Tier::Vulnerability => vulnerabilities.add(finding.severity),
            Tier::Weakness => weaknesses.add(finding.severity),
        }
    }
    (vulnerabilities, weaknesses)
}

/// The way to the sink, in the order of the story, when there is more to it than the sink itself; else empty. Places
/// that are only worth reading beside it are not part of the way.
pub(crate) fn trail(finding: &Finding) -> Vec<&Evidence> {
    let hops: Vec<&Evidence> =
        finding.evidence.iter().filter(|evidence| evidence.role != EvidenceRole::Context).collect();
    if hops.len() > 1 { hops } else { Vec::new() }
}

/// Places worth reading beside the finding.
pub(crate) fn context(finding: &Finding) -> impl Iterator<Item = &Evidence> {
    finding.evidence.iter().filter(|evidence| evidence.role == EvidenceRole::Context)
}

/// The quote at the finding's own place; empty when none was kept.
pub(crate) fn quote(finding: &Finding) -> &str {
    let at_place = finding.evidence.iter().find(|evidence| evidence.location == finding.location);
    let sink = || finding.evidence.iter().rev().find(|evidence| evidence.role == EvidenceRole::Sink);
    at_place.or_else(sink).map_or("", |evidence| &evidence.quote)
}

/// The word for what a place contributes.
pub(crate) fn role_name(role: EvidenceRole) -> &'static str {
    match role {
        EvidenceRole::Source => "source",
        EvidenceRole::Step => "step",
        EvidenceRole::Guard => "guard",
        EvidenceRole::Sanitizer => "sanitizer",
        EvidenceRole::Sink => "sink",
        EvidenceRole::Context => "context",
    }
}
