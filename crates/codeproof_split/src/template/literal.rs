//! JSON values as Python literals.

use serde_json::Value as Json;

/// A value as Python writes it. Depth is that of the JSON, which is bounded where it is made.
pub(super) fn value(json: &Json) -> String {
    match json {
        Json::Null => "None".to_owned(),
        Json::Bool(is) => boolean(*is).to_owned(),
        Json::Number(number) => number.to_string(),
        Json::String(string) => text(string),
        Json::Array(items) => format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(", ")),
        Json::Object(entries) => {
            let entry = |(key, item): (&String, &Json)| format!("{}: {}", text(key), value(item));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

/// `True` or `False`.
pub(super) fn boolean(is: bool) -> &'static str {
    if is { "True" } else { "False" }
}

/// A Python string literal in single quotes; only printable ASCII is left as it is.
pub(super) fn text(string: &str) -> String {
    let mut written = String::with_capacity(string.len() + 2);
    written.push('\'');
    for char in string.chars() {
        match char {
            '\'' | '\\' => written.extend(['\\', char]),
            ' '..='~' => written.push(char),
            _ if u32::from(char) <= 0xffff => written.push_str(&format!("\\u{:04x}", u32::from(char))),
            _ => written.push_str(&format!("\\U{:08x}", u32::from(char))),
        }
    }
    written.push('\'');
    written
}

/// A Python list of strings.
pub(super) fn list(items: &[String]) -> String {
    format!("[{}]", items.iter().map(|item| text(item)).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_becomes_python() {
        let json = serde_json::json!({"a'b": [1, 2.5, true, null, "\u{e9}\n"], "c": {}});
        assert_eq!(value(&json), "{'a\\'b': [1, 2.5, True, None, '\\u00e9\\u000a'], 'c': {}}");
    }
}
