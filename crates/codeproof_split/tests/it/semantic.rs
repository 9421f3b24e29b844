//! A model's proposals: asked for, read tolerantly, believed only where code is.

use codeproof_split::semantic::{Proposal, proposals, request};
use codeproof_split::{BoundaryType, Options, Source, split};

const TEXT: &str = "\
from vendor import bars
import pandas as pd
def chosen(df):
    return df[df['close'] >= df['open'] * 1.05]
def mean(series):
    return series.rolling(5).mean()
";

fn split_with(proposals: &[Proposal]) -> Vec<(String, BoundaryType)> {
    let split = split(&Source::new("scans.py", TEXT), &Options { proposals, ..Options::default() });
    split.scanners.iter().map(|known| (known.boundary.name.clone(), known.boundary.boundary_type)).collect()
}

#[test]
fn the_question_shows_the_file_with_its_lines() {
    let prompt = request(&Source::new("scans.py", TEXT));
    assert!(prompt.contains("    3 def chosen(df):\n"));
    assert!(prompt.contains("\"segments\""));
}

#[test]
fn answers_are_read_tolerantly() {
    let reply = "Here you are:\n```json\n{\"segments\": [\n\
        {\"name\": \"chosen\", \"start_line\": \"3\", \"end_line\": 4.0, \"confidence\": \"85%\", \"patterns\": [\"gap\", 3]},\n\
        {\"name\": \"backwards\", \"start_line\": 9, \"end_line\": 2},\n\
        {\"name\": \"no lines\"}, 7]}\n```\nDone.";
    let found = proposals(reply);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].name.as_str(), found[0].start_line, found[0].end_line), ("chosen", 3, 4));
    assert!((found[0].confidence - 0.85).abs() < 1e-9);
    assert_eq!(found[0].patterns, ["gap"]);
    assert_eq!(proposals(r#"[{"name": "a", "start_line": 1, "end_line": 1}]"#).len(), 1);
}

#[test]
fn what_is_no_answer_gives_nothing() {
    for reply in ["", "no scanners", "{", "[[[[", "{\"segments\": 5}", "{\"segments\": []}", "\u{7f}\u{fffd}{]"] {
        assert_eq!(proposals(reply), [], "{reply}");
    }
    assert_eq!(proposals(&"{\"a\":".repeat(10_000)), []);
}

#[test]
fn a_proposal_tips_the_scales_where_code_is_a_candidate_and_nowhere_else() {
    let at = |start_line, end_line| Proposal {
        name: "x".to_owned(),
        start_line,
        end_line,
        confidence: 0.9,
        reasoning: String::new(),
        patterns: Vec::new(),
    };
    assert_eq!(split_with(&[]), []);
    assert_eq!(split_with(&[at(3, 4)]), [("chosen".to_owned(), BoundaryType::SemanticBased)]);
    assert_eq!(split_with(&[at(5, 6), at(1, 2), at(400, 900)]), []);
}
