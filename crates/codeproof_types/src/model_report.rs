//! What models did in a scan, in counts, for its report.

use serde::{Deserialize, Serialize};

use crate::{DroppedDraft, RepoPath};

/// What models did in a scan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelReport {
    /// The profile's name.
    pub profile: String,
    /// Chunks of code.
    pub chunks: ChunkCounts,
    /// Drafts of models.
    pub drafts: DraftCounts,
    /// What verifiers said of drafts.
    pub outcomes: OutcomeCounts,
    /// Each model in each role, in the order of the settings.
    pub models: Vec<ModelUse>,
    /// Nano-dollars of all calls whose price is known, those before a pause included.
    pub cost_nano_usd: u64,
    /// Tokens of calls whose price nobody knows.
    pub unpriced_tokens: u64,
    /// The scan's limit in nano-dollars, when it has one.
    pub max_cost_nano_usd: Option<u64>,
    /// Whether a limit was reached.
    pub limit_reached: bool,
    /// Why the scan paused, when it did.
    pub paused: Option<String>,
    /// Chunks that a model should have seen and none did; at most [`ModelReport::LISTED_MAX`].
    pub unseen: Vec<UnseenChunk>,
    /// Drafts that were not believed; at most [`ModelReport::LISTED_MAX`].
    pub dropped: Vec<DroppedDraft>,
}

impl ModelReport {
    /// Entries of a list in a report; the counts count all.
    pub const LISTED_MAX: usize = 1_000;
}

/// Chunks of code by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkCounts {
    /// All of them.
    pub total: u64,
    /// Not sent: the rules have said what there is to say.
    pub cleared: u64,
    /// Seen by at least one model.
    pub seen: u64,
    /// Of those, all whose answers came from the cache.
    pub cached: u64,
    /// Should have been seen, and were not.
    pub unseen: u64,
}

/// Drafts by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftCounts {
    /// Read from answers.
    pub reported: u64,
    /// Found at another line than the model claimed; they count among the reported.
    pub relocated: u64,
    /// Not found in the chunk at all, or not readable: not believed.
    pub dropped: u64,
    /// Drafts after merging, without those that joined a detector's finding.
    pub merged: u64,
    /// Reports of what a detector had found already.
    pub joined: u64,
}

/// Judged drafts by outcome. Detectors' findings are not among them: votes do not decide about those.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each field counts the outcome of its name")]
pub struct OutcomeCounts {
    pub verified: u64,
    pub weakness: u64,
    pub rejected: u64,
    pub unverified: u64,
}

/// What one model did in one role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUse {
    /// The user's name of the model.
    pub model: String,
    /// The role's word.
    pub role: String,
    /// Prompts that were sent.
    pub prompts: u64,
    /// Attempts of all prompts together.
    pub attempts: u64,
    /// Prompts answered from the cache.
    pub cached: u64,
    /// Prompts without an answer.
    pub failed: u64,
    /// Answers that could not be read, even after one attempt to mend them.
    pub malformed: u64,
    /// Answers that declined.
    pub refused: u64,
    /// Tokens of prompts, cached ones included.
    pub input_tokens: u64,
    /// Tokens of prompts that the server had in its cache.
    pub cached_input_tokens: u64,
    /// Tokens of answers.
    pub output_tokens: u64,
    /// Tokens of answers that went into reasoning.
    pub reasoning_tokens: u64,
    /// Whether any of these numbers is an estimate.
    pub estimated: bool,
    /// Nano-dollars; `None` when the price is not known, which is not the same as 0.
    pub cost_nano_usd: Option<u64>,
    /// Milliseconds of all answers together.
    pub latency_ms: u64,
    /// Why nothing more was sent to it, when that is so.
    pub out: Option<String>,
}

/// A chunk that no model saw.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnseenChunk {
    /// The file.
    pub path: RepoPath,
    /// 1-based.
    pub first_line: u32,
    /// Inclusive.
    pub last_line: u32,
    /// Why, one sentence without a full stop.
    pub reason: String,
}
