//! No file knows the machine it was written on: no folder of a person, of a build server or of this checkout.

use std::path::Path;

use super::Violation;
use crate::repository::TrackedFile;

/// Folders below which only one machine's files lie.
const FOLDERS: &[&str] = &["home", "root", "Users", "work", "workspace", "builds", "mnt", "scratch", "tmp"];

/// Files and folders in which such paths are meant: start of the path and why.
const MEANT: &[(&str, &str)] = &[("rules/", "the examples of rules are code about any path")];

/// Looks for absolute paths of one machine in every text file.
pub(super) fn check(files: &[TrackedFile], root: &Path) -> Vec<Violation> {
    let mut needles: Vec<String> = FOLDERS.iter().map(|folder| format!("/{folder}/")).collect();
    // A checkout at `/a` says nothing, and would be found everywhere.
    if root.components().count() > 2 {
        needles.push(root.display().to_string());
    }
    needles.push(["C:", "Users", ""].join("\\"));
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| !MEANT.iter().any(|(start, _)| file.path.starts_with(start))) {
        for (at, line) in file.text.as_deref().unwrap_or_default().lines().enumerate() {
            if let Some(needle) = needles.iter().find(|needle| names_path(line, needle)) {
                let message = format!("{needle} is a place on one machine; make the path relative, or an argument");
                violations.push(Violation::line(&file.path, at + 1, message));
            }
        }
    }
    violations
}

/// Whether the line has an absolute path that starts with `needle` and goes on. `src/home/x` has none.
fn names_path(line: &str, needle: &str) -> bool {
    line.match_indices(needle).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + needle.len()..].chars().next();
        let starts = !before.is_some_and(|char| char.is_alphanumeric() || "/._-*~})]$:".contains(char));
        starts && (!needle.ends_with('/') || after.is_some_and(|char| char.is_alphanumeric() || "._-".contains(char)))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{files, shown};
    use super::*;

    #[test]
    fn paths_of_one_machine_are_found() {
        let home = ["", "home", "me", "codeproof"].join("/");
        let here = ["", "some", "checkout"].join("/");
        let text = format!("see {home}\nsrc{home}\nhttps://example.com{home}\n`{here}`\n{here}");
        let found = shown(&check(&files(&[("a.md", &text), ("rules/c/c-open.yml", &home)]), Path::new(&here)));
        let places: Vec<&str> =
            found.iter().map(|violation| violation.split(": ").next().unwrap_or_default()).collect();
        assert_eq!(places, ["a.md:1", "a.md:4", "a.md:5"]);
    }
}
