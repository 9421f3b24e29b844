//! What git tracks is scanned, whatever the ignore files say.

use std::fs;
use std::os::unix::fs::symlink;

use codeproof_source::WalkConfig;
use codeproof_types::ProblemKind;
use proptest::prelude::*;

use crate::tree::{Tree, files, problems, snapshot_of};

/// A repository with `.env` and a folder force-added against `.gitignore`.
fn forced() -> Tree {
    let tree = Tree::repository(&[
        (".gitignore", ".env\nprivate/\nlocal.txt\n"),
        (".env", "A=1\n"),
        ("private/deep/key.txt", "k\n"),
        ("private/untracked.txt", "u\n"),
        ("local.txt", "l\n"),
        ("a.py", "x = 1\n"),
    ]);
    tree.git(&["add", "-A"]);
    tree.git(&["add", "-f", ".env", "private/deep/key.txt"]);
    tree
}

#[test]
fn force_added_files_are_listed() {
    assert_eq!(forced().files(), ".env .gitignore a.py private/deep/key.txt");
}

#[test]
fn every_version_of_the_index_is_read() {
    for version in ["2", "3", "4"] {
        let tree = forced();
        // Version 3 is written only when an entry needs its flags.
        tree.write("later.py", "");
        tree.git(&["add", "-N", "later.py"]);
        tree.git(&["update-index", "--index-version", version]);
        assert_eq!(tree.files(), ".env .gitignore a.py later.py private/deep/key.txt", "version {version}");
    }
}

#[test]
fn split_indexes_and_other_hashes_are_read() {
    let tree = forced();
    tree.git(&["update-index", "--split-index"]);
    tree.write(".env.local", "B=1\n");
    tree.write(".gitignore", ".env*\nprivate/\nlocal.txt\n");
    tree.git(&["add", "-f", ".env.local"]);
    assert_eq!(tree.files(), ".env .env.local .gitignore a.py private/deep/key.txt");

    let tree = Tree::new(&[(".gitignore", ".env\n"), (".env", "A=1\n"), ("a.py", "")]);
    tree.git(&["init", "-q", "--object-format=sha256"]);
    tree.git(&["add", "-f", "."]);
    assert_eq!(tree.files(), ".env .gitignore a.py");
    assert!(tree.snapshot().problems.is_empty());
}

#[test]
fn a_folder_inside_the_repository_knows_what_is_tracked() {
    let tree = forced();
    let snapshot = snapshot_of(&tree.path("private"), &WalkConfig::default()).expect("a snapshot");
    assert_eq!(files(&snapshot), "deep/key.txt untracked.txt");
    let config = WalkConfig { exclude: vec!["deep/".to_owned()], ..WalkConfig::default() };
    let snapshot = snapshot_of(&tree.path("private"), &config).expect("a snapshot");
    assert_eq!(files(&snapshot), "untracked.txt");
}

#[test]
fn linked_worktrees_and_submodules_have_their_own_index() {
    let tree = forced();
    tree.git(&["commit", "-qm", "all"]);
    tree.git(&["worktree", "add", "-q", "linked"]);
    fs::write(tree.path(".git/info/exclude"), "a.py\n").expect("a file");
    // The tracked a.py is listed although info/exclude of the main repository names it; b.py is not.
    tree.write("linked/b.txt", "");
    fs::write(tree.path(".git/info/exclude"), "a.py\nb.txt\n").expect("a file");
    let snapshot = snapshot_of(&tree.path("linked"), &WalkConfig::default()).expect("a snapshot");
    assert_eq!(files(&snapshot), ".env .gitignore a.py private/deep/key.txt");

    let outer = Tree::repository(&[("c.py", "")]);
    let url = tree.path("");
    outer.git(&["submodule", "--quiet", "add", url.to_str().expect("a UTF-8 path"), "sub"]);
    assert_eq!(outer.files(), ".gitmodules c.py sub/.env sub/.gitignore sub/a.py sub/private/deep/key.txt");
}

