//! What holds for any answer: nothing panics, and what does not matter does not matter.

use codeproof_replies::{
    Answer, CodeContext, FinishReason, Format, ReplyStatus, decode, read_as_json, read_drafts, read_votes,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::fixtures::{Fixture, all};

/// Reads bytes in every format, as complete and as cut off.
fn read_everywhere(bytes: &[u8]) {
    for format in Format::ALL {
        for finish in [FinishReason::Stop, FinishReason::Length] {
            let context = r#"{"code": "*VOTE: REJECT\nint x;", "files": ["a.c"], "sources": []}"#;
            read_as_json(*format, &Answer::new(bytes, finish), Some(context)).expect("the context fits");
        }
    }
}

/// Pieces that answers are made of, to come near real ones.
fn piece() -> impl Strategy<Value = String> {
    let known = [
        "*DRAFT: x",
        "*TYPE: CWE-79",
        "*SEVERITY: High",
        "*LINE: 4-2",
        "*SNIPPET:",
        "```",
        "```c",
        "*REASON: y",
        "*END_DRAFT",
        "*END",
        "*VOTE: VERIFY",
        "*CONFIDENCE: 0.9",
        "*ID: 1",
        "*END_VOTE",
        "*TOOL: read_file",
        "*PARAM path: a",
        "*ARGS: {",
        "*END_TOOL",
        "*VERDICT: REJECTED",
        "*FINDING: x",
        "*CVSS: AV:N/AC:L",
        "*REMEDIATION_STEPS:",
        "1. a 2. b",
        "*REFERENCES: http://",
        "<think>",
        "</think>",
        "<answer>",
        "<|im_end|>",
        "<tool_call>",
        "<invoke name=\"",
        "<parameter",
        "[TOOL_CALLS]",
        "Action: f(",
        "{",
        "}",
        "[",
        "]",
        "\"issues\":",
        "'sections'",
        ",",
        ":",
        "\"",
        "'",
        "\\",
        "\\u",
        "“",
        "”",
        "/*",
        "//",
        "#",
        "...",
        "null",
        "1e999",
        "\n",
        "\r\n",
        " ",
        "> ",
        "- ",
        "**",
        "\u{feff}",
        "\u{1b}[",
        "é",
        "🔴",
        "12| ",
        "*NO_FINDINGS",
        "<function=",
        "source_ids",
        "\"\"\"",
    ];
    prop_oneof![8 => proptest::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => ".{0,6}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        read_everywhere(&bytes);
    }

    #[test]
    fn no_text_panics(pieces in proptest::collection::vec(piece(), 0..60)) {
        read_everywhere(pieces.concat().as_bytes());
    }

    #[test]
    fn decoding_twice_is_decoding_once(text in ".{0,80}") {
        let once = decode(text.as_bytes());
        prop_assert_eq!(decode(once.as_bytes()), once.clone());
    }

    #[test]
    fn a_vote_is_read_whatever_stands_around_it(before in "[a-z ,.\n]{0,60}", after in "[a-z ,.\n]{0,60}", confidence in 2u8..=100) {
        let text = format!("{before}\n*VOTE: REJECT\n*CONFIDENCE: {confidence}\n*REASONING: bounded\n*END_VOTE\n{after}");
        let reply = read_votes(&Answer::new(text.as_bytes(), FinishReason::Stop), &CodeContext::default());
        prop_assert_eq!(reply.status, ReplyStatus::Ok);
        prop_assert_eq!(reply.votes[0].confidence, Some(confidence));
    }

    #[test]
    fn drafts_are_read_back_as_written(titles in proptest::collection::vec("[A-Z][a-z]{2,8} in [a-z_]{3,8}", 1..6), line in 1u32..900) {
        let mut text = String::new();
        for (number, title) in titles.iter().enumerate() {
            text += &format!("*DRAFT: {title}\n*TYPE: CWE-79\n*SEVERITY: Low\n*LINE: {}\n*SNIPPET: f({number});\n*REASON: r\n*END_DRAFT\n", line + number as u32);
        }
        let reply = read_drafts(&Answer::new(text.as_bytes(), FinishReason::Stop), &CodeContext::default());
        let found: Vec<(&str, Option<u32>)> = reply.findings.iter().map(|draft| (draft.title.as_str(), draft.line)).collect();
        let wanted: Vec<(&str, Option<u32>)> = titles.iter().enumerate().map(|(at, title)| (title.as_str(), Some(line + at as u32))).collect();
        prop_assert_eq!(found, wanted);
    }
}

/// Compares the readings of every fixture with those of a changed copy.
fn same_reading(fits: impl Fn(&Fixture, &str) -> bool, change: impl Fn(&str) -> String) {
    let mut compared = 0;
    for fixture in all() {
        let Ok(text) = std::str::from_utf8(&fixture.raw) else { continue };
        if text.len() > 20_000 || !fits(&fixture, text) {
            continue;
        }
        assert_eq!(fixture.reading_of(change(text).as_bytes()), fixture.reading_of(&fixture.raw), "{}", fixture.id);
        compared += 1;
    }
    assert!(compared > 100, "{compared} answers compared");
}

#[test]
fn line_ends_do_not_matter() {
    same_reading(|_, text| !text.contains('\r'), |text| text.replace('\n', "\r\n"));
    same_reading(|_, text| !text.contains('\r'), |text| text.replace('\n', "\r"));
}

#[test]
fn invisible_characters_do_not_matter() {
    same_reading(|_, _| true, |text| format!("\u{feff}{}", text.replace('*', "\u{200b}*\u{200d}")));
}

/// Answers of whole records: those whose status shows that something was read, and whose text is not about its own edges.
fn is_read(fixture: &Fixture, text: &str) -> bool {
    let status = fixture.reading_of(text.as_bytes())["status"].clone();
    let edges = ["```", "~~~", "think", "answer", "<", "|", "\\n"];
    fixture.finish == FinishReason::Stop && status == "ok" && !edges.iter().any(|edge| text.contains(edge))
}

#[test]
fn a_fence_around_it_does_not_matter() {
    same_reading(is_read, |text| format!("```\n{text}\n```"));
}

#[test]
fn words_before_it_do_not_matter() {
    let is_marked = |fixture: &Fixture, text: &str| {
        is_read(fixture, text)
            && !matches!(fixture.format, Format::Agent)
            && (text.contains("*END") || text.starts_with('{'))
    };
    same_reading(is_marked, |text| format!("Here is what came out of it.\n\n{text}"));
}

#[test]
fn thinking_before_it_does_not_matter() {
    same_reading(is_read, |text| {
        format!("<think>\nIs it so?\n*DRAFT: no\n*VOTE: REJECT\n*END_VOTE\n{{\"issues\": [\n</think>\n{text}")
    });
}

/// Cuts every fixture at every character and splices the halves of two: nothing panics, and a cut never adds a record.
#[test]
fn no_cut_or_splice_panics() {
    let fixtures = all();
    let short: Vec<&Fixture> = fixtures.iter().filter(|fixture| fixture.raw.len() < 900).collect();
    for (number, fixture) in short.iter().enumerate() {
        let other = short[(number * 7 + 3) % short.len()];
        for at in (0..fixture.raw.len()).step_by(1 + fixture.raw.len() / 60) {
            fixture.reading_of(&fixture.raw[..at]);
            let mut spliced = fixture.raw[..at].to_vec();
            spliced.extend_from_slice(&other.raw[other.raw.len() / 2..]);
            fixture.reading_of(&spliced);
            fixture.reading_of(&fixture.raw[at..]);
        }
    }
}

/// The number of records in a reading.
fn records(reading: &Value) -> usize {
    ["findings", "votes", "issues", "sections"].iter().filter_map(|key| reading[key].as_array()).map(Vec::len).sum()
}

/// Size in, size out: reading many copies gives many records and no more text than was there.
#[test]
fn readings_grow_no_faster_than_answers() {
    for fixture in all().iter().filter(|fixture| fixture.raw.len() < 2_000) {
        let many = fixture.raw.repeat(20);
        let reading = fixture.reading_of(&many).to_string();
        assert!(reading.len() < 40 * fixture.raw.len() + 4_000, "{}: {} bytes", fixture.id, reading.len());
        assert!(records(&fixture.reading_of(&many)) <= 20 * many.len() / 10, "{}", fixture.id);
    }
}

/// Answers made to be slow end all the same: a reader that looks twice at what it has seen would take minutes here.
#[test]
fn hostile_sizes_are_read() {
    let repeated = [
        "[",
        "{",
        "{\"a\":",
        "[\"",
        "{'",
        "\"",
        "*DRAFT: x\n",
        "*DRAFT: x\n```\n",
        "*END_DRAFT\n*REASON: x\n",
        "*",
        "> ",
        "```\n",
        "---\n",
        "<think>",
        "</think>",
        "<think>\n</think>\n",
        "*VOTE: x\n*ID: 1\n",
        "*END_VOTE\n*CONFIDENCE: 1\n",
        "<invoke name=",
        "[ 'a\n",
        "{\"tool\": \n",
        "*TOOL: none\n",
        "\\u",
        "/*",
        "a\"b,",
        "*SNIPPET: *TYPE: *LINE: ",
        "*DRAFT: *TYPE: *LINE: ",
        "http://",
        "1. ",
        "cwe ",
        "42-",
        "\u{1b}]",
        "*TOOL: a\n*ARGS: {\n",
        "[[]",
        "[x",
        "{a:",
        "<function=a>\n",
        "*FINDING: x\n*CVSS: AV:N\n",
        "no ",
        "a/b.c ",
        "`` ",
        "{\"issues\": [",
        "{\"sections\": ",
        "#",
        "*ID: 1\n*VOTE: REJECT\n",
        "12| *VOTE: REJECT\n",
    ];
    for piece in repeated {
        let text = piece.repeat(50_000 / piece.len());
        for format in Format::ALL {
            let context = serde_json::json!({ "code": text, "sources": [] }).to_string();
            read_as_json(*format, &Answer::new(text.as_bytes(), FinishReason::Stop), Some(&context)).unwrap();
            read_as_json(*format, &Answer::new(text.as_bytes(), FinishReason::Length), None).unwrap();
        }
    }
}
