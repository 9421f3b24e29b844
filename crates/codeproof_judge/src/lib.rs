//! Turns code into prompts, and models' answers into anchored drafts and counted votes.
//!
//! In: a profile, numbered lines of code, raw answers. Out: prompts, [`Draft`]s whose place was found in the chunk, and a
//! [`Judgement`](codeproof_types::Judgement) of votes. This crate asks no model, reads no file and writes no row.

mod profile;

pub use profile::{Analyzer, InvestigatorMode, Profile, Verifier};
