//! What is written is what is read.

use codeproof_store::{Event, ScanEnd, ScanRecord};
use codeproof_types::{
    Category, Finding, Fingerprint, Language, LanguageCounts, Problem, ProblemKind, RuleInfo, ScanInfo, ScanReport,
    ScanStatus, ScanSummary, SecretInfo, Severity, State, Suppression, Tier, Votes,
};

use crate::fixture::{COMMIT, NOW_MS, Place, begin, finding, on_both_databases, path};

on_both_databases! {
    a_report_comes_back_as_it_was,
    a_nul_is_shown_in_every_text,
}

/// Texts that break naive storage: quotes, control and bidi characters, beyond the basic plane, and none at all.
const ODD: [&str; 6] =
    ["", "a'b\"c;--", "percent %00 and \\u0000", "\u{202e}rtl\u{1b}[31m", "𝔘𝔫𝔦 👩‍👩‍👧", "line\r\nline\ttab\\"];

fn odd_finding(number: u32) -> Finding {
    let odd = |offset: usize| ODD[(number as usize + offset) % ODD.len()].to_owned();
    let mut finding = finding(number + 1);
    finding.fingerprint = Fingerprint::from(format!("{number:032x}"));
    finding.location.path = path(&format!("src/ünï {number}%/[x]?.php"));
    finding.rule_id = odd(0);
    finding.title = odd(1);
    finding.message = odd(2);
    finding.remediation = odd(3);
    finding.evidence[0].quote = odd(4);
    finding.evidence[0].note = odd(5);
    finding.severity = Severity::ALL[number as usize % Severity::ALL.len()];
    finding.tier = Tier::ALL[number as usize % Tier::ALL.len()];
    finding.state = State::ALL[number as usize % State::ALL.len()];
    if number.is_multiple_of(2) {
        finding.cwe = None;
        finding.category = Some(Category::SecretExposure);
        finding.location.first_column = None;
        finding.location.last_column = None;
        finding.evidence.clear();
        finding.votes = Some(Votes { verify: 3, weakness: 1, reject: u32::MAX, abstain: 0 });
        finding.source_models = vec![odd(1), odd(2)];
        finding.suppression = Some(Suppression { marker: "nosec".to_owned(), reason: odd(2), line: u32::MAX });
        finding.secret = Some(SecretInfo { kind: odd(3), salted_hash: "0f".repeat(16) });
    }
    finding
}

fn rule(id: &str) -> RuleInfo {
    RuleInfo {
        id: id.to_owned(),
        title: ODD[4].to_owned(),
        severity: Severity::High,
        tier: Tier::Weakness,
        cwe: None,
        category: Some(Category::EnvLeaked),
        languages: Language::ALL.to_vec(),
        message: ODD[2].to_owned(),
        why: ODD[1].to_owned(),
        remediation: String::new(),
        definite: true,
        safe_variants: ODD.map(str::to_owned).to_vec(),
        limits: String::new(),
        bad: vec!["eval(x)".to_owned()],
        good: vec![],
        defined_in: "built in".to_owned(),
    }
}

async fn a_report_comes_back_as_it_was(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let mut summary = ScanSummary { files: 7, bytes: u64::from(u32::MAX) * 9, files_not_read: 2, ..Default::default() };
    summary.languages.insert(Language::Cpp, LanguageCounts { files: 3, lines: 9 });
    let mut report = ScanReport {
        scan: ScanInfo {
            commit: Some(COMMIT.to_owned()),
            id: Some(scan),
            target: ".".to_owned(),
            version: "0.1.0".to_owned(),
            status: ScanStatus::Interrupted,
            started_at_ms: NOW_MS,
            duration_ms: 1234,
        },
        summary,
        findings: (0..1300).map(odd_finding).collect(),
        problems: vec![Problem {
            path: Some(path("a b/\u{202e}.c")),
            line: Some(3),
            kind: ProblemKind::Changed,
            message: ODD[2].to_owned(),
        }],
        rules: vec![rule("a"), rule("b")],
        notes: ODD.map(str::to_owned).to_vec(),
        comparison: None,
        safe_sites: None,
        models: None,
    };
    let writer = store.writer(scan);
    for finding in report.findings.iter().rev() {
        writer.send(ScanRecord::Finding(Box::new(finding.clone()))).await.unwrap();
    }
    let ids = writer.close().await.unwrap();
    let end = ScanEnd {
        status: report.scan.status,
        summary: &report.summary,
        duration_ms: report.scan.duration_ms,
        problems: &report.problems,
        rules: &report.rules,
        notes: &report.notes,
        error: None,
        models: None,
    };
    store.finish_scan(scan, end).await.unwrap();

    report.findings.sort_by_key(|finding| finding.location.path.to_string());
    for finding in &mut report.findings {
        finding.id = Some(ids[&finding.fingerprint]);
    }
    store.close().await.unwrap();
    let stored = place.open().await.report(scan).await.unwrap().unwrap();
    assert_eq!(stored, report);
}

async fn a_nul_is_shown_in_every_text(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let mut finding = finding(1);
    finding.message = "a\0b".to_owned();
    finding.evidence[0].quote = "if (c == '\0')\0".to_owned();
    finding.source_models = vec!["m\0".to_owned()];
    let event = Event { at_ms: 0, kind: "k\0".to_owned(), data: serde_json::json!({"k\0": [{"x": "\0"}]}) };
    let writer = store.writer(scan);
    writer.send(ScanRecord::Finding(Box::new(finding))).await.unwrap();
    writer.send(ScanRecord::Event(event)).await.unwrap();
    writer.close().await.unwrap();
    let notes = ["n\0".to_owned()];
    let summary = ScanSummary::default();
    let end = ScanEnd { notes: &notes, error: Some("e\0"), ..ScanEnd::completed(&summary, 1) };
    store.finish_scan(scan, end).await.unwrap();

    let report = store.report(scan).await.unwrap().unwrap();
    assert_eq!(report.findings[0].message, "a␀b");
    assert_eq!(report.findings[0].evidence[0].quote, "if (c == '␀')␀");
    assert_eq!(report.findings[0].source_models, ["m␀"]);
    assert_eq!(report.notes, ["n␀"]);
    assert_eq!(store.scan(scan).await.unwrap().unwrap().error.as_deref(), Some("e␀"));
    let event: String = place.stranger().await.ask("SELECT CAST(data AS TEXT) FROM events").await;
    assert_eq!(event.replace(' ', ""), "{\"k␀\":[{\"x\":\"␀\"}]}");
}
