//! Joins source, syntax, detect and store into flows.
//!
//! In: a request that names a tree and the rules, and handles to store, cache, progress and the stop flag. Out: a
//! [`ScanReport`](codeproof_types::ScanReport) whose findings are stored, sorted and numbered. This crate knows no
//! flags, no environment and no report format.

mod analysis;
mod cache_key;
mod chunks;
mod compare;
mod deep;
mod error;
mod explain;
mod facts;
mod flows;
mod lowered;
mod map_secrets;
mod maps;
mod mentions;
mod merge;
mod persist;
mod pool;
mod program;
mod program_text;
mod scan;
mod scope;
mod sessions;
mod snippets;
mod trace;
mod tree;
mod work;

pub use codeproof_laravel::Parts;

pub use chunks::{ChunksRequest, JudgedChunk, chunks};
pub use compare::{Baseline, compare, was_read};
pub use deep::DeepRequest;
pub use error::Error;
pub use explain::{Explanation, explain};
pub use facts::{FileWithFacts, each_file};
pub use maps::{MapFilter, Mapped, map_application, store_map};
pub use mentions::{Mention, mentions};
pub use merge::KnownSite;
pub use persist::persist_index;
pub use program::{Program, ProgramRequest, program};
pub use program_text::ProgramText;
pub use scan::{Handles, Request, scan};
pub use sessions::{
    FolderError, OnProgress, PhaseTime, Session, SessionError, SessionHandles, SessionRequest, SessionScanner,
    WrittenFile, read_sibling, run_session,
};
pub use snippets::MaskedSnippets;
pub use trace::{Traced, ValuePlace, functions, trace};
