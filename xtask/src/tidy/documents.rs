//! ARCHITECTURE.md tells the truth: its crates exist, no crate is missing, its edges are the real ones, and every
//! invariant names a test that exists.

use std::collections::BTreeSet;

use anyhow::Context;

use super::{Violation, edges, rust_files, text_of};
use crate::repository::TrackedFile;

const MAP: &str = "ARCHITECTURE.md";

/// Compares the map with the house.
pub(super) fn check(files: &[TrackedFile]) -> anyhow::Result<Vec<Violation>> {
    let map = text_of(files, MAP).with_context(|| format!("{MAP} is missing; it is the map of the house"))?;
    let members = edges::members(files)?;
    let mut violations = named_crates(map, &members);
    violations.extend(members.iter().flat_map(|member| table_row(map, member)));
    violations.extend(invariants(map, &test_names(files)));
    Ok(violations)
}

/// Crates that the map names must exist, or at least have their place in the table of edges.
fn named_crates(map: &str, members: &[edges::Member]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (number, line) in numbered(map) {
        for name in words(line).filter(|word| word.starts_with("codeproof_")) {
            let exists = members.iter().any(|member| member.name == name);
            if !exists && (is_row_of(line, name) || !edges::is_planned(name)) {
                violations.push(Violation::line(
                    MAP,
                    number,
                    format!("there is no crate {name}; take it out of the map"),
                ));
            }
        }
    }
    violations
}

/// Each crate has a row in the table of crates, whose last column is what it really uses.
fn table_row(map: &str, member: &edges::Member) -> Option<Violation> {
    let name = &member.name;
    let Some((number, row)) = numbered(map).find(|(_, line)| is_row_of(line, name)) else {
        let message = format!("the crate {name} has no row; say what it knows, must not know and imports");
        return Some(Violation::file(MAP, message));
    };
    let column = row.trim_end_matches(['|', ' ']).rsplit('|').next().unwrap_or_default().trim();
    let told: BTreeSet<&str> = match column {
        "all" => return None,
        "–" | "-" => BTreeSet::new(),
        list => list.split(',').map(str::trim).collect(),
    };
    let real: BTreeSet<&str> = member.uses.iter().map(|used| edges::short(used)).collect();
    let real_list = real.iter().copied().collect::<Vec<_>>().join(", ");
    (told != real).then(|| {
        let message = format!("the row of {name} says it imports {column:?}, but it imports {real_list:?}");
        Violation::line(MAP, number, message)
    })
}

/// Every numbered line under "Invariants" names tests after `Test:`, and those exist.
fn invariants(map: &str, tests: &BTreeSet<&str>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (number, item) in items(map) {
        let named: Vec<&str> = match item.split_once("Test:") {
            Some((_, rest)) => rest.split('`').skip(1).step_by(2).collect(),
            None => Vec::new(),
        };
        if named.is_empty() {
            violations.push(Violation::line(MAP, number, "this invariant names no test; add: Test: `its_name`."));
        }
        for name in named.iter().filter(|name| !tests.contains(**name)) {
            let message = format!("no test is called {name}; write it, or name the one that guards this invariant");
            violations.push(Violation::line(MAP, number, message));
        }
    }
    violations
}

/// The numbered items of the section, each on one line, with the line they start at.
fn items(map: &str) -> Vec<(usize, String)> {
    let mut items: Vec<(usize, String)> = Vec::new();
    let section = numbered(map).skip_while(|(_, line)| line.trim() != "## Invariants").skip(1);
    for (number, line) in section.take_while(|(_, line)| !line.starts_with("## ")) {
        let starts_item = line.split_once(". ").is_some_and(|(head, _)| head.parse::<u32>().is_ok());
        match items.last_mut() {
            _ if starts_item => items.push((number, line.to_owned())),
            Some((_, item)) => {
                item.push(' ');
                item.push_str(line);
            }
            None => {}
        }
    }
    items
}

/// Names of functions with a test attribute before them, in all Rust files.
fn test_names(files: &[TrackedFile]) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for (_, text) in rust_files(files) {
        let mut is_test = false;
        for line in text.lines().map(str::trim_start) {
            if line.starts_with("#[") && line.contains("test]") || line.starts_with("#[tokio::test") {
                is_test = true;
            } else if let Some((_, after)) = line.split_once("fn ").filter(|_| is_test) {
                names.extend(after.split(['(', '<']).next());
                is_test = false;
            }
        }
    }
    names
}

fn is_row_of(line: &str, name: &str) -> bool {
    line.strip_prefix("| `").and_then(|rest| rest.strip_prefix(name)).is_some_and(|rest| rest.starts_with('`'))
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line))
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|char: char| !char.is_ascii_alphanumeric() && char != '_')
}

#[cfg(test)]
mod tests {
    use super::super::tests::{files, shown};
    use super::*;

    const TYPES: (&str, &str) = ("crates/codeproof_types/Cargo.toml", "[package]\nname = \"codeproof_types\"\n");
    const SOURCE: (&str, &str) = (
        "crates/codeproof_source/Cargo.toml",
        "[package]\nname = \"codeproof_source\"\n[dependencies]\ncodeproof_types.workspace = true\n",
    );
    const TEST: (&str, &str) = ("crates/a/tests/it.rs", "#[test]\nfn guards_it() {}\nfn no_test() {}\n");
    const ROWS: &str = "| `codeproof_types` | nouns | I/O | – |\n| `codeproof_source` | bytes | grammars | types |\n";

    #[track_caller]
    fn check_map(map: &str, expected: &[&str]) {
        let found = shown(&check(&files(&[TYPES, SOURCE, TEST, (MAP, map)])).expect("documents"));
        assert_eq!(found, expected);
    }

    #[test]
    fn a_true_map_passes() {
        check_map(
            &format!("`codeproof_index` comes later\n{ROWS}## Invariants\n\n1. So.\n   Test: `guards_it`.\n"),
            &[],
        );
    }

    #[test]
    fn crates_and_edges_must_be_real() {
        check_map(
            &format!("{ROWS}| `codeproof_gone` | - | - | – |\nsee codeproof_ghost\n"),
            &[
                "ARCHITECTURE.md:3: there is no crate codeproof_gone; take it out of the map",
                "ARCHITECTURE.md:4: there is no crate codeproof_ghost; take it out of the map",
            ],
        );
        check_map(
            "| `codeproof_source` | bytes | grammars | types, syntax |\n",
            &[
                "ARCHITECTURE.md: the crate codeproof_types has no row; say what it knows, must not know and imports",
                "ARCHITECTURE.md:1: the row of codeproof_source says it imports \"types, syntax\", but it imports \"types\"",
            ],
        );
    }

    #[test]
    fn invariants_must_name_real_tests() {
        check_map(
            &format!("{ROWS}## Invariants\n1. Alone.\n2. Wrong. Test: `no_test`, `guards_it`.\n## More\n3. Not one.\n"),
            &[
                "ARCHITECTURE.md:4: this invariant names no test; add: Test: `its_name`.",
                "ARCHITECTURE.md:5: no test is called no_test; write it, or name the one that guards this invariant",
            ],
        );
    }
}
