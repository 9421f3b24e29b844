//! The kinds of sites as `rules/sites/<language>.yml` says them, turned into questions to a tree.
//!
//! A file is a YAML stream. Its first document may hold `utils`: named ast-grep rules the others refer to. Each other
//! one is a kind of site:
//!
//! ```yaml
//! what: shell command            # a few words that follow "risky site:"
//! languages: [c]                 # when it is for some of the languages the file serves only
//! site: { … }                    # an ast-grep rule: every place of this kind, broad
//! safe: [{ … }, { … }]           # ast-grep rules for those that cannot do harm; none when a reader must see them all
//! examples:
//!   open: [ … ]                  # code with an open site of this kind
//!   safe: [ … ]                  # code whose sites of this kind are all safe
//!   none: [ … ]                  # code without a site of this kind
//! ```
//!
//! The file for C serves C++ too, that for JavaScript serves TypeScript, beside files of their own.

use std::collections::BTreeSet;

use codeproof_types::{Language, Problem, Span};
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::patterns::{Questions, serves};
use crate::{Error, FileInput, RuleError};

/// `rules/sites/` as it was when the program was built.
static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../rules/sites");

/// One document of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Document {
    utils: Map<String, Value>,
    what: Option<String>,
    languages: Vec<Language>,
    site: Option<Value>,
    safe: Vec<Value>,
    examples: Examples,
}

impl Document {
    fn serves(&self, language: Language) -> bool {
        self.languages.is_empty() || self.languages.contains(&language)
    }
}

/// Code that tests a kind.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Examples {
    pub(super) open: Vec<String>,
    pub(super) safe: Vec<String>,
    pub(super) none: Vec<String>,
}

/// One kind of site.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) what: String,
    site: Value,
    pub(super) safe: Vec<Value>,
    #[cfg_attr(not(test), expect(dead_code, reason = "what the tests check the kind with"))]
    pub(super) examples: Examples,
}

/// The kinds of one language, ready to be looked for.
pub(super) struct KindSet {
    whats: Vec<String>,
    questions: Questions,
}

/// What a tree answered: kind and place of each site, and of those with a safe form.
pub(super) struct Answers {
    pub(super) sites: BTreeSet<(usize, Span)>,
    pub(super) safe: BTreeSet<(usize, Span)>,
}

impl KindSet {
    /// The built-in kinds of `language`.
    pub(super) fn of(language: Language) -> Self {
        Self::compile(language, false).expect("a test compiles the kinds of sites")
    }

    /// As [`Self::of`], with every fault of a rule named when `is_checked`.
    ///
    /// # Errors
    /// [`Error::Rules`] with the faults.
    pub(super) fn compile(language: Language, is_checked: bool) -> Result<Self, Error> {
        let (utilities, kinds) = read(language)?;
        let rules: Vec<Value> =
            kinds.iter().enumerate().flat_map(|(number, kind)| questions(number, kind, language)).collect();
        let utilities: Vec<Value> = utilities
            .into_iter()
            .map(|(id, rule)| json!({"id": id, "language": language.name(), "rule": rule}))
            .collect();
        let name = format!("sites/{language}.yml");
        let questions = Questions::compile(language, &name, &stream(&utilities), &stream(&rules), is_checked)?;
        Ok(Self { whats: kinds.into_iter().map(|kind| kind.what).collect(), questions })
    }

    /// The words for kind number `kind`.
    pub(super) fn what(&self, kind: usize) -> &str {
        &self.whats[kind]
    }

    /// Looks for every kind.
    pub(super) fn ask(&self, file: &FileInput<'_>, tree: &tree_sitter::Tree, problems: &mut Vec<Problem>) -> Answers {
        let mut answers = Answers { sites: BTreeSet::new(), safe: BTreeSet::new() };
        for hit in self.questions.hits(file, tree, problems) {
            let (question, number) = hit.rule_id.split_once(' ').expect("ids are made here");
            let kind = number.parse().expect("ids are made here");
            let places = if question == SITE { &mut answers.sites } else { &mut answers.safe };
            places.insert((kind, hit.span));
        }
        answers
    }
}

/// Begins the id of the question where sites are.
const SITE: &str = "site";

/// Begins the id of the question which of them are safe.
const SAFE: &str = "safe";

/// Where sites of kind `number` are, and which of them are safe.
fn questions(number: usize, kind: &Kind, language: Language) -> Vec<Value> {
    let question =
        |word: &str, rule: Value| json!({"id": format!("{word} {number}"), "language": language.name(), "rule": rule});
    let mut questions = vec![question(SITE, kind.site.clone())];
    if !kind.safe.is_empty() {
        questions.push(question(SAFE, json!({"all": [kind.site, {"any": kind.safe}]})));
    }
    questions
}

/// JSON is YAML.
fn stream(documents: &[Value]) -> String {
    documents.iter().map(|document| format!("{document}\n---\n")).collect()
}

/// The utilities and kinds of all files that serve `language`.
///
/// # Errors
/// [`Error::Rules`] with every file that cannot be read as the module says.
pub(super) fn read(language: Language) -> Result<(Map<String, Value>, Vec<Kind>), Error> {
    let (mut utilities, mut kinds, mut errors) = (Map::new(), Vec::new(), Vec::new());
    for file in Language::ALL.into_iter().filter(|file| serves(*file, language)) {
        let name = format!("{}.yml", file.name());
        let Some(text) = BUILT_IN.get_file(&name).and_then(|file| file.contents_utf8()) else { continue };
        match ast_grep_config::from_multiple::<Document>(text) {
            Ok(documents) => documents
                .into_iter()
                .filter(|it| it.serves(language))
                .for_each(|it| add(it, &name, &mut utilities, &mut kinds, &mut errors)),
            Err(error) => {
                let line = error.location().map(|at| at.line() as usize);
                errors.push(RuleError { file: name, line, message: error.to_string() });
            }
        }
    }
    if errors.is_empty() { Ok((utilities, kinds)) } else { Err(Error::Rules(errors)) }
}

fn add(
    document: Document,
    file: &str,
    utilities: &mut Map<String, Value>,
    kinds: &mut Vec<Kind>,
    errors: &mut Vec<RuleError>,
) {
    utilities.extend(document.utils);
    match (document.what, document.site) {
        (Some(what), Some(site)) => kinds.push(Kind { what, site, safe: document.safe, examples: document.examples }),
        (None, None) => {}
        (what, _) => errors.push(RuleError {
            file: file.to_owned(),
            line: None,
            message: format!("a kind of site needs `what` and `site`: {what:?}"),
        }),
    }
}
