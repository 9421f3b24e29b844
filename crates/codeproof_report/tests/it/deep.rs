//! What models said and did, in every format.

use codeproof_report::{Format, TextOptions, read_report};
use codeproof_types::{Origin, ScanReport, ScanStatus, State, visible};
use serde_json::Value;

use crate::{columns, deep_fixture, fixture, with_drafts, written};

fn project() -> fixture::Project {
    fixture::project()
}

#[test]
fn deep_report_at_80_columns() {
    insta::assert_snapshot!(written(&deep_fixture::report(), Format::Text, Some(&project()), &columns(80)));
}

#[test]
fn deep_report_with_drafts() {
    insta::assert_snapshot!(with_drafts(&deep_fixture::report(), Format::Text, Some(&project()), &columns(100)));
}

#[test]
fn deep_report_as_markdown() {
    insta::assert_snapshot!(with_drafts(&deep_fixture::report(), Format::Markdown, None, &columns(80)));
}

#[test]
fn deep_report_as_sarif() {
    let text = with_drafts(&deep_fixture::report(), Format::Sarif, None, &columns(80));
    crate::sarif::assert_valid(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn deep_report_as_page() {
    let page = with_drafts(&deep_fixture::report(), Format::Html, None, &columns(80));
    insta::assert_snapshot!(crate::html::body(&page));
}

#[test]
fn drafts_are_listed_only_when_they_are_asked_for() {
    let report = deep_fixture::report();
    let (rejected, unverified, dropped) =
        ("Redirect to an address of the request", "Race between check and use", "Hard-coded password");
    for format in Format::ALL {
        let without = written(&report, format, Some(&project()), &columns(100));
        let with = with_drafts(&report, format, Some(&project()), &columns(100));
        // Of a draft that is a result, SARIF keeps the title with its rule.
        for title in [rejected, unverified, dropped] {
            assert!(with.contains(title), "{format}: {title} is missing");
            assert!(!without.contains(title), "{format}: {title} is there unasked");
        }
        let says_how = "Drafts not listed: 1 rejected by verifiers, 1 unverified, 2 dropped as not in the code";
        let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(folded(&without).contains(says_how), format != Format::Json, "{format}");
        assert!(!folded(&with).contains("Drafts not listed"), "{format}");
        // What no model saw is there in any case.
        for text in [&without, &with] {
            let last = deep_fixture::last_unseen();
            let is_long = matches!(format, Format::Json | Format::Html | Format::Sarif | Format::Markdown);
            assert_eq!(text.contains(&last), is_long, "{format}: {last}");
        }
    }
}

#[test]
fn votes_never_move_what_a_rule_found() {
    for state in [State::Rejected, State::Unverified] {
        let mut report = deep_fixture::report();
        for finding in &mut report.findings {
            (finding.origin, finding.state) = (Origin::Detector, state);
        }
        let count = report.findings.len();
        let log: Value = serde_json::from_str(&written(&report, Format::Sarif, None, &columns(80))).unwrap();
        assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(count), "{state}");
        let json: Value = serde_json::from_str(&written(&report, Format::Json, None, &columns(80))).unwrap();
        assert_eq!(json["findings"].as_array().map(Vec::len), Some(count), "{state}");
    }
}

#[test]
fn json_and_sarif_are_read_back() {
    let report = deep_fixture::report();
    let read = |text: String| read_report(text.as_bytes()).expect("our own report");
    assert_eq!(read(with_drafts(&report, Format::Json, None, &columns(80))), report);
    let plain = read(written(&report, Format::Json, None, &columns(80)));
    let open = report.findings.iter().filter(|finding| finding.state == State::Open).count();
    assert_eq!(plain.findings.len(), open);
    let of_log = read(with_drafts(&report, Format::Sarif, None, &columns(80)));
    assert_eq!(of_log.models, report.models);
    assert_eq!((&of_log.notes, &of_log.problems), (&report.notes, &report.problems));
    let voices = |report: &ScanReport| {
        let of_finding = |it: &codeproof_types::Finding| {
            (it.state, it.origin, it.votes, it.source_models.clone(), it.judgement.clone())
        };
        report.findings.iter().map(of_finding).collect::<Vec<_>>()
    };
    assert_eq!(voices(&of_log), voices(&report));
    // Without properties the kind of a result still tells that nobody could judge it.
    let mut log: Value = serde_json::from_str(&with_drafts(&report, Format::Sarif, None, &columns(80))).unwrap();
    for result in log["runs"][0]["results"].as_array_mut().unwrap() {
        result.as_object_mut().unwrap().remove("properties");
    }
    let states = |report: &ScanReport| report.findings.iter().map(|finding| finding.state).collect::<Vec<_>>();
    assert_eq!(states(&read(log.to_string())), states(&report));
    let plain = read(written(&report, Format::Sarif, None, &columns(80)));
    assert_eq!((plain.findings.len(), &plain.notes), (open, &report.notes));
}

#[test]
fn what_verifiers_could_not_judge_is_for_review_and_what_they_rejected_is_suppressed() {
    let text = with_drafts(&deep_fixture::report(), Format::Sarif, None, &columns(80));
    let log: Value = serde_json::from_str(&text).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let in_state = |state: &str| results.iter().find(|it| it["properties"]["state"] == state).unwrap();
    let unverified = in_state("unverified");
    assert_eq!((&unverified["kind"], &unverified["level"]), (&"review".into(), &"none".into()));
    assert!(unverified.get("suppressions").is_none());
    let rejected = &in_state("rejected")["suppressions"][0];
    assert_eq!((&rejected["kind"], &rejected["status"]), (&"external".into(), &"accepted".into()));
    assert!(rejected["justification"].as_str().unwrap().starts_with("rejected: 2 of 3 verifiers (66 %): reject"));
    let open = in_state("open");
    assert!(open.get("kind").is_none() && open["level"] == "error");
}

#[test]
fn a_paused_scan_says_how_to_go_on() {
    let mut report = deep_fixture::report();
    report.scan.status = ScanStatus::Paused;
    report.models.as_mut().unwrap().paused = Some("no model is left for the role verifier".to_owned());
    let text = written(&report, Format::Text, None, &columns(80));
    assert!(text.ends_with("\nGo on with: codeproof scan --resume 17\n"), "{text}");
    assert!(text.contains("  paused     no model is left for the role verifier\n"), "{text}");
    for format in [Format::Markdown, Format::Html] {
        let text = written(&report, format, None, &columns(80));
        assert!(text.contains("codeproof scan --resume 17"), "{text}");
    }
    assert!(!written(&deep_fixture::report(), Format::Text, None, &columns(80)).contains("--resume"));
}

#[test]
fn code_no_model_saw_is_not_called_clean() {
    let mut report = deep_fixture::report();
    report.findings.clear();
    let options = TextOptions { color: true, ..columns(120) };
    let text = written(&report, Format::Text, None, &options);
    let last = text.lines().last().unwrap();
    assert!(last.contains("No model saw 13 chunks of code.") && last.starts_with("\u{1b}[33m"), "{last:?}");
}

#[test]
fn no_line_about_models_is_wider_than_the_terminal() {
    for width in [40, 60, 79, 80, 100] {
        let text = with_drafts(&deep_fixture::report(), Format::Text, Some(&project()), &columns(width));
        for line in text.lines() {
            let columns = unicode_width::UnicodeWidthStr::width(line);
            assert!(columns <= width, "{columns} columns at width {width}: {line}");
        }
    }
}

/// The deep report with `text` for everything that models wrote.
fn said(text: &str) -> ScanReport {
    let mut report = deep_fixture::report();
    for finding in report.findings.iter_mut().filter(|finding| finding.origin != Origin::Detector) {
        (finding.title, finding.message, finding.remediation) = (text.to_owned(), text.to_owned(), text.to_owned());
    }
    for finding in &mut report.findings {
        finding.source_models = vec![text.to_owned(); finding.source_models.len()];
        for vote in finding.judgement.iter_mut().flat_map(|judgement| &mut judgement.votes) {
            (vote.voter, vote.reasoning, vote.attack_path) = (text.to_owned(), text.to_owned(), text.to_owned());
        }
    }
    let models = report.models.as_mut().expect("a deep report");
    models.profile = text.to_owned();
    models.paused = Some(text.to_owned());
    for of_model in &mut models.models {
        (of_model.model, of_model.role, of_model.out) = (text.to_owned(), text.to_owned(), Some(text.to_owned()));
    }
    for draft in &mut models.dropped {
        (draft.model, draft.title, draft.reason) = (text.to_owned(), text.to_owned(), text.to_owned());
    }
    for chunk in &mut models.unseen {
        chunk.reason = text.to_owned();
    }
    report
}

#[test]
fn what_a_model_writes_cannot_steer_a_terminal_or_a_viewer() {
    let report = said("a\u{1b}[2J\u{1b}]8;;https://x.example\u{7}b\u{202e}c\r\nd\u{2028}\u{9b}31m [l](javascript:0)");
    for format in Format::ALL {
        let text = with_drafts(&report, format, None, &columns(80));
        assert_eq!(visible(&text), text, "{format}");
        if format == Format::Sarif {
            crate::sarif::assert_valid(&text);
            let log: Value = serde_json::from_str(&text).unwrap();
            for result in log["runs"][0]["results"].as_array().unwrap() {
                assert!(!result["message"]["text"].as_str().unwrap().contains("]("), "{result}");
            }
        }
    }
}

#[test]
fn what_a_model_writes_never_becomes_markup() {
    let attacks = [
        "</summary></details></script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "{{ script|safe }}{% raw %}<!--",
    ];
    for attack in attacks {
        let tags = |text: &str| {
            crate::html::tags(&crate::html::body(&with_drafts(&said(text), Format::Html, None, &columns(80))))
        };
        assert_eq!(tags(attack), tags(&"x".repeat(attack.chars().count())), "{attack}");
    }
}

#[test]
fn what_a_model_writes_is_no_markdown() {
    let attack =
        "x\n\n# owned ![i](https://evil.example/a.png) <img src=x> @everyone #1 [l](javascript:0) | a |\n```\n````";
    let text = with_drafts(&said(attack), Format::Markdown, None, &columns(80));
    crate::markdown::assert_all_harmless(&text);
    // A cell of the table of models stays one cell.
    let row = text.lines().find(|line| line.contains("| 1,204 |")).unwrap();
    assert_eq!(row.replace("\\|", "").matches('|').count(), 9, "{row}");
}

#[test]
fn what_a_model_writes_is_cut() {
    let (some, many) = (said(&"word ".repeat(600)), said(&"word ".repeat(1_200)));
    for format in [Format::Text, Format::Markdown, Format::Html] {
        let bytes = |report: &ScanReport| {
            let mut report = report.clone();
            // The texts of a finding are cut where it is made.
            for finding in &mut report.findings {
                (finding.title, finding.message, finding.remediation) = (String::new(), String::new(), String::new());
            }
            with_drafts(&report, format, None, &columns(80)).len()
        };
        assert_eq!(bytes(&some), bytes(&many), "{format}");
    }
    let report = many;
    let log: Value = serde_json::from_str(&with_drafts(&report, Format::Sarif, None, &columns(80))).unwrap();
    let votes = &log["runs"][0]["results"][0]["properties"]["judgement"]["votes"];
    assert!(votes[0]["reasoning"].as_str().unwrap().chars().count() <= 1_000);
}
