//! What a user says about a model: where it is, how it is paid, what it may do.
//!
//! A [`ModelConfig`] is plain data, read from the user's settings. It never holds a key: only names of environment
//! variables, which [`crate::ModelPool::open`] looks up through a function given to it.

mod base_url;
mod check;
mod header;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use codeproof_types::OutputMode;
use serde::{Deserialize, Serialize};

use crate::providers::Provider;

pub(crate) use base_url::checked_base_url;
pub(crate) use check::check;
pub use header::HeaderText;
pub(crate) use header::headers;

/// Requests in flight per model when nothing else is said; seed 000's default.
const MAX_CONCURRENT_DEFAULT: u32 = 2;
/// Tokens of an answer when nothing else is said. A limit is always sent: a model that is held to a schema can fill
/// any budget with blanks.
const MAX_OUTPUT_TOKENS_DEFAULT: u32 = 4_096;
/// How long a request waits for others to share a list with.
const BATCH_WAIT_MS_DEFAULT: u64 = 20;
/// Seconds for one attempt, from connecting to the last byte; what the official clients use.
const TIMEOUT_SECONDS_DEFAULT: u64 = 600;

/// One model and the server that runs it.
///
/// ```
/// let model: codeproof_llm::ModelConfig = serde_json::from_value(serde_json::json!({
///     "name": "qwen",
///     "provider": "openai",
///     "model": "Qwen/Qwen3-Coder-30B",
///     "base_url": "http://127.0.0.1:8000/v1",
///     "roles": ["analyzer", "verifier"],
/// })).unwrap();
/// assert_eq!(model.max_concurrent, 2);
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfig {
    /// The user's name for it, unique in a pool; settings that are read by name leave it out.
    #[serde(default)]
    pub name: String,
    /// Which wire format its server speaks.
    pub provider: Provider,
    /// The server's name for it; [`Self::name`] when absent.
    #[serde(default)]
    pub model: Option<String>,
    /// Address of the API, without the path of a call (`https://api.openai.com/v1`); the provider's own when absent.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Whether `http://` may leave this machine and its private networks.
    #[serde(default)]
    pub allow_http: bool,
    /// Name of the environment variable with the key.
    #[serde(default)]
    pub api_key_env: Option<String>,
    /// Where Bedrock runs the model, and, without a bearer key, which variables sign its requests.
    #[serde(default)]
    pub aws: Option<AwsConfig>,
    /// Sent when given; several reasoning models refuse any.
    #[serde(default)]
    pub temperature: Option<f32>,
    /// Most tokens of one answer; always sent.
    #[serde(default = "max_output_tokens")]
    pub max_tokens: u32,
    /// Tokens that prompt and answer may have together; a prompt that cannot fit is refused before it is sent.
    #[serde(default)]
    pub context_tokens: Option<u32>,
    /// Sent with every request. A header that carries a key names a variable.
    #[serde(default)]
    pub extra_headers: BTreeMap<String, HeaderText>,
    /// Members added to the body of every request, over what this crate writes.
    #[serde(default)]
    pub extra_body: serde_json::Map<String, serde_json::Value>,
    /// What it may be asked for.
    #[serde(default)]
    pub roles: BTreeSet<Role>,
    /// Requests in flight at most.
    #[serde(default = "max_concurrent")]
    pub max_concurrent: u32,
    /// Prompts of one request at most, for servers that take lists; the provider's choice when absent.
    #[serde(default)]
    pub batch_size: Option<u32>,
    /// Milliseconds that a prompt waits for its list to fill.
    #[serde(default = "batch_wait_ms")]
    pub batch_wait_ms: u64,
    /// The form of answer it is asked for unless a profile says otherwise.
    #[serde(default)]
    pub output_mode: OutputMode,
    /// How its server is told a schema.
    #[serde(default)]
    pub schema_field: SchemaField,
    /// How system text and prompt become one text, for servers that take bare prompts: a text with `{system}` and
    /// `{prompt}`, usually the model's chat template.
    #[serde(default)]
    pub completion_template: Option<String>,
    /// What it costs; else the price table is asked.
    #[serde(default)]
    pub price: Option<ConfigPrice>,
    /// Seconds for one attempt.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u64,
    /// The answers of a `scripted` model.
    #[serde(default)]
    pub script: Option<Script>,
}

