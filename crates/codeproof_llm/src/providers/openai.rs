//! OpenAI's chat completions, and the many servers that speak the same.
//!
//! Request: `POST {base}/chat/completions` (a base that is a bare host gets `/v1`) with `model`, `messages`, `max_tokens` (`max_completion_tokens` for OpenAI's
//! own address, whose newer models refuse the old name), `temperature`, the form of the answer.
//! Answer: `choices[0].message.{content, refusal}`, `finish_reason`, `usage`. Reasoning that a server keeps apart
//! (`reasoning_content`) is not part of the text.

use codeproof_types::Secret;
use serde_json::{Map, Value, json};
use url::Url;

use super::{Ask, Outgoing, Problem, Reading, Setup, Wire, json};
use crate::config::ModelConfig;
use crate::record::Usage;
use crate::request::{Finish, Request};

const OWN_ADDRESS: &str = "https://api.openai.com/v1";

struct OpenAi {
    base: Url,
    key: Option<Secret<String>>,
    limit_member: &'static str,
}

pub(super) fn connect(setup: Setup<'_>) -> Result<Box<dyn Wire>, Problem> {
    let base = openai_base(setup.base_url(Some(OWN_ADDRESS))?);
    let is_own = base.host_str() == Some("api.openai.com");
    let key = if is_own { Some(setup.required_key("OPENAI_API_KEY")?) } else { setup.key };
    let limit_member = if is_own { "max_completion_tokens" } else { "max_tokens" };
    Ok(Box::new(OpenAi { base, key, limit_member }))
}

impl Wire for OpenAi {
    fn server(&self) -> String {
        json::server(&self.base)
    }

    fn sends_form(&self, config: &ModelConfig, request: &Request) -> bool {
        json::sends_form(config, &request.output)
    }

    fn secrets(&self) -> Vec<&Secret<String>> {
        self.key.iter().collect()
    }

    fn write(&self, ask: &Ask<'_>) -> Outgoing {
        let mut body = Map::new();
        body.insert("model".to_owned(), json!(ask.config.served_name()));
        body.insert("messages".to_owned(), messages(ask.first()));
        body.insert(self.limit_member.to_owned(), json!(ask.max_tokens()));
        if let Some(temperature) = ask.config.temperature {
            body.insert("temperature".to_owned(), json!(temperature));
        }
        body.extend(json::form_members(ask));
        let url = json::joined(&self.base, "chat/completions");
        Outgoing::Http(json::call(url, json::bearer(self.key.as_ref()), body, ask))
    }

    fn read(&self, body: &[u8], _: usize) -> Result<Reading, String> {
        let body = json::parsed(body)?;
        let choice = body.pointer("/choices/0").ok_or("it has no choices")?;
        let message = choice.get("message").ok_or("its choice has no message")?;
        let finish = match message.get("refusal").and_then(Value::as_str) {
            Some(refusal) if !refusal.is_empty() => Finish::Refused(refusal.to_owned()),
            _ => json::finish(choice.get("finish_reason").and_then(Value::as_str)),
        };
        Ok(Reading::one(content(message), finish, usage(&body)))
    }
}

/// The whole conversation; an empty system text is not sent, some chat templates refuse it.
fn messages(request: &Request) -> Value {
    let parts = request.parts().filter(|(speaker, text)| *speaker != "system" || !text.is_empty());
    parts.map(|(speaker, text)| json!({"role": speaker, "content": text})).collect()
}

/// A text, or the texts of a list of parts.
fn content(message: &Value) -> String {
    match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts.iter().filter_map(|part| part.get("text")?.as_str()).collect(),
        _ => String::new(),
    }
}

/// The address with its version; a bare host, as people write it for servers of their own, gets one.
pub(super) fn openai_base(base: Url) -> Url {
    if base.path() == "/" { json::versioned(base, "v1") } else { base }
}

/// OpenAI's usage; absent when the server leaves it out or writes zeroes for a prompt that cannot be empty.
pub(super) fn usage(body: &Value) -> Option<Usage> {
    let usage = body.get("usage")?;
    let input_tokens = json::tokens(usage, "/prompt_tokens");
    (input_tokens > 0).then(|| Usage {
        input_tokens,
        cached_input_tokens: json::tokens(usage, "/prompt_tokens_details/cached_tokens").min(input_tokens),
        cache_write_tokens: 0,
        output_tokens: json::tokens(usage, "/completion_tokens"),
        reasoning_tokens: json::tokens(usage, "/completion_tokens_details/reasoning_tokens"),
        estimated: false,
    })
}
