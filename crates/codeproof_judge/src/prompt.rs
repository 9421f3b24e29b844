//! Prompts: what a model is told and shown.
//!
//! What all prompts of one analyzer share is the system text, so that servers can keep it; what differs is the message.

mod draft;
mod mend;
mod schema;
mod verify;

use std::sync::{Arc, LazyLock};

use serde_json::Value;

pub use draft::draft_prompt;
pub(crate) use draft::{form as draft_form, shown};
pub use mend::{AnswerForm, mend_prompt};
pub(crate) use verify::has_chain;
pub use verify::{ContextPart, VerifyInput, verify_prompt};

/// Raised whenever a text of this crate, or what its readers make of an answer, changes: memorised answers of earlier
/// versions are not used any more.
pub const PROMPT_VERSION: u32 = 1;

/// One prompt for one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// Instructions; the same text (and the same allocation) for all prompts of one kind.
    pub system: Arc<str>,
    /// The message.
    pub user: String,
    /// The JSON Schema that the server may hold the answer to.
    pub schema: Option<Arc<Value>>,
    /// The schema's name, also when there is none.
    pub schema_name: &'static str,
    /// The foreign text in the message, without numbers and fences: an answer that repeats a record of it is an echo.
    pub shown: String,
}

const ATTACKER_DATA: &str = include_str!("prompt/attacker_data.txt");
const SHOWN_CODE: &str = include_str!("prompt/shown_code.txt");
const DRAFT: &str = include_str!("prompt/draft.txt");
const DRAFT_MARKERS: &str = include_str!("prompt/draft_markers.txt");
const DRAFT_JSON: &str = include_str!("prompt/draft_json.txt");
const VERIFY: &str = include_str!("prompt/verify.txt");
const CRITERIA: &str = include_str!("prompt/criteria.txt");
pub(crate) const VOTE_MARKERS: &str = include_str!("prompt/vote_markers.txt");
const MEND: &str = include_str!("prompt/mend.txt");

/// A system text that is put together once.
type SystemText = LazyLock<Arc<str>>;

/// Joins paragraphs with an empty line between them.
fn paragraphs(parts: &[&str]) -> Arc<str> {
    parts.iter().map(|part| part.trim_end()).collect::<Vec<_>>().join("\n\n").into()
}

/// What a system text says when the instructions are the user's: only how foreign text is shown.
static SYSTEM_OF_TEMPLATES: SystemText = LazyLock::new(|| paragraphs(&[SHOWN_CODE]));