impl ModelConfig {
    /// A model with every setting at its default.
    pub fn new(name: impl Into<String>, provider: Provider) -> Self {
        Self {
            name: name.into(),
            provider,
            model: None,
            base_url: None,
            allow_http: false,
            api_key_env: None,
            aws: None,
            temperature: None,
            max_tokens: MAX_OUTPUT_TOKENS_DEFAULT,
            context_tokens: None,
            extra_headers: BTreeMap::new(),
            extra_body: serde_json::Map::new(),
            roles: BTreeSet::new(),
            max_concurrent: MAX_CONCURRENT_DEFAULT,
            batch_size: None,
            batch_wait_ms: BATCH_WAIT_MS_DEFAULT,
            output_mode: OutputMode::default(),
            schema_field: SchemaField::default(),
            completion_template: None,
            price: None,
            timeout_seconds: TIMEOUT_SECONDS_DEFAULT,
            script: None,
        }
    }

    /// What its server calls it.
    pub fn served_name(&self) -> &str {
        self.model.as_deref().unwrap_or(&self.name)
    }
}

/// What a model may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads chunks and drafts findings.
    Analyzer,
    /// Votes on drafts.
    Verifier,
    /// Explains verified findings.
    Enricher,
    /// Follows a finding through the code with tools.
    Investigator,
    /// Talks to the user, and mends malformed answers of others.
    Chat,
    /// Turns text into vectors.
    Embedding,
}

impl Role {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Analyzer => "analyzer",
            Self::Verifier => "verifier",
            Self::Enricher => "enricher",
            Self::Investigator => "investigator",
            Self::Chat => "chat",
            Self::Embedding => "embedding",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a server is told the schema of an answer.
///
/// vLLM 0.12 and newer ignore `guided_json` without a word, llama-cpp-python answers `json_schema` with a 500: there is
/// no field that all servers obey.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemaField {
    /// `response_format: {type: json_schema}`: OpenAI, vLLM, llama-server; each cloud's own field elsewhere.
    #[default]
    ResponseFormat,
    /// `response_format: {type: json_object, schema}`: llama-cpp-python.
    JsonObject,
    /// `structured_outputs: {json}`: vLLM; also for lists of prompts.
    StructuredOutputs,
    /// `guided_json`: vLLM before 0.12.
    GuidedJson,
    /// Nothing: the server knows none.
    None,
}

/// Where and as whom Bedrock is called.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwsConfig {
    /// The region, `eu-central-1`.
    pub region: String,
    /// Variable with the access key's id.
    #[serde(default = "access_key_env")]
    pub access_key_id_env: String,
    /// Variable with the secret access key.
    #[serde(default = "secret_key_env")]
    pub secret_access_key_env: String,
    /// Variable with the session's token, if there is one.
    #[serde(default = "session_token_env")]
    pub session_token_env: String,
}

impl AwsConfig {
    /// The usual variables in `region`.
    pub fn new(region: impl Into<String>) -> Self {
        Self {
            region: region.into(),
            access_key_id_env: access_key_env(),
            secret_access_key_env: secret_key_env(),
            session_token_env: session_token_env(),
        }
    }
}

/// What a user says a model costs, in US dollars per million tokens. Zero is a price: the model is free.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigPrice {
    /// Tokens of prompts.
    pub input_usd_per_million: f64,
    /// Tokens of answers.
    pub output_usd_per_million: f64,
    /// Tokens of prompts that the server had in its cache; like others when absent.
    #[serde(default)]
    pub cached_input_usd_per_million: Option<f64>,
}

/// Where a scripted model's answers stand; the format is told in `providers/scripted.rs`.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "PathBuf")]
pub enum Script {
    /// A file.
    File(PathBuf),
    /// The text itself: what is built into a program.
    Text(std::borrow::Cow<'static, str>),
}

impl From<PathBuf> for Script {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

fn max_output_tokens() -> u32 {
    MAX_OUTPUT_TOKENS_DEFAULT
}

fn max_concurrent() -> u32 {
    MAX_CONCURRENT_DEFAULT
}

fn batch_wait_ms() -> u64 {
    BATCH_WAIT_MS_DEFAULT
}

fn timeout_seconds() -> u64 {
    TIMEOUT_SECONDS_DEFAULT
}

fn access_key_env() -> String {
    "AWS_ACCESS_KEY_ID".to_owned()
}

fn secret_key_env() -> String {
    "AWS_SECRET_ACCESS_KEY".to_owned()
}

fn session_token_env() -> String {
    "AWS_SESSION_TOKEN".to_owned()
}
