//! Long trails, safe places, and what is known of one line.

use codeproof_report::{ExplainedSite, Explanation, Format, SiteVerdict, render_explanation};
use codeproof_types::{Cwe, EvidenceRole, FileClass, Finding, Language, SafeSite};

use crate::{columns, fixture, written};

/// The finding with the longest trail of the fixture.
fn with_trail() -> Finding {
    let findings = fixture::report().findings;
    findings.into_iter().max_by_key(|finding| finding.evidence.len()).expect("the fixture has findings")
}

fn explained(explanation: &Explanation, as_json: bool) -> String {
    let mut out = Vec::new();
    render_explanation(explanation, as_json, None, &columns(80), &mut out).expect("a Vec takes every write");
    String::from_utf8(out).expect("text is UTF-8")
}

fn explanation(sites: Vec<ExplainedSite>, findings: Vec<Finding>) -> Explanation {
    let location = with_trail().location;
    Explanation {
        line: location.first_line,
        path: location.path,
        language: Some(Language::Python),
        is_followed: true,
        class: FileClass::FirstParty,
        findings,
        sites,
        problems: Vec::new(),
    }
}

fn site(verdict: SiteVerdict, reason: &str, dropped: &[&str]) -> ExplainedSite {
    ExplainedSite {
        location: with_trail().location,
        callee: "cursor.execute".to_owned(),
        rule_id: "sql-injection".to_owned(),
        cwe: Some(Cwe(89)),
        verdict,
        reason: reason.to_owned(),
        dropped: dropped.iter().map(|&rule| rule.to_owned()).collect(),
    }
}

#[test]
fn a_long_trail_is_folded_in_the_middle_unless_all_is_wanted() {
    let mut finding = with_trail();
    let mut step = finding.evidence[0].clone();
    step.role = EvidenceRole::Step;
    finding.evidence.splice(1..1, (0..10).map(|_| step.clone()));
    let hops = finding.evidence.iter().filter(|evidence| evidence.role != EvidenceRole::Context).count();
    let mut report = fixture::report();
    report.findings = vec![finding];
    let text = written(&report, Format::Text, None, &columns(80));
    let is_shown = |number: &usize| {
        let head = |role| format!("\n  {number} {role}");
        ["source", "step", "sink"].into_iter().any(|role| text.contains(&head(role)))
    };
    let shown: Vec<usize> = (1..=hops).filter(is_shown).collect();
    let expected: Vec<usize> = (1..=3).chain(hops - 4..=hops).collect();
    assert_eq!(shown, expected, "{text}");
    assert!(text.contains(&format!("… {} more steps, shown with --verbose", hops - 8)), "{text}");
    let options = codeproof_report::TextOptions { verbose: true, ..columns(80) };
    assert!(!written(&report, Format::Text, None, &options).contains("more steps"));
}

#[test]
fn safe_places_are_listed_with_their_reasons() {
    let mut report = fixture::report();
    let ExplainedSite { location, callee, rule_id, cwe, reason, dropped, .. } =
        site(SiteVerdict::Safe, "is a number, after `int(n)` (line 2)", &["python-sql-string"]);
    report.safe_sites = Some(vec![SafeSite { location, callee, rule_id, cwe, reason, dropped }]);
    let text = written(&report, Format::Text, None, &columns(80));
    let expected = "1 place shown to be safe\n  src/views.py:8  sql-injection  cursor.execute\n      is a number, after `int(n)` (line 2)\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_line_is_explained() {
    let reason = "is a number, after `int(n)` (line 2)";
    let sites = vec![
        site(SiteVerdict::Safe, reason, &["python-sql-string"]),
        site(SiteVerdict::NotUnderstood, "holds a value nothing is known of", &[]),
    ];
    let both = explanation(sites, vec![with_trail()]);
    insta::assert_snapshot!(explained(&both, false));
    let json: serde_json::Value = serde_json::from_str(&explained(&both, true)).expect("JSON");
    assert_eq!(json["sites"][0]["verdict"], "safe");
    let nothing = |change: &dyn Fn(&mut Explanation)| {
        let mut empty = explanation(Vec::new(), Vec::new());
        change(&mut empty);
        explained(&empty, false).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(nothing(&|_| {}).starts_with("No call on src/views.py:8 is known to a rule or a spec, or it never runs."));
    let other = nothing(&|it| (it.language, it.is_followed) = (Some(Language::Go), false));
    assert!(other.starts_with("Data is not followed through Go files yet"), "{other}");
    assert!(nothing(&|it| it.class = FileClass::Vendored).contains("is in a vendored file: only secrets"));
    assert!(nothing(&|it| (it.language, it.is_followed) = (None, false)).contains("in no language codeproof reads"));
}
