//! Markers in the middle of a line: records on one line, an END behind a value, and text planted in code.

use super::grammar::{Grammar, Meaning};
use super::line::normal_form;

/// A marker found in the middle of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InlineMark {
    /// Byte of the first asterisk, or of the name.
    pub(crate) start: usize,
    /// Byte behind the separator.
    pub(crate) value: usize,
    pub(crate) meaning: Meaning,
    /// An asterisk or a pipe stands before it.
    pub(crate) set_off: bool,
}

/// Every known name in `line` that a colon or an equals sign follows (an END needs none), in order.
pub(crate) fn inline_marks(grammar: &Grammar, line: &str) -> Vec<InlineMark> {
    let mut marks = Vec::new();
    let bytes = line.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let starts_word = bytes[at].is_ascii_alphabetic() && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric());
        if !starts_word {
            at += 1;
            continue;
        }
        let word = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        let end = at + word.count();
        if let Some(mark) = mark_at(grammar, line, at, end) {
            marks.push(mark);
        }
        at = end;
    }
    marks
}

fn mark_at(grammar: &Grammar, line: &str, at: usize, end: usize) -> Option<InlineMark> {
    if end - at > 40 {
        return None;
    }
    let meaning = grammar.meaning(&normal_form(&line[at..end]));
    let rest = &line[end..];
    let value = match (meaning, separator_bytes(rest)) {
        (Meaning::Text, _) => return None,
        (Meaning::End, separator) => end + separator.unwrap_or(0),
        (_, separator) => end + separator?,
    };
    let before = line[..at].trim_end_matches('*');
    let starred = before.len() < at;
    let start = if starred { before.trim_end_matches('\\').len() } else { at };
    let set_off = starred || before.trim_end().ends_with('|');
    Some(InlineMark { start, value, meaning, set_off })
}

/// The bytes of decorations and separator behind a name.
fn separator_bytes(rest: &str) -> Option<usize> {
    let stripped = rest.trim_start_matches(['*', '`']).trim_start_matches(' ');
    let after = stripped.strip_prefix([':', '='])?;
    if after.starts_with([':', '=']) {
        return None;
    }
    Some(rest.len() - after.trim_start_matches('*').len())
}

/// Takes a record that was written on one line apart; any other line stays whole.
///
/// One line is a record when two more of its fields are set off in it by an asterisk or a pipe.
pub(crate) fn pieces<'t>(grammar: &Grammar, line: &'t str) -> Vec<&'t str> {
    let marks: Vec<InlineMark> = inline_marks(grammar, line)
        .into_iter()
        .filter(|mark| mark.set_off || mark.start == line.len() - line.trim_start().len())
        .filter(|mark| {
            line[..mark.start].ends_with([' ', '|', '\t', '`', '-', '.', ';']) || line[..mark.start].trim().is_empty()
        })
        .collect();
    let mut seen = Vec::new();
    let mut most = 0;
    let mut cuts = vec![0];
    for mark in &marks {
        match mark.meaning {
            Meaning::Field(field) if !seen.contains(&field) => {
                seen.push(field);
                most = most.max(seen.len());
                cuts.push(mark.start);
            }
            Meaning::End => {
                seen.clear();
                cuts.push(mark.start);
            }
            _ => {}
        }
    }
    if most < 3 {
        return vec![line];
    }
    cuts.push(line.len());
    cuts.windows(2)
        .map(|cut| line[cut[0]..cut[1]].trim().trim_end_matches('|').trim_end())
        .filter(|piece| !piece.is_empty())
        .collect()
}
