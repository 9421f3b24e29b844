//! Every answer under `tests/fixtures/<format>/` is read as its `expected` says; what that does not name may be anything.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use codeproof_replies::{Answer, FinishReason, Format, read_as_json};
use serde_json::Value;

/// An answer from a fixture.
pub(crate) struct Fixture {
    pub(crate) id: String,
    pub(crate) format: Format,
    pub(crate) raw: Vec<u8>,
    pub(crate) finish: FinishReason,
    pub(crate) context: Option<String>,
    expected: Value,
}

impl Fixture {
    fn read(format: Format, path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("fixtures can be read");
        let item: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let finish = if item["finish_reason"] == "length" { FinishReason::Length } else { FinishReason::Stop };
        Self {
            id: format!("{}/{}", format.name(), path.file_stem().expect("fixtures have names").to_string_lossy()),
            format,
            raw: raw(&item),
            finish,
            context: item.get("context").map(Value::to_string),
            expected: item["expected"].clone(),
        }
    }

    /// How an answer to the same question is read.
    pub(crate) fn reading_of(&self, raw: &[u8]) -> Value {
        read_as_json(self.format, &Answer::new(raw, self.finish), self.context.as_deref())
            .expect("contexts of fixtures fit")
    }
}

/// The bytes of an answer: as text, in base64, or as texts and how often each is repeated.
fn raw(item: &Value) -> Vec<u8> {
    if let Some(raw) = item["raw"].as_str() {
        return raw.as_bytes().to_vec();
    }
    if let Some(raw) = item["raw_b64"].as_str() {
        return base64::engine::general_purpose::STANDARD.decode(raw).expect("raw_b64 is base64");
    }
    let parts = item["raw_parts"].as_array().expect("raw, raw_b64 or raw_parts");
    let part = |part: &Value| {
        part[0]
            .as_str()
            .expect("a text")
            .repeat(part[1].as_u64().and_then(|count| usize::try_from(count).ok()).expect("a count"))
    };
    parts.iter().map(part).collect::<String>().into_bytes()
}

/// Every fixture, in the order of names.
pub(crate) fn all() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut fixtures = Vec::new();
    for format in Format::ALL {
        let mut paths: Vec<_> = fs::read_dir(root.join(format.name()))
            .expect("each format has fixtures")
            .map(|entry| entry.expect("a file").path())
            .collect();
        paths.sort();
        fixtures.extend(paths.iter().map(|path| Fixture::read(*format, path)));
    }
    fixtures
}

/// Where `found` lacks something of `expected`: texts are compared with blanks folded, a missing text is null.
fn differences(expected: &Value, found: &Value, at: &str, out: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(map), Value::Object(_)) => {
            for (key, value) in map {
                differences(value, &found[key], &format!("{at}.{key}"), out);
            }
        }
        (Value::Array(list), Value::Array(other)) if list.len() == other.len() => {
            for (number, (one, other)) in list.iter().zip(other).enumerate() {
                differences(one, other, &format!("{at}[{number}]"), out);
            }
        }
        (Value::String(one), Value::String(other)) if folded(one) == folded(other) => {}
        (Value::Null, Value::String(text)) if text.is_empty() => {}
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => {}
        (one, other) if one == other => {}
        (one, other) => out.push(format!("{at}: want {one}, got {other}")),
    }
}

fn folded(text: &str) -> String {
    let fold = |line: &str| line.split([' ', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    text.trim().lines().map(fold).collect::<Vec<_>>().join("\n")
}

#[test]
fn answers_are_read_as_expected() {
    let fixtures = all();
    let mut wrong = Vec::new();
    for fixture in &fixtures {
        let mut found = Vec::new();
        differences(&fixture.expected, &fixture.reading_of(&fixture.raw), "", &mut found);
        if !found.is_empty() {
            wrong.push(format!("{}: {}", fixture.id, found.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), fixtures.len(), wrong.join("\n"));
    assert!(fixtures.len() > 150, "{} fixtures", fixtures.len());
}

/// A test that compares nothing would pass, too.
#[test]
fn differences_are_seen() {
    let mut found = Vec::new();
    let one = serde_json::json!({"a": [1, "x  y", null], "b": {"c": true}});
    differences(&one, &serde_json::json!({"a": [1.0, "x y", ""], "b": {"c": true}, "d": 1}), "", &mut found);
    assert_eq!(found, [""; 0]);
    differences(&one, &serde_json::json!({"a": [1, "x"], "b": {}}), "", &mut found);
    assert_eq!(found.len(), 2, "{found:?}");
}
