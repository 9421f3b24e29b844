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

use crate::{Parameter, Source, Split};
use codeproof_python::Module;

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
    let Ok(module) = codeproof_python::read(&source.bytes) else { return Vec::new() };
    codeproof_python::on_known_stack(|| find(source, &module, split, limit))
}

fn find(source: &Source, module: &Module, split: &Split, limit: usize) -> Vec<Mutant> {
    let mut found: Vec<Mutant> = Vec::new();
    let mut by_literal: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (scanner, parameter) in in_turn(split) {
        let Some(mutant) = mutant(source, module, parameter) else { continue };
        let at = *by_literal.entry(mutant.range).or_insert_with(|| {
            found.push(mutant);
            found.len() - 1
        });
        found[at].shared |= parameter.shared;
        found[at].users.push((scanner, parameter.name.clone()));
    }
    let of_globals = split.globals.iter().filter_map(|parameter| mutant(source, module, parameter));
    let shared: BTreeSet<(usize, usize)> = of_globals.map(|mutant| mutant.range).collect();
    found.truncate(limit);
    for mutant in &mut found {
        mutant.users.sort();
        mutant.shared |= shared.contains(&mutant.range);
        mutant.owners = if mutant.shared {
            (0..split.scanners.len()).collect()
        } else {
            with_dependants(split, mutant.users.iter().map(|(at, _)| *at).collect())
        };
    }
    found
}

/// Every scanner's first value, then every scanner's second one.
fn in_turn(split: &Split) -> impl Iterator<Item = (usize, &Parameter)> {
    let longest = split.scanners.iter().map(|scanner| scanner.parameters.len()).max().unwrap_or_default();
    let scanners = || split.scanners.iter().enumerate();
    let turn = move |number: usize| scanners().filter_map(move |(at, one)| Some((at, one.parameters.get(number)?)));
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
    // A value of an imported module has the place of its import.
    let expression = module.text.get(start..end).filter(|text| *text == parameter.expression)?;
    let site = site::find(expression, parameter)?;
    let literal = (start + site.start, start + site.end);
    let range = (
        codeproof_python::bytes_before(&source.bytes, module, literal.0)?,
        codeproof_python::bytes_before(&source.bytes, module, literal.1)?,
    );
    // Nothing is changed where the bytes are not what was read.
    if source.bytes.get(range.0..range.1)? != module.text.get(literal.0..literal.1)?.as_bytes() {
        return None;
    }
    let changes: Vec<Change> = site
        .moves(parameter.impact)
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
