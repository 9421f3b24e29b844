//! What can go wrong while rules are loaded.

use std::path::PathBuf;

/// Why a detector could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Rules that do not load.
    #[error("{} rule(s) could not be loaded:\n{}", .0.len(), .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Rules(Vec<RuleError>),
    /// A rule folder or file that cannot be read.
    #[error("cannot read rules from {path}: {source}; check the path given with --rules", path = path.display())]
    ReadRules {
        /// The folder or file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
}

/// One rule that does not load.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct RuleError {
    /// The file, as the user gave it, or the built-in name.
    pub file: String,
    /// The 1-based line, when it is known.
    pub line: Option<usize>,
    /// What is wrong and what to try.
    pub message: String,
}
