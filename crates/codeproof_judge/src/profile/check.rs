//! What is wrong with a profile, told before anything is asked.

use std::collections::HashSet;

use super::{Filter, Profile};
use crate::error::{InvalidGlob, ProfileError};
use crate::template::{self, Slots};

/// What analyzers and verifiers have in common.
struct Entry<'p> {
    list: &'static str,
    kind: &'static str,
    name: &'p str,
    model: &'p str,
    filter: Result<Filter, InvalidGlob>,
    template: Option<&'p str>,
    slots: &'static Slots,
}

impl Entry<'_> {
    fn title(&self) -> String {
        format!("{} {:?}", self.kind, if self.name.is_empty() { self.model } else { self.name })
    }
}

/// Every mistake, in the order of the profile. Entries that are not enabled are checked, too: they are one word away from
/// being asked.
pub(super) fn problems(profile: &Profile, models: &[&str]) -> Vec<ProfileError> {
    let mut problems = Vec::new();
    if !profile.enabled {
        problems.push(ProfileError::Disabled { profile: profile.name.clone() });
    }
    let mut seen = HashSet::new();
    for entry in entries(profile) {
        let name = if entry.name.is_empty() { entry.model } else { entry.name };
        if !seen.insert((entry.list, name.to_owned())) {
            let (list, name) = (entry.list, name.to_owned());
            problems.push(ProfileError::DuplicateName { profile: profile.name.clone(), list, name });
        }
        problems.extend(entry_problems(&profile.name, &entry, models));
    }
    problems.extend(
        profile
            .agentic_verifier_model
            .as_deref()
            .and_then(|model| unknown_model(&profile.name, "agentic_verifier_model", model, models)),
    );
    problems
}

fn entries(profile: &Profile) -> impl Iterator<Item = Entry<'_>> {
    let analyzers = profile.analyzers.iter().map(|analyzer| Entry {
        list: "analyzers",
        kind: "analyzer",
        name: &analyzer.name,
        model: &analyzer.model,
        filter: analyzer.filter(),
        template: analyzer.prompt_template.as_deref(),
        slots: &template::ANALYZER,
    });
    let verifiers = profile.verifiers.iter().map(|verifier| Entry {
        list: "verifiers",
        kind: "verifier",
        name: &verifier.name,
        model: &verifier.model,
        filter: verifier.filter(),
        template: verifier.prompt_template.as_deref(),
        slots: &template::VERIFIER,
    });
    analyzers.chain(verifiers)
}

fn entry_problems(profile: &str, entry: &Entry<'_>, models: &[&str]) -> Vec<ProfileError> {
    let mut problems: Vec<ProfileError> =
        unknown_model(profile, &entry.title(), entry.model, models).into_iter().collect();
    if let Err(source) = &entry.filter {
        let (profile, source) = (profile.to_owned(), source.clone());
        problems.push(ProfileError::BadGlob { profile, entry: entry.title(), source });
    }
    let of_template = entry.template.map(|text| template::problems(text, entry.slots)).unwrap_or_default();
    problems.extend(of_template.into_iter().map(|problem| ProfileError::BadTemplate {
        profile: profile.to_owned(),
        entry: entry.title(),
        problem,
    }));
    problems
}

fn unknown_model(profile: &str, entry: &str, model: &str, models: &[&str]) -> Option<ProfileError> {
    (!models.contains(&model)).then(|| ProfileError::UnknownModel {
        profile: profile.to_owned(),
        entry: entry.to_owned(),
        model: model.to_owned(),
        nearest: template::nearest(model, models.iter().copied()),
    })
}
