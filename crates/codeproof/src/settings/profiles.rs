//! Which profile a scan uses: those of the user's file over the built-in ones, and the models each needs.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use codeproof_judge::{Analyzer, Profile, Verifier};
use codeproof_llm::{ModelConfig, Provider, Role, Script};

use crate::failure::Failure;

use super::toml_error::did_you_mean;
use super::user::UserSettings;

/// What the models of the demonstration answer.
const SCRIPTS: [(&str, &str); 3] = [
    ("demo-careful", include_str!("../demo/careful.json")),
    ("demo-keen", include_str!("../demo/keen.json")),
    ("demo-quick", include_str!("../demo/quick.json")),
];

/// Models that are there without settings: the scripted ones of the profile `demo`.
static BUILT_IN_MODELS: LazyLock<Vec<ModelConfig>> = LazyLock::new(|| {
    let scripted = |(name, script): (&str, &'static str)| {
        let mut model = ModelConfig::new(name, Provider::Scripted);
        model.roles.extend([Role::Analyzer, Role::Verifier]);
        model.script = Some(Script::Text(script.into()));
        model
    };
    SCRIPTS.map(scripted).to_vec()
});

/// A profile and all models that it needs.
#[derive(Debug, Clone)]
pub(crate) struct ResolvedProfile {
    /// The profile, with everything filled in that was left out.
    pub profile: Profile,
    /// Its models, each once: those that draft and vote, in the profile's order, then those that mend answers.
    pub models: Vec<ModelConfig>,
}

impl UserSettings {
    /// A model by name: the user's, else a built-in one.
    pub(crate) fn model(&self, name: &str) -> Option<&ModelConfig> {
        let own = self.models.get(name).map(|model| &model.config);
        own.or_else(|| BUILT_IN_MODELS.iter().find(|model| model.name == name))
    }

    /// The built-in models that no model of the user replaces.
    pub(crate) fn built_in_models(&self) -> impl Iterator<Item = &ModelConfig> {
        BUILT_IN_MODELS.iter().filter(|model| !self.models.contains_key(&model.name))
    }

    /// All profiles by name, the built-in ones first, and whether each is the user's own. `deep` without lists has all
    /// models of the settings.
    pub(crate) fn all_profiles(&self) -> Vec<(Profile, bool)> {
        let own = self.own_profiles();
        let mut all = Vec::new();
        for built_in in [Profile::offline(), Profile::deep(), Profile::demo()] {
            match own.get(&built_in.name) {
                Some(_) => {}
                None => all.push((built_in, false)),
            }
        }
        all.extend(own.into_values().map(|profile| (profile, true)));
        all.into_iter().map(|(profile, is_own)| (self.filled(profile).completed(), is_own)).collect()
    }

    fn own_profiles(&self) -> BTreeMap<String, Profile> {
        let named =
            |(name, profile): (&String, &Profile)| (name.clone(), Profile { name: name.clone(), ..profile.clone() });
        self.profiles.iter().map(named).collect()
    }

    /// Lets every model of the settings do what its roles allow, where `deep` says nothing else.
    fn filled(&self, mut profile: Profile) -> Profile {
        if profile.name == Profile::deep().name && profile.analyzers.is_empty() && profile.verifiers.is_empty() {
            profile.analyzers = self.with_role(Role::Analyzer).map(|model| Analyzer::of(&model.name)).collect();
            profile.verifiers = self.with_role(Role::Verifier).map(|model| Verifier::of(&model.name)).collect();
        }
        profile
    }

    fn with_role(&self, role: Role) -> impl Iterator<Item = &ModelConfig> {
        self.models.values().map(|model| &model.config).filter(move |model| model.roles.contains(&role))
    }

    /// The profile of that name with its models; `None` when it asks no model.
    ///
    /// # Errors
    /// A profile or model that does not exist, a template that cannot work, nobody for a role: what is wrong and what
    /// to try.
    pub(crate) fn resolve_profile(&self, name: &str) -> Result<Option<ResolvedProfile>, Failure> {
        let all = self.all_profiles();
        let Some((profile, _)) = all.iter().find(|(profile, _)| profile.name == name) else {
            let names: Vec<&str> = all.iter().map(|(profile, _)| profile.name.as_str()).collect();
            return Err(Failure::usage(format_args!("there is no profile {name:?}")).help(did_you_mean(name, &names)));
        };
        if *profile == Profile::offline() {
            return Ok(None);
        }
        self.check(profile)?;
        Ok(Some(ResolvedProfile { models: self.models_of(profile)?, profile: profile.clone() }))
    }

