//! Ollama's own chat. Its OpenAI-compatible route cannot be told how much context to keep, and the default (4k tokens
//! on small machines) cuts longer prompts without a word.
//!
//! Request: `POST {base}/api/chat` with `stream: false`, `messages`, `format` (a schema, or `json`),
//! `options.{num_ctx, num_predict, temperature}`. Answer: `message.content`, `done_reason`, `prompt_eval_count`,
//! `eval_count`. The server knows no lists, and answers 503 when its queue is full.

use codeproof_types::Secret;
use serde_json::{Map, Value, json};
use url::Url;

use super::{Ask, Outgoing, Problem, Reading, Setup, Wire, json};
use crate::config::{ModelConfig, SchemaField};
use crate::record::Usage;
use crate::request::{Output, Request};

const OWN_ADDRESS: &str = "http://127.0.0.1:11434";

struct Ollama {
    base: Url,
    key: Option<Secret<String>>,
    context_tokens: u32,
}

pub(super) fn connect(setup: Setup<'_>) -> Result<Box<dyn Wire>, Problem> {
    let mut base = setup.base_url(Some(OWN_ADDRESS))?;
    // The address of its OpenAI-compatible route is the better known one.
    if base.path() == "/v1/" {
        base.set_path("/");
    }
    let context_tokens = setup.config.context_tokens.ok_or_else(|| {
        let why = "it is missing: Ollama cuts prompts that do not fit without a word; write what the model and your \
                   memory allow, 32768";
        Problem::Setting("context_tokens", why.to_owned())
    })?;
    Ok(Box::new(Ollama { base, key: setup.key, context_tokens }))
}

impl Wire for Ollama {
    fn server(&self) -> String {
        json::server(&self.base)
    }

    fn sends_form(&self, config: &ModelConfig, request: &Request) -> bool {
        matches!(request.output, Output::Json | Output::Schema { .. }) && config.schema_field != SchemaField::None
    }

    fn secrets(&self) -> Vec<&Secret<String>> {
        self.key.iter().collect()
    }

    fn write(&self, ask: &Ask<'_>) -> Outgoing {
        let mut options = Map::new();
        options.insert("num_ctx".to_owned(), json!(self.context_tokens));
        options.insert("num_predict".to_owned(), json!(ask.max_tokens()));
        if let Some(temperature) = ask.config.temperature {
            options.insert("temperature".to_owned(), json!(temperature));
        }
        let parts = ask.first().parts().filter(|(speaker, text)| *speaker != "system" || !text.is_empty());
        let mut body = Map::new();
        body.insert("model".to_owned(), json!(ask.config.served_name()));
        body.insert("messages".to_owned(), parts.map(|(role, text)| json!({"role": role, "content": text})).collect());
        body.insert("stream".to_owned(), json!(false));
        body.insert("options".to_owned(), Value::Object(options));
        match (&ask.first().output, ask.with_form) {
            (Output::Json, true) => drop(body.insert("format".to_owned(), json!("json"))),
            (Output::Schema { schema, .. }, true) => drop(body.insert("format".to_owned(), (**schema).clone())),
            _ => {}
        }
        let url = json::joined(&self.base, "api/chat");
        Outgoing::Http(json::call(url, json::bearer(self.key.as_ref()), body, ask))
    }

    fn read(&self, body: &[u8], _: usize) -> Result<Reading, String> {
        let body = json::parsed(body)?;
        let text = body.pointer("/message/content").and_then(Value::as_str).ok_or("it has no message")?;
        let finish = json::finish(body.get("done_reason").and_then(Value::as_str));
        let input_tokens = json::tokens(&body, "/prompt_eval_count");
        // Left out when the whole prompt came from the cache.
        let usage = (input_tokens > 0).then(|| Usage {
            input_tokens,
            output_tokens: json::tokens(&body, "/eval_count"),
            ..Usage::default()
        });
        Ok(Reading::one(text.to_owned(), finish, usage))
    }
}
