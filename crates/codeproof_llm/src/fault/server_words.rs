//! Reads what servers say in an error: no two agree on a form.
//!
//! Understood: `{"error": {"message", "type", "code", "status", "details"}}` with a code that is a number or a string,
//! `{"error": "text"}`, `{"detail": "text"}` or a list of `{"msg"}`, `{"message": "text"}` (Bedrock, with the type in a
//! header), plain text, and pages of proxies, of which the title is kept.

use codeproof_types::visible;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::wait::server_delay;
use super::{Fault, FaultKind, StatusFault};

/// Characters kept of a server's words.
const MESSAGE_CHARS_MAX: usize = 300;

/// Words that servers use for a prompt that does not fit.
const TOO_LONG_WORDS: [&str; 9] = [
    "maximum context length",
    "exceeds the available context size",
    "prompt is too long",
    "input is too long",
    "input token count",
    "exceeds the context window",
    "context length exceeded",
    "context_length_exceeded",
    "exceed_context_size_error",
];

/// Words for a budget at the provider that is used up.
const QUOTA_WORDS: [&str; 4] = ["enforced_spend_limit_reached", "insufficient_quota", "billing_hard_limit", "perday"];

/// Makes the fault of an answer whose status is not a success.
pub(crate) fn from_response(status: u16, headers: &HeaderMap, body: &[u8], now_ms: u64) -> Fault {
    if (300..400).contains(&status) {
        let target = headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or("another place");
        return Fault::Redirect { target: shortened(target) };
    }
    let text = String::from_utf8_lossy(body);
    let json = serde_json::from_str::<Value>(&text).unwrap_or(Value::Null);
    let fault = Fault::status(status, "", None);
    let Fault::Status(plain) = fault else { return fault };
    let should_retry = match headers.get("x-should-retry").map(|value| value.as_bytes()) {
        Some(b"true") => Some(true),
        Some(b"false") => Some(false),
        _ => None,
    };
    Fault::Status(StatusFault {
        message: shortened(&message(&json, &text)),
        kind: kind(&json, &text, status, plain.kind),
        delay: server_delay(headers, &json, now_ms),
        should_retry,
        ..plain
    })
}

/// Gives an error inside a body with a good status (a proxy's habit) its due.
pub(crate) fn in_good_answer(body: &Value) -> Option<String> {
    let error = body.get("error").filter(|error| !error.is_null())?;
    Some(shortened(&message(body, &error.to_string())))
}

fn kind(json: &Value, text: &str, status: u16, plain: FaultKind) -> FaultKind {
    // Codes and types stand in members, the rest in words: the whole text serves for both. Only errors are searched,
    // which never quote a prompt at length.
    let words = if json.is_null() { String::new() } else { text.to_ascii_lowercase() };
    let says = |list: &[&str]| list.iter().any(|word| words.contains(word));
    match status {
        400 | 413 | 422 | 500 if says(&TOO_LONG_WORDS) => FaultKind::TooLong,
        402 | 403 | 429 if says(&QUOTA_WORDS) => FaultKind::Quota,
        _ => plain,
    }
}

fn message(json: &Value, text: &str) -> String {
    let candidates = [
        json.pointer("/error/message"),
        json.get("error"),
        json.get("detail"),
        json.pointer("/detail/0/msg"),
        json.get("message"),
        json.get("Message"),
    ];
    let told = candidates.into_iter().flatten().filter_map(Value::as_str).find(|words| !words.trim().is_empty());
    match told {
        Some(words) => words.to_owned(),
        None => described(text),
    }
}

/// A body that is no JSON, in one line: the title of a page, the beginning of a text.
pub(crate) fn described(text: &str) -> String {
    if text.trim().is_empty() {
        return "without a word".to_owned();
    }
    if !is_page(text) {
        return shortened(text);
    }
    match page_title(text) {
        Some(title) => shortened(&format!("a web page titled {title:?}")),
        None => "a web page".to_owned(),
    }
}

fn is_page(text: &str) -> bool {
    let start = text.trim_start();
    ["<!doctype", "<html"].iter().any(|tag| start.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag)))
}

fn page_title(text: &str) -> Option<&str> {
    let (_, after) = text.split_once("<title>")?;
    after.split_once("</title>").map(|(title, _)| title.trim())
}

/// One line without anything that steers a terminal.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = visible(&line);
    match line.char_indices().nth(MESSAGE_CHARS_MAX) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, expected: &str, kind: FaultKind) {
        match from_response(status, &HeaderMap::new(), body.as_bytes(), 0) {
            Fault::Status(fault) => assert_eq!((fault.message.as_str(), fault.kind), (expected, kind)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_envelope_is_opened() {
        check(404, r#"{"error":{"message":"no such model","code":404}}"#, "no such model", FaultKind::Other);
        check(400, r#"{"error":"no model"}"#, "no model", FaultKind::Other);
        check(422, r#"{"detail":[{"loc":["body"],"msg":"bad JSON"}]}"#, "bad JSON", FaultKind::Other);
        check(400, r#"{"detail":"prompt must be one text"}"#, "prompt must be one text", FaultKind::Other);
        check(403, r#"{"message":"not allowed"}"#, "not allowed", FaultKind::Unauthorized);
        check(
            500,
            r#"{"error":{"message":"","type":"internal"}}"#,
            r#"{"error":{"message":"","type":"internal"}}"#,
            FaultKind::Other,
        );
        check(
            502,
            "<html><head><title>502 Bad Gateway</title>",
            "a web page titled \"502 Bad Gateway\"",
            FaultKind::Other,
        );
        check(502, "<!DOCTYPE html><p>", "a web page", FaultKind::Other);
        check(500, "", "without a word", FaultKind::Other);
        check(500, "line one\n\u{1b}[2Jline two", "line one \u{fffd}[2Jline two", FaultKind::Other);
    }

    #[test]
    fn what_it_is_about_is_found_in_words_and_codes() {
        let vllm = r#"{"error":{"message":"This model's maximum context length is 4096 tokens.","code":400}}"#;
        check(400, vllm, "This model's maximum context length is 4096 tokens.", FaultKind::TooLong);
        let llama = r#"{"error":{"code":400,"message":"too large","type":"exceed_context_size_error"}}"#;
        check(400, llama, "too large", FaultKind::TooLong);
        check(413, "", "without a word", FaultKind::TooLong);
        let spent = r#"{"error":{"message":"limit","details":{"error_code":"enforced_spend_limit_reached"}}}"#;
        check(429, spent, "limit", FaultKind::Quota);
        let daily = r#"{"error":{"message":"quota","details":[{"violations":[{"quotaId":"RequestsPerDay"}]}]}}"#;
        check(429, daily, "quota", FaultKind::Quota);
        check(429, r#"{"error":{"message":"slow down"}}"#, "slow down", FaultKind::Busy);
    }
}
