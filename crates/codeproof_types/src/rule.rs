//! What a rule says of itself.

use serde::{Deserialize, Serialize};

use crate::{Category, Cwe, Language, Severity, Tier};

/// A rule as shown by `codeproof rules` and carried in SARIF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleInfo {
    /// Unique id: lower-case words with hyphens, such as `python-eval`.
    pub id: String,
    /// A few words: what it finds.
    pub title: String,
    /// Impact.
    pub severity: Severity,
    /// Strength of the proof.
    pub tier: Tier,
    /// The weakness class.
    pub cwe: Option<Cwe>,
    /// Seed 004's category, if it has one.
    pub category: Option<Category>,
    /// Languages it reads; empty when it reads any text.
    pub languages: Vec<Language>,
    /// One sentence shown with every finding.
    pub message: String,
    /// Why it matters, in plain words.
    pub why: String,
    /// What to do instead.
    pub remediation: String,
    /// Wrong in every context, so that no model is needed to judge it (seed 000's DEFINITE).
    pub definite: bool,
    /// Forms that look alike and are safe (seed 000's SAFE), a few words each, code between backticks.
    pub safe_variants: Vec<String>,
    /// When the rule is known to be wrong; may be empty.
    pub limits: String,
    /// Code it fires on.
    pub bad: Vec<String>,
    /// Code it stays quiet on.
    pub good: Vec<String>,
    /// Where the rule comes from: `built in`, or the user's file.
    pub defined_in: String,
}
