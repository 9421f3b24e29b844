//! `codeproof.toml` in the scanned project. It comes with the code, so it is not trusted: it can leave files and rules
//! out, lower limits and change severities, and every report says that it did.

use std::collections::BTreeMap;
use std::path::Path;

use codeproof_types::Severity;
use serde::Deserialize;

use crate::failure::Failure;

use super::toml_error::explain_toml;
use super::user::UserSettings;
use super::{nearest, read_optional};

/// Name of the project's settings file, at the root of the scanned folder.
pub(crate) const PROJECT_FILE: &str = "codeproof.toml";

/// What a project may say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectFile {
    /// Look only at files that match one of these globs.
    #[serde(default)]
    pub include: Vec<String>,
    /// Leave out files that match one of these globs.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Rules that are off in this project.
    #[serde(default)]
    pub rules_off: Vec<String>,
    /// Severities by rule id.
    #[serde(default)]
    pub severity: BTreeMap<String, Severity>,
    /// Files larger than this are not read; a larger number than the user's is ignored.
    pub max_file_bytes: Option<u64>,
}

impl ProjectFile {
    /// The keys a project may use.
    const KEYS: [&str; 5] = ["include", "exclude", "rules_off", "severity", "max_file_bytes"];

    /// Reads the file of the project at `root`; `None` when it has none.
    ///
    /// # Errors
    /// An unknown key or wrong type, with file, line and the nearest known key.
    pub(crate) fn read(root: &Path) -> Result<Option<Self>, Failure> {
        let path = root.join(PROJECT_FILE);
        // A link could lead out of the project, to a file that its author may not read but the user may.
        if path.symlink_metadata().is_ok_and(|metadata| !metadata.is_file()) {
            return Err(Failure::usage(format_args!("{} is not a plain file", path.display()))
                .help("replace it by a file, or scan with --no-project-settings"));
        }
        let Some(text) = read_optional(&path)? else { return Ok(None) };
        toml::from_str(&text).map(Some).map_err(|error| {
            explain_toml(&path, &text, &error, |key, _| {
                if UserSettings::KEYS.contains(&key) {
                    return format!(
                        "a project may set {}; `{key}` belongs into your own settings file",
                        Self::KEYS.join(", ")
                    );
                }
                match nearest(key, Self::KEYS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("a project may set {}", Self::KEYS.join(", ")),
                }
            })
        })
    }

    /// What the file changes, one sentence each, for the report.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut note = |what: &str, list: &[String]| {
            if !list.is_empty() {
                notes.push(format!("{PROJECT_FILE} of the scanned project {what}: {}", list.join(", ")));
            }
        };
        note("includes only", &self.include);
        note("leaves out", &self.exclude);
        note("turns off", &self.rules_off);
        let severities: Vec<String> = self.severity.iter().map(|(rule, to)| format!("{rule} = {to}")).collect();
        note("changes severities", &severities);
        note(
            "limits file sizes",
            &self.max_file_bytes.map(|bytes| format!("{bytes} bytes")).into_iter().collect::<Vec<_>>(),
        );
        notes
    }
}