    /// Whether the profile can work with the models there are.
    fn check(&self, profile: &Profile) -> Result<(), Failure> {
        let known: Vec<&str> =
            self.models.keys().map(String::as_str).chain(BUILT_IN_MODELS.iter().map(|model| &*model.name)).collect();
        let problems: Vec<String> = profile.check(&known).iter().map(ToString::to_string).collect();
        if let Some((first, others)) = problems.split_first() {
            let failure = Failure::usage(first);
            return Err(match others.is_empty() {
                true => failure.help("`codeproof profiles` lists the profiles, `codeproof models` the models"),
                false => failure.help(format_args!("and then: {}", others.join("; "))),
            });
        }
        let drafts = profile.analyzers.iter().any(|analyzer| analyzer.enabled);
        let votes = profile.verifiers.iter().any(|verifier| verifier.enabled);
        if drafts && votes {
            return Ok(());
        }
        let (role, does) =
            if drafts { (Role::Verifier, "votes on drafts") } else { (Role::Analyzer, "drafts findings") };
        let name = &profile.name;
        let failure = Failure::usage(format_args!("the profile {name} has no model for the role {role}, which {does}"));
        Err(match *name == Profile::deep().name {
            true => failure.help(
                "give a model of your settings roles = [\"analyzer\", \"verifier\"]; `codeproof init --models` writes \
                 examples, and `--profile demo` needs no settings",
            ),
            false => failure.help(format_args!("write {role}s = [{{ model = \"NAME\" }}] into [profiles.{name}]")),
        })
    }

    fn models_of(&self, profile: &Profile) -> Result<Vec<ModelConfig>, Failure> {
        let analyzers = profile.analyzers.iter().filter(|analyzer| analyzer.enabled);
        let verifiers = profile.verifiers.iter().filter(|verifier| verifier.enabled);
        let uses = analyzers
            .map(|analyzer| (&analyzer.model, Role::Analyzer))
            .chain(verifiers.map(|verifier| (&verifier.model, Role::Verifier)));
        let mut models: Vec<ModelConfig> = Vec::new();
        for (name, role) in uses {
            let Some(model) = self.model(name) else { continue };
            if !model.roles.contains(&role) {
                return Err(Failure::usage(format_args!(
                    "the profile {} uses the model {name} as {role}, which is not among its roles",
                    profile.name
                ))
                .help(format_args!("add \"{role}\" to roles in [models.{name}] of your settings")));
            }
            if !models.iter().any(|known| known.name == *name) {
                models.push(model.clone());
            }
        }
        // Malformed answers are mended by whoever can talk; those of the demonstration are not: it asks nobody outside.
        if models.iter().any(|model| self.models.contains_key(&model.name)) {
            let mut menders: Vec<ModelConfig> = self.with_role(Role::Chat).cloned().collect();
            menders.retain(|mender| !models.iter().any(|model| model.name == mender.name));
            models.extend(menders);
        }
        Ok(models)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn settings(text: &str) -> UserSettings {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        super::super::load_file(file.path()).unwrap()
    }

    const MODELS: &str = "[models.big]\nprovider = 'openai'\nroles = ['analyzer', 'verifier']\n\
                          [models.small]\nprovider = 'openai'\nroles = ['analyzer']\n\
                          [models.mender]\nprovider = 'openai'\nroles = ['chat']\n";

    fn names(resolved: &ResolvedProfile) -> Vec<&str> {
        resolved.models.iter().map(|model| model.name.as_str()).collect()
    }

    #[test]
    fn built_in_profiles_need_no_word() {
        let none = UserSettings::default();
        assert!(none.resolve_profile("offline").unwrap().is_none());
        let demo = none.resolve_profile("demo").unwrap().expect("it asks models");
        assert_eq!(names(&demo), ["demo-careful", "demo-keen", "demo-quick"]);
        let deep = settings(MODELS).resolve_profile("deep").unwrap().expect("it asks models");
        assert_eq!(names(&deep), ["big", "small", "mender"]);
        assert_eq!((deep.profile.analyzers.len(), deep.profile.verifiers.len()), (2, 1));
    }

    #[test]
    fn a_profile_of_the_user_replaces_a_built_in_one() {
        let text = format!(
            "{MODELS}[profiles.deep]\nanalyzers = [{{ model = 'small' }}]\nverifiers = [{{ model = 'big', name = 'b' }}]"
        );
        let deep = settings(&text).resolve_profile("deep").unwrap().expect("it asks models");
        assert_eq!(names(&deep), ["small", "big", "mender"]);
        assert_eq!(deep.profile.verifiers[0].name, "b");
    }

    #[track_caller]
    fn refused(text: &str, name: &str, expected: &str) {
        let failure = settings(text).resolve_profile(name).expect_err("it cannot work");
        assert!(failure.to_string().contains(expected), "{failure}");
    }

    #[test]
    fn what_cannot_work_is_said_in_one_line() {
        let profile = |lists: &str| format!("{MODELS}[profiles.mine]\n{lists}");
        refused("", "deep", "no model for the role analyzer");
        refused("[models.a]\nprovider = 'openai'\nroles = ['analyzer']", "deep", "no model for the role verifier");
        refused("", "depe", "no profile \"depe\"");
        refused(&profile("analyzers = [{ model = 'bigg' }]"), "mine", "there is no model \"bigg\"; did you mean");
        refused(&profile("verifiers = [{ model = 'big' }]"), "mine", "no model for the role analyzer");
        refused(
            &profile("analyzers = [{ model = 'big' }]\nverifiers = [{ model = 'small' }]"),
            "mine",
            "uses the model small as verifier",
        );
        refused(
            &profile(
                "analyzers = [{ model = 'big', prompt_template = 'Look at {cod}' }]\nverifiers = [{ model = 'big' }]",
            ),
            "mine",
            "the placeholder {cod}",
        );
        refused(&profile("enabled = false"), "mine", "is not enabled");
    }
}
