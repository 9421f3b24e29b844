//! What the JSON formats have in common.

use codeproof_types::Secret;
use reqwest::header::HeaderName;
use serde_json::{Map, Value, json};
use url::Url;

use super::Ask;
use crate::config::SchemaField;
use crate::fault::{described, in_good_answer};
use crate::request::{Finish, Output};
use crate::transport::HttpCall;

/// Joins a body, the user's additions and the headers into a call.
pub(super) fn call(
    url: Url,
    headers: Vec<(HeaderName, Secret<String>)>,
    mut body: Map<String, Value>,
    ask: &Ask<'_>,
) -> HttpCall {
    for (member, value) in &ask.config.extra_body {
        match (body.get_mut(member), value) {
            // Ollama's `options` and Gemini's `generationConfig` are added to, not replaced.
            (Some(Value::Object(own)), Value::Object(added)) => own.extend(added.clone()),
            _ => drop(body.insert(member.clone(), value.clone())),
        }
    }
    HttpCall { url, headers, body: Value::Object(body).to_string().into_bytes() }
}

/// Reads a body as JSON; an error inside it is told in its own words.
pub(super) fn parsed(body: &[u8]) -> Result<Value, String> {
    let value: Value = serde_json::from_slice(body).map_err(|error| match body.trim_ascii_start().first() {
        Some(b'{' | b'[') => format!("broken JSON: {error}"),
        _ => format!("no JSON but {}", described(&String::from_utf8_lossy(body))),
    })?;
    match in_good_answer(&value) {
        Some(error) => Err(format!("an error: {error}")),
        None => Ok(value),
    }
}

/// A number of tokens; absent, negative and odd ones count as 0.
pub(super) fn tokens(usage: &Value, path: &str) -> u64 {
    usage.pointer(path).and_then(Value::as_u64).unwrap_or(0)
}

/// The members that tell an OpenAI-compatible server the wished form.
pub(super) fn form_members(ask: &Ask<'_>) -> Map<String, Value> {
    let mut members = Map::new();
    if !ask.with_form {
        return members;
    }
    let (member, value) = match (&ask.first().output, ask.config.schema_field) {
        (Output::Text, _) | (_, SchemaField::None) => return members,
        (Output::Regex(regex), _) => ("structured_outputs", json!({"regex": regex})),
        (Output::Json, _) => ("response_format", json!({"type": "json_object"})),
        (Output::Schema { name, schema }, SchemaField::ResponseFormat) => {
            let inner = json!({"name": name, "strict": true, "schema": **schema});
            ("response_format", json!({"type": "json_schema", "json_schema": inner}))
        }
        (Output::Schema { schema, .. }, SchemaField::JsonObject) => {
            ("response_format", json!({"type": "json_object", "schema": **schema}))
        }
        (Output::Schema { schema, .. }, SchemaField::StructuredOutputs) => {
            ("structured_outputs", json!({"json": **schema}))
        }
        (Output::Schema { schema, .. }, SchemaField::GuidedJson) => ("guided_json", (**schema).clone()),
    };
    members.insert(member.to_owned(), value);
    members
}

/// Whether [`form_members`] would write anything.
pub(super) fn sends_form(config: &crate::config::ModelConfig, output: &Output) -> bool {
    *output != Output::Text && config.schema_field != SchemaField::None
}

/// OpenAI's words for the end of an answer.
pub(super) fn finish(word: Option<&str>) -> Finish {
    match word {
        Some("stop") => Finish::Stop,
        Some("length") => Finish::Length,
        Some("content_filter") => Finish::Refused("content_filter".to_owned()),
        Some(other) => Finish::Other(other.to_owned()),
        // Some servers leave it out; the text then speaks for itself.
        None => Finish::Stop,
    }
}

/// Scheme, host and port of an address.
pub(super) fn server(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The key as a bearer, if there is one.
pub(super) fn bearer(key: Option<&Secret<String>>) -> Vec<(HeaderName, Secret<String>)> {
    let value = |key: &Secret<String>| Secret::new(format!("Bearer {}", key.expose()));
    key.map(|key| (HeaderName::from_static("authorization"), value(key))).into_iter().collect()
}

/// Adds segments to an address; a base ends in a slash.
pub(super) fn joined(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path()));
    url
}

/// The address of version `version` of an API, whether the settings name it or stop before it. People write both.
pub(super) fn versioned(base: Url, version: &str) -> Url {
    if base.path().ends_with(&format!("/{version}/")) { base } else { joined(&base, &format!("{version}/")) }
}

/// One segment of a path: whatever could end it is percent-encoded, as Amazon's signatures want it, too.
pub(super) fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
