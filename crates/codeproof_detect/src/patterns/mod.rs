//! Pattern rules: ast-grep YAML on syntax trees.
//!
//! In: the built-in rules (`rules/<language>/*.yml`) and those of the user's rule folders, then file after file. Out:
//! the table of rules, and for each file the places where they match. Rules are data: nothing here knows what any of
//! them looks for.

mod flat_tree;
mod folders;
mod grammar;
mod keywords;
mod message;
mod metadata;
mod rule_file;
mod rule_set;
#[cfg(test)]
mod tests;
mod utilities;

use std::collections::BTreeMap;
use std::sync::Arc;

use codeproof_types::{Language, Problem, RuleInfo};

use self::folders::RuleFolder;
use self::rule_file::LoadedRule;
use self::rule_set::{CompiledRule, RuleSet};
use crate::hit::Hit;
use crate::{Config, Error, FileInput};

/// All pattern rules, compiled.
pub(crate) struct PatternRules {
    rules: Vec<RuleInfo>,
    sets: BTreeMap<Language, RuleSet>,
    identity: String,
}

impl PatternRules {
    /// Compiles the built-in rules and the user's. Rules that are off compile too, so that their errors show, and are
    /// never tried.
    ///
    /// # Errors
    /// [`Error::Rules`] with every rule that does not compile; [`Error::ReadRules`] for a folder that cannot be read.
    pub(crate) fn load(config: &Config) -> Result<Self, Error> {
        let mut folders = vec![folders::built_in_rules()];
        for folder in &config.rule_folders {
            folders.push(folders::user_rules(folder)?);
        }
        Self::new(folders, &config.rules_off)
    }

    fn new(folders: Vec<RuleFolder>, rules_off: &[String]) -> Result<Self, Error> {
        let mut identity = blake3::Hasher::new();
        let (mut loaded, mut errors) = (Vec::new(), Vec::new());
        for folder in folders {
            identity.update(folder.identity.finalize().as_bytes());
            loaded.extend(folder.rules);
            errors.extend(folder.errors);
        }
        if !errors.is_empty() {
            return Err(Error::Rules(errors));
        }
        let mut rules: Vec<RuleInfo> = loaded.iter().map(|rule| rule.info.clone()).collect();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        let identity = identity.finalize().to_hex().to_string();
        Ok(Self { rules, sets: rule_sets(loaded, rules_off), identity })
    }

    /// Changes whenever the text of any rule does.
    pub(crate) fn identity(&self) -> &str {
        &self.identity
    }

    /// What every rule says of itself, those that are off too, sorted by id.
    pub(crate) fn rules(&self) -> Vec<RuleInfo> {
        self.rules.clone()
    }

    /// Runs the rules of the file's language.
    pub(crate) fn hits(&self, file: &FileInput<'_>, problems: &mut Vec<Problem>) -> Vec<Hit> {
        let Some(parsed) = file.parsed else { return Vec::new() };
        let Some(set) = self.sets.get(&parsed.language()) else { return Vec::new() };
        set.hits(file, parsed.tree(), problems)
    }
}

fn rule_sets(loaded: Vec<LoadedRule>, rules_off: &[String]) -> BTreeMap<Language, RuleSet> {
    let mut by_language = BTreeMap::<Language, Vec<CompiledRule>>::new();
    for rule in loaded.into_iter().filter(|rule| !rules_off.contains(&rule.info.id)) {
        let globs = Arc::new(rule.globs);
        for (language, config) in rule.compiled {
            by_language.entry(language).or_default().push(CompiledRule {
                id: rule.info.id.clone(),
                config,
                message: rule.message.clone(),
                words: rule.words.clone(),
                caret: rule.caret.clone(),
                globs: Arc::clone(&globs),
            });
        }
    }
    by_language.into_iter().map(|(language, rules)| (language, RuleSet::new(language, rules))).collect()
}
