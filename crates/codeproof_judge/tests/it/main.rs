//! The judge at its door: text in, text out.

mod anchoring;
mod hostile;
mod laws;
mod merging;
mod profiles;
mod prompts;
mod sample;
mod voting;
