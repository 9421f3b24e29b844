//! Laws that hold for every report, however odd: nothing panics, nothing hidden gets out.

use codeproof_report::{Format, RenderOptions, TextOptions};
use codeproof_types::{Finding, Severity, State, Tier, visible};
use proptest::prelude::*;

use crate::{deep_fixture, fixture, rendered};

/// A finding of the fixture with its numbers and texts replaced.
fn odd_finding() -> impl Strategy<Value = Finding> {
    let number = || prop_oneof![0_u32..12, Just(u32::MAX), 0_u32..6000];
    let text = || "(a|`|\\[|\\]|<|\\||\n|\r|\t|\u{1b}|\u{202e}|漢|e\u{301}| |\u{85}|%){0,40}";
    let places = (0_usize..15, number(), number(), proptest::option::of(number()), proptest::option::of(number()));
    (places, text(), text(), text(), 0_usize..5, 0_usize..5).prop_map(
        |((which, first_line, last_line, first_column, last_column), quote, title, message, state, severity)| {
            let mut all = fixture::report().findings;
            all.extend(deep_fixture::report().findings);
            let mut finding = all.swap_remove(which);
            finding.location.first_line = first_line;
            finding.location.last_line = last_line;
            finding.location.first_column = first_column;
            finding.location.last_column = last_column;
            for evidence in &mut finding.evidence {
                evidence.location = finding.location.clone();
                evidence.quote.clone_from(&quote);
                evidence.note.clone_from(&message);
            }
            (finding.title, finding.message, finding.remediation) = (title, message.clone(), message);
            finding.state = State::ALL[state];
            finding.severity = Severity::ALL[severity];
            finding.tier = Tier::Weakness;
            finding
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_report_panics_or_leaks_hidden_characters(
        findings in proptest::collection::vec(odd_finding(), 0..4),
        width in 0_usize..200,
        with_snippets in any::<bool>(),
        with_drafts in any::<bool>(),
        with_models in any::<bool>(),
    ) {
        let mut report = fixture::report();
        report.findings = findings;
        report.models = deep_fixture::report().models.filter(|_| with_models);
        let project = fixture::project();
        let options = TextOptions { width, ..TextOptions::default() };
        for format in Format::ALL {
            let snippets = with_snippets.then_some(&project as &dyn codeproof_types::Snippets);
            let text = rendered(&report, format, snippets, RenderOptions { text: options, with_drafts });
            prop_assert_eq!(visible(&text), text.as_str());
            match format {
                Format::Text => {
                    for line in text.lines() {
                        let columns: usize = line.chars().filter_map(unicode_width::UnicodeWidthChar::width).sum();
                        // A place is never broken: alone on its line, with ten-digit numbers, it may be wider.
                        let is_place = line.trim_start().contains(":4294967295") && !line.trim_start().contains("  ");
                        prop_assert!(is_place || columns <= width.clamp(40, 160), "{} columns: {}", columns, line);
                    }
                }
                Format::Sarif => crate::sarif::assert_valid(&text),
                Format::Json | Format::Markdown | Format::Html => {}
            }
        }
    }
}
