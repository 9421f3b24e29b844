//! Terminal text: snapshots at several widths, and what must not be said wrongly.

use codeproof_report::{Format, TextOptions};
use codeproof_types::{ScanStatus, ScanSummary};

use crate::{columns, fixture, written};

#[test]
fn report_at_80_columns() {
    insta::assert_snapshot!(written(&fixture::report(), Format::Text, Some(&fixture::project()), &columns(80)));
}

#[test]
fn report_at_60_columns() {
    insta::assert_snapshot!(written(&fixture::report(), Format::Text, Some(&fixture::project()), &columns(60)));
}

#[test]
fn report_at_120_columns() {
    insta::assert_snapshot!(written(&fixture::report(), Format::Text, Some(&fixture::project()), &columns(120)));
}

#[test]
fn report_in_color() {
    let options = TextOptions { color: true, ..columns(80) };
    let text = written(&fixture::report(), Format::Text, Some(&fixture::project()), &options);
    insta::assert_snapshot!(text.replace('\u{1b}', "␛"));
    // Colour adds codes and changes nothing else.
    let mut pieces = text.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    plain.extend(pieces.map(|piece| piece.split_once('m').map_or(piece, |(_, rest)| rest)));
    assert_eq!(plain, written(&fixture::report(), Format::Text, Some(&fixture::project()), &columns(80)));
}

#[test]
fn verbose_report_lists_everything() {
    let options = TextOptions { verbose: true, ..columns(80) };
    let text = written(&fixture::report(), Format::Text, Some(&fixture::project()), &options);
    for path in ["img/a.png", "img/e.png"] {
        assert!(text.contains(path), "{path} is missing in\n{text}");
    }
    assert!(!text.contains("as at line"), "{text}");
}

#[test]
fn nothing_found_says_what_was_looked_at() {
    insta::assert_snapshot!(written(&fixture::empty_report(), Format::Text, None, &columns(80)));
}

#[test]
fn the_commit_of_a_repository_is_told_once_in_every_format() {
    let mut report = fixture::report();
    report.scan.target = "https://example.org/shop.git".to_owned();
    report.scan.commit = Some("0123456789abcdef0123456789abcdef01234567".to_owned());
    for format in [Format::Text, Format::Json, Format::Sarif, Format::Markdown, Format::Html] {
        let text = written(&report, format, Some(&fixture::project()), &columns(100));
        assert_eq!(text.matches("0123456789abcdef0123456789abcdef01234567").count(), 1, "{format:?}:\n{text}");
    }
}

#[test]
fn nothing_looked_at_is_not_called_clean() {
    let mut report = fixture::empty_report();
    report.summary = ScanSummary::default();
    let text = written(&report, Format::Text, None, &columns(80));
    assert!(text.contains("\nNothing was looked at"), "{text}");
    report.summary.files = 3;
    report.scan.status = ScanStatus::Interrupted;
    let text = written(&report, Format::Text, None, &columns(120));
    assert!(text.contains("The scan was interrupted: the rest was not looked at."), "{text}");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [40, 60, 80, 100] {
        let text = written(&fixture::report(), Format::Text, Some(&fixture::project()), &columns(width));
        for line in text.lines() {
            let columns = unicode_width::UnicodeWidthStr::width(line);
            assert!(columns <= width, "{columns} columns at width {width}: {line}");
        }
    }
}
