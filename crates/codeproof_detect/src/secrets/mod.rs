//! Secrets: rules in gitleaks' format, keywords before regexes, checks after them.
//!
//! In: `rules/secrets.toml` (built in), the user's `.gitleaks.toml` and the `*.toml` of the user's rule folders. Out:
//! hits, and masked text. A secret counts when its issuer's published form, its surroundings and, where there is one,
//! its checksum say so; there are no entropy rules of our own.

mod base64;
mod boundary;
mod checksum;
mod config;
mod context;
mod key_block;
mod load;
mod mask;
mod pass;
mod placeholder;
mod rule;
mod search;
#[cfg(test)]
mod shape;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod users_tests;

use std::borrow::Cow;

use codeproof_types::{RepoPath, RuleInfo, Span};

#[cfg(test)]
pub(crate) use checksum::github_checksum;

use crate::environment;
use crate::hit::Hit;
use crate::{Config, Error, FileInput};
use rule::{Allowlist, SecretRule};
use search::{Found, Search};

/// All secret rules, compiled.
pub(crate) struct SecretRules {
    rules: Vec<SecretRule>,
    /// Allowlists for all rules, from users' files.
    allowlists: Vec<Allowlist>,
    search: Search,
    identity: String,
}

impl SecretRules {
    /// Compiles the built-in rules and the user's.
    ///
    /// # Errors
    /// [`Error::ReadRules`] for a file that cannot be read, [`Error::Rules`] with every rule that does not compile.
    pub(crate) fn load(config: &Config) -> Result<Self, Error> {
        let loaded = load::load(config)?;
        let search = Search::new(&loaded.rules);
        Ok(Self { rules: loaded.rules, allowlists: loaded.allowlists, search, identity: loaded.identity })
    }

    /// The rules that report.
    pub(crate) fn rules(&self) -> Vec<RuleInfo> {
        self.rules.iter().filter(|rule| rule.reported).map(|rule| rule.info.clone()).collect()
    }

    /// Changes when any rule does: 64 hexadecimal digits.
    pub(crate) fn identity(&self) -> &str {
        &self.identity
    }

    /// Finds the secrets of one file, in their order.
    pub(crate) fn hits(&self, file: &FileInput<'_>) -> Vec<Hit> {
        let found = self.search.run(&self.rules, &self.allowlists, file.text, Some(file.path));
        let mut hits: Vec<Hit> = found.iter().map(|found| self.hit(found)).collect();
        hits.extend(self.path_hits(file));
        hits
    }

    fn hit(&self, found: &Found) -> Hit {
        let rule_id = self.rules[found.rule].info.id.clone();
        Hit { rule_id, span: found.span, message: None, secret: Some(found.span) }
    }

    /// Users' rules that speak of paths alone; they stand at the file's first line.
    fn path_hits(&self, file: &FileInput<'_>) -> Vec<Hit> {
        let is_hit = |rule: &&SecretRule| {
            !rule.built_in && rule.regex.is_none() && rule.path.is_some() && rule.reads(Some(file.path))
        };
        let first_line = file.lines.line_range(file.text, 1).unwrap_or(0..0);
        let span = Span { start: 0, end: first_line.end };
        let hit = |rule: &SecretRule| Hit { rule_id: rule.info.id.clone(), span, message: None, secret: None };
        self.rules.iter().filter(is_hit).map(hit).collect()
    }

    /// Masks every secret in `text`, which may be a part of a file.
    pub(crate) fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut hidden = self.hidden(text, None);
        hidden.extend(key_block::stray_lines(text));
        mask::masked(text, hidden)
    }

    /// Masks the whole text of a file.
    pub(crate) fn mask_file<'t>(&self, path: &RepoPath, text: &'t str) -> Cow<'t, str> {
        self.mask_with(path, text, std::iter::empty())
    }

    /// As [`Self::mask_file`], and the spans that other rules called secret.
    pub(crate) fn mask_with<'t>(
        &self,
        path: &RepoPath,
        text: &'t str,
        told: impl Iterator<Item = Span>,
    ) -> Cow<'t, str> {
        let mut hidden = self.hidden(text, Some(path));
        hidden.extend(told);
        if environment::is_environment_file(path) {
            hidden.extend(environment::sensitive(text).map(|entry| entry.value));
        }
        mask::masked(text, hidden)
    }

    /// What must not be shown; allowlists are no reason to show a secret.
    fn hidden(&self, text: &str, path: Option<&RepoPath>) -> Vec<Span> {
        let found = self.search.run(&self.rules, &[], text, path);
        found.into_iter().flat_map(|found| found.hidden).collect()
    }

    /// The text of a secret without what depends on how it is written down: the lines of a key without line ends,
    /// indentation and quotes. Equal secrets have equal canonical text.
    pub(crate) fn canonical<'t>(&self, rule_id: &str, secret: &'t str) -> Cow<'t, str> {
        let rule = self.rules.iter().position(|rule| rule.info.id == rule_id);
        let found = self.search.run(&self.rules, &[], secret, None);
        match found.as_slice() {
            [only] if Some(only.rule) == rule && only.hidden.len() > 1 => {
                Cow::Owned(only.hidden.iter().map(|line| &secret[line.range()]).collect())
            }
            _ => Cow::Borrowed(secret),
        }
    }
}
