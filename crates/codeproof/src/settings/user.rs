//! The user's own settings: file and `CODEPROOF_*` variables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use codeproof_judge::Profile;
use codeproof_llm::ModelConfig;
use codeproof_types::Severity;
use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::folders;

use super::models::{self, BudgetSettings, LlmSettings, ModelSettings};
use super::toml_error::{did_you_mean, explain_toml};
use super::{CACHE_BYTES_MAX, FILE_BYTES_MAX, read_optional};

/// Prefix of the variables: `CODEPROOF_DB`, `CODEPROOF_MIN_SEVERITY`, …
const VARIABLE_PREFIX: &str = "CODEPROOF_";

/// `CODEPROOF_GIT_TOKEN` is no setting: it is read where it is used, so that it is neither shown nor stored.
const TOKEN_KEY: &str = "git_token";

/// Everything a user may set, with defaults; keys are those of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserSettings {
    /// Database URL.
    pub db: Option<String>,
    /// `critical`, `high`, `medium`, `low` or `none`.
    pub fail_on: String,
    /// Findings below this are left out.
    pub min_severity: Severity,
    /// Folders with the user's own rules.
    pub rules: Vec<PathBuf>,
    /// Folders with the user's own specs for data flow.
    pub specs: Vec<PathBuf>,
    /// A gitleaks configuration to read beside the built-in secret rules.
    pub gitleaks_config: Option<PathBuf>,
    /// Rules that are off.
    pub rules_off: Vec<String>,
    /// Severities by rule id.
    pub severity: BTreeMap<String, Severity>,
    /// Look only at these globs.
    pub include: Vec<String>,
    /// Leave out these globs.
    pub exclude: Vec<String>,
    /// All rules on vendored, generated and minified files, too.
    pub all: bool,
    /// Files larger than this are listed and not read.
    pub max_file_bytes: u64,
    /// Threads; `None` means one per core.
    pub jobs: Option<u16>,
    /// Keep analysed files.
    pub cache: bool,
    /// Bytes the cache may take.
    pub cache_bytes: u64,
    /// Show progress.
    pub progress: bool,
    /// Variables that hold tokens for private repositories, by host: `"github.com" = "GITHUB_TOKEN"`.
    pub git_token_env: BTreeMap<String, String>,
    /// Seconds that fetching a repository may take.
    pub git_max_seconds: u64,
    /// Bytes that a fetched repository may take, packed, and its files, unpacked.
    pub git_max_bytes: u64,
    /// The profile of scans that name none; `None` means that no model is asked.
    pub profile: Option<String>,
    /// Models by name.
    pub models: BTreeMap<String, ModelSettings>,
    /// Profiles by name, over the built-in ones.
    pub profiles: BTreeMap<String, Profile>,
    /// What a scan may spend on models.
    pub budget: BudgetSettings,
    /// What holds for all models.
    pub llm: LlmSettings,
}

impl Default for UserSettings {
    fn default() -> Self {
        let git = codeproof_source::GitLimits::default();
        Self {
            db: None,
            fail_on: "none".to_owned(),
            min_severity: Severity::Info,
            rules: Vec::new(),
            specs: Vec::new(),
            gitleaks_config: None,
            rules_off: Vec::new(),
            severity: BTreeMap::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            all: false,
            max_file_bytes: FILE_BYTES_MAX,
            jobs: None,
            cache: true,
            cache_bytes: CACHE_BYTES_MAX,
            progress: true,
            git_token_env: BTreeMap::new(),
            git_max_seconds: git.time.as_secs(),
            git_max_bytes: git.bytes,
            profile: None,
            models: BTreeMap::new(),
            profiles: BTreeMap::new(),
            budget: BudgetSettings::default(),
            llm: LlmSettings::default(),
        }
    }
}

impl UserSettings {
    /// The keys of the file; `CODEPROOF_` and the key in capitals is the variable.
    pub(crate) const KEYS: [&str; 24] = [
        "db",
        "fail_on",
        "min_severity",
        "rules",
        "specs",
        "gitleaks_config",
        "rules_off",
        "severity",
        "include",
        "exclude",
        "all",
        "max_file_bytes",
        "jobs",
        "cache",
        "cache_bytes",
        "progress",
        "git_token_env",
        "git_max_seconds",
        "git_max_bytes",
        "profile",
        "models",
        "profiles",
        "budget",
        "llm",
    ];
}

/// Reads the user's file (`named`, or the one in the configuration folder if it is there) and the variables.
///
/// # Errors
/// A named file that is not there, an unknown key or variable (with the nearest known one), a wrong type.
pub(crate) fn load(named: Option<&Path>) -> Result<UserSettings, Failure> {
    load_with(named, true)
}

/// Reads one file and no variables: those of whoever runs the tests are none of theirs.
#[cfg(test)]
pub(crate) fn load_file(path: &Path) -> Result<UserSettings, Failure> {
    load_with(Some(path), false)
}

