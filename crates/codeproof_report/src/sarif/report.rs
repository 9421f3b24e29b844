//! The log as a whole: one run with its tool, results and notifications.

use std::collections::BTreeMap;
use std::io::{self, Write};

use codeproof_types::{Finding, ScanReport, ScanStatus};
use serde::{Serialize, Serializer};
use serde_json::json;
use serde_sarif::sarif;

use super::rules::Rules;
use super::{limits, locations, notifications, results};
use crate::text::summary;
use crate::{findings, json, models, numbers, time};

/// The schema GitHub and editors know the format by.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Separates our results from those of other tools on GitHub: everything up to the last slash is the category.
const AUTOMATION_ID: &str = "codeproof/";

/// Writes the SARIF log.
///
/// Drafts that verifiers did not confirm are results only when they are asked for: GitHub opens an alert for every
/// result, whatever its `kind` and `suppressions` say (codeql-action issue 1230).
pub(crate) fn write_report(report: &ScanReport, with_drafts: bool, out: &mut dyn Write) -> io::Result<()> {
    let listed = findings::listed(report, with_drafts);
    let listed_count = listed.len();
    let findings = limits::within(listed);
    let rules = Rules::of(&report.rules, &findings);
    let run = run(report, &rules, listed_count - findings.len(), with_drafts);
    let results = Results { findings: &findings, rules: &rules };
    json::write_pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [RunWithResults { run, results }] }, out)
}

/// `sarif::Sarif` with results that are made while they are written: a typed result takes about 16 KiB, and there may
/// be 25,000 of them.
#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [RunWithResults<'r>; 1],
}

#[derive(Serialize)]
struct RunWithResults<'r> {
    #[serde(flatten)]
    run: sarif::Run,
    results: Results<'r>,
}

struct Results<'r> {
    findings: &'r [&'r Finding],
    rules: &'r Rules,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.findings.iter().map(|finding| results::result(finding, self.rules)))
    }
}

/// The run without its results.
fn run(report: &ScanReport, rules: &Rules, left_out: usize, with_drafts: bool) -> sarif::Run {
    let mut properties = BTreeMap::from([("summary".to_owned(), json!(report.summary))]);
    if let Some(of_models) = &report.models {
        properties.insert("models".to_owned(), json!(models::listed(of_models, with_drafts)));
    }
    let mut run = sarif::Run::builder()
        .tool(sarif::Tool::builder().driver(driver(report, rules)).build())
        .invocations(vec![invocation(report, left_out, with_drafts)])
        .automation_details(sarif::RunAutomationDetails::builder().id(AUTOMATION_ID).build())
        .original_uri_base_ids(BTreeMap::from([(locations::ROOT.to_owned(), root())]))
        .column_kind("unicodeCodePoints")
        .properties(sarif::PropertyBag::builder().additional_properties(properties).build())
        .build();
    run.version_control_provenance = provenance(report).map(|provenance| vec![provenance]);
    run
}

/// The repository and commit that were scanned; the standard wants a URI, which a path on this machine is not.
fn provenance(report: &ScanReport) -> Option<sarif::VersionControlDetails> {
    let commit = report.scan.commit.as_deref()?;
    let target = Some(crate::clean::one_line(&report.scan.target)).filter(|target| target.contains("://"))?;
    let details = sarif::VersionControlDetails::builder().repository_uri(target);
    Some(details.revision_id(crate::clean::one_line(commit)).build())
}

fn driver(report: &ScanReport, rules: &Rules) -> sarif::ToolComponent {
    sarif::ToolComponent::builder()
        .name("codeproof")
        .full_name(format!("codeproof {}", crate::clean::one_line(&report.scan.version)))
        .version(crate::clean::one_line(&report.scan.version))
        .semantic_version(crate::clean::one_line(&report.scan.version))
        .rules(rules.descriptors.clone())
        .build()
}

/// The root has a name and no address: where it lies on this machine is nobody's business.
fn root() -> sarif::ArtifactLocation {
    sarif::ArtifactLocation::builder().description(locations::message("The scanned folder.")).build()
}

fn invocation(report: &ScanReport, left_out: usize, with_drafts: bool) -> sarif::Invocation {
    let scan = &report.scan;
    let end_ms = scan.started_at_ms.saturating_add_unsigned(scan.duration_ms);
    let mut notes: Vec<sarif::Notification> = report.problems.iter().map(notifications::of_problem).collect();
    notes.extend(report.notes.iter().map(|note| notifications::note("note", "note", note)));
    if let Some(text) = summary::not_listed(report).filter(|_| !with_drafts) {
        notes.push(notifications::note(notifications::DRAFTS, "note", &text));
    }
    let unseen = report.models.iter().flat_map(|of_models| &of_models.unseen);
    notes.extend(unseen.map(notifications::of_unseen));
    if left_out > 0 {
        let text = format!(
            "{} left out: one upload may have {}; the JSON report has all",
            numbers::counted(numbers::count(left_out), "finding is", "findings are"),
            numbers::grouped(numbers::count(limits::RESULTS_MAX)),
        );
        notes.push(notifications::note("limit", "warning", &text));
    }
    let mut invocation = sarif::Invocation::builder()
        .execution_successful(scan.status == ScanStatus::Completed)
        .start_time_utc(time::utc_with_ms(scan.started_at_ms))
        .end_time_utc(time::utc_with_ms(end_ms))
        .build();
    invocation.tool_execution_notifications = (!notes.is_empty()).then_some(notes);
    invocation
}
