//! A SARIF log of codeproof read back: the parts `crate::sarif` writes, nothing else.
//!
//! What GitHub or another service left out of a log has a stand-in: the severity comes from the level, the state from the
//! suppressions. Without the fingerprint a result cannot be compared, so that is an error.

mod log;

use std::collections::BTreeMap;

use codeproof_types::{
    BaselineState, Confidence, ContentHash, Evidence, EvidenceRole, Finding, Fingerprint, Location, Origin, Problem,
    RepoPath, ScanInfo, ScanReport, ScanStatus, Severity, State, Suppression, Tier,
};

use self::log::{CodeFlow, Invocation, Log, Notification, Outcome, Place, Run, SuppressionNote, Text};
use super::damaged;
use crate::sarif::{DRAFTS, FINGERPRINT_KEY, UNSEEN, path_of};
use crate::text::problems;
use crate::{ReadError, clean, time};

/// Reads a log; `version` is what it says of itself.
pub(super) fn read(bytes: &[u8], version: Option<&str>) -> Result<ScanReport, ReadError> {
    if version != Some("2.1.0") {
        let version = version.map_or_else(|| "of no version".to_owned(), clean::one_line);
        return Err(ReadError::OtherSarifVersion { version });
    }
    let log: Log = serde_json::from_slice(bytes).map_err(|error| damaged("SARIF", &error))?;
    let (ours, others): (Vec<Run>, Vec<Run>) = log.runs.into_iter().partition(Run::is_ours);
    if ours.is_empty() {
        return Err(ReadError::OtherTool { tools: tool_names(&others) });
    }
    let mut report = empty_report(&ours[0]);
    if !others.is_empty() {
        report.notes.push(format!("results of {} in the same file are not compared", tool_names(&others)));
    }
    for run in ours {
        add_run(run, &mut report)?;
    }
    report.findings.sort_by(|one, other| one.report_order().cmp(&other.report_order()));
    report.problems.sort();
    Ok(report)
}

impl Run {
    /// By name, or by the fingerprints: services that pass logs on may name themselves.
    fn is_ours(&self) -> bool {
        let has_ours = |result: &Outcome| result.partial_fingerprints.contains_key(FINGERPRINT_KEY);
        self.tool.driver.name == "codeproof" || self.results.iter().any(has_ours)
    }
}

impl Notification {
    fn has_id(&self, ids: &[&str]) -> bool {
        let id = self.descriptor.as_ref().and_then(|descriptor| descriptor.id.as_deref());
        id.is_some_and(|id| ids.contains(&id))
    }
}

fn tool_names(runs: &[Run]) -> String {
    let mut names: Vec<String> = runs
        .iter()
        .map(|run| clean::one_line(&format!("{} {}", run.tool.driver.name, run.tool.driver.version)))
        .filter(|name| !name.is_empty())
        .collect();
    names.dedup();
    if names.is_empty() { "no tool that it names".to_owned() } else { names.join(", ") }
}

fn empty_report(run: &Run) -> ScanReport {
    let nothing = Invocation::default();
    let invocation = run.invocations.first().unwrap_or(&nothing);
    let ms = |text: &Option<String>| text.as_deref().and_then(time::ms_from_utc);
    let started_at_ms = ms(&invocation.start_time_utc).unwrap_or_default();
    let ended_at_ms = ms(&invocation.end_time_utc).unwrap_or(started_at_ms);
    // The log says only whether the scan came to its end.
    let is_whole = invocation.execution_successful.unwrap_or(true);
    let summary = run.properties.summary.clone().and_then(|value| serde_json::from_value(value).ok());
    let models = run.properties.models.clone().and_then(|value| serde_json::from_value(value).ok());
    ScanReport {
        scan: ScanInfo {
            id: None,
            target: String::new(),
            commit: None,
            version: run.tool.driver.version.clone(),
            status: if is_whole { ScanStatus::Completed } else { ScanStatus::Interrupted },
            started_at_ms,
            duration_ms: u64::try_from(ended_at_ms.saturating_sub(started_at_ms)).unwrap_or_default(),
        },
        summary: summary.unwrap_or_default(),
        findings: Vec::new(),
        problems: Vec::new(),
        rules: Vec::new(),
        notes: Vec::new(),
        comparison: None,
        safe_sites: None,
        models,
    }
}

fn add_run(run: Run, report: &mut ScanReport) -> Result<(), ReadError> {
    let text = |text: Option<Text>| text.and_then(|text| text.text).unwrap_or_default();
    let titles: BTreeMap<String, String> =
        run.tool.driver.rules.into_iter().map(|rule| (rule.id, text(rule.short_description))).collect();
    for (number, result) in (1..).zip(run.results) {
        report.findings.push(finding(result, number, &titles)?);
    }
    for notification in run.invocations.into_iter().flat_map(|invocation| invocation.tool_execution_notifications) {
        if notification.has_id(&[UNSEEN, DRAFTS]) {
            continue;
        }
        match problem(&notification) {
            Some(problem) => report.problems.push(problem),
            None => report.notes.push(clean::one_line(&text(notification.message))),
        }
    }
    Ok(())
}

