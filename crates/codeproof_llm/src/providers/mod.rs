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
    fn one(text: String, finish: Finish, usage: Option<Usage>) -> Self {
        Self { answers: vec![Answer { text, finish }], usage }
    }
}
