//! Utility rules that several rules share, as ast-grep's `utilDirs` has them.
//!
//! The built-in ones stand in `rules/shared/*.yml`, one document each: `id`, `language`, `rule`. Those for C serve C++
//! too, and those for JavaScript serve TypeScript, because most rules for one are compiled for the others.

use std::collections::BTreeMap;

use ast_grep_config::{DeserializeEnv, GlobalRules, SerializableGlobalRule};
use ast_grep_language::SupportLang;
use codeproof_types::Language;
use serde_json::{Map, Value};

use super::grammar::{serves, support_language};
use crate::RuleError;

/// The shared utilities by language, read and not yet compiled.
#[derive(Default)]
pub(super) struct Utilities {
    by_language: BTreeMap<Language, Vec<SerializableGlobalRule<SupportLang>>>,
    source: Map<String, Value>,
}

impl Utilities {
    /// Reads the utilities of `files`, pairs of name and text. One error per file that is no list of utilities.
    pub(super) fn read(files: &[(String, String)]) -> (Self, Vec<RuleError>) {
        let (mut utilities, mut errors) = (Self::default(), Vec::new());
        for (name, text) in files {
            match ast_grep_config::from_multiple::<SerializableGlobalRule<SupportLang>>(text) {
                Ok(rules) => rules.into_iter().for_each(|rule| utilities.add(rule)),
                Err(error) => errors.push(RuleError {
                    file: name.clone(),
                    line: error.location().map(|at| at.line() as usize),
                    message: format!("the utility rule cannot be read: {error}"),
                }),
            }
        }
        (utilities, errors)
    }

    fn add(&mut self, utility: SerializableGlobalRule<SupportLang>) {
        let written_for = Language::ALL.into_iter().find(|&language| support_language(language) == utility.language);
        let served = |language: &Language| written_for.is_some_and(|folder| serves(folder, *language));
        for language in Language::ALL.into_iter().filter(served) {
            let mut copy = utility.clone();
            copy.language = support_language(language);
            self.by_language.entry(language).or_default().push(copy);
        }
        // What a utility with arguments needs depends on them.
        if let (None, Ok(rule)) = (&utility.arguments, serde_json::to_value(&utility.core.rule)) {
            self.source.insert(utility.id, rule);
        }
    }

    /// The languages there are utilities for.
    pub(super) fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        self.by_language.keys().copied()
    }

    /// The utilities a rule for `language` may name.
    ///
    /// # Errors
    /// A sentence, when they do not fit together.
    pub(super) fn compile(&self, language: Language) -> Result<GlobalRules, String> {
        let Some(rules) = self.by_language.get(&language) else { return Ok(GlobalRules::default()) };
        DeserializeEnv::parse_global_utils(rules.clone()).map_err(|error| {
            format!("the utility rules for {language} do not compile: {}", super::rule_file::chain(&error))
        })
    }

    /// The utilities' rules by id, as JSON.
    pub(super) fn source(&self) -> &Map<String, Value> {
        &self.source
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::folders::shared_rules;
    use super::*;

    /// The utilities with arguments that `rule` calls: those under the keys ast-grep looks at when it puts utilities in
    /// order, or, `everywhere`, all of them.
    fn calls(rule: &Value, everywhere: bool, found: &mut BTreeSet<String>) {
        let Some(keys) = rule.as_object() else { return };
        for (key, value) in keys {
            match (key.as_str(), value) {
                ("matches", Value::Object(call)) => {
                    found.extend(call.keys().cloned());
                    call.values()
                        .flat_map(|arguments| arguments.as_object().into_iter().flat_map(Map::values))
                        .for_each(|argument| calls(argument, everywhere, found));
                }
                ("all" | "any", Value::Array(rules)) => rules.iter().for_each(|rule| calls(rule, everywhere, found)),
                ("not", rule) => calls(rule, everywhere, found),
                ("has" | "inside" | "precedes" | "follows" | "stopBy", rule) if everywhere => calls(rule, true, found),
                _ => {}
            }
        }
    }

    /// ast-grep compiles utilities in an order that follows `matches`, `all`, `any` and `not`, but not `has` and
    /// `inside`, and starts anywhere: a call that only stands there compiles in one run and not in the next.
    #[test]
    fn the_utilities_compile_in_any_order() {
        let mut rules = BTreeMap::new();
        for (_, text) in shared_rules() {
            for utility in ast_grep_config::from_multiple::<SerializableGlobalRule<SupportLang>>(&text).unwrap() {
                rules.insert(utility.id, serde_json::to_value(&utility.core.rule).unwrap());
            }
        }
        for (id, rule) in &rules {
            let (mut needed, mut ordered) = (BTreeSet::new(), BTreeSet::new());
            calls(rule, true, &mut needed);
            let mut open = vec![id.clone()];
            while let Some(next) = open.pop() {
                let mut direct = BTreeSet::new();
                if let Some(rule) = rules.get(&next) {
                    calls(rule, false, &mut direct);
                }
                open.extend(direct.iter().filter(|call| !ordered.contains(*call)).cloned());
                ordered.extend(direct);
            }
            let missing: Vec<_> = needed.difference(&ordered).collect();
            assert!(missing.is_empty(), "{id} calls {missing:?} only inside `has` or `inside`");
        }
    }
}
