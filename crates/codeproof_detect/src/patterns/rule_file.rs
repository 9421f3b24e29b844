//! One YAML file of rules, read, and compiled for a language when that is needed.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::sync::Arc;

use ast_grep_config::{GlobalRules, RuleConfig, RuleConfigError, SerializableRuleConfig};
use ast_grep_language::SupportLang;
use codeproof_types::{Language, RuleInfo};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;
use serde_json::Value;

use super::grammar::{parse_language, support_language};
use super::keywords::{Words, normalise, required_words};
use super::message::MessageTemplate;
use super::metadata::{Description, Origin, RuleMetadata, rule_info};
use super::rule_set::CompiledRule;
use super::utilities::Utilities;
use crate::RuleError;

/// A rule as its file says it.
pub(super) struct LoadedRule {
    pub(super) info: RuleInfo,
    message: MessageTemplate,
    words: Option<Words>,
    caret: Option<String>,
    globs: Arc<PathGlobs>,
    config: SerializableRuleConfig<SupportLang>,
}

impl LoadedRule {
    /// The rule for one of its languages, ready to run.
    ///
    /// # Errors
    /// What ast-grep does not take.
    pub(super) fn compile(&self, language: Language, utilities: &GlobalRules) -> Result<CompiledRule, RuleConfigError> {
        Ok(CompiledRule {
            id: self.info.id.clone(),
            config: compile(&self.config, language, utilities)?,
            message: self.message.clone(),
            words: self.words.clone(),
            caret: self.caret.clone(),
            globs: Arc::clone(&self.globs),
        })
    }
}

/// Whether rules are compiled when they are read, so that their errors show with their place.
#[derive(Clone, Copy)]
pub(super) enum Check<'u> {
    /// For rules that nobody has seen yet; with the utilities they may name, by language.
    Now(&'u BTreeMap<Language, GlobalRules>),
    /// For the built-in ones, which the tests check: compiling them takes longer than most scans.
    Later,
}

/// Which paths a rule looks at: those that `files` name (all, when there is none) without those that `ignores` name.
#[derive(Default)]
pub(super) struct PathGlobs {
    files: Option<GlobSet>,
    ignores: Option<GlobSet>,
}

impl PathGlobs {
    /// Whether the rule looks at `path`.
    pub(super) fn match_path(&self, path: &str) -> bool {
        !self.ignores.as_ref().is_some_and(|globs| globs.is_match(path))
            && self.files.as_ref().is_none_or(|globs| globs.is_match(path))
    }
}

/// Reads all rules of one file; `name` is what errors and the rule table call it. Documents that are no rules but
/// ast-grep's own tests (`valid`, `invalid`, `snapshots`) and rules turned off (`severity: off`) are passed over.
pub(super) fn read_rules(
    name: &str,
    text: &str,
    origin: Origin,
    utilities: &Utilities,
    check: Check<'_>,
) -> (Vec<LoadedRule>, Vec<RuleError>) {
    let mut rules = Vec::new();
    let mut errors = Vec::new();
    for document in documents(text) {
        match read_rule(&document, name, origin, utilities, check) {
            Ok(Some(rule)) => rules.push(rule),
            Ok(None) => {}
            Err((line, message)) => errors.push(RuleError { file: name.to_owned(), line: Some(line), message }),
        }
    }
    (rules, errors)
}

/// One document of a YAML stream.
struct Document<'t> {
    text: &'t str,
    /// Lines of the file before it.
    lines_before: usize,
}

impl Document<'_> {
    /// The line of the file where `needle` first stands in the document; its first line of content when it does not.
    fn line_of(&self, needle: &str) -> usize {
        let is_content = |line: &str| !line.trim().is_empty() && !line.starts_with('#');
        let found = if needle.is_empty() { None } else { self.text.lines().position(|line| line.contains(needle)) };
        let line = found.or_else(|| self.text.lines().position(is_content)).unwrap_or(0);
        self.lines_before + line + 1
    }
}

/// Splits at document markers. Inside a mapping every line of a block scalar is indented, so that a marker in the
/// first column is never text.
fn documents(text: &str) -> Vec<Document<'_>> {
    let mut documents = Vec::new();
    let (mut start, mut lines_before, mut at) = (0, 0, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim_end();
        if bare == "---" || bare == "..." || bare.starts_with("--- ") {
            documents.push(Document { text: &text[start..at], lines_before });
            start = if bare.starts_with("--- ") { at + 3 } else { at + line.len() };
            lines_before = if bare.starts_with("--- ") { number } else { number + 1 };
        }
        at += line.len();
    }
    documents.push(Document { text: &text[start..], lines_before });
    documents
}

