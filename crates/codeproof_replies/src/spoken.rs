//! The steps all formats share: tokens, thinking, records, echoes.

use crate::echo::Planted;
use crate::json::{Found, find};
use crate::markers::{Grammar, Record, first_line, read};
use crate::text::{Answer, Edge, Spoken, without_thinking, without_tokens};

/// The records of an answer that count.
#[derive(Debug)]
pub(crate) struct Marked {
    pub(crate) records: Vec<Record>,
    /// Some were left out because they repeat the scanned code or are quoted.
    pub(crate) echoed: bool,
    /// The answer says that there is nothing to report.
    pub(crate) says_nothing: bool,
    /// The text without thinking.
    pub(crate) text: String,
    /// The thinking was never closed.
    pub(crate) unclosed: bool,
}

/// Reads the records of an answer; those behind unclosed thinking count only with their END.
pub(crate) fn marked(answer: &Answer, grammar: &Grammar, planted: &Planted) -> Marked {
    let text = without_tokens(answer.text());
    let Spoken { text, unclosed_from } = without_thinking(&text, |line| grammar.edge(line));
    let text = with_real_lines(&text).unwrap_or(text);
    let read_text = read(grammar, &text, answer.is_cut());
    let counts = |record: &Record| record.complete || unclosed_from.is_none_or(|from| record.first_line < from);
    let count = read_text.records.iter().filter(|record| counts(record)).count();
    let records: Vec<Record> =
        read_text.records.into_iter().filter(counts).filter(|record| !planted.holds(record)).collect();
    let echoed = records.len() < count || (read_text.says_nothing && planted.says_nothing());
    let last_word = unclosed_from.is_none() || says_nothing_last(&text);
    let says_nothing = read_text.says_nothing && !planted.says_nothing() && last_word;
    Marked { records, echoed, says_nothing, text, unclosed: unclosed_from.is_some() }
}

/// Whether the last line is the `NO_FINDINGS` marker.
fn says_nothing_last(text: &str) -> bool {
    let last = text.trim_end().rsplit('\n').next().unwrap_or_default();
    first_line(last).to_ascii_uppercase().contains("NO_FINDINGS")
}

/// The text of an answer that came as one line with `\n` written out, not one in JSON.
fn with_real_lines(text: &str) -> Option<String> {
    let text = text.trim();
    if text.contains('\n') || text.starts_with(['{', '[']) || text.matches("\\n").nth(1).is_none() {
        return None;
    }
    Some(text.trim_matches('"').replace("\\n", "\n").replace("\\t", "\t").replace("\\\"", "\""))
}

/// The JSON values of an answer and its text without thinking.
pub(crate) fn json(answer: &Answer) -> (String, Vec<Found>) {
    let text = without_tokens(answer.text());
    let edge = |line: &str| match line.trim_start().starts_with(['{', '[']) {
        true => Edge::Start,
        false => Edge::None,
    };
    let Spoken { text, unclosed_from } = without_thinking(&text, edge);
    let mut found = find(&text, answer.is_cut());
    if unclosed_from.is_some() {
        found.retain(|found| !found.cut);
    }
    (text, found)
}
