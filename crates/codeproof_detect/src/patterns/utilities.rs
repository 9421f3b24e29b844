//! Utility rules that several rules share, as ast-grep's `utilDirs` has them.
//!
//! The built-in ones stand in `rules/shared/*.yml`, one document each: `id`, `language`, `rule`. Those for C serve C++
//! too, and those for JavaScript serve TypeScript, because most rules for one are compiled for the others.

use std::collections::BTreeMap;

use ast_grep_config::{DeserializeEnv, GlobalRules, SerializableGlobalRule};
use ast_grep_language::SupportLang;
use codeproof_types::Language;
use serde_json::{Map, Value};

use super::grammar::support_language;
use crate::RuleError;

/// The shared utilities by language. Cheap to borrow, made once.
#[derive(Default)]
pub(super) struct Utilities {
    compiled: BTreeMap<Language, GlobalRules>,
    source: Map<String, Value>,
    none: GlobalRules,
}

impl Utilities {
    /// Compiles the utilities of `files`, pairs of name and text. One error per file that is no list of utilities,
    /// one per language whose utilities do not fit together.
    pub(super) fn read(files: &[(String, String)]) -> (Self, Vec<RuleError>) {
        let mut errors = Vec::new();
        let mut by_language = BTreeMap::<Language, Vec<SerializableGlobalRule<SupportLang>>>::new();
        let mut source = Map::new();
        for (name, text) in files {
            match ast_grep_config::from_multiple::<SerializableGlobalRule<SupportLang>>(text) {
                Ok(utilities) => {
                    utilities.into_iter().for_each(|utility| sort_in(utility, &mut by_language, &mut source))
                }
                Err(error) => errors.push(RuleError {
                    file: name.clone(),
                    line: error.location().map(|at| at.line() as usize),
                    message: format!("the utility rule cannot be read: {error}"),
                }),
            }
        }
        let mut compiled = BTreeMap::new();
        for (language, utilities) in by_language {
            match DeserializeEnv::parse_global_utils(utilities) {
                Ok(rules) => drop(compiled.insert(language, rules)),
                Err(error) => errors.push(RuleError {
                    file: files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "),
                    line: None,
                    message: format!(
                        "the utility rules for {language} do not compile: {}",
                        super::rule_file::chain(&error)
                    ),
                }),
            }
        }
        (Self { compiled, source, none: GlobalRules::default() }, errors)
    }

    /// The utilities a rule for `language` may name.
    pub(super) fn for_language(&self, language: Language) -> &GlobalRules {
        self.compiled.get(&language).unwrap_or(&self.none)
    }

    /// The utilities' rules by id, as JSON.
    pub(super) fn source(&self) -> &Map<String, Value> {
        &self.source
    }
}

fn sort_in(
    utility: SerializableGlobalRule<SupportLang>,
    by_language: &mut BTreeMap<Language, Vec<SerializableGlobalRule<SupportLang>>>,
    source: &mut Map<String, Value>,
) {
    for language in Language::ALL.into_iter().filter(|language| serves(utility.language, *language)) {
        let mut copy = utility.clone();
        copy.language = support_language(language);
        by_language.entry(language).or_default().push(copy);
    }
    // What a utility with arguments needs depends on them.
    if let (None, Ok(rule)) = (&utility.arguments, serde_json::to_value(&utility.core.rule)) {
        source.insert(utility.id, rule);
    }
}

fn serves(written_for: SupportLang, language: Language) -> bool {
    written_for == support_language(language)
        || matches!(
            (written_for, language),
            (SupportLang::C, Language::Cpp) | (SupportLang::JavaScript, Language::TypeScript | Language::Tsx)
        )
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
