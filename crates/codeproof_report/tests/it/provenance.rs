//! The way of a finding, as `codeproof show` tells it.

use codeproof_report::{ChunkPlace, ModelCall, Provenance, render_finding, render_provenance};
use codeproof_types::{FindingId, visible};

use crate::{columns, deep_fixture, fixture};

fn call(model: &str, purpose: &str, cost_nano_usd: Option<u64>) -> ModelCall {
    ModelCall {
        model: model.to_owned(),
        purpose: purpose.to_owned(),
        input_tokens: 4_210,
        output_tokens: 312,
        estimated: cost_nano_usd.is_some(),
        cost_nano_usd,
        latency_ms: 2_310,
        attempts: 2,
        outcome: "answered".to_owned(),
        parse_status: Some("ok".to_owned()),
        error: None,
    }
}

fn shown(way: &Provenance<'_>, width: usize) -> String {
    let mut out = Vec::new();
    render_provenance(way, &columns(width), &mut out).expect("a Vec takes every write");
    String::from_utf8(out).expect("text is UTF-8")
}

#[test]
fn a_draft_is_followed_back_to_its_chunk() {
    let report = deep_fixture::report();
    let finding = report.findings.iter().find(|finding| finding.rule_id == "draft-cwe-89").unwrap();
    let drafts = deep_fixture::model_drafts();
    let chunk = ChunkPlace {
        id: 3,
        path: fixture::path("src/views.py"),
        first_line: 1,
        last_line: 9,
        symbol: Some("search".to_owned()),
        status: "seen".to_owned(),
    };
    let failed = ModelCall {
        outcome: "failed".to_owned(),
        parse_status: None,
        error: Some("the server answered 503 Service Unavailable".to_owned()),
        ..call("llama", "verify", Some(0))
    };
    let calls = [call("qwen-coder", "draft", None), call("mistral", "verify", Some(12_345_678)), failed];
    let way = Provenance {
        finding: FindingId(32),
        verified: Some(12),
        judgement: finding.judgement.as_ref(),
        draft: 41,
        drafts: &drafts,
        chunk: Some(&chunk),
        calls: &calls,
    };
    let mut text = Vec::new();
    render_finding(finding, &report.scan, Some(&fixture::project()), &columns(80), &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    insta::assert_snapshot!(format!("{text}\n{}=====\n{}", shown(&way, 80), shown(&way, 40)));
    for line in shown(&way, 40).lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 40, "{line}");
    }
}

#[test]
fn what_a_rule_alone_found_has_no_models_on_its_way() {
    let way = Provenance {
        finding: FindingId(5),
        verified: None,
        judgement: None,
        draft: 5,
        drafts: &[],
        chunk: None,
        calls: &[],
    };
    let text = shown(&way, 80);
    assert!(text.contains("  draft        #5 · a rule found it, without a model\n"), "{text}");
}

#[test]
fn answers_of_an_earlier_scan_are_not_called_again() {
    let drafts = deep_fixture::model_drafts();
    let way = Provenance {
        finding: FindingId(5),
        verified: None,
        judgement: None,
        draft: 5,
        drafts: &drafts,
        chunk: None,
        calls: &[],
    };
    assert!(shown(&way, 80).ends_with("  calls        none in this scan: the answers were known from earlier ones\n"));
}

#[test]
fn hostile_texts_stay_texts() {
    let attack = format!("\u{1b}[2J\u{202e}{}\r\n", "x".repeat(100_000));
    let mut drafts = deep_fixture::model_drafts();
    for draft in &mut drafts {
        (draft.model, draft.analyzer) = (attack.clone(), attack.clone());
        (draft.title, draft.reason) = (attack.clone(), attack.clone());
    }
    let mut call = call(&attack, &attack, None);
    call.parse_status = Some(attack.clone());
    call.error = Some(attack);
    let way = Provenance {
        finding: FindingId(5),
        verified: None,
        judgement: None,
        draft: 1,
        drafts: &drafts,
        chunk: None,
        calls: std::slice::from_ref(&call),
    };
    let text = shown(&way, 80);
    assert_eq!(visible(&text), text);
    assert!(text.len() < 8_000, "{} bytes", text.len());
}
