//! Rules, scans and single findings.

use codeproof_report::{render_finding, render_rule, render_rules, render_scans};
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
    let scans = [(running, None), (fixture::scan(), Some(summary))];
    insta::assert_snapshot!(text(|out| render_scans(&scans, &columns(80), out)));
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
