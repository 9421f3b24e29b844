//! The public JSON.

use codeproof_report::Format;
use codeproof_types::{ScanReport, visible};

use crate::{columns, fixture, with_drafts, written};

#[test]
fn report_is_the_types_with_a_version() {
    let report = fixture::report();
    let text = with_drafts(&report, Format::Json, None, &columns(80));
    insta::assert_snapshot!(text);
    assert!(text.starts_with("{\n  \"format_version\": \"1\",\n  \"scan\": {") && text.ends_with("}\n"));
    assert_eq!(serde_json::from_str::<ScanReport>(&text).unwrap(), report);
}

#[test]
fn hidden_characters_stay_hidden() {
    let mut report = fixture::report();
    report.findings[0].evidence[0].quote = "a\u{202e}b\u{1b}[31m".to_owned();
    report.findings[0].location.path = fixture::path("a\u{202e}b");
    let text = written(&report, Format::Json, None, &columns(80));
    assert_eq!(visible(&text), text);
    let read: ScanReport = serde_json::from_str(&text).unwrap();
    assert_eq!(read.findings[0].evidence[0].quote, "a\u{fffd}b\u{fffd}[31m");
    assert_eq!(read.findings[0].location.path, report.findings[0].location.path);
}
