//! Which files are listed: ignore files, patterns, hidden files, names.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use codeproof_source::{Error, WalkConfig};
use codeproof_types::ProblemKind;

use rustix::fs::{Mode, OFlags};

use crate::tree::{Tree, files, problems, snapshot_of};

#[test]
fn hidden_files_are_listed_but_not_version_control() {
    let tree = Tree::new(&[
        (".env", "A=1"),
        (".github/workflows/ci.yml", "on: push"),
        (".git/config", "[core]"),
        (".hg/store", "x"),
        ("a/.svn/entries", "x"),
        ("b.py", "x = 1"),
        ("b/a.py", "x = 1"),
    ]);
    assert_eq!(tree.files(), ".env .github/workflows/ci.yml b.py b/a.py");
}

#[test]
fn ignore_files_hide_with_the_nearest_one_deciding() {
    let tree = Tree::repository(&[
        (".gitignore", "*.log\n/build/\n!keep.log\nsecret\n"),
        ("a.log", ""),
        ("keep.log", ""),
        ("build/a.py", ""),
        ("src/build/a.py", ""),
        ("src/.gitignore", "!b.log\n"),
        ("src/b.log", ""),
        ("src/c.log", ""),
        ("src/secret/deep/x.py", ""),
        ("web/.ignore", "*.js\n"),
        ("web/a.js", ""),
        ("web/a.ts", ""),
    ]);
    assert_eq!(tree.files(), ".gitignore keep.log src/.gitignore src/b.log src/build/a.py web/.ignore web/a.ts");
}

#[test]
fn gitignore_counts_only_in_a_repository() {
    let files = [(".gitignore", "*.py\n"), ("a.py", ""), ("b.c", "")];
    assert_eq!(Tree::new(&files).files(), ".gitignore a.py b.c");
    assert_eq!(Tree::repository(&files).files(), ".gitignore b.c");
}

#[test]
fn folders_above_count_up_to_the_top_of_the_repository() {
    let tree = Tree::new(&[
        (".ignore", "*.py\n"),
        (".gitignore", "*.py\n"),
        ("repo/.git/HEAD", "ref: refs/heads/main\n"),
        ("repo/.git/info/exclude", "excluded.py\n"),
        ("repo/.gitignore", "*.log\n/inner/hidden.py\n/ignored/\n"),
        ("repo/inner/a.py", ""),
        ("repo/inner/a.log", ""),
        ("repo/inner/hidden.py", ""),
        ("repo/inner/excluded.py", ""),
        ("repo/ignored/b.py", ""),
    ]);
    let config = WalkConfig::default();
    assert_eq!(files(&snapshot_of(&tree.path("repo/inner"), &config).expect("a snapshot")), "a.py");
    // Whoever names an ignored folder wants it scanned.
    assert_eq!(files(&snapshot_of(&tree.path("repo/ignored"), &config).expect("a snapshot")), "b.py");
}

#[test]
fn a_nested_repository_forgets_the_rules_of_the_outer_one() {
    let tree = Tree::repository(&[(".gitignore", "*.log\n"), ("a.log", ""), ("inner/a.log", "")]);
    tree.write("inner/.git/HEAD", "ref: refs/heads/main\n");
    assert_eq!(tree.files(), ".gitignore inner/a.log");
}

#[test]
fn patterns_select_as_in_gitignore() {
    let tree = Tree::new(&[
        ("docs/a.md", ""),
        ("src/docs/b.md", ""),
        ("src/a.py", ""),
        ("src/a.min.js", ""),
        ("src/deep/er/b.py", ""),
        ("c.py", ""),
    ]);
    let select = |include: &[&str], exclude: &[&str]| {
        let strings = |patterns: &[&str]| patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        let config = WalkConfig { include: strings(include), exclude: strings(exclude), ..WalkConfig::default() };
        files(&tree.snapshot_with(&config))
    };
    assert_eq!(select(&["*.py"], &[]), "c.py src/a.py src/deep/er/b.py");
    assert_eq!(select(&["src/"], &["docs/", "*.min.js"]), "src/a.py src/deep/er/b.py");
    assert_eq!(
        select(&[], &["/docs", "src/deep/**", "*.md", "!src/docs/b.md"]),
        "c.py src/a.min.js src/a.py src/docs/b.md"
    );
    assert_eq!(select(&["/src/*.py"], &[]), "src/a.py");
}

