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
            Self::Draft => "draft",
            Self::Verify => "verify",
            Self::Store => "store",
        }
    }
}

/// Receives progress from many threads at once; must be cheap and must not fail.
pub trait Progress: Sync {
    /// A phase starts; `total` is the number of files when it is known.
    fn start(&self, phase: Phase, total: Option<u64>);
    /// `files` more files of `bytes` bytes together are done in the phase.
    fn advance(&self, phase: Phase, files: u64, bytes: u64);
    /// The phase is over.
    fn finish(&self, phase: Phase);
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct SilentProgress;

impl Progress for SilentProgress {
    fn start(&self, _: Phase, _: Option<u64>) {}
    fn advance(&self, _: Phase, _: u64, _: u64) {}
    fn finish(&self, _: Phase) {}
}