/// The keys codeproof reads itself before it hands the document to ast-grep.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    rule: Option<Value>,
    #[serde(default)]
    files: Option<Vec<FileGlob>>,
    #[serde(default)]
    ignores: Option<Vec<FileGlob>>,
    #[serde(default)]
    valid: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    invalid: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    snapshots: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FileGlob {
    Plain(String),
    #[serde(rename_all = "camelCase")]
    Config {
        glob: String,
        #[serde(default)]
        case_insensitive: bool,
    },
}

/// The line of the file and what is wrong there.
type Failure = (usize, String);

fn read_rule(
    document: &Document<'_>,
    name: &str,
    origin: Origin,
    utilities: &Utilities,
    check: Check<'_>,
) -> Result<Option<LoadedRule>, Failure> {
    let yaml_failure = |error: serde_saphyr::Error| yaml_failure(document, &error);
    let Some(head) = ast_grep_config::from_str::<Option<Head>>(document.text).map_err(yaml_failure)? else {
        return Ok(None);
    };
    let is_test = head.valid.is_some() || head.invalid.is_some() || head.snapshots.is_some();
    if head.rule.is_none() && is_test {
        return Ok(None);
    }
    let language = head.language.as_deref().ok_or_else(|| {
        (document.line_of("id:"), "the rule has no `language`; add one, such as `language: python`".to_owned())
    })?;
    let language = parse_language(language).map_err(|message| (document.line_of("language:"), message))?;
    let id = head
        .id
        .filter(|id| !id.trim().is_empty())
        .ok_or_else(|| (document.line_of(""), "the rule has no `id`; add one, such as `id: no-eval`".to_owned()))?;
    let config: SerializableRuleConfig<SupportLang> = ast_grep_config::from_str(document.text).map_err(yaml_failure)?;
    if matches!(config.severity, ast_grep_config::Severity::Off) {
        return Ok(None);
    }
    let metadata_value = config.metadata.as_ref().and_then(|metadata| serde_json::to_value(metadata).ok());
    let metadata =
        RuleMetadata::read(metadata_value, origin).map_err(|message| (document.line_of("metadata:"), message))?;
    let languages = metadata.languages(language).map_err(|message| (document.line_of("languages:"), message))?;
    let globs = path_globs(&head.files, &head.ignores).map_err(|message| (document.line_of("files:"), message))?;
    if let Check::Now(compiled) = check {
        check_rule(document, &config, &languages, compiled, metadata.caret.as_deref())?;
    }
    let words = match &metadata.keywords {
        Some(words) => Some(normalise(words.clone())),
        None => serde_json::to_value(&config.core)
            .ok()
            .and_then(|core| required_words(&core, utilities.source(), config.language)),
    };
    let description = Description {
        id,
        message: config.message.clone(),
        note: config.note.clone(),
        url: config.url.clone(),
        severity: config.severity.clone(),
        defined_in: if origin == Origin::BuiltIn { "built in".to_owned() } else { name.to_owned() },
    };
    let info = rule_info(description, &metadata, languages);
    let message = MessageTemplate::new(&info.message);
    Ok(Some(LoadedRule { info, message, words, caret: metadata.caret, globs: Arc::new(globs), config }))
}

/// Compiles the rule for each of its languages and looks for the metavariable of its caret.
fn check_rule(
    document: &Document<'_>,
    config: &SerializableRuleConfig<SupportLang>,
    languages: &[Language],
    utilities: &BTreeMap<Language, GlobalRules>,
    caret: Option<&str>,
) -> Result<(), Failure> {
    let none = GlobalRules::default();
    for &language in languages {
        let rule = compile(config, language, utilities.get(&language).unwrap_or(&none))
            .map_err(|error| compile_failure(document, &error))?;
        if let Some(caret) = caret.filter(|caret| !rule.matcher.defined_vars().contains(caret)) {
            let message = format!("`caret: {caret}` names no metavariable of the rule; write its name without `$`");
            return Err((document.line_of("caret:"), message));
        }
    }
    Ok(())
}

fn compile(
    config: &SerializableRuleConfig<SupportLang>,
    language: Language,
    utilities: &GlobalRules,
) -> Result<RuleConfig<SupportLang>, RuleConfigError> {
    let mut config = config.clone();
    config.language = support_language(language);
    RuleConfig::try_from(config, utilities)
}