/// A notification about a file, as `crate::sarif` writes it: `kind: message`.
fn problem(notification: &Notification) -> Option<Problem> {
    let id = notification.descriptor.as_ref().and_then(|descriptor| descriptor.id.as_deref());
    if matches!(id, None | Some("note")) {
        return None;
    }
    let text = notification.message.as_ref()?.text.as_deref()?;
    let (kind, message) = text.split_once(": ")?;
    let kind = problems::kind_of_text(kind)?;
    let place = notification.locations.first().and_then(|place| place.physical_location.as_ref());
    let path = place.and_then(|physical| path_of(physical.artifact_location.as_ref()?.uri.as_deref()?));
    let line = place.and_then(|physical| physical.region.as_ref()?.start_line);
    Some(Problem { path, line, kind, message: message.to_owned() })
}

fn finding(result: Outcome, number: usize, titles: &BTreeMap<String, String>) -> Result<Finding, ReadError> {
    let fingerprint = result.partial_fingerprints.get(FINGERPRINT_KEY).ok_or(ReadError::NoFingerprint { number })?;
    let fingerprint = Fingerprint::from(fingerprint.clone());
    let no_place = || ReadError::Damaged {
        form: "SARIF",
        why: format!("its result {number} has no place below the scanned folder"),
    };
    let sink = result.locations.first().and_then(|place| evidence(place, EvidenceRole::Sink)).ok_or_else(no_place)?;
    let message = result.message.and_then(|message| message.text).unwrap_or_default();
    let properties = result.properties;
    let suppression = result.suppressions.first();
    let state = properties.state.unwrap_or_else(|| match suppression.and_then(|known| known.kind.as_deref()) {
        Some("external") => State::Rejected,
        Some(_) => State::Suppressed,
        None if result.kind.as_deref() == Some("review") => State::Unverified,
        None if result.baseline_state.as_deref() == Some("absent") => State::Fixed,
        None => State::Open,
    });
    let title = titles.get(&result.rule_id).filter(|title| !title.is_empty());
    Ok(Finding {
        id: None,
        fingerprint,
        title: title.cloned().unwrap_or_else(|| result.rule_id.clone()),
        severity: properties.severity.unwrap_or_else(|| severity_of(result.level.as_deref())),
        tier: properties.tier.unwrap_or(Tier::Weakness),
        cwe: properties.cwe,
        category: properties.category,
        origin: properties.origin.unwrap_or(Origin::Detector),
        confidence: properties.confidence.unwrap_or(Confidence::None),
        location: sink.location.clone(),
        evidence: all_evidence(sink, &result.code_flows, &result.related_locations),
        message,
        remediation: properties.remediation,
        votes: properties.votes,
        source_models: properties.source_models,
        judgement: properties.judgement,
        state,
        suppression: suppression.filter(|_| state == State::Suppressed).map(suppression_of),
        secret: None,
        baseline_state: result.baseline_state.and_then(|word| word.parse::<BaselineState>().ok()),
        rule_id: result.rule_id,
    })
}

/// The trail if there is one, else the sink; then the places beside it.
fn all_evidence(sink: Evidence, flows: &[CodeFlow], related: &[Place]) -> Vec<Evidence> {
    let threads = flows.iter().flat_map(|flow| &flow.thread_flows).take(1);
    let hops = threads.flat_map(|thread| &thread.locations).filter_map(|hop| hop.location.as_ref());
    let mut all: Vec<Evidence> = hops.filter_map(|place| evidence(place, EvidenceRole::Step)).collect();
    if all.is_empty() {
        all.push(sink);
    }
    all.extend(related.iter().filter_map(|place| evidence(place, EvidenceRole::Context)));
    all
}

/// A place with its quote; its message is `role: note`, else the role is `usual`.
fn evidence(place: &Place, usual: EvidenceRole) -> Option<Evidence> {
    let physical = place.physical_location.as_ref()?;
    let path: RepoPath = path_of(physical.artifact_location.as_ref()?.uri.as_deref()?)?;
    let region = physical.region.as_ref();
    let first_line = region.and_then(|region| region.start_line).unwrap_or(1);
    let quoted = physical.context_region.as_ref().or(region);
    let quote = quoted.and_then(|region| region.snippet.as_ref()?.text.clone()).unwrap_or_default();
    let text = place.message.as_ref().and_then(|message| message.text.as_deref()).unwrap_or_default();
    let (word, note) = text.split_once(": ").unwrap_or((text, ""));
    let role = serde_json::from_value(word.into()).ok();
    let note = if role.is_some() { note } else { text };
    Some(Evidence {
        location: Location {
            path,
            first_line,
            last_line: region.and_then(|region| region.end_line).unwrap_or(first_line),
            first_column: region.and_then(|region| region.start_column),
            // The end of a region is one past its last character.
            last_column: region.and_then(|region| region.end_column).map(|column| column.saturating_sub(1)),
            // A log holds no hashes, and no file with a finding has the hash of an empty one: such a place is shown by
            // its quote, never by lines that nobody compared.
            content_hash: ContentHash::of(b""),
        },
        quote,
        role: role.unwrap_or(usual),
        note: note.to_owned(),
    })
}

fn suppression_of(known: &SuppressionNote) -> Suppression {
    let line = known.location.as_ref().and_then(|place| place.physical_location.as_ref()?.region.as_ref()?.start_line);
    Suppression {
        marker: known.properties.get("marker").and_then(|marker| marker.as_str()).unwrap_or("a comment").to_owned(),
        reason: known.justification.clone().unwrap_or_default(),
        line: line.unwrap_or(1),
    }
}

/// The lowest severity a level is written for.
fn severity_of(level: Option<&str>) -> Severity {
    match level {
        Some("error") => Severity::High,
        Some("note" | "none") => Severity::Low,
        _ => Severity::Medium,
    }
}
