//! Which of the values in an answer is the list that was asked for.

use serde_json::{Map, Value};

use super::find::Found;
use super::reader;

/// A list of objects found in an answer.
#[derive(Debug)]
pub(crate) struct Items<'f> {
    pub(crate) items: Vec<Value>,
    /// The object around the list, when there is one.
    pub(crate) around: Option<Map<String, Value>>,
    /// Its end is missing.
    pub(crate) cut: bool,
    /// The value it came from.
    pub(crate) found: &'f Found,
}

/// Layers of wrappers that are looked through.
const MAX_LAYERS: usize = 4;

/// The list that was asked for: that of the last object with one of `keys` (an unfinished one without elements gives
/// way to one before it); else the last bare list of fitting objects; else all fitting objects, one per line or alone.
pub(crate) fn items<'f>(
    found: &'f [Found],
    keys: &[&str],
    fits: impl Fn(&Map<String, Value>) -> bool,
) -> Option<Items<'f>> {
    let mut unfinished = None;
    for one in found.iter().rev() {
        let Some(around) = holder(&one.value, keys) else { continue };
        let items = elements(around.iter().rev().find(|(key, _)| is_key(key, keys)).map(|(_, value)| value));
        let result = Items { items, around: Some(around), cut: one.cut, found: one };
        if one.cut && result.items.is_empty() {
            unfinished = unfinished.or(Some(result));
            continue;
        }
        return Some(result);
    }
    let fits_value = |value: &Value| value.as_object().is_some_and(&fits);
    for one in found.iter().rev() {
        let Value::Array(list) = &one.value else { continue };
        if list.iter().any(fits_value) || (list.is_empty() && found.len() == 1) {
            return Some(Items { items: list.clone(), around: None, cut: one.cut, found: one });
        }
    }
    let alone: Vec<&Found> = found.iter().filter(|one| fits_value(&one.value)).collect();
    if let Some(last) = alone.last() {
        let items = alone.iter().map(|one| one.value.clone()).collect();
        return Some(Items { items, around: None, cut: last.cut, found: last });
    }
    unfinished
}

/// The object that has one of `keys`: the value itself, or one inside wrappers, the nearest first.
fn holder(value: &Value, keys: &[&str]) -> Option<Map<String, Value>> {
    let mut layer = vec![value.clone()];
    for _ in 0..MAX_LAYERS {
        let mut below = Vec::new();
        for value in layer {
            match value {
                Value::Object(map) if map.keys().any(|key| is_key(key, keys)) => return Some(map),
                Value::Object(map) => below.extend(map.into_iter().map(|(_, value)| value).filter(is_container)),
                // A list of one wrapper; longer lists hold elements.
                Value::Array(mut list) if list.len() == 1 => below.extend(list.pop()),
                Value::String(text) => below.extend(packed(&text)),
                _ => {}
            }
        }
        layer = below;
    }
    None
}

fn is_container(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(list) => list.len() == 1,
        Value::String(text) => text.trim_start().starts_with(['{', '[']),
        _ => false,
    }
}

fn packed(text: &str) -> Option<Value> {
    let text = text.trim();
    text.starts_with(['{', '[']).then(|| reader::read(text, 0, true).value).flatten()
}

fn is_key(key: &str, keys: &[&str]) -> bool {
    keys.iter().any(|known| known.eq_ignore_ascii_case(key))
}

fn elements(value: Option<&Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(list)) => list.clone(),
        Some(object @ Value::Object(map)) if !map.is_empty() => vec![object.clone()],
        Some(Value::String(text)) => match packed(text) {
            Some(Value::Array(list)) => list,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
