//! The wire formats, one file each, with recorded exchanges beside it.
//!
//! Adding one: its file, a `.fixture` with exchanges (keys removed), the word in the list below, and the snapshot that
//! the shared test in `tests/it/exchanges.rs` writes.

mod json;

use codeproof_types::Secret;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::ModelConfig;
use crate::fault::Fault;
use crate::record::Usage;
use crate::request::{Finish, Request};
use crate::transport::HttpCall;

macro_rules! providers {
    ($($(#[$doc:meta])* $variant:ident = $word:literal in $module:ident),+ $(,)?) => {
        $(mod $module;)+

        /// A wire format.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Provider {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl Provider {
            /// All of them, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in settings.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            pub(crate) fn connect(self, setup: Setup<'_>) -> Result<Box<dyn Wire>, Problem> {
                match self { $(Self::$variant => $module::connect(setup),)+ }
            }
        }
    };
}

providers! {
    /// Chat completions as OpenAI defined them: vLLM, llama.cpp, OpenRouter, LiteLLM and most others.
    OpenAi = "openai" in openai,
    /// `/v1/completions` with lists of prompts, as vLLM serves it.
    Vllm = "vllm" in vllm,
    /// Anthropic's messages.
    Anthropic = "anthropic" in anthropic,
    /// Google's generateContent.
    Gemini = "gemini" in gemini,
    /// Amazon's Converse.
    Bedrock = "bedrock" in bedrock,
    /// Ollama's own chat, the only way to tell it how much context to keep.
    Ollama = "ollama" in ollama,
    /// Answers from a file, without a server: demonstrations, dry runs, tests.
    Scripted = "scripted" in scripted,
}

impl std::fmt::Display for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a provider is made from: a model's settings and the looked-up keys.
pub(crate) struct Setup<'a> {
    pub(crate) config: &'a ModelConfig,
    pub(crate) key: Option<Secret<String>>,
    /// Looks up a variable by name.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<String>,
}

/// What keeps a provider from being made.
pub(crate) enum Problem {
    /// A setting: its name, what is wrong and what to write.
    Setting(&'static str, String),
    /// A variable that is not set, and the setting that names it.
    Variable(String, &'static str),
}

impl Setup<'_> {
    /// The address in the settings, or the provider's own.
    fn base_url(&self, own: Option<&str>) -> Result<Url, Problem> {
        let text = self.config.base_url.as_deref().or(own).ok_or_else(|| {
            Problem::Setting(
                "base_url",
                "it is missing; write the server's address, http://127.0.0.1:8000/v1".to_owned(),
            )
        })?;
        crate::config::checked_base_url(text, self.config.allow_http).map_err(|why| Problem::Setting("base_url", why))
    }

    /// The key, where there is no doing without.
    fn required_key(&self, usual: &str) -> Result<Secret<String>, Problem> {
        self.key
            .clone()
            .ok_or_else(|| Problem::Setting("api_key_env", format!("it is missing; write api_key_env = \"{usual}\"")))
    }
}

/// One model's way to speak.
pub(crate) trait Wire: Send + Sync {
    /// Scheme, host and port, for messages.
    fn server(&self) -> String;

    /// Prompts that one request may carry, unless the settings say otherwise.
    fn batch_size(&self) -> u32 {
        1
    }

    /// Whether several prompts may share a request at all.
    fn takes_lists(&self) -> bool {
        false
    }

    /// Whether it can tell a server the wished form of an answer.
    fn sends_form(&self, config: &ModelConfig, request: &Request) -> bool;

    /// Values that must not appear in a message.
    fn secrets(&self) -> Vec<&Secret<String>> {
        Vec::new()
    }

    /// Writes a request.
    fn write(&self, ask: &Ask<'_>) -> Outgoing;

    /// Reads the body of a good answer to `prompts` prompts; why it cannot be read otherwise.
    fn read(&self, body: &[u8], prompts: usize) -> Result<Reading, String>;
}

/// What one attempt sends.
pub(crate) struct Ask<'a> {
    pub(crate) config: &'a ModelConfig,
    /// At least one; several only for a [`Wire`] that takes lists.
    pub(crate) requests: &'a [&'a Request],
    /// Whether the server should be told the wished form.
    pub(crate) with_form: bool,
    /// 1 for the first.
    pub(crate) attempt: u32,
    /// Unix time.
    pub(crate) now_ms: u64,
}

