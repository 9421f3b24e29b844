//! Gathers secret rules: the built-in file, then the user's.

use std::path::{Path, PathBuf};

use super::config::{self, ConfigFile};
use super::rule::{Allowlist, Origin, SecretRule};
use crate::{Config, Error, RuleError};

/// Our own rules.
const BUILT_IN: &str = include_str!("../../../../rules/secrets.toml");

/// Their name in errors.
const BUILT_IN_NAME: &str = "rules/secrets.toml";

/// Files that extend each other at most, the first included; gitleaks allows two.
const EXTEND_MAX: usize = 3;

/// Everything read.
#[derive(Default)]
pub(super) struct Loaded {
    pub rules: Vec<SecretRule>,
    /// For all rules.
    pub allowlists: Vec<Allowlist>,
    /// 64 hexadecimal digits over every file read.
    pub identity: String,
}

/// Reads and compiles all rules.
pub(super) fn load(config: &Config) -> Result<Loaded, Error> {
    let mut loading = Loading::default();
    loading.add(BUILT_IN, BUILT_IN_NAME, true);
    let mut files: Vec<PathBuf> = config.gitleaks_config.iter().cloned().collect();
    for folder in &config.rule_folders {
        files.extend(toml_files(folder)?);
    }
    for file in &files {
        loading.add_file(file, EXTEND_MAX)?;
    }
    loading.finish()
}

/// All `*.toml` under `path`, sorted; `path` may be a file itself.
fn toml_files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let read_rules = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::ReadRules { path, source }
    };
    let is_toml = |path: &Path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    if path.is_file() {
        return Ok(if is_toml(path) { vec![path.to_owned()] } else { Vec::new() });
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(read_rules(&folder))? {
            let entry = entry.map_err(read_rules(&folder))?;
            // Links to folders are not followed: a loop of them would never end.
            if entry.file_type().map_err(read_rules(&entry.path()))?.is_dir() {
                folders.push(entry.path());
            } else if is_toml(&entry.path()) {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

#[derive(Default)]
struct Loading {
    loaded: Loaded,
    errors: Vec<RuleError>,
    hasher: blake3::Hasher,
}

impl Loading {
    fn add_file(&mut self, path: &Path, depth: usize) -> Result<(), Error> {
        let text =
            std::fs::read_to_string(path).map_err(|source| Error::ReadRules { path: path.to_owned(), source })?;
        let file = path.display().to_string();
        let Some(extended) = self.add(&text, &file, false) else { return Ok(()) };
        if depth <= 1 {
            let message = format!("`extend.path` goes deeper than {EXTEND_MAX} files; put the rules into one of them");
            self.errors.push(RuleError { file, line: None, message });
            return Ok(());
        }
        let extended = path.parent().unwrap_or(Path::new("")).join(extended);
        self.add_file(&extended, depth - 1)
    }

    /// Reads one file; returns the path of the file it extends.
    fn add(&mut self, text: &str, file: &str, built_in: bool) -> Option<String> {
        self.hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        let origin = Origin { text, file, built_in };
        let config = match config::read(text, file) {
            Ok(config) => config,
            Err(error) => {
                self.errors.push(error);
                return None;
            }
        };
        self.add_rules(&config, origin);
        for list in config.allowlist.iter().chain(&config.allowlists) {
            match Allowlist::compile(list, origin, 0) {
                Ok(list) => self.loaded.allowlists.push(list),
                Err(errors) => self.errors.extend(errors),
            }
        }
        for rule in self.loaded.rules.iter_mut().filter(|rule| config.extend.disabled_rules.contains(&rule.info.id)) {
            rule.reported = false;
        }
        if let Some(url) = &config.extend.url {
            let message = "`extend.url` is not read: rules come from the disk; save the file and use `extend.path`";
            self.errors.push(origin.error(url.span().start, message.to_owned()));
        }
        config.extend.path.map(toml::Spanned::into_inner)
    }

    /// A user's rule with the id of one of ours takes its place; without a regex it only adds allowlists to ours, as
    /// gitleaks does with its default rules.
    fn add_rules(&mut self, config: &ConfigFile, origin: Origin<'_>) {
        for raw in &config.rules {
            let id = raw.get_ref().id.as_deref().unwrap_or_default();
            let known = self.loaded.rules.iter_mut().find(|rule| rule.info.id == id && rule.built_in);
            match known {
                Some(known) if raw.get_ref().regex.is_none() && raw.get_ref().path.is_none() && !origin.built_in => {
                    for list in raw.get_ref().allowlist.iter().chain(&raw.get_ref().allowlists) {
                        match Allowlist::compile(list, origin, raw.span().start) {
                            Ok(list) => known.allowlists.push(list),
                            Err(errors) => self.errors.extend(errors),
                        }
                    }
                }
                known => match SecretRule::compile(raw, origin) {
                    Ok(rule) => match known.filter(|_| !origin.built_in) {
                        Some(known) => *known = rule,
                        None => self.loaded.rules.push(rule),
                    },
                    Err(errors) => self.errors.extend(errors),
                },
            }
        }
    }

    fn finish(mut self) -> Result<Loaded, Error> {
        if !self.errors.is_empty() {
            return Err(Error::Rules(self.errors));
        }
        self.loaded.identity = self.hasher.finalize().to_hex().to_string();
        Ok(self.loaded)
    }
}
