//! Judges assignments of values to scanners that somebody else made: does any scanner hold another one's number?

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::parameters::Parameter;
use crate::split::{Scanner, Split};

/// One assignment to judge: which parameters each scanner is said to use.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// The file's name, with or without `.py`.
    pub file: String,
    /// Parameters by scanner.
    pub assignment: BTreeMap<String, Vec<Given>>,
}

/// One parameter of an assignment.
#[derive(Clone, Debug, Deserialize)]
pub struct Given {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Json,
    /// Its line, for thresholds without a name.
    pub line: Option<u32>,
    /// `inline` for thresholds without a name.
    pub kind: Option<String>,
}

/// The verdict on one case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The file's name as the case has it.
    pub file: String,
    /// Whether some scanner holds a value that is not its own.
    pub contaminated: bool,
    /// Which, and whose it is; empty when none does.
    pub why: String,
}

/// Judges a case against the split of its file.
pub fn check(case: &Case, split: &Split) -> Verdict {
    let whose = matching(case, split);
    let found = case.assignment.iter().find_map(|(name, given)| {
        let own = whose.get(name).copied();
        given.iter().find_map(|parameter| judge(name, own, parameter, given, split))
    });
    Verdict { file: case.file.clone(), contaminated: found.is_some(), why: found.unwrap_or_default() }
}

fn judge(name: &str, own: Option<usize>, given: &Given, all: &[Given], split: &Split) -> Option<String> {
    let scanner = split.scanners.get(own?)?;
    let shown = || format!("{name} is said to use {} = {}", given.name, given.value);
    if given.kind.as_deref() == Some("inline") {
        let line = given.line?;
        let at_home = scanner.parameters.iter().any(|known| known.line == line && same(&known.value, &given.value));
        let inside = scanner.boundary.start_line <= line && line <= scanner.boundary.end_line;
        return (!at_home && !inside).then(|| format!("{}, but line {line} is outside of it", shown()));
    }
    let key = last_part(&given.name);
    let is_it = |known: &&Parameter| last_part(&known.name) == key;
    let is_same_name = |other: &Given| last_part(&other.name) == key;
    let mut own_value: Option<&Json> = None;
    for holder in with_dependencies(scanner, split) {
        for known in holder.parameters.iter().filter(is_it) {
            // What it depends on may be listed with it, but not in place of its own.
            let beside_own =
                || own_value.is_none_or(|own| all.iter().any(|other| is_same_name(other) && same(&other.value, own)));
            if same(&known.value, &given.value) && beside_own() {
                return None;
            }
            if std::ptr::eq(holder, scanner) {
                own_value = Some(&known.value);
            }
        }
    }
    if split.globals.iter().any(|known| last_part(&known.name) == key && same(&known.value, &given.value)) {
        return None;
    }
    if let Some(value) = own_value {
        return Some(format!("{}, but it uses {value}", shown()));
    }
    let owner = split.scanners.iter().find(|other| other.parameters.iter().any(|known| last_part(&known.name) == key));
    owner.map(|owner| format!("{}, which belongs to {}", shown(), owner.boundary.name))
}

/// A scanner and what it depends on.
fn with_dependencies<'s>(scanner: &'s Scanner, split: &'s Split) -> impl Iterator<Item = &'s Scanner> {
    std::iter::once(scanner).chain(scanner.depends_on.iter().filter_map(|name| split.scanner(name)))
}

/// Which scanner of the split each name of the case means: by name, else by the most parameters in common.
fn matching(case: &Case, split: &Split) -> BTreeMap<String, usize> {
    let mut whose = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for name in case.assignment.keys() {
        let is_it = |scanner: &Scanner| {
            [&scanner.boundary.name, &scanner.boundary.entry].iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        if let Some(at) = split.scanners.iter().position(is_it) {
            whose.insert(name.clone(), at);
            taken.insert(at);
        }
    }
    for (name, given) in &case.assignment {
        if whose.contains_key(name) {
            continue;
        }
        let common = |at: usize| {
            let known = &split.scanners[at].parameters;
            let has = |given: &&Given| {
                known
                    .iter()
                    .any(|known| last_part(&known.name) == last_part(&given.name) && same(&known.value, &given.value))
            };
            given.iter().filter(has).count()
        };
        let free = (0..split.scanners.len()).filter(|at| !taken.contains(at));
        if let Some(at) = free.max_by_key(|at| (common(*at), std::cmp::Reverse(*at))) {
            whose.insert(name.clone(), at);
            taken.insert(at);
        }
    }
    whose
}

fn last_part(name: &str) -> String {
    name.rsplit('.').next().unwrap_or_default().to_lowercase()
}

fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => {
            let (left, right) = (left.as_f64().unwrap_or(f64::NAN), right.as_f64().unwrap_or(f64::NAN));
            (left - right).abs() <= 1e-9 * left.abs().max(right.abs()).max(1.0)
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        _ => left == right,
    }
}
