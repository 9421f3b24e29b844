//! Line numbers as models give them.

use serde_json::Value;

/// Larger numbers are no line of a source file.
const MAX_LINE: u64 = 1_000_000;

/// Lines, 1-based and inclusive, first not behind last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineRange {
    pub(crate) first: u32,
    pub(crate) last: u32,
}

impl LineRange {
    /// The range between two lines in any order; `None` when one is not a line.
    fn between(one: u64, other: u64) -> Option<Self> {
        Some(Self { first: line(one.min(other))?, last: line(one.max(other))? })
    }
}

fn line(number: u64) -> Option<u32> {
    (1..=MAX_LINE).contains(&number).then(|| u32::try_from(number).ok()).flatten()
}

/// The first number or range in a text: `42`, `L42-L45`, `~42`, `src/a.c:42:9`, `1,042`, `lines 42 to 45`.
pub(crate) fn line_range(text: &str) -> Option<LineRange> {
    let text = behind_path(super::super::markers::first_line(text));
    let (start, first, end) = next_number(text, 0)?;
    if text[..start].ends_with(['-', '−']) && text[..start].trim_end_matches(['-', '−']).trim().is_empty() {
        return None;
    }
    let rest = &text[end..];
    let joined = ["-", "–", "—", "−", "‑", "..=", "...", "..", "to ", "through ", "until "]
        .iter()
        .find_map(|dash| rest.trim_start().trim_start_matches(".0").trim_start().strip_prefix(dash));
    if let Some(behind) = joined {
        let start = text.len() - behind.len();
        let near =
            behind.trim_start().trim_start_matches(|char: char| char.is_alphabetic() || matches!(char, ' ' | '#'));
        // The second number has to follow at once: `42 - see line 7` is no range.
        if near.starts_with(|char: char| char.is_ascii_digit())
            && behind.len() - near.len() <= 6
            && let Some((_, second, _)) = next_number(text, start)
        {
            return LineRange::between(first, second).or_else(|| LineRange::between(first, first));
        }
    }
    LineRange::between(first, first)
}

/// Cuts a path before a colon off: `src/md5.c:42:9` is line 42.
fn behind_path(text: &str) -> &str {
    for (at, _) in text.match_indices(':') {
        let before = text[..at].rsplit([' ', '(', '`', '"']).next().unwrap_or_default();
        let is_path = before.contains(['/', '\\', '.']) && before.chars().any(char::is_alphabetic);
        if is_path && text[at + 1..].trim_start().starts_with(|char: char| char.is_ascii_digit()) {
            return text[at + 1..].trim_start();
        }
    }
    text
}

/// The next number that stands alone or behind `L`, with thousands separators: start, value, end.
fn next_number(text: &str, from: usize) -> Option<(usize, u64, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        let mut digits = text[start..at].to_owned();
        while digits.len() <= 9
            && (start..at).len() <= 11
            && is_thousands(&bytes[at..])
            && text[start..at].split(',').next().is_some_and(|head| head.len() <= 3)
        {
            digits.push_str(&text[at + 1..at + 4]);
            at += 4;
        }
        if stands_alone(text, start, at) {
            // Too long for a number is too large for a line.
            return Some((start, digits.parse().unwrap_or(u64::MAX), at));
        }
    }
    None
}

fn is_thousands(rest: &[u8]) -> bool {
    matches!(rest, [b',', a, b, c, tail @ ..] if [a, b, c].iter().all(|byte| byte.is_ascii_digit())
        && !tail.first().is_some_and(u8::is_ascii_digit))
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let mut before = text[..start].chars().rev();
    let behind_letter = match before.next() {
        Some('L' | 'l') => before.next().is_some_and(char::is_alphanumeric),
        Some(char) => char.is_alphabetic() || char == '_',
        None => false,
    };
    let mut after = text[end..].chars();
    let before_letter = match after.next() {
        Some('.') => after.next().is_some_and(char::is_alphabetic),
        Some('/') => true,
        Some(char) => char.is_alphabetic() || char == '_',
        None => false,
    };
    // `line42` and `lines42` are written, too.
    let behind_line =
        text[..start].to_ascii_lowercase().ends_with("line") || text[..start].to_ascii_lowercase().ends_with("lines");
    (!behind_letter || behind_line) && !before_letter
}

/// The same from JSON: a number, a text, a list of two, or an object with start and end.
pub(crate) fn line_range_of_json(value: &Value) -> Option<LineRange> {
    match value {
        Value::Number(_) => {
            let number = u64::try_from(crate::json::integer_in(value)?).ok()?;
            LineRange::between(number, number)
        }
        Value::String(text) => line_range(text),
        Value::Array(list) => {
            let numbers: Vec<LineRange> = list.iter().take(2).filter_map(scalar_range).collect();
            let (first, last) = (numbers.first()?, numbers.last()?);
            LineRange::between(first.first.into(), last.last.into())
        }
        Value::Object(map) => {
            let of = |names: &[&str]| crate::json::first_of(map, names).and_then(scalar_range);
            let first = of(&["start", "line_start", "start_line", "first", "from", "begin", "line"]);
            let last = of(&["end", "line_end", "end_line", "last", "to"]);
            let (first, last) = (first.or(last)?, last.or(first)?);
            LineRange::between(first.first.into(), last.last.into())
        }
        _ => None,
    }
}

fn scalar_range(value: &Value) -> Option<LineRange> {
    match value {
        Value::Number(_) | Value::String(_) => line_range_of_json(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_in_many_ways() {
        for (text, expected) in [
            ("42", Some((42, 42))),
            ("L42", Some((42, 42))),
            ("~42", Some((42, 42))),
            ("around line 42", Some((42, 42))),
            ("[42]", Some((42, 42))),
            ("42.0", Some((42, 42))),
            ("1,042", Some((1042, 1042))),
            ("42, 45", Some((42, 42))),
            ("45-42", Some((42, 45))),
            ("L42-L45", Some((42, 45))),
            ("42 – 45", Some((42, 45))),
            ("lines 42 to 45", Some((42, 45))),
            ("src/parse.c:42", Some((42, 42))),
            ("src/md5.c:42:9", Some((42, 42))),
            ("utf8.c line 7", Some((7, 7))),
            ("#L10-20", Some((10, 20))),
            ("0", None),
            ("-5", None),
            ("99999999999", None),
            ("N/A", None),
            ("", None),
            ("42 (approx)", Some((42, 42))),
            ("42..45", Some((42, 45))),
            ("line42", Some((42, 42))),
            ("42 and 45", Some((42, 42))),
        ] {
            assert_eq!(line_range(text).map(|range| (range.first, range.last)), expected, "{text:?}");
        }
    }
}
