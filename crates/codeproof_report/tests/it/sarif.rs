//! SARIF: validated against the official schema, which the `serde-sarif` package carries, and against GitHub's rules.

use std::collections::HashSet;
use std::process::Command;
use std::sync::LazyLock;

use codeproof_report::Format;
use codeproof_types::{EvidenceRole, ScanReport, Severity, State};
use serde_json::Value;

use crate::{columns, fixture, with_drafts, written};

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    // Only this platform's packages are certain to have been downloaded: those of others would need the network.
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo names its host");
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let metadata =
        cargo(&["metadata", "--format-version", "1", "--filter-platform", host, "--manifest-path", manifest]);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo writes JSON");
    let package = metadata["packages"]
        .as_array()
        .and_then(|packages| packages.iter().find(|package| package["name"] == "serde-sarif"))
        .and_then(|package| package["manifest_path"].as_str())
        .expect("serde-sarif is a dependency");
    let schema = std::path::Path::new(package).with_file_name("src").join("schema.json");
    let text = std::fs::read_to_string(&schema).expect("the package carries the schema");
    // The published schema has a bracket too many in the pattern of `language`, which we do not write; a strict
    // validator refuses the whole schema for it.
    let schema: Value = serde_json::from_str(&text.replace("{2}]?$", "{2}$")).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is a schema")
});

/// What cargo prints.
fn cargo(arguments: &[&str]) -> String {
    #[expect(clippy::disallowed_methods, reason = "cargo is asked where the schema lies; no scanned code is involved")]
    let output = Command::new(env!("CARGO")).args(arguments).output().expect("cargo runs: it runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// Valid by the schema, and the same after a way through the typed form.
#[track_caller]
pub(crate) fn assert_valid(text: &str) {
    let log: Value = serde_json::from_str(text).expect("SARIF is JSON");
    let errors: Vec<String> =
        SCHEMA.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}\n{text}", errors.join("\n"));
    let typed: serde_sarif::sarif::Sarif = serde_json::from_str(text).expect("SARIF fits the types");
    assert_eq!(serde_json::to_value(&typed).expect("the types serialise"), log);
}

fn log(report: &ScanReport) -> Value {
    let text = with_drafts(report, Format::Sarif, None, &columns(80));
    assert_valid(&text);
    serde_json::from_str(&text).expect("SARIF is JSON")
}

#[test]
fn report_as_sarif() {
    insta::assert_snapshot!(with_drafts(&fixture::report(), Format::Sarif, None, &columns(80)));
}

#[test]
fn the_validator_refuses_what_is_wrong() {
    let mut log = log(&fixture::report());
    log["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!SCHEMA.is_valid(&log));
}

#[test]
fn reports_of_every_kind_are_valid() {
    log(&fixture::empty_report());
    let mut odd = fixture::report();
    odd.rules.clear();
    for finding in &mut odd.findings {
        finding.rule_id = "odd rule [\u{202e}] ünï".to_owned();
        finding.message = String::new();
        finding.location.path = fixture::path("100%/[a] b\u{1}#?.c");
        finding.location.first_line = 0;
        finding.location.last_line = 0;
        finding.location.first_column = Some(0);
        finding.location.last_column = Some(0);
    }
    let log = log(&odd);
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_github_asks_for() {
    let report = fixture::report();
    let log = log(&report);
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: HashSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len(), "rule ids are unique");
    for rule in rules {
        assert!(rule["help"]["text"].as_str().is_some_and(|text| !text.is_empty()), "{rule}");
        assert!(rule["shortDescription"]["text"].is_string() && rule["fullDescription"]["text"].is_string(), "{rule}");
        assert!(rule["properties"]["security-severity"].as_str().unwrap().parse::<f64>().unwrap() <= 10.0);
        let tags: HashSet<&str> =
            rule["properties"]["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
        assert!(tags.contains("security") && tags.len() <= 20);
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), report.findings.len());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let location = &result["locations"][0]["physicalLocation"];
        let uri = location["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.is_ascii() && !uri.starts_with('/') && !uri.contains("://"), "{uri}");
        assert_eq!(result["partialFingerprints"]["codeproof/v1"].as_str().map(str::len), Some(32));
    }
}

#[test]
fn trails_and_suppressions() {
    let report = fixture::report();
    let log = log(&report);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let with_rule = |id: &str| results.iter().find(|result| result["ruleId"] == id).unwrap();
    let sql = with_rule("python-sql-concat");
    let hops = sql["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
    assert_eq!(hops.len(), 3);
    assert_eq!(hops.last().unwrap()["location"]["physicalLocation"], sql["locations"][0]["physicalLocation"]);
    assert_eq!(sql["relatedLocations"][0]["message"]["text"], "context: the database");
    let region = &sql["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startColumn"], &region["endColumn"]), (&9.into(), &30.into()));
    let etag = with_rule("python-md5");
    assert_eq!(etag["suppressions"][0]["kind"], "inSource");
    assert_eq!(etag["suppressions"][0]["justification"], "an ETag, no secret");
    assert!(with_rule("c-gets").get("codeFlows").is_none());
}

#[test]
fn too_many_results_are_cut_by_severity_and_it_is_said() {
    let mut report = fixture::report();
    let template = report.findings[1].clone();
    assert!(template.evidence.iter().all(|evidence| evidence.role == EvidenceRole::Sink));
    report.findings = vec![template; 25_003];
    for (at, finding) in report.findings.iter_mut().enumerate() {
        finding.severity = if at < 10 { Severity::Low } else { Severity::High };
        finding.state = State::Open;
    }
    let text = written(&report, Format::Sarif, None, &columns(80));
    let log: Value = serde_json::from_str(&text).unwrap();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    assert_eq!(results.iter().filter(|result| result["level"] == "note").count(), 7);
    let notes = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let said =
        notes.iter().any(|note| note["message"]["text"].as_str().unwrap().starts_with("3 findings are left out"));
    assert!(said, "{notes:?}");
}
