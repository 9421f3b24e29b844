//! `/v1/completions` with a list of prompts, as vLLM serves it: one request, many answers.
//!
//! Request: `POST {base}/completions` with `model`, `prompt` (a text, or a list of texts), `max_tokens`, `temperature`,
//! the form of the answers. Answer: `choices[].{index, text, finish_reason}` in any order, and `usage`: vLLM's is the
//! sum over the list, llama-server's that of one prompt, which the pool finds out.
//! The server puts no chat template around a prompt: `completion_template` does.

use codeproof_types::Secret;
use serde_json::{Map, Value, json};
use url::Url;

use super::openai::{openai_base, usage};
use super::{Answer, Ask, Outgoing, Problem, Reading, Setup, Wire, json};
use crate::config::ModelConfig;
use crate::request::{Request, Speaker};

/// Prompts per list when the settings say nothing: enough to share the instructions, few enough to answer soon.
const BATCH_SIZE_DEFAULT: u32 = 8;
const TEMPLATE_DEFAULT: &str = "{system}\n\n{prompt}\n";

struct Vllm {
    base: Url,
    key: Option<Secret<String>>,
}

pub(super) fn connect(setup: Setup<'_>) -> Result<Box<dyn Wire>, Problem> {
    Ok(Box::new(Vllm { base: openai_base(setup.base_url(None)?), key: setup.key }))
}

impl Wire for Vllm {
    fn server(&self) -> String {
        json::server(&self.base)
    }

    fn batch_size(&self) -> u32 {
        BATCH_SIZE_DEFAULT
    }

    fn takes_lists(&self) -> bool {
        true
    }

    fn sends_form(&self, config: &ModelConfig, request: &Request) -> bool {
        json::sends_form(config, &request.output)
    }

    fn secrets(&self) -> Vec<&Secret<String>> {
        self.key.iter().collect()
    }

    fn write(&self, ask: &Ask<'_>) -> Outgoing {
        let template = ask.config.completion_template.as_deref().unwrap_or(TEMPLATE_DEFAULT);
        let prompt = match ask.requests {
            [one] => json!(filled(template, one)),
            many => many.iter().map(|request| json!(filled(template, request))).collect(),
        };
        let mut body = Map::new();
        body.insert("model".to_owned(), json!(ask.config.served_name()));
        body.insert("prompt".to_owned(), prompt);
        body.insert("max_tokens".to_owned(), json!(ask.max_tokens()));
        if let Some(temperature) = ask.config.temperature {
            body.insert("temperature".to_owned(), json!(temperature));
        }
        body.extend(json::form_members(ask));
        let url = json::joined(&self.base, "completions");
        Outgoing::Http(json::call(url, json::bearer(self.key.as_ref()), body, ask))
    }

    fn read(&self, body: &[u8], prompts: usize) -> Result<Reading, String> {
        let body = json::parsed(body)?;
        let choices = body.get("choices").and_then(Value::as_array).ok_or("it has no choices")?;
        let mut answers: Vec<Option<Answer>> = vec![None; prompts];
        for choice in choices {
            let index = choice.get("index").and_then(Value::as_u64).ok_or("a choice has no index")?;
            let text = choice.get("text").and_then(Value::as_str).ok_or("a choice has no text")?.to_owned();
            let finish = json::finish(choice.get("finish_reason").and_then(Value::as_str));
            let place = usize::try_from(index).ok().and_then(|index| answers.get_mut(index));
            *place.ok_or("it answers a prompt that was not sent")? = Some(Answer { text, finish });
        }
        let answers: Option<Vec<Answer>> = answers.into_iter().collect();
        Ok(Reading { answers: answers.ok_or("it does not answer every prompt")?, usage: usage(&body) })
    }
}

/// One text of a conversation. Placeholders inside the filled-in texts stay as they are: they are code.
fn filled(template: &str, request: &Request) -> String {
    let conversation = conversation(request);
    let mut text = String::with_capacity(template.len() + request.bytes() + 16);
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, tail) = rest.split_at(at);
        text.push_str(before);
        rest = if let Some(after) = tail.strip_prefix("{system}") {
            text.push_str(&request.system);
            after
        } else if let Some(after) = tail.strip_prefix("{prompt}") {
            text.push_str(&conversation);
            after
        } else {
            text.push('{');
            &tail[1..]
        };
    }
    text.push_str(rest);
    text
}

fn conversation(request: &Request) -> String {
    match request.turns.as_slice() {
        [only] => only.text.clone(),
        turns => turns.iter().map(|turn| format!("{}: {}\n", speaker(turn.speaker), turn.text)).collect(),
    }
}

fn speaker(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::User => "User",
        Speaker::Assistant => "Assistant",
    }
}
