//! Rules, scans and single findings.

use codeproof_report::{ScanRow, render_finding, render_rule, render_rules, render_scans};
use codeproof_types::{ScanId, ScanInfo, ScanStatus, ScanSummary};

use crate::{columns, fixture};

fn text(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("a Vec takes every write");
    String::from_utf8(out).expect("tables are UTF-8")
}

#[test]
fn rules_as_a_table() {
    let mut other = fixture::sql_rule();
    other.id = "c-gets".to_owned();
    other.title = "gets reads without a bound, and there is no safe way to call it".to_owned();
    other.cwe = None;
    other.languages.clear();
    let rules = [fixture::sql_rule(), other];
    insta::assert_snapshot!(text(|out| render_rules(&rules, &columns(80), out)));
    insta::assert_snapshot!(text(|out| render_rules(&rules, &columns(120), out)));
}

#[test]
fn one_rule_explained() {
    insta::assert_snapshot!(text(|out| render_rule(&fixture::sql_rule(), &columns(80), out)));
}

#[test]
fn scans_as_a_table() {
    let running = ScanInfo { id: Some(ScanId(18)), status: ScanStatus::Running, ..fixture::scan() };
    let summary = ScanSummary { files: 1_204, ..fixture::report().summary };
    let scans = [ScanRow::new(running, None), ScanRow::new(fixture::scan(), Some(summary.clone()))];
    insta::assert_snapshot!(text(|out| render_scans(&scans, &columns(80), out)));
    let paused = ScanRow {
        profile: Some("deep".to_owned()),
        cost_nano_usd: Some(421_312_345),
        reason: Some("no model is left for the role verifier: llama failed 5 times in a row\u{1b}[2J".to_owned()),
        ..ScanRow::new(ScanInfo { status: ScanStatus::Paused, ..fixture::scan() }, Some(summary))
    };
    let cancelled = ScanRow {
        profile: Some("demo".to_owned()),
        reason: Some("the user cancelled it".to_owned()),
        ..ScanRow::new(ScanInfo { status: ScanStatus::Cancelled, ..fixture::scan() }, None)
    };
    let deep = [paused, cancelled, scans[0].clone()];
    for width in [120, 80] {
        insta::assert_snapshot!(text(|out| render_scans(&deep, &columns(width), out)));
    }
    assert!(text(|out| render_scans(&[], &columns(80), out)).starts_with("No scans are stored yet"));
}

#[test]
fn one_finding_with_everything_known() {
    let report = fixture::report();
    let project = fixture::project();
    let shown: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| ["python-sql-concat", "secret-github-pat", "python-md5"].contains(&finding.rule_id.as_str()))
        .map(|finding| text(|out| render_finding(finding, &report.scan, Some(&project), &columns(80), out)))
        .collect();
    insta::assert_snapshot!(shown.join("\n=====\n"));
}
