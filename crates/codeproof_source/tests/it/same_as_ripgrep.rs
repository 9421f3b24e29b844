//! On random trees with random ignore files, the same files are listed as by ripgrep's own walker.

use std::path::Path;

use ignore::WalkBuilder;
use proptest::prelude::*;

use crate::tree::Tree;

const NAMES: &[&str] = &["a", "b", "a.py", "b.py", ".env", "x.log"];

const PATTERNS: &[&str] = &[
    "a", "/a", "a/", "/b/", "*.py", "!*.py", "!a.py", "*.log", "a/b", "**/a", "a/**", "!a/", "/a/*", ".env", "!.env",
    "*", "!b", "# a", "\\#", "[ab].py", "b.p?", "a.py ",
];

/// A folder or file: a path below the root whose last part decides by its dot.
fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&NAMES[..2]), 0..4)
        .prop_flat_map(|folders| (Just(folders), prop::sample::select(&NAMES[2..])))
        .prop_map(|(mut parts, name)| {
            parts.push(name);
            parts.join("/")
        })
}

fn ignore_file() -> impl Strategy<Value = (String, String)> {
    let folder = prop::collection::vec(prop::sample::select(&NAMES[..2]), 0..3);
    let name = prop::sample::select(&[".gitignore", ".gitignore", ".ignore", ".git/info/exclude"][..]);
    let patterns = prop::collection::vec(prop::sample::select(PATTERNS), 1..4);
    (folder, name, patterns).prop_map(|(mut parts, name, patterns)| {
        parts.push(name);
        (parts.join("/"), patterns.join("\n"))
    })
}

fn by_ripgrep(root: &Path) -> String {
    let mut paths: Vec<String> = WalkBuilder::new(root)
        .hidden(false)
        .git_global(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build()
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(|entry| entry.path().strip_prefix(root).expect("below the root").display().to_string())
        .collect();
    paths.sort();
    paths.join(" ")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_same_files_are_listed(
        files in prop::collection::vec(path(), 1..16),
        ignore_files in prop::collection::vec(ignore_file(), 0..4),
        repositories in prop::collection::vec(prop::sample::select(&["", "a/", "a/b/"][..]), 0..3),
    ) {
        let tree = Tree::new(&[]);
        for file in &files {
            tree.write(file, "x");
        }
        for (file, patterns) in &ignore_files {
            tree.write(file, patterns);
        }
        for repository in &repositories {
            tree.write(&format!("{repository}.git/HEAD"), "ref: refs/heads/main\n");
        }
        prop_assert_eq!(tree.files(), by_ripgrep(&tree.path("")));
        // A folder below the top obeys the folders above, up to the top of its repository. (Ripgrep obeys `.ignore`
        // files above that too, which here is deliberately not so.)
        let inner = tree.path("a");
        let only_git = ignore_files.iter().all(|(path, _)| path != ".ignore");
        if inner.is_dir() && only_git {
            let config = codeproof_source::WalkConfig::default();
            let snapshot = crate::tree::snapshot_of(&inner, &config).expect("a snapshot");
            prop_assert_eq!(crate::tree::files(&snapshot), by_ripgrep(&inner));
        }
    }
}
