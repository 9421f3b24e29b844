//! Anthropic's messages.
//!
//! Request: `POST {base}/v1/messages` with `x-api-key` and `anthropic-version`; `max_tokens` is required, `system`
//! stands beside `messages` and is marked for the cache (5 minutes) when it is long enough to be kept.
//! Answer: `content[]` blocks, of which those of type `text` count; `stop_reason`; `usage`, whose `input_tokens` leaves
//! out what came from the cache or went into it.

use codeproof_types::Secret;
use reqwest::header::HeaderName;
use serde_json::{Map, Value, json};
use url::Url;

use super::{Ask, Outgoing, Problem, Reading, Setup, Wire, json};
use crate::config::{ModelConfig, SchemaField};
use crate::record::Usage;
use crate::request::{Finish, Output, Request};

const OWN_ADDRESS: &str = "https://api.anthropic.com";
const VERSION: &str = "2023-06-01";
/// Shorter texts are not cached by any model (1,024 tokens at least), and the mark alone would cost a write.
const CACHED_BYTES_MIN: usize = 4_096;

struct Anthropic {
    base: Url,
    key: Option<Secret<String>>,
}

pub(super) fn connect(setup: Setup<'_>) -> Result<Box<dyn Wire>, Problem> {
    let base = json::versioned(setup.base_url(Some(OWN_ADDRESS))?, "v1");
    let is_own = base.host_str() == Some("api.anthropic.com");
    let key = if is_own { Some(setup.required_key("ANTHROPIC_API_KEY")?) } else { setup.key };
    Ok(Box::new(Anthropic { base, key }))
}

impl Wire for Anthropic {
    fn server(&self) -> String {
        json::server(&self.base)
    }

    fn sends_form(&self, config: &ModelConfig, request: &Request) -> bool {
        matches!(request.output, Output::Schema { .. }) && config.schema_field != SchemaField::None
    }

    fn secrets(&self) -> Vec<&Secret<String>> {
        self.key.iter().collect()
    }

    fn write(&self, ask: &Ask<'_>) -> Outgoing {
        let request = ask.first();
        let mut body = Map::new();
        body.insert("model".to_owned(), json!(ask.config.served_name()));
        body.insert("max_tokens".to_owned(), json!(ask.max_tokens()));
        if !request.system.is_empty() {
            body.insert("system".to_owned(), system(&request.system));
        }
        let turns = request.parts().skip(1);
        body.insert("messages".to_owned(), turns.map(|(role, text)| json!({"role": role, "content": text})).collect());
        if let Some(temperature) = ask.config.temperature {
            body.insert("temperature".to_owned(), json!(temperature));
        }
        if let (true, Output::Schema { schema, .. }) = (ask.with_form, &request.output) {
            let format = json!({"type": "json_schema", "schema": **schema});
            body.insert("output_config".to_owned(), json!({"format": format}));
        }
        let mut headers =
            vec![(HeaderName::from_static("anthropic-version"), Secret::new(VERSION.to_owned()))];
        headers.extend(self.key.clone().map(|key| (HeaderName::from_static("x-api-key"), key)));
        Outgoing::Http(json::call(json::joined(&self.base, "messages"), headers, body, ask))
    }

    fn read(&self, body: &[u8], _: usize) -> Result<Reading, String> {
        let body = json::parsed(body)?;
        let blocks = body.get("content").and_then(Value::as_array).ok_or("it has no content")?;
        let text = blocks.iter().filter_map(|block| block.get("text")?.as_str()).collect();
        let finish = match body.get("stop_reason").and_then(Value::as_str) {
            Some("end_turn" | "stop_sequence") | None => Finish::Stop,
            Some("max_tokens" | "model_context_window_exceeded") => Finish::Length,
            Some("refusal") => Finish::Refused("refusal".to_owned()),
            Some(other) => Finish::Other(other.to_owned()),
        };
        Ok(Reading::one(text, finish, body.get("usage").map(usage)))
    }
}

fn system(text: &str) -> Value {
    if text.len() < CACHED_BYTES_MIN {
        return json!(text);
    }
    json!([{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}])
}

fn usage(usage: &Value) -> Usage {
    let cached_input_tokens = json::tokens(usage, "/cache_read_input_tokens");
    let cache_write_tokens = json::tokens(usage, "/cache_creation_input_tokens");
    let fresh = json::tokens(usage, "/input_tokens");
    Usage {
        input_tokens: fresh.saturating_add(cached_input_tokens).saturating_add(cache_write_tokens),
        cached_input_tokens,
        cache_write_tokens,
        output_tokens: json::tokens(usage, "/output_tokens"),
        reasoning_tokens: 0,
        estimated: false,
    }
}
