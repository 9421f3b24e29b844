//! What can fail between this program and a model: the model, the place, and what to try.
//!
//! Texts of servers are quoted shortened, in one line and with the keys taken out. Errors can be cloned: one failed
//! list is the answer to every prompt in it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::budget::OnExceed;
use crate::config::Role;

/// A failed operation on a model.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// A setting of a model cannot be used.
    #[error("model {model}: {field}: {why}")]
    InvalidConfig {
        /// The user's name of the model.
        model: String,
        /// The setting.
        field: &'static str,
        /// What is wrong, and what to write.
        why: String,
    },
    /// Two models have one name.
    #[error("two models are called {model}; give each its own name")]
    DuplicateModel {
        /// The name.
        model: String,
    },
    /// A variable with a key is not set.
    #[error(
        "model {model}: the environment variable {variable} is not set or empty; set it to the key, or change {field}"
    )]
    MissingKey {
        /// The user's name of the model.
        model: String,
        /// The variable.
        variable: String,
        /// The setting that names it.
        field: &'static str,
    },
    /// A cost limit cannot be kept for a model whose price nobody knows.
    #[error(
        "model {model}: no price is known, so a cost limit cannot be kept; set price.input_usd_per_million and price.output_usd_per_million (0 for a free model), or lift the limit"
    )]
    Unpriced {
        /// The user's name of the model.
        model: String,
    },
    /// A price table cannot be read.
    #[error("the price table {path:?} cannot be used: {why}")]
    PriceTable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The HTTP client cannot be made.
    #[error("cannot prepare encrypted connections: {why}; check the system's certificates")]
    Client {
        /// The system's words.
        why: String,
    },
    /// Nobody has that name.
    #[error("there is no model {model}; known are: {known}")]
    UnknownModel {
        /// The name that was asked for.
        model: String,
        /// The names there are.
        known: String,
    },
    /// No model is left for a role.
    #[error("no model is left for the role {role}: {why}")]
    NoModel {
        /// The role.
        role: Role,
        /// What happened to each model that had it.
        why: String,
    },
    /// The model failed too often; nothing more is sent to it.
    #[error("model {model} is out for this scan: {reason}")]
    ModelOut {
        /// The user's name of the model.
        model: String,
        /// What happened last.
        reason: Arc<str>,
    },
    /// The server refused the key.
    #[error("model {model}: {server} answered {status} ({message}); {advice}")]
    Unauthorized {
        /// The user's name of the model.
        model: String,
        /// Scheme, host and port.
        server: String,
        /// The HTTP status.
        status: u16,
        /// The server's words.
        message: String,
        /// Which variable to look at.
        advice: String,
    },
    /// The account is used up; trying again would not help.
    #[error("model {model}: {server} says the quota is used up ({message}); raise it, or wait and resume")]
    QuotaExhausted {
        /// The user's name of the model.
        model: String,
        /// Scheme, host and port.
        server: String,
        /// The server's words.
        message: String,
    },
    /// The server wants more patience than a scan has.
    #[error("model {model}: {server} asks to wait {} s ({message}); resume the scan later", .delay.as_secs())]
    WaitTooLong {
        /// The user's name of the model.
        model: String,
        /// Scheme, host and port.
        server: String,
        /// What it asked for.
        delay: Duration,
        /// The server's words.
        message: String,
    },
    /// The prompt does not fit the model.
    #[error("model {model}: the prompt is too long ({message}); split it, or use a model with a larger context")]
    TooLong {
        /// The user's name of the model.
        model: String,
        /// The server's words, or our own count.
        message: String,
    },
    /// The server answered with an error.
    #[error("model {model}: {server} answered {status} ({message}), asked {}; {}", times(*.attempts), advice(*.status))]
    Refused {
        /// The user's name of the model.
        model: String,
        /// Scheme, host and port.
        server: String,
        /// The HTTP status.
        status: u16,
        /// The server's words.
        message: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// The server sends requests elsewhere; keys do not follow.
    #[error("model {model}: {server} redirects to {target}; write the address you mean into base_url")]
    Redirected {
        /// The user's name of the model.
        model: String,
        /// Scheme, host and port.
        server: String,
        /// Where it points.
        target: String,
    },
    /// The server was not reached, or the connection broke.
    #[error("model {model}: {server} cannot be reached ({why}), tried {}; check base_url, and that the server runs", times(*.attempts))]
    Unreachable {
        /// The user's name of the model.
        model: String,
        /// Scheme, host and port.
        server: String,
        /// The system's words.
        why: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// The answer did not come in time.
    #[error(
        "model {model}: {server} gave no answer within {seconds} s, asked {}; raise timeout_seconds, or lower max_tokens or max_concurrent", times(*.attempts)
    )]
    TimedOut {
        /// The user's name of the model.
        model: String,
        /// Scheme, host and port.
        server: String,
        /// The limit.
        seconds: u64,
        /// How often it was tried.
        attempts: u32,
    },
    /// The answer is not in the provider's format.
    #[error(
        "model {model}: {server} sent an answer that cannot be read ({why}), asked {}; check provider and base_url", times(*.attempts)
    )]
    Unreadable {
        /// The user's name of the model.
        model: String,
        /// Scheme, host and port.
        server: String,
        /// What was found.
        why: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// The answer is larger than any answer should be.
    #[error("model {model}: {server} sent more than {bytes_max} bytes; lower max_tokens or batch_size")]
    AnswerTooLarge {
        /// The user's name of the model.
        model: String,
        /// Scheme, host and port.
        server: String,
        /// The limit.
        bytes_max: usize,
    },
    /// The scan's limit is reached; nothing was sent.
    #[error("the limit of {limit} is reached: {spent}; raise it and resume")]
    BudgetExceeded {
        /// The limit, in words.
        limit: String,
        /// What was spent, in words.
        spent: String,
        /// What the user wants to happen.
        on_exceed: OnExceed,
    },
    /// The pool was shut down before the answer came.
    #[error("model {model}: the request was cancelled")]
    Cancelled {
        /// The user's name of the model.
        model: String,
    },
}

fn times(attempts: u32) -> String {
    if attempts == 1 { "once".to_owned() } else { format!("{attempts} times") }
}

/// What to try when a server answers with this status.
fn advice(status: u16) -> &'static str {
    match status {
        404 | 405 => "check the model's name, provider and base_url",
        408 | 429 | 503 | 529 => "lower max_concurrent, or resume the scan later",
        400..500 => "check max_tokens, temperature, extra_body and schema_field",
        _ => "look at the server's log",
    }
}