#[test]
fn a_wrong_pattern_is_an_error_that_names_it() {
    let tree = Tree::new(&[]);
    let config = WalkConfig { exclude: vec!["a{b".to_owned()], ..WalkConfig::default() };
    let error = snapshot_of(&tree.path(""), &config).expect_err("a wrong pattern");
    assert!(matches!(&error, Error::Pattern { setting: "exclude", pattern, .. } if pattern == "a{b"), "{error}");
    assert!(error.to_string().contains(".gitignore"), "{error}");
}

#[test]
fn one_file_is_taken_even_when_ignored() {
    let tree = Tree::repository(&[(".gitignore", "*.py\n"), ("sub/a.py", "x = 1\n"), ("sub/b.py", "")]);
    let snapshot = snapshot_of(&tree.path("sub/a.py"), &WalkConfig::default()).expect("a snapshot");
    assert_eq!(files(&snapshot), "a.py");
    assert_eq!(snapshot.root(), fs::canonicalize(tree.path("sub")).expect("a folder"));
}

#[test]
fn wrong_paths_are_errors_that_say_what_to_try() {
    let tree = Tree::new(&[]);
    let missing = snapshot_of(&tree.path("nowhere"), &WalkConfig::default()).expect_err("nothing there");
    assert!(matches!(missing, Error::Missing { .. }), "{missing}");
    assert!(missing.to_string().ends_with("check the spelling, or give the path of a folder or a file"), "{missing}");
    let device = snapshot_of("/dev/null".as_ref(), &WalkConfig::default()).expect_err("a device");
    assert!(matches!(device, Error::NotATree { .. }), "{device}");
}

#[test]
fn an_empty_folder_is_fine() {
    let snapshot = Tree::new(&[("a/b/", "")]).snapshot();
    assert!(snapshot.files.is_empty() && snapshot.problems.is_empty());
}

#[test]
fn names_need_not_be_utf8() {
    let tree = Tree::new(&[("a b/ünï%.py", "x = 1\n")]);
    let odd = tree.path("").join(OsStr::from_bytes(b"caf\xe9.py"));
    fs::write(&odd, "y = 2\n").expect("a file");
    let snapshot = tree.snapshot();
    assert_eq!(files(&snapshot), "a b/ünï%.py caf\u{fffd}.py");
    assert_eq!(snapshot.read(&snapshot.files[1]).expect("a text").text, "y = 2\n");

    fs::write(tree.path("").join(OsStr::from_bytes(b"caf\xe8.py")), "z = 3\n").expect("a file");
    let snapshot = tree.snapshot();
    assert_eq!(files(&snapshot), "a b/ünï%.py caf\u{fffd}.py");
    assert_eq!(problems(&snapshot), [("caf\u{fffd}.py", ProblemKind::Unreadable)]);
}

#[test]
fn folders_deeper_than_a_path_may_be_are_a_problem() {
    let tree = Tree::new(&[("a.py", "")]);
    // 25 folders of 200 characters: the path is longer than the system takes, yet each folder is made inside the last.
    let name = "d".repeat(200);
    let mut folder = rustix::fs::open(tree.path(""), OFlags::DIRECTORY, Mode::empty()).expect("the tree");
    for _ in 0..25 {
        rustix::fs::mkdirat(&folder, &name, Mode::RWXU).expect("a folder");
        folder = rustix::fs::openat(&folder, &name, OFlags::DIRECTORY, Mode::empty()).expect("a folder");
    }
    let snapshot = tree.snapshot();
    assert_eq!(files(&snapshot), "a.py");
    assert_eq!(snapshot.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>(), [ProblemKind::Unreadable]);
}

#[test]
fn ignore_files_that_cannot_be_obeyed_hide_nothing() {
    let tree = Tree::repository(&[("a.py", ""), ("sub/b.py", "")]);
    let huge = "*.py\n".repeat(300_000);
    tree.write("sub/.gitignore", huge);
    std::os::unix::fs::symlink(tree.path("elsewhere"), tree.path(".gitignore")).expect("a link");
    let snapshot = tree.snapshot();
    assert_eq!(files(&snapshot), "a.py sub/.gitignore sub/b.py");
    assert_eq!(problems(&snapshot), [(".gitignore", ProblemKind::Limit), ("sub/.gitignore", ProblemKind::Limit)]);
}
