//! Every program in `fixtures/<topic>/` is found as its comments say.

use std::path::{Path, PathBuf};

use codeproof_types::Language;
use rayon::prelude::*;

use crate::expectations::differences;
use crate::program::Program;

#[test]
fn every_fixture_is_found_as_its_comments_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures");
    let mut files = Vec::new();
    for topic in entries(&folder) {
        files.extend(entries(&topic));
    }
    files.sort();
    assert!(files.len() >= 20, "only {} fixtures were found", files.len());
    let wrong: Vec<String> = files.par_iter().flat_map(|file| wrong_in(file, &folder)).collect();
    assert!(wrong.is_empty(), "{} expectations differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn wrong_in(file: &Path, folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let name = file.strip_prefix(folder).unwrap_or(file).display();
    let language = match file.extension().and_then(|extension| extension.to_str()) {
        Some("php") => Language::Php,
        _ => Language::Python,
    };
    let program = Program::parted(language, &text);
    differences(&program).into_iter().map(|difference| format!("{name}: {difference}")).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    read.map(|entry| entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display())).path()).collect()
}
