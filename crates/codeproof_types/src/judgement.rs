//! What models say of a place in the code: drafts, votes, and what the votes come to.

use serde::{Deserialize, Serialize};

use crate::finding::words;
use crate::{Severity, Votes};

words! {
    /// The form in which a model is asked to answer.
    #[derive(Default)]
    OutputMode, "an output mode" {
        /// Text with marked sections: what weak models do best.
        #[default]
        Markers = "markers",
        /// JSON, asked for in words.
        Json = "json",
        /// JSON, held to a schema by the server.
        GuidedJson = "guided_json",
    }
}

words! {
    /// What a voter says of a draft (seed 002, "Verification Outcomes").
    Verdict, "a vote" {
        /// Real, and attacker data reaches it.
        Verify = "verify",
        /// Risky, with limited impact or under unlikely conditions.
        Weakness = "weakness",
        /// Not real.
        Reject = "reject",
        /// Cannot be told from what was shown; does not count.
        Abstain = "abstain",
    }
}

words! {
    /// What the votes on a draft come to.
    Outcome, "an outcome" {
        /// Most say that it is real.
        Verified = "verified",
        /// Most say that it is a weakness.
        Weakness = "weakness",
        /// Neither: most say that it is not real.
        Rejected = "rejected",
        /// Nobody could or would say.
        Unverified = "unverified",
    }
}

/// One voter's word on a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// The user's name of the model, or [`Vote::DATA_FLOW`].
    pub voter: String,
    /// The word.
    pub verdict: Verdict,
    /// How sure the voter says it is, percent; most do not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// The severity it would give, when another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// How an attacker would get there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub attack_path: String,
    /// Why; of a voter that failed, what happened.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
}

impl Vote {
    /// The voter's name of a chain from source to sink that the engine itself has proven.
    pub const DATA_FLOW: &str = "data flow";
}

/// All votes on a draft and what they come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What they come to. A detector's finding stays what it is, whatever stands here.
    pub outcome: Outcome,
    /// Winning votes in percent of those that count, 0-100; `None` when none counts.
    pub confidence: Option<u8>,
    /// The votes, in the order of the profile.
    pub votes: Vec<Vote>,
}

impl Judgement {
    /// The votes in numbers.
    pub fn counts(&self) -> Votes {
        let count = |verdict| self.votes.iter().filter(|vote| vote.verdict == verdict).count() as u32;
        Votes {
            verify: count(Verdict::Verify),
            weakness: count(Verdict::Weakness),
            reject: count(Verdict::Reject),
            abstain: count(Verdict::Abstain),
        }
    }
}

/// One model's report of a finding, as it was before drafts were merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelDraft {
    /// The analyzer of the profile.
    pub analyzer: String,
    /// The user's name of the model.
    pub model: String,
    /// A few words: what it is.
    pub title: String,
    /// The weakness class it named.
    pub cwe: Option<crate::Cwe>,
    /// The severity it gave.
    pub severity: Severity,
    /// The line it claimed, 1-based in the file; `None` when it gave none that can be.
    pub claimed_line: Option<u32>,
    /// The line its snippet was found in.
    pub line: u32,
    /// Its reason.
    pub reason: String,
}

/// A model's draft that was not believed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DroppedDraft {
    /// The user's name of the model.
    pub model: String,
    /// The file of the chunk.
    pub path: crate::RepoPath,
    /// The chunk's first line, 1-based.
    pub first_line: u32,
    /// The chunk's last line.
    pub last_line: u32,
    /// What the model called it.
    pub title: String,
    /// The line it claimed.
    pub claimed_line: Option<u32>,
    /// Why it was dropped, one sentence without a full stop.
    pub reason: String,
}
