//! The nouns that two or more codeproof crates share: paths, spans, facts about a file, findings, reports.
//!
//! What comes in and goes out: plain values. Serialised with serde they are the public JSON of every command, so a
//! field name here is a contract. This crate does no I/O, knows no grammar, no database and no model.
//!
//! ```
//! use codeproof_types::{Cwe, RepoPath, Severity};
//!
//! let path = RepoPath::new("src/app/views.py").unwrap();
//! assert_eq!(path.file_name(), "views.py");
//! assert_eq!(serde_json::to_string(&Cwe(89)).unwrap(), "\"CWE-89\"");
//! assert!(Severity::Critical > Severity::Info);
//! ```

mod facts;
mod finding;
mod hash;
mod judgement;
mod language;
pub mod laravel;
mod line_index;
mod location;
mod model_report;
mod path;
mod problem;
mod progress;
mod report;
mod rule;
mod safe_site;
mod secret;
mod session;
mod visible;

pub use facts::{
    CallKind, CallSite, Comment, FileFacts, HintSource, Import, Resolution, Symbol, SymbolKind, TypeHint, Visibility,
};
pub use finding::{
    BaselineState, Category, Confidence, Cwe, Finding, FindingId, Fingerprint, FingerprintParts, Origin, SecretInfo,
    Severity, State, Suppression, Tier, UnknownWord, Votes,
};
pub use hash::{ContentHash, sha256};
pub use judgement::{DroppedDraft, Judgement, ModelDraft, Outcome, OutputMode, Verdict, Vote};
pub use language::Language;
pub use line_index::LineIndex;
pub use location::{Evidence, EvidenceRole, Location, Position, Span};
pub use model_report::{ChunkCounts, DraftCounts, ModelReport, ModelUse, OutcomeCounts, UnseenChunk};
pub use path::{InvalidPath, RepoPath};
pub use problem::{Problem, ProblemKind};
pub use progress::{Phase, Progress, SilentProgress};
pub use report::{
    ClassCounts, Comparison, FileClass, LanguageCounts, ScanId, ScanInfo, ScanReport, ScanStatus, ScanSummary,
    SeverityCounts, SnippetError, Snippets,
};
pub use rule::RuleInfo;
pub use safe_site::SafeSite;
pub use secret::Secret;
pub use session::{ErrorCategory, ErrorEvent, ErrorSeverity, RecoveryAction, SessionPhase, SessionStatus};
pub use visible::visible;
