//! Programs from text: files in one fixture, each after a line `//- path`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use codeproof_index::{Index, InputFile, is_manifest};
use codeproof_syntax::{facts, language_of, parse};
use codeproof_types::{CallKind, RepoPath, Resolution};

pub(crate) type Texts = BTreeMap<String, String>;

/// The files of a fixture.
pub(crate) fn files(fixture: &str) -> Texts {
    let mut files = Texts::new();
    let mut current = None;
    for line in fixture.split_inclusive('\n') {
        match line.strip_prefix("//- ") {
            Some(path) => {
                let path = path.trim().to_owned();
                files.insert(path.clone(), String::new());
                current = Some(path);
            }
            None => {
                let path = current.as_ref().expect("a fixture starts with `//- path`");
                files.get_mut(path).expect("it was put there").push_str(line);
            }
        }
    }
    files
}

pub(crate) fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("fixtures name good paths")
}

pub(crate) fn input(at: &str, text: &str) -> Option<InputFile> {
    let path = path(at);
    let language = language_of(&path, text)?;
    let (parsed, _) = parse(text, language);
    let facts = facts(text, &parsed?);
    Some(InputFile { path, language, facts })
}

pub(crate) fn build(files: &Texts) -> Index {
    let inputs = files.iter().filter_map(|(path, text)| input(path, text)).collect();
    Index::build(inputs, manifests(files))
}

pub(crate) fn manifests(files: &Texts) -> BTreeMap<RepoPath, String> {
    let manifests = files.iter().filter(|(at, _)| is_manifest(&path(at)));
    manifests.map(|(at, text)| (path(at), text.clone())).collect()
}

/// Every import and call with what it leads to, one line each.
pub(crate) fn render(index: &Index) -> String {
    let mut out = String::new();
    for (path, _) in index.paths() {
        writeln!(out, "{path}").expect("a string takes all");
        for (import, target) in index.imports_of(path) {
            let name = if import.name.is_empty() { String::new() } else { format!(" {}", import.name) };
            let target = target.map_or("outside".to_owned(), ToString::to_string);
            writeln!(out, "  {} import {}{name} -> {target}", import.line, import.module).expect("a string takes all");
        }
        for call in index.calls_of(path) {
            let (line, column) = (call.site.position.line, call.site.position.column);
            let receiver = call.site.receiver.as_deref().map_or(String::new(), |receiver| format!("{receiver} . "));
            let verb = if call.site.kind == CallKind::ClassRef { "mentions " } else { "" };
            let target = match (call.to, call.resolution) {
                (Some(to), resolution) => {
                    let place = index.place(to);
                    format!("{} {}:{} {}", place.name, place.path, place.symbol.first_line, resolution.name())
                }
                (None, Resolution::Unresolved) => "?".to_owned(),
                (None, resolution) => resolution.name().to_owned(),
            };
            writeln!(out, "  {line}:{column} {verb}{receiver}{} -> {target}", call.site.callee)
                .expect("a string takes all");
        }
    }
    out
}