#[test]
fn a_tracked_path_that_became_a_link_is_not_followed() {
    let tree = forced();
    let outside = Tree::new(&[("deep/key.txt", "outside\n"), (".env", "outside\n")]);
    fs::remove_dir_all(tree.path("private")).expect("removed");
    symlink(outside.path(""), tree.path("private")).expect("a link");
    fs::remove_file(tree.path(".env")).expect("removed");
    symlink(outside.path(".env"), tree.path(".env")).expect("a link");
    assert_eq!(tree.files(), ".gitignore a.py");
}

#[test]
fn a_broken_index_is_a_problem_and_no_failure() {
    let tree = forced();
    tree.write(".git/index", "DIRC and no more");
    let snapshot = tree.snapshot();
    assert_eq!(files(&snapshot), ".gitignore a.py");
    assert_eq!(problems(&snapshot), [(".git/index", ProblemKind::Syntax)]);
    assert!(!snapshot.problems[0].kind.is_failure());

    fs::remove_file(tree.path(".git/index")).expect("removed");
    assert!(tree.snapshot().problems.is_empty(), "a repository without an index tracks nothing");
    fs::remove_dir_all(tree.path(".git")).expect("removed");
    tree.write(".git", "gitdir: /nowhere/at/all\n");
    assert_eq!(tree.files(), ".gitignore a.py");
}

#[test]
fn paths_of_an_index_cannot_leave_the_tree() {
    let tree = Tree::new(&[("outside.py", ""), ("repo/a.py", ""), ("repo/.git/config", "[core]\n")]);
    let paths: [&[u8]; 4] = [b"../outside.py", b"/etc/hostname", b".git/config", b"./a.py"];
    let mut index = b"DIRC\0\0\0\x02\0\0\0\x04".to_vec();
    for path in paths {
        let start = index.len();
        index.extend([0; 24]);
        index.extend(0o100_644_u32.to_be_bytes());
        index.extend([0; 12 + 20 + 2]);
        index.extend(path);
        index.push(0);
        while !(index.len() - start).is_multiple_of(8) {
            index.push(0);
        }
    }
    index.extend([0; 20]);
    tree.write("repo/.git/index", index);
    let snapshot = snapshot_of(&tree.path("repo"), &WalkConfig::default()).expect("a snapshot");
    assert_eq!(files(&snapshot), "a.py");
    assert!(snapshot.problems.is_empty(), "{:?}", snapshot.problems);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However an index is damaged, the walk goes on.
    #[test]
    fn damaged_indexes_never_stop_the_walk(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        four in any::<bool>(),
    ) {
        let tree = forced_once(four);
        let mut index = tree.1.clone();
        for (at, byte) in damage {
            let at = at.index(index.len());
            index[at] = byte;
        }
        index.truncate(cut.index(index.len() * 2).max(1));
        tree.0.write(".git/index", index);
        let listed = files(&tree.0.snapshot());
        prop_assert!(listed.contains("a.py"), "{listed}");
    }
}

/// One repository for all cases of a property, with its index, since making one runs git.
fn forced_once(four: bool) -> std::sync::MutexGuard<'static, (Tree, Vec<u8>)> {
    use std::sync::{LazyLock, Mutex};
    fn with_version(version: &str) -> Mutex<(Tree, Vec<u8>)> {
        let tree = forced();
        tree.git(&["update-index", "--index-version", version]);
        let index = fs::read(tree.path(".git/index")).expect("an index");
        Mutex::new((tree, index))
    }
    static TWO: LazyLock<Mutex<(Tree, Vec<u8>)>> = LazyLock::new(|| with_version("2"));
    static FOUR: LazyLock<Mutex<(Tree, Vec<u8>)>> = LazyLock::new(|| with_version("4"));
    let tree = if four { &FOUR } else { &TWO };
    tree.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
