//! Finds the JSON values in an answer: the whole of it, or what stands between prose and fences.

use serde_json::Value;

use super::reader;

/// A value found in an answer.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) value: Value,
    /// Its end is missing.
    pub(crate) cut: bool,
    /// Bytes in the text.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Times a text that is itself JSON in quotes is unpacked.
const MAX_UNPACKED: usize = 3;

/// Times an attempt that ran to the end of the answer without a single member is made again behind its bracket.
const MAX_RETRIES: usize = 8;

/// Every value in `text`, in order: strict JSON if all of it is, else each that a tolerant reader can make out. With
/// `cut`, the answer is known to end too early, and what was unfinished is left out.
pub(crate) fn find(text: &str, cut: bool) -> Vec<Found> {
    if let Some(value) = strict(unfenced(text.trim())) {
        return vec![Found { value, cut: false, start: 0, end: text.len() }];
    }
    let mut found = Vec::new();
    let mut at = 0;
    let mut retries = MAX_RETRIES;
    while let Some(next) = first_at(text, at, !cut) {
        at = next.end;
        // A brace in prose that opened a text which never ends: look again right behind it.
        let is_blank = next.value.as_ref().and_then(Value::as_object).is_some_and(serde_json::Map::is_empty);
        if next.cut && is_blank && retries > 0 {
            retries -= 1;
            at = next.start + 1;
            continue;
        }
        if let Some(value) = next.value {
            found.push(Found { value, cut: next.cut, start: next.start, end: next.end });
        }
    }
    found
}

/// One attempt to read a value.
pub(crate) struct First {
    pub(crate) value: Option<Value>,
    pub(crate) cut: bool,
    pub(crate) start: usize,
    /// Where to look on.
    pub(crate) end: usize,
}

/// The attempt at the first bracket from byte `from` on.
pub(crate) fn first_at(text: &str, from: usize, keep_open: bool) -> Option<First> {
    let start = from + text.get(from..)?.find(['{', '['])?;
    let attempt = reader::read(text, start, keep_open);
    let mut end = attempt.end.min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    Some(First { value: attempt.value, cut: attempt.cut, start, end })
}

/// The inside of a fence around the whole answer.
fn unfenced(text: &str) -> &str {
    let inner = text.strip_prefix("```").and_then(|text| text.strip_suffix("```"));
    inner.and_then(|inner| inner.split_once('\n')).map_or(text, |(_, inner)| inner.trim())
}

fn strict(text: &str) -> Option<Value> {
    if !text.starts_with(['{', '[', '"']) {
        return None;
    }
    let mut value: Value = serde_json::from_str(text).ok()?;
    for _ in 0..MAX_UNPACKED {
        let Value::String(inner) = &value else { break };
        let inner = inner.trim();
        if !inner.starts_with(['{', '[', '"']) {
            return None;
        }
        value = match serde_json::from_str(inner) {
            Ok(value) => value,
            Err(_) => reader::read(inner, 0, true).value?,
        };
    }
    (!value.is_string()).then_some(value)
}
