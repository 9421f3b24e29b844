//! Where rule files come from: those built into the program, and the user's folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use codeproof_types::{Language, RuleInfo};
use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::grammar::serves;
use super::metadata::Origin;
use super::rule_file::{Check, LoadedRule, read_rules};
use super::rule_set::CompiledRule;
use super::utilities::Utilities;
use crate::{Error, RuleError};

/// `rules/` as it was when the program was built: a folder for each language, and [`SHARED`].
static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../rules");

/// The folder of [`BUILT_IN`] with the utilities its rules share, a file for each language.
const SHARED: &str = "shared";

/// The rules of one folder with the utilities they share.
#[derive(Default)]
pub(super) struct RuleFolder {
    pub(super) rules: Vec<LoadedRule>,
    utilities: Utilities,
    /// Hash of the texts the rules and their utilities were read from.
    pub(super) identity: blake3::Hasher,
}

impl RuleFolder {
    /// What the rules say of themselves.
    pub(super) fn infos(&self) -> impl Iterator<Item = &RuleInfo> {
        self.rules.iter().map(|rule| &rule.info)
    }

    /// The rules for `language` whose ids are not in `rules_off`, ready to run.
    pub(super) fn compile(&self, language: Language, rules_off: &[String]) -> Vec<CompiledRule> {
        let wanted = |rule: &&LoadedRule| rule.info.languages.contains(&language) && !rules_off.contains(&rule.info.id);
        let mut wanted = self.rules.iter().filter(wanted).peekable();
        if wanted.peek().is_none() {
            return Vec::new();
        }
        let utilities = self.utilities.compile(language).expect(COMPILES);
        wanted.map(|rule| rule.compile(language, &utilities).expect(COMPILES)).collect()
    }
}

/// Why a rule that was read compiles.
const COMPILES: &str = "rules of users compiled when they were read, and a test compiles the built-in ones";

/// The languages with a folder of built-in rules.
pub(super) fn built_in_languages() -> impl Iterator<Item = Language> {
    Language::ALL.into_iter().filter(|language| BUILT_IN.get_dir(language.name()).is_some())
}

/// The ids of the built-in rules written for `language`: the names of their files.
pub(super) fn built_in_ids(language: Language) -> impl Iterator<Item = &'static str> {
    let files = BUILT_IN.get_dir(language.name()).into_iter().flat_map(Dir::files);
    files.filter(|file| is_rule_file(file.path())).filter_map(|file| file.path().file_stem()?.to_str())
}

/// The built-in rules written for `language`, read and not yet compiled.
pub(super) fn built_in_rules(language: Language) -> RuleFolder {
    let (shared, own) = built_in_files_of(language);
    rule_folder(&shared, &own, Origin::BuiltIn, false).expect("a test reads the built-in rules")
}

/// As [`built_in_rules`], compiled for all their languages.
///
/// # Errors
/// [`Error::Rules`] with every fault.
#[cfg(test)]
pub(super) fn checked_built_in_rules(language: Language) -> Result<RuleFolder, Error> {
    let (shared, own) = built_in_files_of(language);
    rule_folder(&shared, &own, Origin::BuiltIn, true)
}

/// Hash of all built-in rules and utilities.
pub(super) fn built_in_identity() -> blake3::Hash {
    let mut identity = blake3::Hasher::new();
    for (_, text) in BUILT_IN.dirs().flat_map(built_in_files) {
        add_text(&mut identity, &text);
    }
    identity.finalize()
}

/// The files with utilities for the rules of `language`, and the files with the rules.
fn built_in_files_of(language: Language) -> (NamedTexts, NamedTexts) {
    let mut shared = BUILT_IN.get_dir(SHARED).map(built_in_files).unwrap_or_default();
    shared.retain(|(name, _)| {
        let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str());
        stem.and_then(|stem| stem.parse().ok()).is_some_and(|written_for| serves(written_for, language))
    });
    (shared, BUILT_IN.get_dir(language.name()).map(built_in_files).unwrap_or_default())
}

/// The rules of a YAML stream that is part of the program, with the utilities of another; `name` is what errors call it.
///
/// # Errors
/// [`Error::Rules`] with every fault that reading shows, and, when `is_checked`, with those that compiling shows.
pub(super) fn rules_of_text(name: &str, utilities: &str, rules: &str, is_checked: bool) -> Result<RuleFolder, Error> {
    let named = |text: &str| vec![(name.to_owned(), text.to_owned())];
    rule_folder(&named(utilities), &named(rules), Origin::User, is_checked)
}

