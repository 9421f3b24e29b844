//! Rules of no table: what other parts of this crate ask a tree, with the same engine and the same budget.

use codeproof_types::{Language, Problem};

use super::folders::rules_of_text;
use super::rule_set::RuleSet;
use crate::hit::Hit;
use crate::{Error, FileInput};

/// Rules compiled for one language.
pub(crate) struct Questions {
    set: RuleSet,
}

impl Questions {
    /// Compiles the rules of a YAML stream with the utilities of another. `is_checked` names faults with their place,
    /// and compiles twice: for tests.
    ///
    /// # Errors
    /// [`Error::Rules`] with every fault, those that are only found by compiling when `is_checked`.
    ///
    /// # Panics
    /// When a rule that is not checked does not compile.
    pub(crate) fn compile(
        language: Language,
        name: &str,
        utilities: &str,
        rules: &str,
        is_checked: bool,
    ) -> Result<Self, Error> {
        let folder = rules_of_text(name, utilities, rules, is_checked)?;
        Ok(Self { set: RuleSet::new(language, folder.compile(language, &[])) })
    }

    /// Where the rules match, in file order. A place the engine did not look at is a problem.
    pub(crate) fn hits(&self, file: &FileInput<'_>, tree: &tree_sitter::Tree, problems: &mut Vec<Problem>) -> Vec<Hit> {
        self.set.hits(file, tree, problems)
    }
}
