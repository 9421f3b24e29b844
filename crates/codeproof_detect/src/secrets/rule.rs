//! Secret rules, compiled.

use codeproof_types::{Category, Cwe, RepoPath, RuleInfo, Severity, Tier};
use regex::bytes::{Regex, RegexBuilder};
use toml::Spanned;

use super::config::{CheckName, Extension, RawAllowlist, RawRule, SearchName, line_at};
use crate::RuleError;

/// Bytes a compiled regex may take; gitleaks' largest own pattern needs a tenth of it.
const REGEX_BYTES_MAX: usize = 8 << 20;

/// One rule, ready to run.
pub(super) struct SecretRule {
    pub info: RuleInfo,
    /// `None` for rules about paths alone and for key blocks.
    pub regex: Option<Regex>,
    /// Only files whose path matches are looked at.
    pub path: Option<Regex>,
    /// The capture group that is the secret; 0 for the first that took part, or the whole match without groups.
    pub secret_group: usize,
    /// Bits per character a secret must have more of; 0.0 switches the test off. Users' rules only.
    pub entropy: f64,
    /// Lower-case words of which one must be in the text; empty: always looked for.
    pub keywords: Vec<String>,
    pub search: SearchName,
    pub check: Option<CheckName>,
    /// Lower-case words of which one must stand near; empty: anywhere will do.
    pub near: Vec<String>,
    pub prefixes: Vec<String>,
    pub allowlists: Vec<Allowlist>,
    /// One of ours: tokens must stand apart from their surroundings, and placeholders are refused.
    pub built_in: bool,
    /// Whether its matches are findings; matches are masked in any case.
    pub reported: bool,
    /// How to make examples.
    #[cfg(test)]
    pub shapes: Vec<String>,
}

/// The file a rule was read from.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a> {
    pub text: &'a str,
    /// As the user gave it, or `rules/secrets.toml`.
    pub file: &'a str,
    pub built_in: bool,
}

impl Origin<'_> {
    pub(super) fn error(&self, offset: usize, message: String) -> RuleError {
        RuleError { file: self.file.to_owned(), line: Some(line_at(self.text, offset)), message }
    }
}

impl SecretRule {
    /// Compiles a rule; every fault is an error of its own.
    pub(super) fn compile(raw: &Spanned<RawRule>, origin: Origin<'_>) -> Result<Self, Vec<RuleError>> {
        let at = raw.span().start;
        let raw = raw.get_ref();
        let Some(id) = raw.id.clone().filter(|id| !id.trim().is_empty()) else {
            return Err(vec![origin.error(at, "this rule has no `id`; give it a unique one".to_owned())]);
        };
        let extension = raw.codeproof.clone().unwrap_or_default();
        let mut errors = Vec::new();
        let is_block = matches!(
            extension.check,
            Some(CheckName::PrivateKey | CheckName::EncryptedPrivateKey | CheckName::PuttyKey)
        );
        if raw.regex.is_none() && raw.path.is_none() {
            errors.push(origin.error(at, format!("rule `{id}` has neither `regex` nor `path`; give it one")));
        }
        let anchor = if extension.search == SearchName::AtKeyword { r"\A" } else { "" };
        let mut compile = |pattern: &Spanned<String>, anchor| match regex(pattern, anchor, origin) {
            Ok(regex) => Some(regex),
            Err(error) => {
                errors.push(RuleError { message: format!("rule `{id}`: {}", error.message), ..error });
                None
            }
        };
        let path = raw.path.as_ref().and_then(|pattern| compile(pattern, ""));
        let regex = raw.regex.as_ref().and_then(|pattern| compile(pattern, anchor));
        if let Some(compiled) = regex.as_ref().filter(|compiled| raw.secret_group >= compiled.captures_len()) {
            let groups = compiled.captures_len() - 1;
            let message =
                format!("rule `{id}`: `secretGroup` is {} but the regex has {groups} groups", raw.secret_group);
            errors.push(origin.error(at, message));
        }
        let mut allowlists = Vec::new();
        for list in raw.allowlist.iter().chain(&raw.allowlists) {
            match Allowlist::compile(list, origin, at) {
                Ok(list) => allowlists.push(list),
                Err(found) => errors.extend(found),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let lower = |words: &[String]| -> Vec<String> { words.iter().map(|word| word.to_lowercase()).collect() };
        Ok(Self {
            info: info(id, raw, &extension, origin),
            regex: regex.filter(|_| !is_block),
            path,
            secret_group: raw.secret_group,
            entropy: if origin.built_in { 0.0 } else { raw.entropy },
            // An empty word is in every text, as no word at all.
            keywords: if raw.keywords.iter().any(String::is_empty) { Vec::new() } else { lower(&raw.keywords) },
            search: extension.search,
            check: extension.check,
            near: lower(&extension.near),
            prefixes: extension.prefixes,
            allowlists,
            built_in: origin.built_in,
            reported: !raw.skip_report,
            #[cfg(test)]
            shapes: extension.shapes,
        })
    }

    /// Whether the rule looks at files of this path. Text without a path is looked at by every rule.
    pub(super) fn reads(&self, path: Option<&RepoPath>) -> bool {
        match (&self.path, path) {
            (Some(pattern), Some(path)) => pattern.is_match(path.as_str().as_bytes()),
            _ => true,
        }
    }

    /// The longest published prefix `secret` starts with; empty without one.
    pub(super) fn prefix_of<'s>(&self, secret: &'s str) -> &'s str {
        let longest = self.prefixes.iter().filter(|prefix| secret.starts_with(prefix.as_str())).map(String::len).max();
        &secret[..longest.unwrap_or(0)]
    }
}

