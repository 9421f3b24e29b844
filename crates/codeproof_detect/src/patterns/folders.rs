//! Where rule files come from: those built into the program, and the user's folders.

use std::path::{Path, PathBuf};

use ast_grep_config::GlobalRules;
use include_dir::{Dir, include_dir};

use super::metadata::Origin;
use super::rule_file::{LoadedRule, read_rules};
use crate::{Error, RuleError};

/// `rules/` as it was when the program was built.
static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../rules");

/// The rules built into the program.
pub(super) fn built_in_rules() -> (Vec<LoadedRule>, Vec<RuleError>) {
    let mut rules = Vec::new();
    let mut errors = Vec::new();
    for file in BUILT_IN.dirs().flat_map(|folder| folder.files()).filter(|file| is_rule_file(file.path())) {
        let name = file.path().display().to_string();
        match file.contents_utf8() {
            Some(text) => {
                let (read, wrong) = read_rules(&name, text, Origin::BuiltIn, &GlobalRules::default());
                rules.extend(read);
                errors.extend(wrong);
            }
            None => errors.push(RuleError { file: name, line: None, message: "the file is not UTF-8".to_owned() }),
        }
    }
    (rules, errors)
}

/// The rules of one folder of the user, all levels deep, in the order of their paths; or of one file.
///
/// # Errors
/// [`Error::ReadRules`] when a folder or file cannot be read.
pub(super) fn user_rules(folder: &Path) -> Result<(Vec<LoadedRule>, Vec<RuleError>), Error> {
    let mut rules = Vec::new();
    let mut errors = Vec::new();
    for path in rule_files(folder)? {
        let text = std::fs::read_to_string(&path).map_err(|source| Error::ReadRules { path: path.clone(), source })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let (read, wrong) = read_rules(&path.display().to_string(), text, Origin::User, &GlobalRules::default());
        rules.extend(read);
        errors.extend(wrong);
    }
    Ok((rules, errors))
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
