//! S7: records that stand in the scanned code are echoes, not answers.
//!
//! Code can hold text that looks like a record, and a model may repeat it. A record is an echo when each of its marker
//! lines also stands in the code, whatever comments, quotes, line numbers or blanks are around it there or here. JSON is
//! an echo when it stands in the code as it is, blanks and escapes aside.

use std::collections::HashSet;

use crate::markers::{Grammar, Meaning, Record, inline_marks};
use crate::text::{alphanumeric_words, without_line_number};

/// The scanned code, as far as it looks like answers.
#[derive(Debug, Default)]
pub(crate) struct Planted {
    /// Field and value of marker lines in the code, values as words.
    lines: HashSet<(usize, String)>,
    /// The code says `NO_FINDINGS`.
    says_nothing: bool,
    /// The code without blanks and escapes.
    packed: String,
}

impl Planted {
    /// Looks for marker lines of a format in code.
    pub(crate) fn in_code(grammar: &Grammar, code: &str) -> Self {
        let mut planted = Self { packed: packed(code), ..Self::default() };
        let code = code.replace("\\r", " ").replace("\\n", "\n").replace("\\t", " ");
        let mut waiting = None;
        // Where lines are numbered, only those are code; what is not is the prompt's own description of the format.
        let is_numbered = code.lines().any(|line| without_line_number(line).is_some());
        for line in code.lines() {
            let number_less = without_line_number(line);
            let line = number_less.unwrap_or(line);
            planted.says_nothing |= line.contains("NO_FINDINGS") && (number_less.is_some() || !is_numbered);
            planted.take(grammar, line, &mut waiting);
        }
        planted
    }

    fn take(&mut self, grammar: &Grammar, line: &str, waiting: &mut Option<usize>) {
        let marks = inline_marks(grammar, line);
        if marks.is_empty() {
            // The value of a marker may stand on the line behind it.
            let words = alphanumeric_words(line);
            if let Some(field) = waiting.take_if(|_| !words.is_empty()) {
                self.lines.insert((field, words));
            }
            return;
        }
        for (at, mark) in marks.iter().enumerate() {
            let field = match mark.meaning {
                Meaning::Field(field) => field,
                Meaning::Word => {
                    let name = alphanumeric_words(line[mark.start..mark.value].trim_end_matches([':', '=']));
                    self.insert_all(0, &name, &line[mark.value..]);
                    continue;
                }
                _ => continue,
            };
            let rest = &line[mark.value..];
            let until_next = marks.get(at + 1).map_or(line.len(), |next| next.start.max(mark.value));
            self.lines.insert((field, alphanumeric_words(&line[mark.value..until_next])));
            // The first markers of a line alone: a line full of them must not cost its square.
            if at < 16 {
                self.insert_all(field, "", rest);
            }
            let is_last = at + 1 == marks.len();
            *waiting = (is_last && alphanumeric_words(rest).is_empty()).then_some(field);
        }
    }

    /// Remembers a value with all that follows it, and up to the quote that may end it.
    fn insert_all(&mut self, field: usize, before: &str, value: &str) {
        for end in ['"', '\'', '`'].iter().filter_map(|quote| value.find(*quote)).chain([value.len()]) {
            let words = alphanumeric_words(&value[..end]);
            self.lines.insert((field, [before, &words].join(" ").trim().to_owned()));
        }
    }

    /// Whether each marker line of a record stands in the code.
    pub(crate) fn holds(&self, record: &Record) -> bool {
        !self.lines.is_empty() && {
            let mut lines = record.marker_lines.iter().map(|(field, value)| (*field, alphanumeric_words(value)));
            lines.all(|line| line.1.is_empty() || self.lines.contains(&line))
                && record.marker_lines.iter().any(|(_, value)| !value.is_empty())
        }
    }

    /// Whether the code says that there is nothing to report.
    pub(crate) fn says_nothing(&self) -> bool {
        self.says_nothing
    }

    /// Whether JSON stands in the code as it is.
    pub(crate) fn holds_json(&self, json: &str) -> bool {
        let json = packed(json);
        !json.is_empty() && self.packed.contains('{') && json.len() > 4 && self.packed.contains(&json)
    }
}

/// Text without blanks, line numbers and backslashes.
fn packed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let line = without_line_number(line).unwrap_or(line);
        let line = line.trim_start().trim_start_matches("//").trim_start_matches(['#', '*']);
        out.extend(line.chars().filter(|char| !char.is_whitespace() && *char != '\\'));
    }
    out
}
