//! `codeproof profiles`: who drafts and who votes, and with which words.

use codeproof_judge::{Analyzer, Profile, Verifier};
use codeproof_types::{Language, visible};

use super::models::sample;
use crate::cli::{ProfilesArguments, ReferencesFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::settings::{self, UserSettings};

/// Lists the profiles, or shows one.
pub(crate) fn run(arguments: &ProfilesArguments) -> Result<Exit, Failure> {
    let user = settings::load_user(arguments.list.config.as_deref())?;
    match &arguments.name {
        None => list(&user, arguments.list.format)?,
        Some(name) => one(&user, name, arguments.list.format)?,
    }
    Ok(Exit::Success)
}

fn list(user: &UserSettings, format: ReferencesFormat) -> Result<(), Failure> {
    let all = user.all_profiles();
    if format == ReferencesFormat::Json {
        let profiles: Vec<serde_json::Value> =
            all.iter().map(|(profile, is_own)| serde_json::json!({"built_in": !is_own, "profile": profile})).collect();
        return print_json(&serde_json::Value::from(profiles));
    }
    let mut text = String::new();
    for (profile, is_own) in &all {
        let whose = if *is_own { "" } else { " (built in)" };
        let state = if profile.enabled { "" } else { " (not enabled)" };
        text.push_str(&format!("{}{whose}{state}\n", visible(&profile.name)));
        for line in [&profile.description, &members(profile)].into_iter().filter(|line| !line.is_empty()) {
            text.push_str(&format!("  {}\n", visible(line)));
        }
    }
    let chosen = match &user.profile {
        Some(name) => format!("Scans that name none use {name}, as your settings say."),
        None => "Scans that name none ask no model.".to_owned(),
    };
    text.push_str(&format!("\n{} `codeproof profiles NAME` shows one with its prompts.\n", visible(&chosen)));
    output::to_stdout(|out| out.write_all(text.as_bytes()))
}

/// Who drafts and who votes, in one line.
fn members(profile: &Profile) -> String {
    let names = |all: Vec<(&str, bool)>| {
        all.into_iter().filter(|(_, enabled)| *enabled).map(|(name, _)| name).collect::<Vec<_>>().join(", ")
    };
    let drafts = names(profile.analyzers.iter().map(|entry| (&*entry.name, entry.enabled)).collect());
    let votes = names(profile.verifiers.iter().map(|entry| (&*entry.name, entry.enabled)).collect());
    match (drafts.is_empty(), votes.is_empty()) {
        (true, true) => String::new(),
        _ => format!("drafts: {drafts}; votes: {votes}"),
    }
}

fn one(user: &UserSettings, name: &str, format: ReferencesFormat) -> Result<(), Failure> {
    let all = user.all_profiles();
    let Some((profile, _)) = all.iter().find(|(profile, _)| profile.name == name) else {
        let failure = Failure::usage(format_args!("there is no profile {name:?}"));
        return Err(match settings::nearest(name, all.iter().map(|(profile, _)| profile.name.as_str())) {
            Some(near) => failure.help(format_args!("did you mean `{near}`?")),
            None => failure.help("`codeproof profiles` lists them"),
        });
    };
    if format == ReferencesFormat::Json {
        let value = serde_json::to_value(profile).unwrap_or_default();
        return print_json(&value);
    }
    let mut text = format!("{}\n", visible(&profile.name));
    if !profile.description.is_empty() {
        text.push_str(&format!("  {}\n", visible(&profile.description)));
    }
    text.push_str(&format!(
        "  chunks of {} tokens at most, contexts of {}\n",
        profile.chunk_tokens, profile.context_tokens
    ));
    let cleared = if profile.send_cleared { "are sent, too" } else { "are not sent" };
    text.push_str(&format!("  chunks that the rules have cleared {cleared}\n"));
    for analyzer in &profile.analyzers {
        text.push_str(&analyzer_text(analyzer));
    }
    for verifier in &profile.verifiers {
        text.push_str(&verifier_text(verifier));
    }
    text.push_str(&prompts(profile));
    // What a scan would say of it, now and not when the scan begins.
    let problem = user.resolve_profile(name).err();
    text.push_str(&problem.map(|failure| format!("\nA scan refuses it: {failure}\n")).unwrap_or_default());
    output::to_stdout(|out| out.write_all(text.as_bytes()))
}

fn analyzer_text(entry: &Analyzer) -> String {
    let mut traits = limits(&entry.file_filter, &entry.language_filter);
    traits.extend(entry.output_mode.map(|mode| format!("answers as {mode}")));
    traits.extend(entry.stop_on_findings.then(|| "later ones are not asked where it found something".to_owned()));
    member("analyzer", &entry.name, &entry.model, entry.enabled, traits, entry.prompt_template.as_deref())
}

fn verifier_text(entry: &Verifier) -> String {
    let traits = limits(&entry.file_filter, &entry.language_filter);
    member("verifier", &entry.name, &entry.model, entry.enabled, traits, entry.prompt_template.as_deref())
}

fn limits(globs: &[String], languages: &[Language]) -> Vec<String> {
    let mut limits = Vec::new();
    if !globs.is_empty() {
        limits.push(format!("files {}", globs.join(", ")));
    }
    if !languages.is_empty() {
        let names: Vec<&str> = languages.iter().map(|language| language.title()).collect();
        limits.push(format!("languages {}", names.join(", ")));
    }
    limits
}

fn member(
    kind: &str,
    name: &str,
    model: &str,
    enabled: bool,
    mut traits: Vec<String>,
    template: Option<&str>,
) -> String {
    if name != model {
        traits.insert(0, format!("model {model}"));
    }
    if !enabled {
        traits.push("not enabled".to_owned());
    }
    let traits = if traits.is_empty() { String::new() } else { format!(": {}", traits.join("; ")) };
    let mut text = format!("\n{kind} {}{}\n", visible(name), visible(&traits));
    match template {
        None => text.push_str("  the built-in instructions\n"),
        Some(template) => text.extend(template.lines().map(|line| format!("  | {}\n", visible(line)))),
    }
    text
}

/// The built-in instructions, when somebody uses them. What follows them in a prompt is the code itself.
fn prompts(profile: &Profile) -> String {
    let mut text = String::new();
    if let Some(analyzer) = profile.analyzers.iter().find(|entry| entry.prompt_template.is_none()) {
        let prompt = sample::draft(analyzer, analyzer.output_mode.unwrap_or_default());
        text.push_str(&indented("instructions of analyzers", &prompt.system));
    }
    if let Some(verifier) = profile.verifiers.iter().find(|entry| entry.prompt_template.is_none()) {
        text.push_str(&indented("instructions of verifiers", &sample::vote(verifier).system));
    }
    text
}

fn indented(heading: &str, lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("  | {line}\n")).collect();
    format!("\n{heading}\n{lines}")
}

fn print_json(value: &serde_json::Value) -> Result<(), Failure> {
    output::to_stdout(|out| {
        serde_json::to_writer_pretty(&mut *out, value)?;
        writeln!(out)
    })
}
