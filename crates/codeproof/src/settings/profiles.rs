//! Which profile a scan uses: those of the user's file over the built-in ones, and the models each needs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use codeproof_judge::{Analyzer, Profile, Verifier};
use codeproof_llm::{ModelConfig, Role, Script};
use serde::Deserialize;

use crate::failure::Failure;

use super::models::{self, ModelSettings};
use super::toml_error::did_you_mean;
use super::user::UserSettings;

/// The profile without models.
pub(crate) const OFFLINE: &str = "offline";
/// The profile of all models of the settings.
pub(crate) const DEEP: &str = "deep";

/// What the scripted models of the demo answer.
const SCRIPTS: [(&str, &str); 3] = [
    ("demo-careful", include_str!("../demo/careful.json")),
    ("demo-keen", include_str!("../demo/keen.json")),
    ("demo-quick", include_str!("../demo/quick.json")),
];

/// Models and profiles that need no settings.
#[derive(Deserialize)]
struct BuiltIn {
    models: BTreeMap<String, ModelSettings>,
    profiles: BTreeMap<String, Profile>,
}

static BUILT_IN: LazyLock<BuiltIn> = LazyLock::new(|| {
    let mut built_in: BuiltIn = toml::from_str(include_str!("built_in.toml")).expect("a test reads the built-in file");
    models::named(&mut built_in.models, None).expect("no built-in model has a second name");
    for (name, script) in SCRIPTS {
        if let Some(model) = built_in.models.get_mut(name) {
            model.config.script = Some(Script::Text(script.into()));
        }
    }
    built_in
});

/// A profile and all models that it needs.
#[derive(Debug, Clone)]
pub(crate) struct ResolvedProfile {
    /// The profile, its lists filled in.
    pub profile: Profile,
    /// Its models, each once: those that draft and vote, in the profile's order, then those that mend answers.
    pub models: Vec<ModelConfig>,
}

impl UserSettings {
    /// A model by name: the user's, else a built-in one.
    pub(crate) fn model(&self, name: &str) -> Option<&ModelConfig> {
        self.models.get(name).or_else(|| BUILT_IN.models.get(name)).map(|model| &model.config)
    }

    /// All profiles by name, whether the user's own or built in.
    pub(crate) fn all_profiles(&self) -> BTreeMap<String, (Profile, bool)> {
        let mut all = BTreeMap::new();
        for (profiles, is_own) in [(&BUILT_IN.profiles, false), (&self.profiles, true)] {
            all.extend(
                profiles
                    .iter()
                    .map(|(name, profile)| (name.clone(), (Profile { name: name.clone(), ..profile.clone() }, is_own))),
            );
        }
        all
    }

    /// The profile of that name with its models; `None` when it asks no model.
    ///
    /// # Errors
    /// A profile or model that does not exist, a template that cannot work, nobody for a role: what is wrong and what
    /// to try.
    pub(crate) fn resolve_profile(&self, name: &str) -> Result<Option<ResolvedProfile>, Failure> {
        let mut profile = self.profile_named(name)?;
        if name == OFFLINE {
            return Ok(None);
        }
        if name == DEEP && profile.analyzers.is_empty() && profile.verifiers.is_empty() {
            self.fill(&mut profile);
        }
        let mut models = Models { settings: self, profile: name, found: Vec::new() };
        name_analyzers(&mut profile);
        for analyzer in profile.analyzers.iter().filter(|analyzer| analyzer.enabled) {
            models.add(&analyzer.model, Role::Analyzer)?;
        }
        name_verifiers(&mut profile);
        for verifier in profile.verifiers.iter().filter(|verifier| verifier.enabled) {
            models.add(&verifier.model, Role::Verifier)?;
        }
        check(&profile)?;
        let mut models = models.found;
        // Malformed answers are mended by whoever can talk, but not those of the demo: it asks nobody outside.
        if models.iter().any(|model| self.models.contains_key(&model.name)) {
            let known: BTreeSet<String> = models.iter().map(|model| model.name.clone()).collect();
            let own = self.models.values().map(|model| &model.config);
            models
                .extend(own.filter(|model| model.roles.contains(&Role::Chat) && !known.contains(&model.name)).cloned());
        }
        Ok(Some(ResolvedProfile { profile, models }))
    }

