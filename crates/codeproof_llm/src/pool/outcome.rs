//! How a prompt's way is told at its end: the error in full, and the record.

use std::time::Duration;

use super::model::Model;
use super::queue::Job;
use crate::error::Error;
use crate::fault::{Fault, FaultKind};
use crate::record::{CallOutcome, CallRecord, Usage};

/// Says a fault in full: which model, which server, what to try.
pub(super) fn error(model: &Model, fault: &Fault, attempts: u32) -> Error {
    let (name, server) = (model.name().to_owned(), model.wire.server());
    match fault {
        Fault::Status(fault) => {
            let (status, message) = (fault.status, model.redacted(&fault.message));
            match fault.kind {
                FaultKind::TooLong => Error::TooLong { model: name, message },
                FaultKind::Quota => Error::QuotaExhausted { model: name, server, message },
                FaultKind::Unauthorized => {
                    let advice = match (&model.config.api_key_env, &model.config.aws) {
                        (Some(variable), _) => format!("check the key in {variable}, and what it may be used for"),
                        (None, Some(aws)) => {
                            format!(
                                "check the keys in {} and {}, and the clock",
                                aws.access_key_id_env, aws.secret_access_key_env
                            )
                        }
                        (None, None) => "the server wants a key: name its variable in api_key_env".to_owned(),
                    };
                    Error::Unauthorized { model: name, server, status, message, advice }
                }
                FaultKind::Busy | FaultKind::Other => Error::Refused { model: name, server, status, message, attempts },
            }
        }
        Fault::Redirect { target } => Error::Redirected { model: name, server, target: model.redacted(target) },
        Fault::Broken { why } => Error::Unreachable { model: name, server, why: model.redacted(why), attempts },
        Fault::TimedOut => Error::TimedOut { model: name, server, seconds: model.config.timeout_seconds, attempts },
        Fault::Unreadable { why } => Error::Unreadable { model: name, server, why: model.redacted(why), attempts },
        Fault::TooLarge => Error::AnswerTooLarge { model: name, server, bytes_max: model.options.answer_bytes_max },
    }
}

/// Says that a server wants more patience than there is.
pub(super) fn wait_too_long(model: &Model, fault: &Fault, delay: Duration) -> Error {
    let message = match fault {
        Fault::Status(fault) => model.redacted(&fault.message),
        _ => String::new(),
    };
    Error::WaitTooLong { model: model.name().to_owned(), server: model.wire.server(), delay, message }
}

/// What the way of `job` came to.
pub(super) fn record(
    model: &Model,
    job: &Job,
    usage: Usage,
    latency: Duration,
    batch_size: usize,
    outcome: CallOutcome,
) -> CallRecord {
    CallRecord {
        model: model.name().to_owned(),
        role: job.request.role,
        prompt_hash: job.hash,
        usage,
        // Servers do not charge for errors: without an answer there are no tokens.
        cost_nano_usd: model.cost(&usage),
        price_version: model.price_version(),
        latency_ms: u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
        attempts: job.attempts,
        batch_size: u32::try_from(batch_size).unwrap_or(u32::MAX),
        outcome,
    }
}
