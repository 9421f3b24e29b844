//! The judge at its door: text in, text out.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod anchoring;
mod answers;
mod hostile;
mod laws;
mod merging;
mod profiles;
mod prompts;
mod sample;
mod voting;
