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
mod questions;
mod rule_file;
mod rule_set;
#[cfg(test)]
mod tests;
mod utilities;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use codeproof_types::{Language, Problem, RuleInfo};

use self::folders::RuleFolder;
pub(crate) use self::grammar::serves;
pub(crate) use self::questions::Questions;
use self::rule_set::RuleSet;
use crate::hit::Hit;
use crate::{Config, Error, FileInput};

/// All pattern rules. The user's are compiled when they are loaded, so that their errors show; the built-in ones, which
/// the tests compile, are read when somebody asks for them and compiled for a language when its first file comes:
/// compiling all of them takes longer than most scans.
pub(crate) struct PatternRules {
    /// The built-in rules by the language they are written for.
    built_in: BTreeMap<Language, OnceLock<RuleFolder>>,
    users: Vec<RuleFolder>,
    sets: BTreeMap<Language, OnceLock<RuleSet>>,
    rules_off: Vec<String>,
    identity: String,
}

impl PatternRules {
    /// Loads the user's rules beside the built-in ones. Rules that are off are checked too, and never tried.
    ///
    /// # Errors
    /// [`Error::Rules`] with every rule that does not compile; [`Error::ReadRules`] for a folder that cannot be read.
    pub(crate) fn load(config: &Config) -> Result<Self, Error> {
        let built_in = folders::built_in_languages().map(|language| (language, OnceLock::new())).collect();
        let users: Vec<_> = config.rule_folders.iter().map(|folder| folders::user_rules(folder)).collect();
        Self::new(built_in, users, &config.rules_off)
    }

    fn new(
        built_in: BTreeMap<Language, OnceLock<RuleFolder>>,
        users: Vec<Result<RuleFolder, Error>>,
        rules_off: &[String],
    ) -> Result<Self, Error> {
        let (mut folders, mut errors) = (Vec::new(), Vec::new());
        for folder in users {
            match folder {
                Ok(folder) => folders.push(folder),
                Err(Error::Rules(wrong)) => errors.extend(wrong),
                Err(other) => return Err(other),
            }
        }
        if !errors.is_empty() {
            return Err(Error::Rules(errors));
        }
        let mut identity = blake3::Hasher::new();
        identity.update(folders::built_in_identity().as_bytes());
        for folder in &folders {
            identity.update(folder.identity.finalize().as_bytes());
        }
        Ok(Self {
            built_in,
            users: folders,
            sets: Language::ALL.map(|language| (language, OnceLock::new())).into(),
            rules_off: rules_off.to_vec(),
            identity: identity.finalize().to_hex().to_string(),
        })
    }

    /// Changes whenever the text of any rule does.
    pub(crate) fn identity(&self) -> &str {
        &self.identity
    }

    /// The ids of the built-in rules, those that are off too.
    pub(crate) fn built_in_ids(&self) -> impl Iterator<Item = &'static str> {
        self.built_in.keys().flat_map(|&language| folders::built_in_ids(language))
    }

    /// What the built-in rules say of themselves, those that are off too. Reads all of them.
    pub(crate) fn built_in_rules(&self) -> impl Iterator<Item = &RuleInfo> {
        self.built_in.keys().flat_map(|&language| self.built_in_folder(language)).flat_map(RuleFolder::infos)
    }

    /// What the built-in rule of this id says of itself. Its id begins with the language it is written for.
    pub(crate) fn built_in_rule(&self, id: &str) -> Option<&RuleInfo> {
        let (language, _) = id.split_once('-')?;
        self.built_in_folder(language.parse().ok()?)?.infos().find(|rule| rule.id == id)
    }

    /// What the user's rules say of themselves, those that are off too.
    pub(crate) fn users_rules(&self) -> impl Iterator<Item = &RuleInfo> {
        self.users.iter().flat_map(RuleFolder::infos)
    }

    /// Runs the rules of the file's language.
    pub(crate) fn hits(&self, file: &FileInput<'_>, problems: &mut Vec<Problem>) -> Vec<Hit> {
        let Some(parsed) = file.parsed else { return Vec::new() };
        let Some(set) = self.sets.get(&parsed.language()) else { return Vec::new() };
        set.get_or_init(|| self.rule_set(parsed.language())).hits(file, parsed.tree(), problems)
    }

    fn built_in_folder(&self, language: Language) -> Option<&RuleFolder> {
        self.built_in.get(&language).map(|folder| folder.get_or_init(|| folders::built_in_rules(language)))
    }

    fn rule_set(&self, language: Language) -> RuleSet {
        let written_for = self.built_in.keys().filter(|&&folder| serves(folder, language));
        let folders = written_for.filter_map(|&folder| self.built_in_folder(folder)).chain(&self.users);
        RuleSet::new(language, folders.flat_map(|folder| folder.compile(language, &self.rules_off)).collect())
    }
}
