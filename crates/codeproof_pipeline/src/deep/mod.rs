//! The deep scan: models draft findings chunk by chunk and vote on them, while everything they say is anchored to the
//! bytes of the scan.
//!
//! Drafting and judging run at the same time, each on a thread of its own, with a bounded queue between them. Every answer is
//! memorised with what it cost before anything is made of it, so a scan that was paused, interrupted or killed simply
//! runs again: what was answered is not asked a second time.

mod ask;
mod context;
mod control;
mod counts;
mod draft;
mod plan;
mod queue;
mod run;
mod texts;
mod verify;

use codeproof_judge::Profile;
use codeproof_llm::{BudgetLimits, ModelConfig, PriceTable};

pub(crate) use control::Halt;
pub(crate) use run::{DeepInput, run};

/// How a scan uses models.
pub struct DeepRequest {
    /// Who drafts and who votes; checked.
    pub profile: Profile,
    /// The models the profile names, and those that mend malformed answers.
    pub models: Vec<ModelConfig>,
    /// What the scan may spend, what it spent before a pause included.
    pub limits: BudgetLimits,
    /// What tokens cost.
    pub prices: std::sync::Arc<PriceTable>,
    /// A proxy for all servers but those of this machine.
    pub proxy: Option<String>,
    /// Looks up an environment variable with a key.
    pub variable: fn(&str) -> Option<String>,
    /// The time, milliseconds since 1970 UTC.
    pub now_ms: fn() -> i64,
    /// Whether prompts and answers are kept.
    pub keep_exchanges: bool,
    /// Whether answers of earlier scans count.
    pub use_answers: bool,
    /// Secret bytes of the installation; fences in prompts are made of them.
    pub secret: [u8; 32],
}
