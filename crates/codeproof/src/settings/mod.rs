//! Settings: defaults, then the user's file, then `CODEPROOF_*` variables, then flags; the scanned project's own file
//! may only narrow them.

mod examples;
pub(crate) mod models;
pub(crate) mod profiles;
mod project;
mod toml_error;
mod user;

use std::path::{Path, PathBuf};

use codeproof_types::Severity;

use crate::failure::Failure;

pub(crate) use examples::EXAMPLES;
pub(crate) use models::{CostLimit, plain_url, variables};
pub(crate) use project::{PROJECT_FILE, ProjectFile};
#[cfg(test)]
pub(crate) use user::load_file;
pub(crate) use user::{UserSettings, load as load_user, parse_fail_on};

/// Bytes above which a file is not read, unless set: 2 MiB, far above hand-written sources.
pub(crate) const FILE_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// Bytes the analysis cache may take, unless set: 512 MiB.
pub(crate) const CACHE_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Threads to use when the user does not say.
pub(crate) fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// A word that is close to `word`, for "did you mean".
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .min_by_key(|(distance, candidate)| (*distance, *candidate))
        .filter(|(distance, candidate)| *distance <= 2.max(candidate.len() / 3))
        .map(|(_, candidate)| candidate)
}

/// Reads a file of settings; `None` when it is not there.
///
/// # Errors
/// When it is there and cannot be read.
fn read_optional(path: &Path) -> Result<Option<String>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::usage(format_args!("cannot read the settings in {}: {error}", path.display()))),
    }
}

/// Turns severity overrides by rule id, as settings files hold them, into pairs.
fn overrides(map: &std::collections::BTreeMap<String, Severity>) -> Vec<(String, Severity)> {
    map.iter().map(|(rule, severity)| (rule.clone(), *severity)).collect()
}

/// Everything `codeproof scan` is told, validated.
#[derive(Debug, Clone)]
pub(crate) struct ScanSettings {
    /// Globs a file must match; empty means all.
    pub include: Vec<String>,
    /// Globs that leave a file out.
    pub exclude: Vec<String>,
    /// Files larger than this are listed and not read.
    pub max_file_bytes: u64,
    /// All rules on every class of file.
    pub all: bool,
    /// Ids of rules that are off.
    pub rules_off: Vec<String>,
    /// Severities that replace those of the rules.
    pub severities: Vec<(String, Severity)>,
    /// Findings below this are left out.
    pub min_severity: Severity,
    /// Folders of the user's rules.
    pub rule_folders: Vec<PathBuf>,
    /// The user's gitleaks configuration.
    pub gitleaks_config: Option<PathBuf>,
    /// What the project's own file changed, for the report.
    pub notes: Vec<String>,
}

impl ScanSettings {
    /// Joins the user's settings with the project's, which may only narrow them.
    pub(crate) fn new(user: &UserSettings, project: Option<&ProjectFile>) -> Self {
        let mut settings = Self {
            include: user.include.clone(),
            exclude: user.exclude.clone(),
            max_file_bytes: user.max_file_bytes,
            all: user.all,
            rules_off: user.rules_off.clone(),
            severities: Vec::new(),
            min_severity: user.min_severity,
            rule_folders: user.rules.clone(),
            gitleaks_config: user.gitleaks_config.clone(),
            notes: Vec::new(),
        };
        if let Some(project) = project {
            settings.notes = project.notes();
            // Globs of the user say what to look at; a project's own count where there are none.
            if settings.include.is_empty() {
                settings.include.clone_from(&project.include);
            }
            settings.exclude.extend_from_slice(&project.exclude);
            settings.rules_off.extend_from_slice(&project.rules_off);
            settings.severities = overrides(&project.severity);
            if let Some(limit) = project.max_file_bytes {
                settings.max_file_bytes = settings.max_file_bytes.min(limit);
            }
        }
        // The user's word comes last and wins.
        settings.severities.extend(overrides(&user.severity));
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn project_settings_only_narrow() {
        let user = UserSettings { max_file_bytes: 1000, exclude: vec!["a/**".into()], ..UserSettings::default() };
        let project: ProjectFile = toml::from_str(
            "exclude = ['b/**']\nrules_off = ['php-eval']\nmax_file_bytes = 999999\n[severity]\nc-gets = 'low'",
        )
        .unwrap();
        let settings = ScanSettings::new(&user, Some(&project));
        assert_eq!(settings.exclude, ["a/**", "b/**"]);
        assert_eq!(settings.max_file_bytes, 1000);
        assert_eq!(settings.severities, [("c-gets".to_owned(), Severity::Low)]);
        assert_eq!(settings.notes.len(), 4, "{:?}", settings.notes);
    }

    #[test]
    fn the_users_severity_wins_over_the_projects() {
        let mut user = UserSettings::default();
        user.severity.insert("c-gets".into(), Severity::Critical);
        let project: ProjectFile = toml::from_str("[severity]\nc-gets = 'low'").unwrap();
        let settings = ScanSettings::new(&user, Some(&project));
        assert_eq!(settings.severities.last(), Some(&("c-gets".to_owned(), Severity::Critical)));
    }

    #[test]
    fn suggests_near_words_only() {
        assert_eq!(nearest("exlude", ["include", "exclude", "db"]), Some("exclude"));
        assert_eq!(nearest("password", ["include", "exclude", "db"]), None);
    }
}
