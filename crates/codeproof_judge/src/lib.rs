//! Turns code into prompts, and models' answers into anchored drafts and counted votes.

mod anchor;
mod chunk_key;
mod code_lines;
mod error;
mod family;
mod fence;
mod finding;
mod join;
mod merge;
mod profile;
mod prompt;
mod reading;
mod template;
mod vote;

pub use anchor::{AnchoredDraft, anchor};
pub use chunk_key::chunk_key;
pub use code_lines::CodeLines;
pub use error::{ProfileError, ReplyProblem, TemplateProblem};
pub use family::rule_info;
pub use fence::PromptKey;
pub use finding::finding;
pub use join::{Joined, credit, join};
pub use merge::{MergedDraft, merge};
pub use profile::{Analyzer, Filter, InvestigatorMode, Profile, Verifier};
pub use prompt::{
    AnswerForm, ContextPart, PROMPT_VERSION, Prompt, VerifyInput, draft_prompt, mend_prompt, verify_prompt,
};
pub use reading::{ChunkReading, RelativeDraft, read_chunk};
pub use vote::{apply, data_flow_vote, decide, read_vote};
