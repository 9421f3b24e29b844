//! `codeproof doctor`: what works on this machine.

use std::fmt::Display;

use codeproof_detect::{Config, Detector};
use codeproof_sandbox::Sandbox;
use codeproof_store::{Error, Place, Store, StoreOptions};
use codeproof_types::{Language, visible};

use super::{database, target};
use crate::cli::DoctorArguments;
use crate::exit::Exit;
use crate::failure::{self, Failure};
use crate::{folders, output, settings};

/// Tries what a scan needs, one line each; exit code 3 when something needed does not work.
pub(crate) fn run(arguments: &DoctorArguments) -> Result<Exit, Failure> {
    let mut checks = Checks::default();
    checks.fact("codeproof", env!("CARGO_PKG_VERSION"));
    checks.fact("languages", Language::ALL.map(Language::title).join(", "));
    checks.fact("threads", settings::default_jobs());
    let user = settings::load_user(arguments.database.config.as_deref());
    checks.add("settings", settings_line(&user));
    let user = user.unwrap_or_default();
    let config =
        Config { rule_folders: user.rules.clone(), gitleaks_config: user.gitleaks_config.clone(), ..Config::default() };
    checks.add("rules", Detector::new(config).map(|detector| format!("{} rules load", detector.rules().len())));
    checks.add("data folder", folders::data_folder().map(|folder| folder.display().to_string()));
    let url = database::url(arguments.database.db.as_deref(), &user);
    checks.add("database", check_database(url));
    checks.add("cache", check_cache(&user));
    checks.note("git", git_version(&user));
    models(&user, &mut checks);
    checks.note("python", super::split::python_line());
    sandbox(&mut checks);
    output::to_stdout(|out| out.write_all(checks.text.as_bytes()))?;
    Ok(if checks.failed { Exit::Failed } else { Exit::Success })
}

#[derive(Default)]
struct Checks {
    text: String,
    failed: bool,
}

impl Checks {
    /// A line that cannot fail.
    fn fact(&mut self, name: &str, fact: impl Display) {
        self.line(name, Ok::<_, String>(fact), "");
    }

    /// A line for something a scan needs.
    fn add(&mut self, name: &str, result: Result<impl Display, impl Display>) {
        self.failed |= result.is_err();
        self.line(name, result, "FAILS");
    }

    /// A line for something that only some commands need.
    fn note(&mut self, name: &str, result: Result<impl Display, impl Display>) {
        self.line(name, result, "missing");
    }

    fn line(&mut self, name: &str, result: Result<impl Display, impl Display>, bad: &str) {
        let (word, text) = match result {
            Ok(text) => ("ok", text.to_string()),
            Err(text) => (bad, text.to_string()),
        };
        self.text.push_str(&format!("{word:<8} {name:<12} {}\n", visible(&text)));
    }
}

fn settings_line(user: &Result<settings::UserSettings, Failure>) -> Result<String, String> {
    let path = folders::config_folder().map(|folder| folder.join("config.toml"));
    match (user, path) {
        (Err(failure), _) => Err(failure.to_string()),
        (Ok(_), Some(path)) if path.exists() => Ok(path.display().to_string()),
        (Ok(_), Some(path)) => Ok(format!("defaults ({} is not there)", path.display())),
        (Ok(_), None) => Ok("defaults".to_owned()),
    }
}

fn check_database(url: Result<String, Failure>) -> Result<String, String> {
    let url = url.map_err(|failure| failure.to_string())?;
    let place = Place::of(&url).map_err(|error| failure::chain(&error))?;
    let look = async {
        // Looking must not make anything.
        match Store::open_existing(&url, StoreOptions::default()).await {
            Ok(store) => Ok(format!("{place} ({})", store.describe().await?)),
            Err(Error::Empty { .. }) => Ok(format!("{place} (made by the first scan)")),
            Err(error) => Err(error),
        }
    };
    let runtime = super::runtime().map_err(|failure| failure.to_string())?;
    runtime.block_on(look).map_err(|error| failure::chain(&error))
}

fn check_cache(user: &settings::UserSettings) -> Result<String, String> {
    if !user.cache {
        return Ok("off by the settings".to_owned());
    }
    let path = folders::data_folder().map_err(|failure| failure.to_string())?.join("cache.db");
    match path.metadata() {
        Ok(metadata) => {
            Ok(format!("{} ({} KiB of at most {} KiB)", path.display(), metadata.len() / 1024, user.cache_bytes / 1024))
        }
        Err(_) => Ok(format!("{} (made by the first scan)", path.display())),
    }
}

/// The models of the settings, one line each; nobody is asked. Scans without a profile do without.
fn models(user: &settings::UserSettings, checks: &mut Checks) {
    if user.models.is_empty() {
        checks.fact("models", "none; `codeproof init --models` writes examples");
    }
    for (name, model) in &user.models {
        let config = &model.config;
        let missing: Vec<String> =
            settings::variables(config).into_iter().filter(|variable| !super::models::is_set(variable)).collect();
        checks.note(
            "model",
            match missing.is_empty() {
                true => Ok(format!(
                    "{name}: {} by {}; `codeproof models check` asks it",
                    config.served_name(),
                    config.provider
                )),
                false => Err(format!("{name}: set {} to use it", missing.join(" and "))),
            },
        );
    }
}

/// What isolates programs that are run, one line for each part; scans run none.
fn sandbox(checks: &mut Checks) {
    let parts = match Sandbox::of_this_program().parts() {
        Ok(parts) => parts,
        Err(error) => return checks.note("sandbox", Err::<String, _>(error)),
    };
    for status in parts {
        let line = format!("{}: {}", status.part, status.sentence);
        checks.note("sandbox", if status.available { Ok(line) } else { Err(line) });
    }
}

/// git, which scans of folders do without.
fn git_version(user: &settings::UserSettings) -> Result<String, String> {
    let git = target::find_git(user).map_err(|error| format!("{error}; scans of folders work without it"))?;
    Ok(format!("{} ({})", git.version(), git.program().display()))
}