fn path_globs(files: &Option<Vec<FileGlob>>, ignores: &Option<Vec<FileGlob>>) -> Result<PathGlobs, String> {
    Ok(PathGlobs {
        files: files.as_deref().map(glob_set).transpose()?,
        ignores: ignores.as_deref().map(glob_set).transpose()?,
    })
}

fn glob_set(globs: &[FileGlob]) -> Result<GlobSet, String> {
    let wrong = |error: globset::Error| format!("{error}; see the glob syntax of .gitignore files");
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let (glob, is_case_insensitive) = match glob {
            FileGlob::Plain(glob) => (glob, false),
            FileGlob::Config { glob, case_insensitive } => (glob, *case_insensitive),
        };
        // Paths are relative to the scanned root, so that a leading `./` says nothing.
        let glob = glob.strip_prefix("./").unwrap_or(glob);
        set.add(GlobBuilder::new(glob).case_insensitive(is_case_insensitive).build().map_err(wrong)?);
    }
    set.build().map_err(wrong)
}

/// The place and the words of a rule that ast-grep does not take.
fn compile_failure(document: &Document<'_>, error: &RuleConfigError) -> Failure {
    let words = error_words(error);
    // The chain quotes the wrong pattern or name in backticks, and a wrong regular expression on a line of its own.
    let quoted = words.iter().flat_map(|word| word.split('`').skip(1).step_by(2).chain(word.lines().skip(1)));
    let line = quoted
        .filter(|word| !matches!(*word, "rule" | "utils" | "constraints" | "transform" | "fix"))
        .filter_map(|word| word.lines().map(str::trim).find(|line| !line.is_empty()))
        .find(|word| document.text.contains(word))
        .map_or_else(|| document.line_of("rule:"), |word| document.line_of(word));
    let chain = chain(error);
    let advice = advice(&chain);
    (line, format!("{chain}; {advice}"))
}

/// What to try, by what ast-grep says.
fn advice(chain: &str) -> &'static str {
    if chain.contains("Kind `") || chain.contains("kind") && chain.contains("invalid") {
        "check the name of the node kind in the tree-sitter grammar of the rule's language"
    } else if chain.contains("regex") || chain.contains("Parsing text matcher") {
        "use the syntax of Rust's regex crate, which has no look-around and no back-references"
    } else if chain.contains("Multiple AST nodes") || chain.contains("No AST root") {
        "give the pattern as `pattern: {context: …, selector: …}`"
    } else if chain.contains("must specify a set of AST kinds") {
        "add a `kind` or a `pattern` beside what filters it"
    } else if chain.contains("Undefined") || chain.contains("undefined") {
        "define the name in the rule, or correct its spelling"
    } else {
        "see ast-grep's rule reference"
    }
}

/// What the error and its causes say, without the full stops at their ends.
fn error_words(error: &dyn StdError) -> Vec<String> {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    chain.map(|error| error.to_string().trim_end_matches('.').to_owned()).collect()
}

/// The error and its causes in one line.
pub(super) fn chain(error: &dyn StdError) -> String {
    error_words(error).iter().map(|word| one_line(word)).collect::<Vec<_>>().join(": ")
}

/// The regex crate draws a caret under the place before it says what is wrong; everything else is folded.
fn one_line(words: &str) -> String {
    let words = words.rsplit_once("\nerror: ").map_or(words, |(_, reason)| reason);
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The place and the words of a document that is not the YAML of a rule.
fn yaml_failure(document: &Document<'_>, error: &serde_saphyr::Error) -> Failure {
    let text = error.to_string();
    // The first line says what is wrong; the rest draws the place, which is given as a line.
    let words = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let words = words.strip_prefix("error: ").unwrap_or(words);
    let words = match words.split_once(": ") {
        Some((place, words)) if place.starts_with("line ") => words,
        _ => words,
    };
    // Inside `rule` the reader only knows where the whole object starts; the key it names is nearer.
    let key = words.split('`').nth(1).map(|key| format!("{key}:")).filter(|key| document.text.contains(key.as_str()));
    let line = match (key, error.location()) {
        (Some(key), _) => document.line_of(&key),
        (None, Some(at)) => document.lines_before + at.line() as usize,
        (None, None) => document.line_of(""),
    };
    (line, format!("{words}; see ast-grep's rule reference for the keys of a rule"))
}
