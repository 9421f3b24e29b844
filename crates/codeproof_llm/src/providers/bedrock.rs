//! Amazon Bedrock's Converse.
//!
//! Request: `POST {base}/model/{modelId}/converse` with a bearer key, or signed (`bedrock/signature.rs`);
//! `messages[].content[].text`, `system[].text`, `inferenceConfig.{maxTokens, temperature}`.
//! Answer: `output.message.content[].text`, `stopReason`, `usage`. Errors are `{"message": …}`; a model's own failure
//! is a 424, which is tried again.

mod signature;

use codeproof_types::Secret;
use serde_json::{Map, Value, json};
use url::Url;

use super::{Ask, Outgoing, Problem, Reading, Setup, Wire, json};
use crate::config::{AwsConfig, ModelConfig};
use crate::record::Usage;
use crate::request::{Finish, Request};
use signature::AccessKey;

struct Bedrock {
    base: Url,
    region: String,
    identity: Identity,
}

enum Identity {
    Bearer(Secret<String>),
    Signed(AccessKey),
}

pub(super) fn connect(setup: Setup<'_>) -> Result<Box<dyn Wire>, Problem> {
    let aws = setup.config.aws.as_ref().ok_or_else(|| {
        Problem::Setting("aws", "it is missing; write aws = { region = \"eu-central-1\" }".to_owned())
    })?;
    if aws.region.is_empty() || !aws.region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Problem::Setting("aws.region", "it is no region; write one like \"eu-central-1\"".to_owned()));
    }
    let base = setup.base_url(Some(&format!("https://bedrock-runtime.{}.amazonaws.com", aws.region)))?;
    let identity = match &setup.key {
        Some(key) => Identity::Bearer(key.clone()),
        None => Identity::Signed(access_key(aws, setup.variable)?),
    };
    Ok(Box::new(Bedrock { base, region: aws.region.clone(), identity }))
}

fn access_key(aws: &AwsConfig, variable: &dyn Fn(&str) -> Option<String>) -> Result<AccessKey, Problem> {
    let required = |name: &str, field| {
        let value = variable(name).filter(|value| !value.is_empty());
        value.map(Secret::new).ok_or_else(|| Problem::Variable(name.to_owned(), field))
    };
    Ok(AccessKey {
        id: required(&aws.access_key_id_env, "aws.access_key_id_env")?,
        secret: required(&aws.secret_access_key_env, "aws.secret_access_key_env")?,
        session_token: variable(&aws.session_token_env).filter(|value| !value.is_empty()).map(Secret::new),
    })
}

impl Wire for Bedrock {
    fn server(&self) -> String {
        json::server(&self.base)
    }

    fn sends_form(&self, _: &ModelConfig, _: &Request) -> bool {
        false
    }

    fn secrets(&self) -> Vec<&Secret<String>> {
        match &self.identity {
            Identity::Bearer(key) => vec![key],
            Identity::Signed(key) => [&key.id, &key.secret].into_iter().chain(&key.session_token).collect(),
        }
    }

    fn write(&self, ask: &Ask<'_>) -> Outgoing {
        let request = ask.first();
        let mut limits = Map::new();
        limits.insert("maxTokens".to_owned(), json!(ask.max_tokens()));
        if let Some(temperature) = ask.config.temperature {
            limits.insert("temperature".to_owned(), json!(temperature));
        }
        let turns = request.parts().skip(1);
        let mut body = Map::new();
        body.insert(
            "messages".to_owned(),
            turns.map(|(role, text)| json!({"role": role, "content": [{"text": text}]})).collect(),
        );
        if !request.system.is_empty() {
            body.insert("system".to_owned(), json!([{"text": &*request.system}]));
        }
        body.insert("inferenceConfig".to_owned(), Value::Object(limits));
        let url = json::joined(&self.base, &format!("model/{}/converse", json::segment(ask.config.served_name())));
        let mut call = json::call(url, Vec::new(), body, ask);
        call.headers = match &self.identity {
            Identity::Bearer(key) => json::bearer(Some(key)),
            Identity::Signed(key) => key.sign(&self.region, &call.url, &call.body, ask.now_ms),
        };
        Outgoing::Http(call)
    }

    fn read(&self, body: &[u8], _: usize) -> Result<Reading, String> {
        let body = json::parsed(body)?;
        let blocks = body.pointer("/output/message/content").and_then(Value::as_array).ok_or("it has no content")?;
        let text = blocks.iter().filter_map(|block| block.get("text")?.as_str()).collect();
        let finish = match body.get("stopReason").and_then(Value::as_str) {
            Some("end_turn" | "stop_sequence") | None => Finish::Stop,
            Some("max_tokens" | "model_context_window_exceeded") => Finish::Length,
            Some(word @ ("guardrail_intervened" | "content_filtered")) => Finish::Refused(word.to_owned()),
            Some(other) => Finish::Other(other.to_owned()),
        };
        Ok(Reading::one(text, finish, body.get("usage").map(usage)))
    }
}

/// Bedrock's `inputTokens` leave out what came from the cache or went into it, as Anthropic's do.
fn usage(usage: &Value) -> Usage {
    let cached_input_tokens = json::tokens(usage, "/cacheReadInputTokens");
    let cache_write_tokens = json::tokens(usage, "/cacheWriteInputTokens");
    let fresh = json::tokens(usage, "/inputTokens");
    Usage {
        input_tokens: fresh.saturating_add(cached_input_tokens).saturating_add(cache_write_tokens),
        cached_input_tokens,
        cache_write_tokens,
        output_tokens: json::tokens(usage, "/outputTokens"),
        reasoning_tokens: 0,
        estimated: false,
    }
}
