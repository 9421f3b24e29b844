//! Where rule files come from: those built into the program, and the user's folders.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::metadata::Origin;
use super::rule_file::{LoadedRule, read_rules};
use super::utilities::Utilities;
use crate::{Error, RuleError};

/// `rules/` as it was when the program was built.
static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../rules");

/// The folder of [`BUILT_IN`] with the utilities its rules share.
const SHARED: &str = "shared";

/// All rules of one place, and every error in its files.
#[derive(Default)]
pub(super) struct RuleFolder {
    pub(super) rules: Vec<LoadedRule>,
    pub(super) errors: Vec<RuleError>,
    /// Hash of the texts the rules and their utilities were read from.
    pub(super) identity: blake3::Hasher,
}

/// The rules built into the program.
pub(super) fn built_in_rules() -> RuleFolder {
    let (shared, own): (Vec<_>, Vec<_>) = BUILT_IN.dirs().partition(|folder| folder.path() == Path::new(SHARED));
    rule_folder(&built_in_files(&shared), &built_in_files(&own), Origin::BuiltIn)
}

/// The files with the utilities that the built-in rules share.
#[cfg(test)]
pub(super) fn shared_rules() -> Vec<(String, String)> {
    built_in_files(&BUILT_IN.dirs().filter(|folder| folder.path() == Path::new(SHARED)).collect::<Vec<_>>())
}

/// Reads `own` with the utilities of `shared`; both are pairs of name and text.
fn rule_folder(shared: &[(String, String)], own: &[(String, String)], origin: Origin) -> RuleFolder {
    let (utilities, errors) = Utilities::read(shared);
    let mut folder = RuleFolder { errors, ..RuleFolder::default() };
    for (_, text) in shared.iter().chain(own) {
        folder.identity.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }
    for (name, text) in own {
        let (rules, errors) = read_rules(name, text, origin, &utilities);
        folder.rules.extend(rules);
        folder.errors.extend(errors);
    }
    folder
}

/// Names and texts. A file that is not UTF-8 has no rule in it, which the tests of the rules notice.
fn built_in_files(folders: &[&Dir<'_>]) -> Vec<(String, String)> {
    let files = folders.iter().flat_map(|folder| folder.files()).filter(|file| is_rule_file(file.path()));
    files.map(|file| (file.path().display().to_string(), file.contents_utf8().unwrap_or_default().to_owned())).collect()
}

/// The rules of one folder of the user, all levels deep, in the order of their paths; or of one file. When the folder
/// holds an ast-grep project file, the utilities of its `utilDirs` are known to the rules.
///
/// # Errors
/// [`Error::ReadRules`] when a folder or file cannot be read.
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
    Ok(rule_folder(&shared, &own, Origin::User))
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