fn info(id: String, raw: &RawRule, extension: &Extension, origin: Origin<'_>) -> RuleInfo {
    let message = raw.description.clone().unwrap_or_else(|| format!("This text matches the rule {id}."));
    let or_else = |given: &str, other: &str| if given.is_empty() { other.to_owned() } else { given.to_owned() };
    RuleInfo {
        title: or_else(&extension.title, raw.description.as_deref().unwrap_or(&id)),
        id,
        severity: extension.severity.unwrap_or(Severity::High),
        tier: Tier::Vulnerability,
        cwe: Some(extension.cwe.unwrap_or(Cwe(798))),
        category: Some(extension.category.unwrap_or(Category::SecretExposure)),
        languages: Vec::new(),
        message,
        why: or_else(&extension.why, "Everybody who can read the file can use it, in every copy of the history."),
        remediation: or_else(
            &extension.remediation,
            "Revoke it where it was issued, issue a new one, and read it from the environment or a secret store.",
        ),
        definite: true,
        safe_variants: Vec::new(),
        limits: extension.limits.clone(),
        bad: Vec::new(),
        good: Vec::new(),
        defined_in: if origin.built_in { "built in".to_owned() } else { origin.file.to_owned() },
    }
}

/// Compiles a Go regex: `\b`, `\w`, `\d` and `(?i)` speak of ASCII there, `.` and negated classes of any character.
/// Reading bytes as such is the same but for spans that end inside a character, which the search widens.
fn regex(pattern: &Spanned<String>, anchor: &str, origin: Origin<'_>) -> Result<Regex, RuleError> {
    let source = format!("{anchor}(?:{})", go_pattern(pattern.get_ref()));
    let build = |unicode| RegexBuilder::new(&source).unicode(unicode).size_limit(REGEX_BYTES_MAX).build();
    build(false).or_else(|_| build(true)).map_err(|error| {
        // The last line of the regex crate's report is the reason; those before draw the pattern.
        let report = error.to_string();
        let reason = report.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        origin.error(
            pattern.span().start,
            format!(
                "the regex does not compile: {reason}; write it in RE2 syntax (no look-around, no back-references)"
            ),
        )
    })
}

/// Go writes the end of the text as `\z` and the octal-free `\Q…\E` quote; the latter is spelt out.
fn go_pattern(pattern: &str) -> String {
    let mut plain = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, quoted)) = rest.split_once(r"\Q") {
        let (inside, after) = quoted.split_once(r"\E").unwrap_or((quoted, ""));
        plain.push_str(before);
        plain.push_str(&regex::escape(inside));
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// Matches that are no findings.
pub(super) struct Allowlist {
    paths: Vec<Regex>,
    regexes: Vec<Regex>,
    target: Target,
    stopwords: Vec<String>,
    all_must_fit: bool,
    /// Only for these rules; empty: for all.
    target_rules: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Secret,
    Match,
    Line,
}

/// What an allowlist looks at.
pub(super) struct Candidate<'t> {
    pub rule_id: &'t str,
    pub path: Option<&'t RepoPath>,
    pub secret: &'t str,
    pub whole_match: &'t str,
    pub line: &'t str,
}

impl Allowlist {
    pub(super) fn compile(raw: &RawAllowlist, origin: Origin<'_>, at: usize) -> Result<Self, Vec<RuleError>> {
        let mut errors = Vec::new();
        let mut all = |patterns: &[Spanned<String>]| -> Vec<Regex> {
            let compiled = patterns.iter().map(|pattern| regex(pattern, "", origin));
            compiled.filter_map(|result| result.map_err(|error| errors.push(error)).ok()).collect()
        };
        let (paths, regexes) = (all(&raw.paths), all(&raw.regexes));
        let target = match raw.regex_target.as_ref().map(|target| (target.get_ref().as_str(), target.span().start)) {
            None | Some(("" | "secret", _)) => Target::Secret,
            Some(("match", _)) => Target::Match,
            Some(("line", _)) => Target::Line,
            Some((other, at)) => {
                errors.push(origin.error(at, format!("`regexTarget` is {other:?}; use secret, match or line")));
                Target::Secret
            }
        };
        let all_must_fit = match raw.condition.as_deref().map(str::to_uppercase).as_deref() {
            None | Some("" | "OR" | "||") => false,
            Some("AND" | "&&") => true,
            Some(other) => {
                errors.push(origin.error(at, format!("`condition` is {other:?}; use AND or OR")));
                false
            }
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        let stopwords = raw.stopwords.iter().map(|word| word.to_lowercase()).collect();
        Ok(Self { paths, regexes, target, stopwords, all_must_fit, target_rules: raw.target_rules.clone() })
    }

    /// Whether the candidate is allowed. Commits are not looked at: a scan of a tree knows none.
    pub(super) fn allows(&self, candidate: &Candidate<'_>) -> bool {
        if !self.target_rules.is_empty() && !self.target_rules.iter().any(|id| id == candidate.rule_id) {
            return false;
        }
        let target = match self.target {
            Target::Secret => candidate.secret,
            Target::Match => candidate.whole_match,
            Target::Line => candidate.line,
        };
        let lower = candidate.secret.to_lowercase();
        let path = candidate.path.map(|path| path.as_str().as_bytes());
        let tests = [
            (!self.paths.is_empty()).then(|| path.is_some_and(|path| self.paths.iter().any(|p| p.is_match(path)))),
            (!self.regexes.is_empty()).then(|| self.regexes.iter().any(|regex| regex.is_match(target.as_bytes()))),
            (!self.stopwords.is_empty()).then(|| self.stopwords.iter().any(|word| lower.contains(word.as_str()))),
        ];
        let mut answers = tests.into_iter().flatten().peekable();
        if self.all_must_fit { answers.peek().is_some() && answers.all(|fits| fits) } else { answers.any(|fits| fits) }
    }
}
