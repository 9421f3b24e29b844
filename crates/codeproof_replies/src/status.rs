//! The words for how an answer ended and what it amounts to.

use serde::{Deserialize, Serialize};

/// Why the model stopped, as its server says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FinishReason {
    /// The model was done.
    #[default]
    Stop,
    /// The model ran out of tokens: the end is missing.
    Length,
}

/// What an answer amounts to. Only `Ok` and `Clean` are answers; nothing else may count as "found nothing".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyStatus {
    /// It holds what was asked for.
    Ok,
    /// It says that there is nothing to report.
    Clean,
    /// It is blank, apart from thinking.
    Empty,
    /// The model declined: no answer of this model, never "clean".
    Refusal,
    /// It was cut off before it held anything; ask for less at once or allow more tokens.
    Truncated,
    /// It is in no form we know; a cleanup model may be asked once.
    Malformed,
    /// It only repeats text that stands in the scanned code, or quotes it.
    EchoOnly,
}