impl<'a> Ask<'a> {
    /// The first, or only, request.
    fn first(&self) -> &'a Request {
        self.requests[0]
    }

    /// Most tokens of an answer.
    fn max_tokens(&self) -> u32 {
        self.first().max_tokens.unwrap_or(self.config.max_tokens)
    }
}

/// Where a request goes.
pub(crate) enum Outgoing {
    /// To a server.
    Http(HttpCall),
    /// Nowhere: the answer is known, after a while.
    Local { latency: std::time::Duration, result: Result<Reading, Fault> },
}

/// What stands in an answer.
#[derive(Debug)]
pub(crate) struct Reading {
    /// One for each prompt, in their order.
    pub(crate) answers: Vec<Answer>,
    /// For all prompts together.
    pub(crate) usage: Option<Usage>,
}

/// One prompt's answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) finish: Finish,
}

impl Reading {
    /// A single answer. A usage without tokens of the prompt is none: no prompt is empty.
    fn one(text: String, finish: Finish, usage: Option<Usage>) -> Self {
        Self { answers: vec![Answer { text, finish }], usage: usage.filter(|usage| usage.input_tokens > 0) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::{AwsConfig, Script};

    fn wires() -> Vec<Box<dyn Wire>> {
        let connect = |provider: &Provider| {
            let mut config = ModelConfig::new("m", *provider);
            config.base_url = Some("http://127.0.0.1:1".to_owned());
            config.context_tokens = Some(8_192);
            config.aws = Some(AwsConfig::new("eu-central-1"));
            config.script = Some(Script::Text(r#"{"answers": []}"#.into()));
            let key = Some(Secret::new("key".repeat(5)));
            match provider.connect(Setup { config: &config, key, variable: &|_| None }) {
                Ok(wire) => wire,
                Err(_) => panic!("{provider} does not connect"),
            }
        };
        Provider::ALL.iter().map(connect).collect()
    }

    /// JSON with the members that answers have, of any type, at any place.
    fn answers() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            "[a-zA-Z_ ]{0,12}".prop_map(Into::into),
        ];
        let member = prop::sample::select(vec![
            "choices",
            "message",
            "content",
            "text",
            "index",
            "finish_reason",
            "usage",
            "prompt_tokens",
            "error",
            "detail",
            "candidates",
            "parts",
            "usageMetadata",
            "promptTokenCount",
            "output",
            "stopReason",
            "inputTokens",
            "prompt_eval_count",
            "done_reason",
            "input_tokens",
            "promptFeedback",
            "blockReason",
        ]);
        leaf.prop_recursive(5, 40, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map(member.clone(), inner, 0..5).prop_map(|members| {
                    members
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect::<serde_json::Map<_, _>>()
                        .into()
                }),
            ]
        })
    }

    /// Reads `body` as every provider would; each reading answers every prompt.
    #[track_caller]
    fn read_all(body: &[u8], prompts: usize) {
        for wire in wires() {
            if let Ok(reading) = wire.read(body, prompts) {
                let expected = if wire.takes_lists() { prompts } else { 1 };
                assert_eq!(reading.answers.len(), expected);
            }
        }
    }

    proptest! {
        #[test]
        fn any_answer_is_read_or_refused(answer in answers(), prompts in 1_usize..4) {
            read_all(answer.to_string().as_bytes(), prompts);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            read_all(&bytes, 1);
            crate::fault::from_response(500, &reqwest::header::HeaderMap::new(), &bytes, 0);
        }
    }

    #[test]
    fn deep_answers_do_not_overflow() {
        for open in ["[", "{\"error\":", "{\"choices\":["] {
            read_all(open.repeat(200_000).as_bytes(), 1);
        }
    }
}
