//! Which crate may use which: the table of the design. A new edge is a decision; say why in the commit that adds it.

use anyhow::Context;

use super::Violation;
use crate::repository::TrackedFile;

/// Crates (without their `codeproof_`) and what each may use. Crates that do not exist yet keep their place.
const EDGES: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("source", &["types"]),
    ("syntax", &["types"]),
    ("llm", &["types"]),
    // Readers of answers know no model; the judge knows neither a model nor a database.
    ("replies", &["types"]),
    ("judge", &["types", "replies"]),
    ("sandbox", &["types"]),
    ("store", &["types"]),
    ("report", &["types"]),
    ("github", &["types"]),
    ("index", &["types", "syntax"]),
    ("quality", &["types", "syntax"]),
    ("dataflow", &["types", "syntax", "index"]),
    ("detect", &["types", "syntax", "index", "dataflow"]),
    ("laravel", &["types", "source", "syntax"]),
    // Python with ruff's parser: splitting and inspecting read the same tree and know nothing of each other.
    ("python", &[]),
    ("inspect", &["python"]),
    ("split", &["types", "python"]),
    // Which programs prove a split, and what their rows say; it has neither the store nor a model.
    ("prove", &["types", "split", "sandbox"]),
    (
        "pipeline",
        &[
            "types", "source", "syntax", "index", "dataflow", "detect", "quality", "laravel", "sandbox", "python",
            "inspect", "split", "prove", "llm", "replies", "judge", "store",
        ],
    ),
    ("server", &["types", "pipeline", "store", "report", "github"]),
    (
        // The binary wires everything.
        BINARY,
        &[
            "types", "source", "syntax", "llm", "replies", "judge", "sandbox", "store", "report", "github", "index",
            "quality", "dataflow", "detect", "laravel", "python", "inspect", "split", "prove", "pipeline", "server",
        ],
    ),
    (CHORES, &[]),
];

const BINARY: &str = "codeproof";
const CHORES: &str = "xtask";

/// A crate of this workspace and the crates of this workspace it uses, both with their full names.
pub(super) struct Member {
    pub(super) name: String,
    pub(super) manifest: String,
    pub(super) uses: Vec<String>,
}

/// Whether a crate of that full name has a place in the table.
pub(super) fn is_planned(name: &str) -> bool {
    allowed(name).is_some()
}

/// Compares every manifest with the table.
pub(super) fn check(files: &[TrackedFile]) -> anyhow::Result<Vec<Violation>> {
    let mut violations = Vec::new();
    for member in members(files)? {
        let Some(allowed) = allowed(&member.name) else {
            let message = format!("{} has no place in the table of xtask/src/tidy/edges.rs; give it one", member.name);
            violations.push(Violation::file(&member.manifest, message));
            continue;
        };
        for used in &member.uses {
            if !allowed.contains(&short(used)) {
                let message = format!(
                    "{} may not use {used}: the table in xtask/src/tidy/edges.rs has no such edge; move the code to where \
                     it may, or argue for the edge in the commit that adds it",
                    member.name
                );
                violations.push(Violation::file(&member.manifest, message));
            }
        }
    }
    Ok(violations)
}

/// The crates of the workspace. What only tests use does not count.
pub(super) fn members(files: &[TrackedFile]) -> anyhow::Result<Vec<Member>> {
    let mut members = Vec::new();
    for file in files {
        let is_member = file.path.starts_with("crates/") || file.path.starts_with("xtask/");
        if !is_member || !file.path.ends_with("/Cargo.toml") {
            continue;
        }
        let text = file.text.as_deref().unwrap_or_default();
        let manifest: toml::Table = text.parse().with_context(|| format!("{} cannot be read", file.path))?;
        let name = manifest.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
        let name = name.with_context(|| format!("{} has no package name", file.path))?;
        members.push(Member { name: name.to_owned(), manifest: file.path.clone(), uses: uses(&manifest) });
    }
    Ok(members)
}

/// Crates of ours in the dependency tables of a manifest, those for one platform included.
fn uses(manifest: &toml::Table) -> Vec<String> {
    let platforms = manifest.get("target").and_then(toml::Value::as_table).into_iter().flatten();
    let tables = std::iter::once(manifest).chain(platforms.filter_map(|(_, table)| table.as_table()));
    let mut uses: Vec<String> = tables
        .flat_map(|table| ["dependencies", "build-dependencies"].map(|kind| table.get(kind)))
        .flatten()
        .filter_map(toml::Value::as_table)
        .flat_map(|dependencies| dependencies.keys())
        .filter(|name| name.starts_with(BINARY) || *name == CHORES)
        .cloned()
        .collect();
    uses.sort();
    uses.dedup();
    uses
}

fn allowed(name: &str) -> Option<&'static [&'static str]> {
    EDGES.iter().find(|(crate_name, _)| *crate_name == short(name)).map(|(_, uses)| *uses)
}

/// `types` for `codeproof_types`.
pub(super) fn short(name: &str) -> &str {
    name.strip_prefix("codeproof_").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{files, shown};
    use super::*;

    #[track_caller]
    fn check_manifest(text: &str, expected: &[&str]) {
        let manifest = files(&[("crates/a/Cargo.toml", text)]);
        let found = shown(&check(&manifest).expect("a manifest"));
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (violation, part) in found.iter().zip(expected) {
            assert!(violation.contains(part), "{violation}");
        }
    }

    #[test]
    fn edges_of_the_table_are_allowed_and_no_others() {
        let package = "[package]\nname = \"codeproof_detect\"\n";
        check_manifest(&format!("{package}[dependencies]\ncodeproof_types.workspace = true\nserde = \"1\"\n"), &[]);
        check_manifest(&format!("{package}[dev-dependencies]\ncodeproof_store.workspace = true\n"), &[]);
        check_manifest(
            &format!("{package}[dependencies]\ncodeproof_store.workspace = true\n"),
            &["crates/a/Cargo.toml: codeproof_detect may not use codeproof_store"],
        );
        check_manifest(
            &format!("{package}[target.'cfg(unix)'.build-dependencies]\ncodeproof = \"1\"\n"),
            &["codeproof_detect may not use codeproof"],
        );
        check_manifest("[package]\nname = \"codeproof_magic\"\n", &["codeproof_magic has no place"]);
    }

    #[test]
    fn the_table_names_no_crate_it_does_not_place() {
        for (name, uses) in EDGES {
            assert!(uses.iter().all(|used| allowed(used).is_some()), "{name}");
        }
    }
}
