//! Pattern rules: ast-grep YAML on syntax trees.

use codeproof_types::Problem;

use crate::hit::Hit;
use crate::{Config, Error, FileInput};

/// All pattern rules, compiled.
pub(crate) struct PatternRules;

impl PatternRules {
    /// Compiles the built-in rules and the user's.
    pub(crate) fn load(_config: &Config) -> Result<Self, Error> {
        Ok(Self)
    }

    /// Runs the rules of the file's language.
    pub(crate) fn hits(&self, _file: &FileInput<'_>, _problems: &mut Vec<Problem>) -> Vec<Hit> {
        Vec::new()
    }
}
