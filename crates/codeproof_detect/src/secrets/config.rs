//! Reads rules in gitleaks' TOML format, ours and the users'.
//!
//! Read as gitleaks reads them: `[[rules]]` with `id`, `description`, `regex`, `path`, `secretGroup`, `entropy`,
//! `keywords`, `tags`, `[rules.allowlist]` or `[[rules.allowlists]]`; `[allowlist]` or `[[allowlists]]` for all rules;
//! `[extend]` with `useDefault` (our built-in rules are the default and always there), `path`, `disabledRules`.
//! Keys gitleaks does not know are left alone, and what only we know stands in `[rules.codeproof]` ([`Extension`]),
//! which gitleaks skips in turn, so one file serves both programs.

use codeproof_types::{Category, Cwe, Severity};
use serde::Deserialize;
use toml::Spanned;

use crate::RuleError;

/// One file of rules.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ConfigFile {
    pub rules: Vec<Spanned<RawRule>>,
    pub extend: RawExtend,
    pub allowlist: Option<RawAllowlist>,
    pub allowlists: Vec<RawAllowlist>,
}

/// One rule as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RawRule {
    pub id: Option<String>,
    pub description: Option<String>,
    pub regex: Option<Spanned<String>>,
    pub path: Option<Spanned<String>>,
    pub secret_group: usize,
    pub entropy: f64,
    pub keywords: Vec<String>,
    pub allowlist: Option<RawAllowlist>,
    pub allowlists: Vec<RawAllowlist>,
    pub skip_report: bool,
    pub codeproof: Option<Extension>,
}

/// `[extend]`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RawExtend {
    pub path: Option<Spanned<String>>,
    pub url: Option<Spanned<String>>,
    pub disabled_rules: Vec<String>,
}

/// Matches that are no findings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RawAllowlist {
    pub condition: Option<String>,
    pub paths: Vec<Spanned<String>>,
    pub regexes: Vec<Spanned<String>>,
    pub regex_target: Option<Spanned<String>>,
    pub stopwords: Vec<String>,
    pub commits: Vec<String>,
    pub target_rules: Vec<String>,
}

/// What only codeproof reads of a rule: `[rules.codeproof]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Extension {
    /// A few words: what it finds.
    pub title: String,
    /// Impact; high when not given.
    pub severity: Option<Severity>,
    /// CWE-798 when not given.
    pub cwe: Option<Cwe>,
    /// `secret_exposure` when not given.
    pub category: Option<Category>,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub remediation: String,
    /// When the rule is known to be wrong.
    pub limits: String,
    /// Published prefixes: shown when the rest is masked, and left out of the placeholder check.
    pub prefixes: Vec<String>,
    /// Where the regex is tried.
    pub search: SearchName,
    /// A check beyond the regex.
    pub check: Option<CheckName>,
    /// Words of which one must stand near the match, in any case.
    pub near: Vec<String>,
    /// How a good-looking secret is made for the tests, such as `ghp_{alnum:30}{crc32}`.
    pub shapes: Vec<String>,
}

/// Where a rule's regex is tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SearchName {
    /// Exactly where a keyword starts.
    AtKeyword,
    /// In the neighbourhood of a keyword.
    NearKeyword,
    /// In the whole file, once a keyword is in it: gitleaks' own way.
    #[default]
    File,
}

/// A check beyond the regex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CheckName {
    /// The last six characters are the CRC-32 of those after the prefix, in base 62.
    GithubChecksum,
    /// Not a regex match but a block with a key's body.
    PrivateKey,
    /// As `private-key`, for blocks whose body is encrypted.
    EncryptedPrivateKey,
    /// As `private-key`, for PuTTY's own format.
    PuttyKey,
    /// Stands where a Twilio account id stands: near the words twilio or sid, or used as a credential.
    TwilioContext,
    /// The first part is a Discord user id in base 64.
    DiscordId,
    /// Holds upper-case and lower-case letters and digits, as base 64 of random bytes does.
    MixedCase,
}

/// Reads one file. `file` is its name in errors.
///
/// # Errors
/// When the text is not TOML or a value has the wrong type: one error with its line.
pub(super) fn read(text: &str, file: &str) -> Result<ConfigFile, RuleError> {
    toml::from_str(text).map_err(|error| RuleError {
        file: file.to_owned(),
        line: error.span().map(|span| line_at(text, span.start)),
        message: format!("{}; see gitleaks' configuration format", error.message().trim()),
    })
}

/// The 1-based line of a byte offset.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
