//! What one prompt cost, in tokens, money and time.

use codeproof_types::ContentHash;
use serde::{Deserialize, Serialize};

use crate::config::Role;

/// Tokens of one prompt and its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// All tokens of the prompt, cached ones included.
    pub input_tokens: u64,
    /// Those that the server had in its cache.
    pub cached_input_tokens: u64,
    /// Those that the server wrote to its cache, which some charge for.
    pub cache_write_tokens: u64,
    /// All tokens of the answer, reasoning included.
    pub output_tokens: u64,
    /// Those that went into reasoning.
    pub reasoning_tokens: u64,
    /// Whether the numbers are our own count. A list's prompts share the server's numbers by their lengths: the sum is
    /// the server's word.
    pub estimated: bool,
}

impl Usage {
    /// Tokens of prompt and answer together.
    pub fn total_tokens(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }
}

/// One prompt's way to a model: a row of `llm_call_metrics`, but for how the answer could be read, which only the
/// caller knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The user's name of the model.
    pub model: String,
    /// What it was asked for.
    pub role: Role,
    /// Identity of the prompt.
    pub prompt_hash: ContentHash,
    /// Tokens.
    pub usage: Usage,
    /// Nano-dollars; absent when no price is known, which is not the same as 0.
    pub cost_nano_usd: Option<u64>,
    /// Version of the price table, or `settings`.
    pub price_version: Option<String>,
    /// Milliseconds of the attempt that ended it, queues and pauses not counted.
    pub latency_ms: u64,
    /// Times it was sent; 0 when it never was.
    pub attempts: u32,
    /// Prompts that shared the last request, this one included.
    pub batch_size: u32,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: CallOutcome,
}

/// How a prompt's way ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CallOutcome {
    /// With an answer.
    Answered,
    /// With an error; its text.
    Failed {
        /// The error's text: model, place, what to try.
        error: String,
    },
    /// The caller stopped waiting while the prompt was on its way. The server may have charged for it.
    Cancelled,
}

/// Takes the record of every prompt that was sent. Called from the pool's tasks: it must not block.
///
/// [`crate::Reply`] carries the same record, for callers that store an answer and its cost in one step: store each once.
pub trait CallSink: Send + Sync {
    /// Takes one record.
    fn record(&self, record: &CallRecord);
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSink;

impl CallSink for NoSink {
    fn record(&self, _: &CallRecord) {}
}
