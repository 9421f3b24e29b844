//! Asks a model to repair the form of another model's answer.

use std::sync::{Arc, LazyLock};

use codeproof_types::OutputMode;

use super::{MEND, Prompt, SystemText, VOTE_MARKERS, draft, paragraphs, schema};
use crate::fence::PromptKey;

/// Characters of a malformed answer that are shown; a model that ran away repeats itself long before.
const RAW_CHARACTERS_MAX: usize = 24_000;

/// The form that an answer should have had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerForm {
    /// Drafts in a mode.
    Drafts(OutputMode),
    /// A vote.
    Vote,
}

static SYSTEM_MARKERS: SystemText = LazyLock::new(|| paragraphs(&[MEND, draft::form(OutputMode::Markers)]));
static SYSTEM_JSON: SystemText = LazyLock::new(|| paragraphs(&[MEND, draft::form(OutputMode::Json)]));
static SYSTEM_VOTE: SystemText = LazyLock::new(|| paragraphs(&[MEND, VOTE_MARKERS]));

/// The prompt that asks for `raw`, which could not be read, in the form it should have had. The answer is read as the
/// first one was, with the same code at hand: a record that stands in the code stays an echo.
pub fn mend_prompt(form: AnswerForm, raw: &str, key: &PromptKey) -> Prompt {
    let shown: String = raw.chars().take(RAW_CHARACTERS_MAX).collect();
    let fence = key.fence([shown.as_str()]);
    let (system, schema) = match form {
        AnswerForm::Drafts(OutputMode::Markers) => (&*SYSTEM_MARKERS, None),
        AnswerForm::Drafts(OutputMode::Json) => (&*SYSTEM_JSON, None),
        AnswerForm::Drafts(OutputMode::GuidedJson) => (&*SYSTEM_JSON, Some(schema::drafts())),
        AnswerForm::Vote => (&*SYSTEM_VOTE, None),
    };
    let user = format!("{}\nThe answer to repair:\n{}", fence.heading(), fence.around(&shown));
    Prompt { system: Arc::clone(system), user, schema, schema_name: schema::DRAFTS_NAME, shown: String::new() }
}
