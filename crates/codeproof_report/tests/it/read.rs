//! Reports read back, and what is said of files that are none.

use codeproof_report::{Format, read_report};
use codeproof_types::{BaselineState, Evidence, Finding, ScanReport, State, visible};
use serde_json::{Value, json};

use crate::{columns, fixture, with_drafts, written};

fn read(report: &ScanReport, format: Format) -> ScanReport {
    read_report(with_drafts(report, format, None, &columns(80)).as_bytes()).expect("our own report")
}

#[test]
fn json_comes_back_as_it_was() {
    for report in [fixture::report(), fixture::compared_report(), fixture::empty_report()] {
        assert_eq!(read(&report, Format::Json), report);
    }
}

#[test]
fn sarif_comes_back_but_for_what_it_has_no_room_for() {
    for report in [fixture::report(), fixture::compared_report(), fixture::empty_report()] {
        let back = read(&report, Format::Sarif);
        assert_eq!(back.scan.started_at_ms, report.scan.started_at_ms);
        assert_eq!(back.scan.duration_ms, report.scan.duration_ms);
        assert_eq!((back.scan.version, back.scan.status), (report.scan.version, report.scan.status));
        assert_eq!(back.summary, report.summary);
        assert_eq!(back.notes, report.notes);
        let mut problems = report.problems;
        problems.sort();
        assert_eq!(back.problems, problems);
        let mut findings: Vec<Finding> = report.findings.iter().map(as_sarif_has_it).collect();
        findings.sort_by(|one, other| one.report_order().cmp(&other.report_order()));
        let found: Vec<Finding> = back.findings.iter().map(as_sarif_has_it).collect();
        assert_eq!(found, findings);
    }
}

/// A finding without what a log does not keep: numbers of rows, hashes of files and secrets, and which of several equal
/// places the finding itself is.
fn as_sarif_has_it(finding: &Finding) -> Finding {
    let mut finding = finding.clone();
    let hash = codeproof_types::ContentHash::of(b"");
    finding.id = None;
    finding.secret = None;
    finding.location.content_hash = hash;
    finding.title = finding.title.split_whitespace().collect::<Vec<_>>().join(" ");
    // A region is put in order when it is written.
    let in_order = |place: &mut codeproof_types::Location| {
        if place.first_line == place.last_line && place.last_column < place.first_column {
            place.last_column = place.first_column.map(|column| column - 1);
        }
    };
    in_order(&mut finding.location);
    for evidence in &mut finding.evidence {
        evidence.location.content_hash = hash;
        in_order(&mut evidence.location);
    }
    finding.evidence.retain(|evidence: &Evidence| !visible(&evidence.quote).is_empty());
    finding
}

#[test]
fn what_a_service_left_out_of_a_log_has_a_stand_in() {
    let report = fixture::report();
    let mut log: Value = serde_json::from_str(&with_drafts(&report, Format::Sarif, None, &columns(80))).unwrap();
    let run = &mut log["runs"][0];
    run["tool"]["driver"]["name"] = "Some Service".into();
    run.as_object_mut().unwrap().remove("invocations");
    for result in run["results"].as_array_mut().unwrap() {
        result.as_object_mut().unwrap().remove("properties");
        result.as_object_mut().unwrap().remove("codeFlows");
    }
    let back = read_report(log.to_string().as_bytes()).unwrap();
    assert_eq!(back.findings.len(), report.findings.len());
    let suppressed = |report: &ScanReport| report.findings.iter().filter(|it| it.state == State::Suppressed).count();
    assert_eq!(suppressed(&back), suppressed(&report));
    let prints = |report: &ScanReport| {
        let mut prints: Vec<String> = report.findings.iter().map(|it| it.fingerprint.to_string()).collect();
        prints.sort();
        prints
    };
    assert_eq!(prints(&back), prints(&report));
}

