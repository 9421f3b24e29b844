//! Every example in the spec files is right: a chain in each `bad`, none in each `good`.

use std::path::Path;

use codeproof_types::Language;
use rayon::prelude::*;
use serde::Deserialize;

use crate::program::Program;

/// What this test reads of a spec file; the format itself is the engine's.
#[derive(Deserialize)]
struct SpecFile {
    #[serde(default)]
    entries: Vec<Entry>,
    #[serde(default)]
    entry_points: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    call: Texts,
    #[serde(default)]
    name: Texts,
    #[serde(default)]
    decorator: Texts,
    #[serde(default)]
    base: Texts,
    first_parameter: Option<String>,
    #[serde(default)]
    bad: Texts,
    #[serde(default)]
    good: Texts,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Default for Texts {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Texts {
    fn all(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

impl Entry {
    /// What the entry is called in messages.
    fn title(&self) -> &str {
        let names = [&self.call, &self.name, &self.decorator, &self.base];
        let first = names.into_iter().find_map(|names| names.all().first()).map(String::as_str);
        first.or(self.first_parameter.as_deref()).unwrap_or("an entry without a name")
    }
}

#[test]
fn every_bad_example_has_a_chain_and_every_good_one_has_none() {
    let mut entries = Vec::new();
    for language in [Language::Python, Language::Php] {
        for (file, read) in spec_files(language) {
            let all = read.entries.into_iter().chain(read.entry_points);
            entries.extend(all.map(|entry| (language, file.clone(), entry)));
        }
    }
    assert!(entries.len() >= 800, "only {} entries were read", entries.len());
    let wrong: Vec<String> =
        entries.par_iter().flat_map(|(language, file, entry)| wrong_in(*language, file, entry)).collect();
    assert!(wrong.is_empty(), "{} examples are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn wrong_in(language: Language, file: &str, entry: &Entry) -> Vec<String> {
    let title = entry.title();
    let mut wrong = Vec::new();
    let kinds = [("bad", &entry.bad), ("good", &entry.good)];
    for (kind, _) in kinds.iter().filter(|(_, texts)| texts.all().is_empty()) {
        wrong.push(format!("{file}: {title}: no `{kind}` example"));
    }
    for (kind, text) in kinds.iter().flat_map(|(kind, texts)| texts.all().iter().map(move |text| (*kind, text))) {
        let found = chains(language, text);
        if found.is_empty() == (kind == "bad") {
            wrong.push(format!("{file}: {title}: `{kind}` gives {found:?}"));
        }
    }
    wrong
}

/// The flows with a source in an example. PHP's examples are written without their first line.
fn chains(language: Language, text: &str) -> Vec<String> {
    let is_page = text.contains("<?php") || text.contains("<?=");
    let text = if language == Language::Php && !is_page { format!("<?php\n{text}") } else { text.to_owned() };
    let program = Program::parted(language, &text);
    let analysis = program.analyse();
    let flows = analysis.flows.iter().filter(|flow| flow.source.trust.is_some());
    flows.map(|flow| program.shown(&analysis, flow)).collect()
}

fn spec_files(language: Language) -> Vec<(String, SpecFile)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs").join(language.name());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the built-in specs are in the checkout") {
        let path = entry.expect("the folder can be read").path();
        let name = format!("{}/{}", language.name(), path.file_name().unwrap_or_default().to_string_lossy());
        let text = std::fs::read_to_string(&path).expect("spec files are text");
        let read = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        files.push((name, read));
    }
    files.sort_by(|one, other| one.0.cmp(&other.0));
    files
}