    fn profile_named(&self, name: &str) -> Result<Profile, Failure> {
        let mut all = self.all_profiles();
        let Some((profile, _)) = all.remove(name) else {
            let names: Vec<&str> = all.keys().map(String::as_str).collect();
            return Err(Failure::usage(format_args!("there is no profile {name:?}")).help(did_you_mean(name, &names)));
        };
        if !profile.enabled {
            return Err(Failure::usage(format_args!("the profile {name} is switched off"))
                .help(format_args!("set enabled = true in [profiles.{name}] of your settings file")));
        }
        Ok(profile)
    }

    /// Lets every model of the settings do what its roles allow.
    fn fill(&self, profile: &mut Profile) {
        let with = |role: Role| {
            let models = self.models.values().map(|model| &model.config);
            models.filter(move |model| model.roles.contains(&role)).map(|model| model.name.clone())
        };
        profile.analyzers = with(Role::Analyzer).map(analyzer_of).collect();
        profile.verifiers = with(Role::Verifier).map(verifier_of).collect();
    }
}

/// Collects the models a profile names.
struct Models<'s> {
    settings: &'s UserSettings,
    profile: &'s str,
    found: Vec<ModelConfig>,
}

impl Models<'_> {
    fn add(&mut self, name: &str, role: Role) -> Result<(), Failure> {
        let profile = self.profile;
        let Some(model) = self.settings.model(name) else {
            let known: Vec<&str> =
                self.settings.models.keys().chain(BUILT_IN.models.keys()).map(String::as_str).collect();
            return Err(Failure::usage(format_args!(
                "the profile {profile} names the model {name:?}, which is not there"
            ))
            .help(format_args!(
                "{}; a model is a section [models.{name}] of your settings file",
                did_you_mean(name, &known)
            )));
        };
        if !model.roles.contains(&role) {
            return Err(Failure::usage(format_args!(
                "the profile {profile} uses the model {name} as {role}, which is not among its roles"
            ))
            .help(format_args!("add \"{role}\" to roles in [models.{name}] of your settings file")));
        }
        if !self.found.iter().any(|found| found.name == *name) {
            self.found.push(model.clone());
        }
        Ok(())
    }
}

/// What no single analyzer or verifier shows: that there is anybody, and no two share a name.
fn check(profile: &Profile) -> Result<(), Failure> {
    let name = &profile.name;
    let drafts = profile.analyzers.iter().any(|analyzer| analyzer.enabled);
    let votes = profile.verifiers.iter().any(|verifier| verifier.enabled);
    if name == DEEP && !(drafts && votes) {
        let (role, does) =
            if drafts { (Role::Verifier, "votes on drafts") } else { (Role::Analyzer, "drafts findings") };
        return Err(Failure::usage(format_args!("no model is there for the role {role}, which {does}")).help(
            "give a model of your settings file roles = [\"analyzer\", \"verifier\"]; `codeproof init --models` writes \
             examples, and `--profile demo` needs no model",
        ));
    }
    if !drafts && !votes {
        return Err(Failure::usage(format_args!("the profile {name} has neither analyzers nor verifiers"))
            .help(format_args!("add analyzers = [{{ model = \"NAME\" }}] to [profiles.{name}], or use offline")));
    }
    let analyzers = profile.analyzers.iter().map(|analyzer| ("analyzers", &analyzer.name));
    let verifiers = profile.verifiers.iter().map(|verifier| ("verifiers", &verifier.name));
    let mut seen = BTreeSet::new();
    match analyzers.chain(verifiers).find(|entry| !seen.insert(*entry)) {
        Some((list, twin)) => Err(Failure::usage(format_args!("two {list} of the profile {name} are called {twin}"))
            .help("give one of them another `name`")),
        None => Ok(()),
    }
}

fn name_analyzers(profile: &mut Profile) {
    for analyzer in profile.analyzers.iter_mut().filter(|analyzer| analyzer.name.is_empty()) {
        analyzer.name.clone_from(&analyzer.model);
    }
}

fn name_verifiers(profile: &mut Profile) {
    for verifier in profile.verifiers.iter_mut().filter(|verifier| verifier.name.is_empty()) {
        verifier.name.clone_from(&verifier.model);
    }
}

/// A model as an analyzer with everything else at its default.
fn analyzer_of(model: String) -> Analyzer {
    serde_json::from_value(serde_json::json!({ "model": model })).expect("only the model is required")
}

/// A model as a verifier with everything else at its default.
fn verifier_of(model: String) -> Verifier {
    serde_json::from_value(serde_json::json!({ "model": model })).expect("only the model is required")
}
