//! The page: what stands on it, and that foreign text stays text.

use codeproof_report::Format;
use codeproof_types::{ScanReport, Severity, State};

use crate::{columns, fixture, written};

fn page(report: &ScanReport) -> String {
    written(report, Format::Html, Some(&fixture::project()), &columns(80))
}

/// The page without its style sheet and script, which are files of their own.
pub(crate) fn body(page: &str) -> String {
    let (head, rest) = page.split_once("<style>").expect("a style sheet");
    let (_, rest) = rest.split_once("</style>").expect("its end");
    let (between, rest) = rest.split_once("<script>").expect("a script");
    let (_, rest) = rest.split_once("</script>").expect("its end");
    // The hashes change with every edit of the two files.
    let policy = head.find("sha256-").expect("hashes");
    let policy_end = head.rfind("&#39;; base-uri").expect("the policy goes on");
    format!("{}…{}<style/>{between}<script/>{rest}", &head[..policy], &head[policy_end..])
}

#[test]
fn report_as_page() {
    insta::assert_snapshot!(body(&page(&fixture::report())));
}

#[test]
fn nothing_found_is_a_page_too() {
    let page = written(&fixture::empty_report(), Format::Html, None, &columns(80));
    assert!(page.contains("No findings in 12 files (1,000 lines)."), "{page}");
    assert!(!page.contains("id=\"filters\"") && !page.contains("class=\"chart\""), "nothing to filter or to draw");
}

/// Tags with the names of their attributes, in order. Text is escaped, so every `<` starts a tag.
pub(crate) fn tags(body: &str) -> Vec<String> {
    let mut tags = Vec::new();
    for after in body.split('<').skip(1) {
        let tag = after.split_once('>').map_or(after, |(tag, _)| tag);
        // Values are quoted and hold no quotes, so every other part is outside of them.
        let outside: String = tag.split('"').step_by(2).collect();
        tags.push(outside);
    }
    tags
}

#[test]
fn foreign_text_never_becomes_markup() {
    let with_text = |text: &str| {
        let mut report = fixture::report();
        report.scan.target = text.to_owned();
        report.scan.version = text.to_owned();
        report.notes = vec![text.to_owned()];
        report.rules[0].title = text.to_owned();
        report.rules[0].why = text.to_owned();
        report.rules[0].limits = text.to_owned();
        report.rules[0].bad = vec![text.to_owned()];
        report.rules[0].good = vec![text.to_owned()];
        report.rules[0].safe_variants = vec![text.to_owned()];
        report.rules[0].remediation = text.to_owned();
        let rule_id = report.rules[0].id.clone();
        for (number, finding) in (0..).zip(&mut report.findings) {
            finding.title = text.to_owned();
            finding.message = text.to_owned();
            finding.remediation = text.to_owned();
            finding.source_models = vec![text.to_owned()];
            finding.location.path = fixture::path(&format!("d{number}/{}", text.replace('/', "∕")));
            if finding.rule_id != rule_id {
                finding.rule_id = text.to_owned();
            }
            if let Some(suppression) = &mut finding.suppression {
                suppression.reason = text.to_owned();
                suppression.marker = text.to_owned();
            }
            let location = finding.location.clone();
            for evidence in &mut finding.evidence {
                evidence.quote = text.to_owned();
                evidence.note = text.to_owned();
                evidence.location.path = location.path.clone();
            }
        }
        for problem in &mut report.problems {
            problem.message = text.to_owned();
        }
        body(&page(&report))
    };
    let attacks = [
        "</script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "<!--<script>&lt;script&gt;</title></style></textarea>",
        "{{ script|safe }}{% raw %}",
        "javascript:alert(1)//&#x3c;svg/onload=alert(1)&#x3e;",
    ];
    for attack in attacks {
        // Marks depend on how long a line is.
        let calm = tags(&with_text(&"x".repeat(attack.chars().count())));
        let found = tags(&with_text(attack));
        let first_difference = found.iter().zip(&calm).find(|(found, calm)| found != calm);
        assert!(found.len() == calm.len() && first_difference.is_none(), "{attack}: {first_difference:?}");
    }
}

#[test]
fn the_page_loads_nothing() {
    let body = body(&page(&fixture::report()));
    for tag in tags(&body) {
        for attribute in tag.split_whitespace().skip(1) {
            let name = attribute.trim_end_matches('=');
            assert!(!matches!(name, "src" | "srcset" | "style" | "action" | "data" | "background"), "{tag}");
            assert!(!name.starts_with("on") || name == "open", "{tag}");
        }
    }
    for link in body.split("href=\"").skip(1) {
        assert!(link.starts_with('#') || link.starts_with("https://cwe.mitre.org/data/"), "{}", &link[..60]);
    }
}

#[test]
fn too_many_findings_are_cut_by_severity_and_it_is_said() {
    let mut report = fixture::report();
    report.findings = vec![report.findings[1].clone(); 5_002];
    for (at, finding) in report.findings.iter_mut().enumerate() {
        finding.severity = if at < 10 { Severity::Low } else { Severity::High };
        finding.state = State::Open;
    }
    let page = page(&report);
    assert_eq!(page.matches("<article class=\"finding ").count(), 5_000);
    assert_eq!(page.matches("<article class=\"finding sev-low\"").count(), 8);
    assert!(page.contains("2 findings are left out of this page, the least severe ones: it has room for 5,000."));
    // The counts above the list are those of all.
    assert!(page.contains("5,002 findings in 1 file"), "the verdict counts all");
}

#[test]
fn very_long_trails_do_not_make_the_page_endless() {
    let mut report = fixture::report();
    let mut finding = report.findings.swap_remove(6);
    let quote = "x".repeat(2_000);
    for evidence in &mut finding.evidence {
        evidence.quote.clone_from(&quote);
    }
    let hops = finding.evidence[..1].iter().cycle().take(300).cloned();
    finding.evidence = hops.chain(finding.evidence.clone()).collect();
    report.findings = vec![finding; 2_000];
    let page = written(&report, Format::Html, None, &columns(80));
    assert!(page.len() < 64 << 20, "{} bytes", page.len());
    assert!(page.contains("left out of this page") && page.contains("places of the trail are left out"));
}
