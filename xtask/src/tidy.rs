//! `cargo xtask tidy`: the checks of the house that no compiler makes. A test runs them too.

mod documents;
mod edges;
mod files;
mod licences;
mod machine;
mod modules;

use std::fmt;

use anyhow::bail;

use crate::repository::{Repository, TrackedFile};

/// One thing that is not as it should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    path: String,
    /// 1-based; 0 for the file as a whole.
    line: usize,
    /// What is wrong and what to do.
    message: String,
}

impl Violation {
    fn file(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: 0, message: message.into() }
    }

    fn line(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// Runs every check and reports all that is wrong.
pub(crate) fn run(repository: &Repository) -> anyhow::Result<()> {
    let violations = check(repository)?;
    if violations.is_empty() {
        println!("    the house is tidy");
        return Ok(());
    }
    let lines: Vec<String> = violations.iter().map(Violation::to_string).collect();
    bail!("the house is not tidy:\n{}", lines.join("\n"))
}

fn check(repository: &Repository) -> anyhow::Result<Vec<Violation>> {
    let files = repository.files()?;
    let mut violations = edges::check(&files)?;
    violations.extend(documents::check(&files)?);
    violations.extend(modules::check(&files));
    violations.extend(machine::check(&files, &repository.root));
    violations.extend(files::check(&files));
    violations.extend(licences::check(repository)?);
    violations.sort_by(|one, other| (&one.path, one.line).cmp(&(&other.path, other.line)));
    Ok(violations)
}

/// The text of a tracked file, if there is one.
fn text_of<'f>(files: &'f [TrackedFile], path: &str) -> Option<&'f str> {
    files.iter().find(|file| file.path == path).and_then(|file| file.text.as_deref())
}

/// The Rust files, with their text.
fn rust_files(files: &[TrackedFile]) -> impl Iterator<Item = (&str, &str)> {
    files
        .iter()
        .filter(|file| file.path.ends_with(".rs"))
        .filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        if let Err(error) = run(&Repository::here()) {
            panic!("{error}");
        }
    }

    /// The README's first command names no program.
    #[test]
    fn cargo_run_means_the_program() {
        let output = Repository::here().cargo(&["metadata", "--no-deps", "--format-version", "1"]).output();
        let metadata: serde_json::Value =
            serde_json::from_slice(&output.expect("cargo runs").stdout).expect("metadata is JSON");
        let default = metadata["workspace_default_members"].to_string();
        assert!(default.contains("crates/codeproof#") && !default.contains(','), "{default}");
    }

    /// Files for the tests of single checks.
    pub(super) fn files(texts: &[(&str, &str)]) -> Vec<TrackedFile> {
        let file = |(path, text): &(&str, &str)| TrackedFile {
            path: (*path).to_owned(),
            bytes: text.len() as u64,
            text: Some((*text).to_owned()),
        };
        texts.iter().map(file).collect()
    }

    /// The violations as printed.
    pub(super) fn shown(violations: &[Violation]) -> Vec<String> {
        violations.iter().map(Violation::to_string).collect()
    }
}