/// The files with the utilities that the built-in rules share.
#[cfg(test)]
pub(super) fn shared_rules() -> NamedTexts {
    BUILT_IN.get_dir(SHARED).map(built_in_files).unwrap_or_default()
}

/// Pairs of a file's name and text.
type NamedTexts = Vec<(String, String)>;

/// Reads `own` with the utilities of `shared`, and compiles them when they are to be checked.
///
/// # Errors
/// [`Error::Rules`] with every fault.
fn rule_folder(
    shared: &[(String, String)],
    own: &[(String, String)],
    origin: Origin,
    is_checked: bool,
) -> Result<RuleFolder, Error> {
    let (utilities, mut errors) = Utilities::read(shared);
    let mut folder = RuleFolder { utilities, ..RuleFolder::default() };
    let mut compiled = BTreeMap::new();
    for language in folder.utilities.languages().filter(|_| is_checked) {
        match folder.utilities.compile(language) {
            Ok(utilities) => drop(compiled.insert(language, utilities)),
            Err(message) => {
                let file = shared.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
                errors.push(RuleError { file, line: None, message });
            }
        }
    }
    let check = if is_checked { Check::Now(&compiled) } else { Check::Later };
    for (_, text) in shared.iter().chain(own) {
        add_text(&mut folder.identity, text);
    }
    for (name, text) in own {
        let (rules, wrong) = read_rules(name, text, origin, &folder.utilities, check);
        folder.rules.extend(rules);
        errors.extend(wrong);
    }
    if errors.is_empty() { Ok(folder) } else { Err(Error::Rules(errors)) }
}

fn add_text(identity: &mut blake3::Hasher, text: &str) {
    identity.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
}

/// Names and texts. A file that is not UTF-8 has no rule in it, which the tests of the rules notice.
fn built_in_files(folder: &Dir<'_>) -> NamedTexts {
    let files = folder.files().filter(|file| is_rule_file(file.path()));
    files.map(|file| (file.path().display().to_string(), file.contents_utf8().unwrap_or_default().to_owned())).collect()
}

/// The rules of one folder of the user, all levels deep, in the order of their paths; or of one file. When the folder
/// holds an ast-grep project file, the utilities of its `utilDirs` are known to the rules.
///
/// # Errors
/// [`Error::ReadRules`] when a folder or file cannot be read, [`Error::Rules`] with every rule that does not compile.
pub(super) fn user_rules(folder: &Path) -> Result<RuleFolder, Error> {
    let utility_folders = utility_folders(folder);
    let (mut shared, mut own) = (Vec::new(), Vec::new());
    for path in rule_files(folder)? {
        let text = std::fs::read_to_string(&path).map_err(|source| Error::ReadRules { path: path.clone(), source })?;
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let is_utility = utility_folders.iter().any(|folder| path.starts_with(folder));
        let files = if is_utility { &mut shared } else { &mut own };
        files.push((path.display().to_string(), text));
    }
    rule_folder(&shared, &own, Origin::User, true)
}

/// What codeproof reads of ast-grep's project file. Its `ruleDirs` need no reading: all folders are looked through.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProjectFile {
    #[serde(default)]
    util_dirs: Vec<PathBuf>,
}

/// The folders with utilities; none when there is no project file or it cannot be understood.
fn utility_folders(folder: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(folder.join("sgconfig.yml")).unwrap_or_default();
    let project = ast_grep_config::from_str::<Option<ProjectFile>>(&text).ok().flatten();
    let folders = project.map(|project| project.util_dirs).unwrap_or_default();
    // Joined component by component, so that `./utils` is the same folder as `utils`.
    folders
        .iter()
        .map(|path| folder.join(path.components().filter(|part| part.as_os_str() != ".").collect::<PathBuf>()))
        .collect()
}

/// The rule files below `folder`. Links to folders are not followed, so that the walk ends.
fn rule_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::ReadRules { path, source }
    };
    if std::fs::metadata(folder).map_err(failed(folder))?.is_file() {
        return Ok(if is_rule_file(folder) { vec![folder.to_owned()] } else { Vec::new() });
    }
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).map_err(failed(&folder))? {
            let entry = entry.map_err(failed(&folder))?;
            let kind = entry.file_type().map_err(failed(&entry.path()))?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if is_rule_file(&entry.path()) {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// YAML, except ast-grep's project file, which holds no rules.
fn is_rule_file(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let is_project_file = path.file_stem().is_some_and(|stem| stem == "sgconfig");
    matches!(extension, Some("yml" | "yaml")) && !is_project_file
}