#[test]
fn runs_of_other_tools_beside_ours_are_named() {
    let report = fixture::report();
    let mut log: Value = serde_json::from_str(&with_drafts(&report, Format::Sarif, None, &columns(80))).unwrap();
    log["runs"]
        .as_array_mut()
        .unwrap()
        .push(json!({"tool": {"driver": {"name": "Other", "version": "2"}}, "results": []}));
    let back = read_report(log.to_string().as_bytes()).unwrap();
    assert_eq!(back.findings.len(), report.findings.len());
    assert!(
        back.notes.contains(&"results of Other 2 in the same file are not compared".to_owned()),
        "{:?}",
        back.notes
    );
}

#[track_caller]
fn check_refused(bytes: &[u8], expected: &str) {
    let error = read_report(bytes).expect_err("this is no report").to_string();
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn what_is_no_report_is_called_by_its_name() {
    check_refused(b"", "it is empty");
    check_refused(b" \n", "it is empty");
    check_refused(
        b"No findings in 3 files.\n",
        "it is no JSON (expected value in line 1); a JSON or SARIF report of codeproof was expected",
    );
    check_refused(b"\x89PNG\r\n\x1a\n", "it is no JSON (expected value in line 1)");
    check_refused(b"[1, 2]", "it is JSON, but no report of codeproof");
    check_refused(br#"{"results": [], "errors": []}"#, "it is JSON, but no report of codeproof");
    check_refused(br#"{"format_version": "2", "findings": []}"#, "it is a JSON report of form \"2\", and this version");
    check_refused(
        br#"{"format_version": "1", "findings": 3}"#,
        "it is a JSON report, but damaged: invalid type: integer `3`, expected a sequence",
    );
    check_refused(br#"{"version": "2.0.0", "runs": []}"#, "it is SARIF 2.0.0, and codeproof reads SARIF 2.1.0");
    check_refused(br#"{"runs": []}"#, "it is SARIF of no version");
    check_refused(
        br#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Lint\u001b", "version": "1"}}, "results": [{"ruleId": "x"}]}]}"#,
        "it was written by Lint\u{fffd} 1; findings are compared by codeproof's own fingerprints",
    );
    let whole = written(&fixture::report(), Format::Json, None, &columns(80));
    check_refused(&whole.as_bytes()[..whole.len() / 2], "it ends in the middle of line");
}

#[test]
fn a_damaged_log_names_the_result() {
    let whole = written(&fixture::report(), Format::Sarif, None, &columns(80));
    let mut log: Value = serde_json::from_str(&whole).unwrap();
    log["runs"][0]["results"][2]["partialFingerprints"] = json!({"other/v1": "x"});
    check_refused(log.to_string().as_bytes(), "its result 3 has no fingerprint of codeproof");
    let mut log: Value = serde_json::from_str(&whole).unwrap();
    log["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "../../x".into();
    check_refused(log.to_string().as_bytes(), "it is a SARIF report, but damaged: its result 2 has no place below");
}

#[test]
fn the_baseline_says_it_in_every_format() {
    let report = fixture::compared_report();
    let json: Value = serde_json::from_str(&with_drafts(&report, Format::Json, None, &columns(80))).unwrap();
    assert_eq!(json["comparison"]["fixed"], 1);
    let states: Vec<&str> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["baseline_state"].as_str().unwrap())
        .collect();
    assert!(states.contains(&"new") && states.contains(&"unchanged") && states.contains(&"absent"), "{states:?}");
    let log: Value = serde_json::from_str(&with_drafts(&report, Format::Sarif, None, &columns(80))).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let in_log: Vec<&str> = results.iter().map(|result| result["baselineState"].as_str().unwrap()).collect();
    assert_eq!(in_log, states);
    insta::assert_snapshot!(written(&report, Format::Text, None, &columns(80)));
    insta::assert_snapshot!(written(&report, Format::Markdown, None, &columns(80)));
    let page = written(&report, Format::Html, None, &columns(80));
    for word in
        ["value=\"new\" checked", "value=\"unchanged\"><span>", "value=\"fixed\"><span>", "It is no longer there."]
    {
        assert!(page.contains(word), "{word}");
    }
    assert_eq!(report.findings.iter().filter(|it| it.baseline_state == Some(BaselineState::Absent)).count(), 1);
}
