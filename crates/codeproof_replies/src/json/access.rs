//! Members of objects by any of the names models give them.

use serde_json::{Map, Value};

/// The first member with one of `names` that is not null, in the order of `names`; case, `_`, `-` and blanks are alike.
pub(crate) fn first_of<'v>(map: &'v Map<String, Value>, names: &[&str]) -> Option<&'v Value> {
    names.iter().find_map(|name| {
        let exact = map.get(*name);
        exact
            .or_else(|| map.iter().find(|(key, _)| same_name(key, name)).map(|(_, value)| value))
            .filter(|value| !value.is_null())
    })
}

fn same_name(key: &str, name: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = u8> {
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
    }
    key.len() < 64 && letters(key).eq(letters(name))
}

/// A member as text: numbers as written, lists joined by line; empty when it is missing.
pub(crate) fn text_in(map: &Map<String, Value>, names: &[&str]) -> String {
    first_of(map, names).map(text_of).unwrap_or_default()
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Array(list) => {
            list.iter().map(scalar_text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

fn scalar_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// A member as a list of texts; one text is a list of one.
pub(crate) fn texts_in(map: &Map<String, Value>, names: &[&str]) -> Vec<String> {
    list_of(first_of(map, names)).iter().map(|value| scalar_text(value)).filter(|text| !text.is_empty()).collect()
}

/// The elements of a list; anything else but null is a list of one.
pub(crate) fn list_of(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => list.iter().collect(),
        Some(value) => vec![value],
    }
}

/// A whole number: `30`, `30.0`, `"L30"`, `"line 30"`; nothing else, and never a boolean.
pub(crate) fn integer_in(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => whole(number),
        Value::String(text) => {
            let text = text.trim().trim_matches(['"', '\'', '`']);
            let lower = text.to_ascii_lowercase();
            let digits =
                lower.trim_start_matches("lines").trim_start_matches("line").trim_start_matches(['l', '#', ' ', ':']);
            digits.parse().ok().or_else(|| {
                let (whole, rest) = digits.split_once('.')?;
                rest.bytes().all(|byte| byte == b'0').then(|| whole.parse().ok()).flatten()
            })
        }
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a whole number far below 2^53, as checked")]
fn whole(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 1e15).map(|float| float as i64)
    })
}
