//! Table `llm_call_metrics`: one row per prompt that was sent to a model.

use codeproof_types::{ContentHash, Fingerprint};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Cell, ChunkId, to_integer, to_word};
use crate::Error;

/// What a prompt was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To find drafts in a chunk.
    Draft,
    /// To vote on a draft.
    Verify,
    /// To mend an answer that could not be read.
    Mend,
}

impl Purpose {
    /// The word in rows and for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Verify => "verify",
            Self::Mend => "mend",
        }
    }
}

/// What one prompt took, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallRow {
    /// The chunk it was about, when it was about one.
    pub chunk: Option<ChunkId>,
    /// The draft it was about, by its finding; stored as the draft's id, and without one when there is no such draft.
    pub fingerprint: Option<Fingerprint>,
    /// When it was sent, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The user's name of the model.
    pub model: String,
    /// What the model was asked as: the role's word.
    pub role: String,
    /// What the prompt was for.
    pub purpose: Purpose,
    /// Identity of the prompt.
    pub prompt_hash: ContentHash,
    /// Tokens of the prompt, cached ones included.
    pub input_tokens: u64,
    /// Of those, the ones that the server had in its cache.
    pub cached_input_tokens: u64,
    /// Tokens that the server wrote to its cache.
    pub cache_write_tokens: u64,
    /// Tokens of the answer, reasoning included.
    pub output_tokens: u64,
    /// Of those, the ones that went into reasoning.
    pub reasoning_tokens: u64,
    /// Whether the numbers are an estimate.
    pub estimated: bool,
    /// Nano-dollars; `None` when the price is not known, which is not the same as 0.
    pub cost_nano_usd: Option<u64>,
    /// Which prices it was reckoned with.
    pub price_version: Option<String>,
    /// Milliseconds of the attempt that ended it.
    pub latency_ms: u64,
    /// Times it was sent.
    pub attempts: u32,
    /// Prompts that shared the request, this one included.
    pub batch_size: u32,
    /// How it ended, a word: `answered`, `failed`, `cancelled`.
    pub outcome: String,
    /// The error, when it failed.
    pub error: Option<String>,
    /// How the answer could be read, a word: `ok`, `malformed`, `refusal` and so on.
    pub parse_status: Option<String>,
}

impl CallRow {
    /// [`outcome`](Self::outcome) of a prompt that got an answer.
    pub const ANSWERED: &str = "answered";
    /// [`parse_status`](Self::parse_status) of an answer that could not be read.
    pub const MALFORMED: &str = "malformed";
    /// [`parse_status`](Self::parse_status) of an answer that declined.
    pub const REFUSAL: &str = "refusal";
}

/// A row; columns as in schema step m0004.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "llm_call_metrics")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub scan_id: i64,
    pub seq: i64,
    pub chunk_id: Option<i64>,
    pub draft_id: Option<i64>,
    pub at_ms: i64,
    pub model: String,
    pub role: String,
    pub purpose: String,
    pub prompt_hash: String,
    pub input_tokens: i64,
    pub cached_input_tokens: i64,
    pub cache_write_tokens: i64,
    pub output_tokens: i64,
    pub reasoning_tokens: i64,
    pub estimated: bool,
    pub cost_nano_usd: Option<i64>,
    pub price_version: Option<String>,
    pub latency_ms: i64,
    pub attempts: i64,
    pub batch_size: i64,
    pub outcome: String,
    pub error: Option<String>,
    pub parse_status: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of a call: the scan's number `seq`, about the draft `draft_id`.
pub(crate) fn row(scan_id: i64, seq: i64, draft_id: Option<i64>, call: &CallRow) -> ActiveModel {
    ActiveModel {
        scan_id: Set(scan_id),
        seq: Set(seq),
        chunk_id: Set(call.chunk.map(|chunk| chunk.0)),
        draft_id: Set(draft_id),
        at_ms: Set(call.at_ms),
        model: Set(call.model.clone()),
        role: Set(call.role.clone()),
        purpose: Set(to_word(call.purpose)),
        prompt_hash: Set(call.prompt_hash.to_string()),
        input_tokens: Set(to_integer(call.input_tokens)),
        cached_input_tokens: Set(to_integer(call.cached_input_tokens)),
        cache_write_tokens: Set(to_integer(call.cache_write_tokens)),
        output_tokens: Set(to_integer(call.output_tokens)),
        reasoning_tokens: Set(to_integer(call.reasoning_tokens)),
        estimated: Set(call.estimated),
        cost_nano_usd: Set(call.cost_nano_usd.map(to_integer)),
        price_version: Set(call.price_version.clone()),
        latency_ms: Set(to_integer(call.latency_ms)),
        attempts: Set(call.attempts.into()),
        batch_size: Set(call.batch_size.into()),
        outcome: Set(call.outcome.clone()),
        error: Set(call.error.clone()),
        parse_status: Set(call.parse_status.clone()),
        ..Default::default()
    }
}

/// The call of a row; `fingerprint` is its draft's.
pub(crate) fn call(row: Model, fingerprint: Option<Fingerprint>) -> Result<CallRow, Error> {
    let cell = |column| Cell { table: "llm_call_metrics", row: row.id, column };
    Ok(CallRow {
        chunk: row.chunk_id.map(ChunkId),
        fingerprint,
        at_ms: row.at_ms,
        model: row.model,
        role: row.role,
        purpose: cell("purpose").word(row.purpose)?,
        prompt_hash: cell("prompt_hash").word(row.prompt_hash)?,
        input_tokens: cell("input_tokens").number(row.input_tokens)?,
        cached_input_tokens: cell("cached_input_tokens").number(row.cached_input_tokens)?,
        cache_write_tokens: cell("cache_write_tokens").number(row.cache_write_tokens)?,
        output_tokens: cell("output_tokens").number(row.output_tokens)?,
        reasoning_tokens: cell("reasoning_tokens").number(row.reasoning_tokens)?,
        estimated: row.estimated,
        cost_nano_usd: row.cost_nano_usd.map(|cost| cell("cost_nano_usd").number(cost)).transpose()?,
        price_version: row.price_version,
        latency_ms: cell("latency_ms").number(row.latency_ms)?,
        attempts: cell("attempts").number(row.attempts)?,
        batch_size: cell("batch_size").number(row.batch_size)?,
        outcome: row.outcome,
        error: row.error,
        parse_status: row.parse_status,
    })
}
