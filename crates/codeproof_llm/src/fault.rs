//! One failed attempt: what went wrong, and whether trying again can help.

mod server_words;
mod wait;

use std::time::Duration;

pub(crate) use server_words::{described, from_response, in_good_answer};

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    /// The server answered with an error.
    Status(StatusFault),
    /// The server points elsewhere.
    Redirect { target: String },
    /// No connection, or it broke.
    Broken { why: String },
    /// The time was up.
    TimedOut,
    /// The body is not in the provider's format.
    Unreadable { why: String },
    /// The body does not end.
    TooLarge,
}

/// An error the server told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StatusFault {
    pub(crate) status: u16,
    /// The server's words: one line, shortened.
    pub(crate) message: String,
    pub(crate) kind: FaultKind,
    /// How long the server asks to wait.
    pub(crate) delay: Option<Duration>,
    /// The server's own word on retries (`x-should-retry`).
    pub(crate) should_retry: Option<bool>,
}

/// What an error of a server is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// The prompt does not fit the model.
    TooLong,
    /// The key is wrong, or may not do this.
    Unauthorized,
    /// A budget at the provider is used up: no patience helps.
    Quota,
    /// Too many requests for now.
    Busy,
    /// The request is wrong, or called wrong by a server that cannot take it (a 500 for a list of prompts).
    Other,
}

impl Fault {
    /// An error of a server with nothing special about it.
    pub(crate) fn status(status: u16, message: &str, delay: Option<Duration>) -> Self {
        let kind = match status {
            401 | 403 => FaultKind::Unauthorized,
            402 => FaultKind::Quota,
            413 => FaultKind::TooLong,
            429 | 503 | 529 => FaultKind::Busy,
            _ => FaultKind::Other,
        };
        Self::Status(StatusFault { status, message: message.to_owned(), kind, delay, should_retry: None })
    }

    /// Whether the same request can succeed later.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Status(fault) => fault.may_pass(),
            Self::Broken { .. } | Self::TimedOut | Self::Unreadable { .. } => true,
            Self::Redirect { .. } | Self::TooLarge => false,
        }
    }

    /// How long the server asks to wait.
    pub(crate) fn server_delay(&self) -> Option<Duration> {
        match self {
            Self::Status(fault) => fault.delay,
            _ => None,
        }
    }

    /// What the server's error is about.
    pub(crate) fn kind(&self) -> Option<FaultKind> {
        match self {
            Self::Status(fault) => Some(fault.kind),
            _ => None,
        }
    }

    /// Whether the server may have meant "I cannot take a request of this shape": some say it with a 500.
    pub(crate) fn may_be_the_shape(&self) -> bool {
        match self {
            Self::Status(fault) => {
                fault.kind == FaultKind::Other && matches!(fault.status, 400 | 404 | 405 | 422 | 500 | 501)
            }
            _ => false,
        }
    }
}

impl StatusFault {
    fn may_pass(&self) -> bool {
        match self.kind {
            FaultKind::TooLong | FaultKind::Unauthorized | FaultKind::Quota => false,
            FaultKind::Busy | FaultKind::Other => self
                .should_retry
                .unwrap_or(matches!(self.status, 408 | 409 | 424 | 425 | 429 | 500 | 502 | 503 | 504 | 529)),
        }
    }
}
