//! Secrets: gitleaks-format rules, keywords before regexes, checks after them.

use std::borrow::Cow;

use crate::hit::Hit;
use crate::{Config, Error, FileInput};

/// All secret rules, compiled.
pub(crate) struct SecretRules;

impl SecretRules {
    /// Compiles the built-in rules and the user's.
    pub(crate) fn load(_config: &Config) -> Result<Self, Error> {
        Ok(Self)
    }

    /// Finds the secrets of one file.
    pub(crate) fn hits(&self, _file: &FileInput<'_>) -> Vec<Hit> {
        Vec::new()
    }

    /// Masks every secret in `text`.
    pub(crate) fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        Cow::Borrowed(text)
    }
}
