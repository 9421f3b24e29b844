//! Google's generateContent.
//!
//! Request: `POST {base}/v1beta/models/{model}:generateContent` with `x-goog-api-key`; `systemInstruction`,
//! `contents[].{role: user|model, parts[].text}`, `generationConfig`.
//! Answer: `candidates[0].{content.parts[].text, finishReason}`; no candidate at all when the prompt was blocked, then
//! `promptFeedback.blockReason`; `usageMetadata`, in which thoughts are counted beside the answer.

use codeproof_types::Secret;
use reqwest::header::HeaderName;
use serde_json::{Map, Value, json};
use url::Url;

use super::{Ask, Outgoing, Problem, Reading, Setup, Wire, json};
use crate::config::{ModelConfig, SchemaField};
use crate::record::Usage;
use crate::request::{Finish, Output, Request};

const OWN_ADDRESS: &str = "https://generativelanguage.googleapis.com";

struct Gemini {
    base: Url,
    key: Secret<String>,
}

pub(super) fn connect(setup: Setup<'_>) -> Result<Box<dyn Wire>, Problem> {
    let base = json::versioned(setup.base_url(Some(OWN_ADDRESS))?, "v1beta");
    Ok(Box::new(Gemini { base, key: setup.required_key("GEMINI_API_KEY")? }))
}

impl Wire for Gemini {
    fn server(&self) -> String {
        json::server(&self.base)
    }

    fn sends_form(&self, config: &ModelConfig, request: &Request) -> bool {
        matches!(request.output, Output::Json | Output::Schema { .. }) && config.schema_field != SchemaField::None
    }

    fn secrets(&self) -> Vec<&Secret<String>> {
        vec![&self.key]
    }

    fn write(&self, ask: &Ask<'_>) -> Outgoing {
        let request = ask.first();
        let mut body = Map::new();
        if !request.system.is_empty() {
            body.insert("systemInstruction".to_owned(), json!({"parts": [{"text": &*request.system}]}));
        }
        body.insert("contents".to_owned(), contents(request));
        body.insert("generationConfig".to_owned(), Value::Object(generation(ask)));
        // Names like `gemini-2.5-pro` and `models/…` are both in use.
        let model = ask.config.served_name().trim_start_matches("models/");
        let url = json::joined(&self.base, &format!("models/{}:generateContent", json::segment(model)));
        let headers = vec![(HeaderName::from_static("x-goog-api-key"), self.key.clone())];
        Outgoing::Http(json::call(url, headers, body, ask))
    }

    fn read(&self, body: &[u8], _: usize) -> Result<Reading, String> {
        let body = json::parsed(body)?;
        let usage = body.get("usageMetadata").map(usage);
        let Some(candidate) = body.pointer("/candidates/0") else {
            let reason = body.pointer("/promptFeedback/blockReason").and_then(Value::as_str);
            let reason = reason.ok_or("it has neither candidates nor a reason for their absence")?;
            return Ok(Reading::one(String::new(), Finish::Refused(reason.to_owned()), usage));
        };
        let parts = candidate.pointer("/content/parts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let spoken = parts.iter().filter(|part| part.get("thought").and_then(Value::as_bool) != Some(true));
        let text = spoken.filter_map(|part| part.get("text")?.as_str()).collect();
        Ok(Reading::one(text, finish(candidate.get("finishReason").and_then(Value::as_str)), usage))
    }
}

fn contents(request: &Request) -> Value {
    let turns = request.parts().skip(1).map(|(speaker, text)| {
        let role = if speaker == "assistant" { "model" } else { speaker };
        json!({"role": role, "parts": [{"text": text}]})
    });
    turns.collect()
}

fn generation(ask: &Ask<'_>) -> Map<String, Value> {
    let mut generation = Map::new();
    generation.insert("maxOutputTokens".to_owned(), json!(ask.max_tokens()));
    if let Some(temperature) = ask.config.temperature {
        generation.insert("temperature".to_owned(), json!(temperature));
    }
    if ask.with_form && matches!(ask.first().output, Output::Json | Output::Schema { .. }) {
        generation.insert("responseMimeType".to_owned(), json!("application/json"));
    }
    if let (true, Output::Schema { schema, .. }) = (ask.with_form, &ask.first().output) {
        generation.insert("responseJsonSchema".to_owned(), (**schema).clone());
    }
    generation
}

fn finish(word: Option<&str>) -> Finish {
    match word {
        Some("STOP") | None => Finish::Stop,
        Some("MAX_TOKENS") => Finish::Length,
        Some(word @ ("SAFETY" | "RECITATION" | "LANGUAGE" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII")) => {
            Finish::Refused(word.to_owned())
        }
        Some(other) => Finish::Other(other.to_owned()),
    }
}

fn usage(usage: &Value) -> Usage {
    let reasoning_tokens = json::tokens(usage, "/thoughtsTokenCount");
    let input_tokens = json::tokens(usage, "/promptTokenCount");
    Usage {
        input_tokens,
        cached_input_tokens: json::tokens(usage, "/cachedContentTokenCount").min(input_tokens),
        cache_write_tokens: 0,
        output_tokens: json::tokens(usage, "/candidatesTokenCount").saturating_add(reasoning_tokens),
        reasoning_tokens,
        estimated: false,
    }
}