fn load_with(named: Option<&Path>, with_variables: bool) -> Result<UserSettings, Failure> {
    let path = match named {
        Some(path) => Some(path.to_owned()),
        None => folders::config_folder().map(|folder| folder.join("config.toml")),
    };
    let mut figment = Figment::from(Serialized::defaults(UserSettings::default()));
    let mut folder = None;
    if let Some(path) = path {
        match read_optional(&path)? {
            Some(text) => {
                // Read alone first: toml knows the line of a wrong key, figment does not.
                toml::from_str::<FileCheck>(&text).map_err(|error| explain_toml(&path, &text, &error, did_you_mean))?;
                figment = figment.merge(Toml::string(&text));
                folder = path.parent().map(Path::to_owned);
            }
            None if named.is_some() => {
                return Err(Failure::usage(format_args!("there is no settings file {}", path.display()))
                    .help("check the path given with --config"));
            }
            None => {}
        }
    }
    let file: UserSettings = extract(&figment)?;
    let variables =
        Env::prefixed(VARIABLE_PREFIX).ignore(&no_settings(&file).iter().map(String::as_str).collect::<Vec<_>>());
    let mut settings: UserSettings = match with_variables {
        true => extract(&figment.merge(variables))?,
        false => extract(&figment)?,
    };
    models::named(&mut settings.models, folder.as_deref())?;
    if let Some(folder) = folder {
        // Paths in the file are relative to the file, those in variables to the working directory.
        let resolve = |new: &mut PathBuf, from_file: bool| {
            if from_file {
                *new = folder.join(&*new)
            }
        };
        let same = settings.rules == file.rules;
        settings.rules.iter_mut().for_each(|path| resolve(path, same));
        let same = settings.specs == file.specs;
        settings.specs.iter_mut().for_each(|path| resolve(path, same));
        let same = settings.gitleaks_config == file.gitleaks_config;
        settings.gitleaks_config.iter_mut().for_each(|path| resolve(path, same));
        let same = settings.llm.price_table == file.llm.price_table;
        settings.llm.price_table.iter_mut().for_each(|path| resolve(path, same));
    }
    parse_fail_on(&settings.fail_on)?;
    Ok(settings)
}

/// Variables that begin like settings and are none, without the prefix: tokens and the keys of models.
fn no_settings(file: &UserSettings) -> Vec<String> {
    let models = file.models.values().flat_map(|model| models::variables(&model.config));
    let keys = models.filter_map(|name| Some(name.strip_prefix(VARIABLE_PREFIX)?.to_owned()));
    std::iter::once(TOKEN_KEY.to_owned()).chain(keys).collect()
}

/// Reads a value of `fail_on`.
///
/// # Errors
/// When it is not one of its words.
pub(crate) fn parse_fail_on(word: &str) -> Result<crate::cli::FailOn, Failure> {
    <crate::cli::FailOn as clap::ValueEnum>::from_str(word, false).map_err(|_| {
        Failure::usage(format_args!("{word:?} is not a value of fail_on"))
            .help("use one of critical, high, medium, low, none")
    })
}

/// The settings with every key optional, so that a file may hold a few.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only the check that every key and type is known matters")]
struct FileCheck {
    db: Option<String>,
    fail_on: Option<String>,
    min_severity: Option<Severity>,
    rules: Option<Vec<PathBuf>>,
    specs: Option<Vec<PathBuf>>,
    gitleaks_config: Option<PathBuf>,
    rules_off: Option<Vec<String>>,
    severity: Option<BTreeMap<String, Severity>>,
    include: Option<Vec<String>>,
    exclude: Option<Vec<String>>,
    all: Option<bool>,
    max_file_bytes: Option<u64>,
    jobs: Option<u16>,
    cache: Option<bool>,
    cache_bytes: Option<u64>,
    progress: Option<bool>,
    git_token_env: Option<BTreeMap<String, String>>,
    git_max_seconds: Option<u64>,
    git_max_bytes: Option<u64>,
    profile: Option<String>,
    models: Option<BTreeMap<String, ModelConfig>>,
    profiles: Option<BTreeMap<String, Profile>>,
    budget: Option<BudgetSettings>,
    llm: Option<LlmSettings>,
}

fn extract(figment: &Figment) -> Result<UserSettings, Failure> {
    figment.extract().map_err(|error| {
        let key = error.path.join(".");
        match &error.kind {
            figment::error::Kind::UnknownField(unknown, _) => {
                let variable = format!("{VARIABLE_PREFIX}{}", unknown.to_uppercase());
                Failure::usage(format_args!("the environment variable {variable} is not a setting"))
                    .help(did_you_mean(unknown, &UserSettings::KEYS))
            }
            kind => Failure::usage(format_args!(
                "the environment variable {VARIABLE_PREFIX}{} has a wrong value: {kind}",
                key.to_uppercase()
            ))
            .help("lists are written as [\"a\", \"b\"], numbers and true or false without quotes"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_keys_is_whole() {
        let value = serde_json::to_value(UserSettings::default()).unwrap();
        let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        let mut listed = UserSettings::KEYS.to_vec();
        keys.sort_unstable();
        listed.sort_unstable();
        assert_eq!(keys, listed);
    }
}
