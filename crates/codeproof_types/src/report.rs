//! The result of a scan: what reports render and the JSON format prints.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    ContentHash, Finding, Language, ModelReport, Problem, RepoPath, RuleInfo, SafeSite, Severity, State, Tier,
};

/// Row id of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScanId(pub i64);

impl fmt::Display for ScanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a scan is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScanStatus {
    /// At work, or killed without a word.
    Running,
    /// Everything was looked at.
    Completed,
    /// Stopped by the user; what was found until then is kept.
    Interrupted,
    /// Waiting to be resumed; what was found until then is kept.
    Paused,
    /// Given up by the user; what was found until then is kept.
    Cancelled,
    /// Stopped by an error; what was found until then is kept.
    Failed,
}

impl ScanStatus {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Interrupted => "interrupted",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

/// What was scanned, when, by which version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanInfo {
    /// Row id; `None` when nothing was stored.
    pub id: Option<ScanId>,
    /// The path as the user gave it; of a repository its URL, without user name and password.
    pub target: String,
    /// The commit that was scanned, when the files came from one: its whole id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// codeproof's version.
    pub version: String,
    /// Where the scan ended.
    pub status: ScanStatus,
    /// Start, milliseconds since 1970 UTC.
    pub started_at_ms: i64,
    /// Wall time.
    pub duration_ms: u64,
}

/// Everything a report needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanReport {
    /// What was scanned.
    pub scan: ScanInfo,
    /// Counts.
    pub summary: ScanSummary,
    /// All findings, suppressed ones too, in [`Finding::report_order`]: by path, line, column, rule.
    pub findings: Vec<Finding>,
    /// What was not, or not wholly, looked at, sorted by path.
    pub problems: Vec<Problem>,
    /// The rules that fired, sorted by id.
    pub rules: Vec<RuleInfo>,
    /// What the reader should know about how the result came to be: settings of the scanned repository that narrowed
    /// it, degraded modes. One sentence each.
    #[serde(default)]
    pub notes: Vec<String>,
    /// What it was compared with. Then each finding has a `baseline_state`, and those that were fixed since are among
    /// the findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// Places that look dangerous and were shown to be harmless, by path, line and column; `None` unless they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safe_sites: Option<Vec<SafeSite>>,
    /// What models did; `None` when none was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models: Option<ModelReport>,
}

/// A comparison of a report with an earlier one, in counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The earlier report as the user named it: a file, or a scan of the database.
    pub baseline: String,
    /// Start of the earlier scan, milliseconds since 1970 UTC; `None` when it does not say.
    pub scanned_at_ms: Option<i64>,
    /// Open findings that are not in the baseline.
    pub new: u64,
    /// Open findings that are in both.
    pub unchanged: u64,
    /// Findings of the baseline that are no longer there.
    pub fixed: u64,
    /// Findings of the baseline that were not looked for again (their file or rule was left out), so that nothing can
    /// be said of them.
    pub not_looked_for: u64,
}

/// What a file is to its project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileClass {
    /// Written by the project.
    FirstParty,
    /// The project's tests: scanned like the rest.
    Test,
    /// Somebody else's code in the tree: only secrets are looked for.
    Vendored,
    /// Made by a program: only secrets are looked for.
    Generated,
    /// Packed for the wire: only secrets are looked for.
    Minified,
}

impl FileClass {
    /// Whether only secrets are looked for unless the user asks for all.
    pub fn is_secrets_only(self) -> bool {
        matches!(self, Self::Vendored | Self::Generated | Self::Minified)
    }

    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstParty => "first_party",
            Self::Test => "test",
            Self::Vendored => "vendored",
            Self::Generated => "generated",
            Self::Minified => "minified",
        }
    }
}

/// Counts of one scan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanSummary {
    /// Text files looked at.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Their lines.
    pub lines: u64,
    /// Files by class.
    pub classes: ClassCounts,
    /// Files and lines by language; only languages with a grammar.
    pub languages: BTreeMap<Language, LanguageCounts>,
    /// Open findings by tier, then severity.
    pub vulnerabilities: SeverityCounts,
    /// Open findings of tier weakness by severity.
    pub weaknesses: SeverityCounts,
    /// Suppressed findings.
    pub suppressed: u64,
    /// Files whose analysis came from the cache.
    pub cache_hits: u64,
    /// Files that had to be analysed.
    pub cache_misses: u64,
    /// Files that were not read as text (too large, binary, unreadable).
    pub files_not_read: u64,
}

/// Files by class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each field counts the class of its name")]
pub struct ClassCounts {
    pub first_party: u64,
    pub test: u64,
    pub vendored: u64,
    pub generated: u64,
    pub minified: u64,
}

impl ClassCounts {
    /// Counts one file.
    pub fn add(&mut self, class: FileClass) {
        *match class {
            FileClass::FirstParty => &mut self.first_party,
            FileClass::Test => &mut self.test,
            FileClass::Vendored => &mut self.vendored,
            FileClass::Generated => &mut self.generated,
            FileClass::Minified => &mut self.minified,
        } += 1;
    }
}

/// Files and lines of one language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each field counts what its name says")]
pub struct LanguageCounts {
    pub files: u64,
    pub lines: u64,
}

/// Findings by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each field counts the severity of its name")]
pub struct SeverityCounts {
    pub critical: u64,
    pub high: u64,
    pub medium: u64,
    pub low: u64,
    pub info: u64,
}

impl SeverityCounts {
    /// Counts one finding.
    pub fn add(&mut self, severity: Severity) {
        *match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::Info => &mut self.info,
        } += 1;
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.critical + self.high + self.medium + self.low + self.info
    }
}

impl ScanSummary {
    /// Counts findings by state, tier and severity; the other counts stay as they are.
    pub fn count_findings(&mut self, findings: &[Finding]) {
        for finding in findings {
            match (finding.state, finding.tier) {
                (State::Suppressed, _) => self.suppressed += 1,
                (State::Open, Tier::Vulnerability) => self.vulnerabilities.add(finding.severity),
                (State::Open, Tier::Weakness) => self.weaknesses.add(finding.severity),
                _ => {}
            }
        }
    }
}

/// Why lines could not be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnippetError {
    /// The file's bytes are not those the finding was made from.
    #[error("{path} changed since the scan")]
    Changed {
        /// The file.
        path: RepoPath,
    },
    /// The file is gone or cannot be read.
    #[error("{path} cannot be read: {why}")]
    Unreadable {
        /// The file.
        path: RepoPath,
        /// The system's words.
        why: String,
    },
}

/// Reads lines of the scanned tree for code frames: checked against the hash first, secrets masked after.
pub trait Snippets {
    /// Lines `first..=last` (1-based; cut at the end of the file), each without its line end.
    ///
    /// # Errors
    /// When the file is gone, unreadable, or no longer has the hash.
    fn lines(&self, path: &RepoPath, hash: ContentHash, first: u32, last: u32) -> Result<Vec<String>, SnippetError>;
}
