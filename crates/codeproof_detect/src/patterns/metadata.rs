//! What a rule says of itself: codeproof's own words under `metadata`, or what a plain ast-grep rule offers instead.
//!
//! ast-grep refuses top-level keys it does not know, so everything that is codeproof's stands under `metadata`:
//!
//! ```yaml
//! metadata:
//!   title: Unbounded string copy        # a few words
//!   cwe: CWE-120                        # the weakness class
//!   category: …                         # seed 004's category, for secrets only
//!   severity: high                      # critical, high, medium, low, info: the impact
//!   tier: weakness                      # vulnerability only for what is wrong in every context
//!   definite: false                     # wrong in every context, so that nobody need judge it
//!   why: …                              # what an attacker gets
//!   fix: …                              # what to do instead
//!   limits: …                           # when the rule is wrong
//!   safe_variants: [ … ]                # forms that look alike and are safe
//!   languages: [c, cpp]                 # compile the rule for these, not only for `language`
//!   keywords: [strcpy]                  # a file without any of these words cannot match
//!   caret: DST                          # the finding stands under this metavariable
//!   bad: [ … ]                          # code it fires on
//!   good: [ … ]                         # code it stays quiet on
//! ```

use std::collections::BTreeMap;

use codeproof_types::{Category, Cwe, Language, RuleInfo, Severity, Tier};
use serde::Deserialize;
use serde_json::Value;

use super::grammar::parse_language;

/// The keys of codeproof under `metadata`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RuleMetadata {
    pub(super) title: Option<String>,
    pub(super) cwe: Option<Cwe>,
    pub(super) severity: Option<Severity>,
    pub(super) tier: Option<Tier>,
    pub(super) category: Option<Category>,
    pub(super) definite: bool,
    pub(super) why: String,
    pub(super) fix: Option<String>,
    pub(super) limits: String,
    pub(super) safe_variants: Vec<String>,
    pub(super) languages: Vec<String>,
    pub(super) keywords: Option<Vec<String>>,
    pub(super) caret: Option<String>,
    pub(super) bad: Vec<String>,
    pub(super) good: Vec<String>,
    /// Everything else: the user's own business, a mistake in a built-in rule.
    #[serde(flatten)]
    pub(super) unknown: BTreeMap<String, Value>,
}

/// Where a rule comes from decides how strictly it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    BuiltIn,
    User,
}

impl RuleMetadata {
    /// Reads the table. A user's rule without `tier` is a plain ast-grep rule: its metadata has whatever meaning its
    /// author gave it, and only a CWE is taken from there.
    ///
    /// # Errors
    /// A sentence that names the wrong key or value.
    pub(super) fn read(metadata: Option<Value>, origin: Origin) -> Result<Self, String> {
        let metadata = metadata.unwrap_or(Value::Null);
        if origin == Origin::User && metadata.get("tier").is_none() {
            return Ok(Self { cwe: plain_cwe(&metadata), ..Self::default() });
        }
        let read: Self = serde_json::from_value(metadata).map_err(|error| format!("`metadata` is wrong: {error}"))?;
        match read.unknown.keys().next() {
            Some(key) if origin == Origin::BuiltIn => Err(format!("`metadata` has no key `{key}`")),
            _ => Ok(read),
        }
    }

    /// The languages the rule is compiled for: `language` when the table does not list any.
    ///
    /// # Errors
    /// A sentence that names the unknown language.
    pub(super) fn languages(&self, language: Language) -> Result<Vec<Language>, String> {
        if self.languages.is_empty() {
            return Ok(vec![language]);
        }
        let mut languages = self.languages.iter().map(|word| parse_language(word)).collect::<Result<Vec<_>, _>>()?;
        if !languages.contains(&language) {
            return Err(format!("`metadata.languages` does not hold the rule's own `language: {language}`; add it"));
        }
        languages.sort_unstable();
        languages.dedup();
        Ok(languages)
    }
}

/// A CWE as rule sets write it: a string or a list of strings that start with the number.
fn plain_cwe(metadata: &Value) -> Option<Cwe> {
    let cwe = metadata.get("cwe")?;
    let text = cwe.as_str().or_else(|| cwe.get(0)?.as_str())?;
    let digits = text.strip_prefix("CWE-")?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok().map(Cwe)
}

/// The parts of an ast-grep rule that describe it.
pub(super) struct Description {
    pub(super) id: String,
    pub(super) message: String,
    pub(super) note: Option<String>,
    pub(super) url: Option<String>,
    pub(super) severity: ast_grep_config::Severity,
    pub(super) defined_in: String,
}

/// The row of the rule table. What `metadata` leaves out comes from the plain rule: its severity (error is high,
/// warning medium, info low, hint info), its message as the title, its note as the remedy; its tier is weakness.
pub(super) fn rule_info(rule: Description, metadata: &RuleMetadata, languages: Vec<Language>) -> RuleInfo {
    use ast_grep_config::Severity as Plain;
    let plain_severity = match rule.severity {
        Plain::Error => Severity::High,
        Plain::Warning => Severity::Medium,
        Plain::Info => Severity::Low,
        Plain::Hint | Plain::Off => Severity::Info,
    };
    let message = if rule.message.is_empty() { rule.id.clone() } else { rule.message };
    let remedy = metadata.fix.clone().or(rule.note).unwrap_or_default();
    let remediation = match rule.url {
        Some(url) if !remedy.contains(&url) => format!("{remedy}\nSee {url}").trim_start().to_owned(),
        _ => remedy,
    };
    RuleInfo {
        title: metadata.title.clone().unwrap_or_else(|| first_line(&message).to_owned()),
        id: rule.id,
        severity: metadata.severity.unwrap_or(plain_severity),
        tier: metadata.tier.unwrap_or(Tier::Weakness),
        cwe: metadata.cwe,
        category: metadata.category,
        languages,
        message,
        why: metadata.why.clone(),
        remediation,
        definite: metadata.definite,
        safe_variants: metadata.safe_variants.clone(),
        limits: metadata.limits.clone(),
        bad: metadata.bad.clone(),
        good: metadata.good.clone(),
        defined_in: rule.defined_in,
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
