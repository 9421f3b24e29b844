//! Markdown: a snapshot, and foreign text that tries to be more than text.

use codeproof_report::Format;
use codeproof_types::State;

use crate::{columns, fixture, written};

#[test]
fn report_as_markdown() {
    insta::assert_snapshot!(written(&fixture::report(), Format::Markdown, None, &columns(80)));
}

#[test]
fn nothing_found() {
    insta::assert_snapshot!(written(&fixture::empty_report(), Format::Markdown, None, &columns(80)));
}

#[test]
fn foreign_text_stays_text() {
    let attack = "x\n\n# owned ![i](https://evil.example/a.png) <img src=x> @everyone #1 [l](javascript:0)\n```\n````";
    let mut report = fixture::report();
    report.scan.target = attack.to_owned();
    report.notes = vec![attack.to_owned()];
    for finding in &mut report.findings {
        finding.title = attack.to_owned();
        finding.message = attack.to_owned();
        finding.remediation = attack.to_owned();
        finding.rule_id = attack.to_owned();
        for evidence in &mut finding.evidence {
            evidence.quote = attack.to_owned();
            evidence.note = attack.to_owned();
        }
    }
    for finding in report.findings.iter_mut().filter(|finding| finding.state == State::Suppressed) {
        finding.suppression.as_mut().unwrap().reason = attack.to_owned();
    }
    report.problems[0].message = attack.to_owned();
    assert_all_harmless(&written(&report, Format::Markdown, None, &columns(80)));
}

/// Nothing of the attack stands outside of code, and no fence stays open.
#[track_caller]
pub(crate) fn assert_all_harmless(text: &str) {
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 && !line[ticks.len()..].contains('`') => fence = Some(ticks),
            None => assert_harmless(line),
        }
    }
    assert_eq!(fence, None, "a fence stays open:\n{text}");
}

/// No image, tag, mention, reference or link of the attacker's outside code.
#[track_caller]
fn assert_harmless(line: &str) {
    let mut outside = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        if rest[..at].ends_with('\\') {
            outside.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        }
        outside.push_str(&rest[..at]);
        let ticks: String = rest[at..].chars().take_while(|character| *character == '`').collect();
        let inside = &rest[at + ticks.len()..];
        let Some(close) = inside.find(&ticks) else { panic!("open code span in {line}") };
        rest = inside[close..].trim_start_matches('`');
    }
    outside.push_str(rest);
    let outside = without_escapes(&outside.replace("](https://cwe.mitre.org/", ""));
    for bad in ["![", "<img", "@everyone", "](", " #1", "https://"] {
        assert!(!outside.contains(bad), "{bad:?} outside code in {line}");
    }
    assert!(!outside.starts_with("# owned"), "{line}");
}

/// The text without backslashes and the characters they make harmless.
fn without_escapes(text: &str) -> String {
    let mut characters = text.chars();
    let mut plain = String::new();
    while let Some(character) = characters.next() {
        if character == '\\' {
            characters.next();
        } else {
            plain.push(character);
        }
    }
    plain
}
