//! Mutants: copies of a file with exactly one literal changed. What a mutant changes in the rows of the scanners shows
//! whose the literal really is.
//!
//! Numbers move by half at first, then far, up and down, as nobody knows which way a threshold is laxer; truth values
//! are flipped. Whole numbers stay whole and, where they may be windows or counts, positive. Other texts, dates and symbols
//! are left alone: most of their changes only break the program. Scanners that run a scanner as a part of theirs
//! ([`Scanner::depends_on`](crate::Scanner::depends_on)) own its literals, too.

mod moves;
mod site;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::python::{self, Module};
use crate::{Parameter, Source, Split};

/// One literal, and what can be put in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Mutant {
    /// The scanners that are said to use it and its name there, in the split's order.
    pub users: Vec<(usize, String)>,
    /// Scanners whose rows may change: users, and those that run one of them as a part of theirs.
    pub owners: BTreeSet<usize>,
    /// Whether all may use it on purpose.
    pub shared: bool,
    /// The line it is written on.
    pub line: u32,
    /// The value as the scanner has it.
    pub from: Json,
    /// Values to be tried, the next one when none of the rows changed.
    pub changes: Vec<Change>,
    /// Byte range of the literal in the file.
    range: (usize, usize),
}

/// Another value for a literal.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The value as the scanner will have it.
    pub to: Json,
    /// The value as Python writes it, for `--param NAME=VALUE`.
    pub argument: String,
    /// What stands in the place of the literal.
    text: String,
}

impl Mutant {
    /// The file with the change in the literal's place.
    pub fn bytes(&self, source: &Source, change: &Change) -> Vec<u8> {
        let (start, end) = self.range;
        let (before, after) = (source.bytes.get(..start), source.bytes.get(end..));
        [before.unwrap_or_default(), change.text.as_bytes(), after.unwrap_or_default()].concat()
    }
}

/// At most `limit` literals of a split: the first ones of every scanner, then the second ones, and so on.
pub fn mutants(source: &Source, split: &Split, limit: usize) -> Vec<Mutant> {
    let Ok(module) = python::read(&source.bytes) else { return Vec::new() };
    python::on_known_stack(|| find(source, &module, split, limit))
}

fn find(source: &Source, module: &Module, split: &Split, limit: usize) -> Vec<Mutant> {
    let users = users(split);
    let shared: BTreeSet<(u32, u32)> =
        split.globals.iter().map(|parameter| parameter.range).chain(shared_by_name(split)).collect();
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for parameter in in_turn(split) {
        if found.len() == limit {
            break;
        }
        if !taken.insert(parameter.range) {
            continue;
        }
        let Some(users) = users.get(&parameter.range) else { continue };
        if let Some(mut mutant) = mutant(source, module, parameter) {
            mutant.shared = shared.contains(&parameter.range);
            mutant.owners = if mutant.shared {
                (0..split.scanners.len()).collect()
            } else {
                with_dependants(split, users.iter().map(|(at, _)| *at).collect())
            };
            mutant.users.clone_from(users);
            found.push(mutant);
        }
    }
    found
}

/// Who says to use what is written where, and under which name.
fn users(split: &Split) -> BTreeMap<(u32, u32), Vec<(usize, String)>> {
    let mut users: BTreeMap<(u32, u32), Vec<(usize, String)>> = BTreeMap::new();
    for (at, scanner) in split.scanners.iter().enumerate() {
        for parameter in &scanner.parameters {
            users.entry(parameter.range).or_default().push((at, parameter.name.clone()));
        }
    }
    users
}

fn shared_by_name(split: &Split) -> impl Iterator<Item = (u32, u32)> {
    let all = split.scanners.iter().flat_map(|scanner| &scanner.parameters);
    all.filter(|parameter| parameter.shared).map(|parameter| parameter.range)
}

/// Every scanner's first value, then every scanner's second one.
fn in_turn(split: &Split) -> impl Iterator<Item = &Parameter> {
    let longest = split.scanners.iter().map(|scanner| scanner.parameters.len()).max().unwrap_or_default();
    let turn = move |number: usize| split.scanners.iter().filter_map(move |scanner| scanner.parameters.get(number));
    (0..longest).flat_map(turn)
}

/// The scanners, and those that run one of them as a part of theirs.
fn with_dependants(split: &Split, mut owners: BTreeSet<usize>) -> BTreeSet<usize> {
    loop {
        let depends = |at: usize| {
            let names = &split.scanners[at].depends_on;
            owners.iter().any(|owner| names.contains(&split.scanners[*owner].boundary.name))
        };
        let more: Vec<usize> = (0..split.scanners.len()).filter(|at| !owners.contains(at) && depends(*at)).collect();
        if more.is_empty() {
            return owners;
        }
        owners.extend(more);
    }
}

fn mutant(source: &Source, module: &Module, parameter: &Parameter) -> Option<Mutant> {
    let (start, end) = (parameter.range.0 as usize, parameter.range.1 as usize);
    let expression = module.text.get(start..end)?;
    let site = site::find(expression, parameter)?;
    let literal = (start + site.start, start + site.end);
    let range = (
        python::bytes_before(&source.bytes, module, literal.0)?,
        python::bytes_before(&source.bytes, module, literal.1)?,
    );
    // Nothing is changed where the bytes are not what was read.
    if source.bytes.get(range.0..range.1)? != module.text.get(literal.0..literal.1)?.as_bytes() {
        return None;
    }
    let changes: Vec<Change> = site
        .moves()
        .into_iter()
        .filter_map(|to| {
            let text = site.written(to);
            Some(Change { argument: site.argument(expression, to, &text), to: site.value(&parameter.value, to)?, text })
        })
        .collect();
    let (line, from) = (parameter.line, parameter.value.clone());
    let (users, owners) = (Vec::new(), BTreeSet::new());
    let mutant = Mutant { users, owners, shared: false, line, from, changes, range };
    (!mutant.changes.is_empty()).then_some(mutant)
}
