//! How an engine tells how far it is.

use serde::{Deserialize, Serialize};

/// A phase of a scan, in the order they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Getting a repository; its files are those unpacked.
    Fetch,
    /// Listing and hashing files.
    Walk,
    /// Turning text into trees and facts.
    Parse,
    /// Looking for findings.
    Detect,
    /// Choosing what models are asked about; counted in files.
    Plan,
    /// Models draft findings; counted in chunks.
    Draft,
    /// Models vote on drafts; counted in drafts.
    Verify,
    /// Writing the last rows.
    Store,
}

impl Phase {
    /// The word on the wire and in progress lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Walk => "walk",
            Self::Parse => "parse",
            Self::Detect => "detect",
            Self::Plan => "plan",
            Self::Draft => "draft",
            Self::Verify => "verify",
            Self::Store => "store",
        }
    }
}

/// Receives progress from many threads at once; must be cheap and must not fail.
pub trait Progress: Sync {
    /// A phase starts; `total` is the number of files (chunks, drafts) when it is known.
    fn start(&self, phase: Phase, total: Option<u64>);
    /// `files` more files (chunks, drafts) of `bytes` bytes together are done in the phase.
    fn advance(&self, phase: Phase, files: u64, bytes: u64);
    /// The phase is over.
    fn finish(&self, phase: Phase);
    /// Models have cost `nano_usd` nano-dollars so far.
    fn spent(&self, _nano_usd: u64) {}
    /// Something the user should know now, in one line: a model that is out, a limit that is reached.
    fn say(&self, _line: &str) {}
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct SilentProgress;

impl Progress for SilentProgress {
    fn start(&self, _: Phase, _: Option<u64>) {}
    fn advance(&self, _: Phase, _: u64, _: u64) {}
    fn finish(&self, _: Phase) {}
}
