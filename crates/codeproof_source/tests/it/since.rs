//! What changed since a revision, whatever the repository would like to hide.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use codeproof_source::{ChangedFiles, Error, Since, Snapshot, WalkConfig, snapshot_since};
use codeproof_types::SilentProgress;

use crate::checkout::{git, make_hostile};
use crate::tree::{Tree, files};

fn since_in(folder: &Path, revision: &str) -> Result<(Snapshot, ChangedFiles), Error> {
    let private = tempfile::tempdir().expect("a folder");
    let since = Since { git: git(), revision: revision.to_owned(), folder: private.path().join("private") };
    let result = snapshot_since(folder, &WalkConfig::default(), &since, &SilentProgress, &AtomicBool::new(false));
    let left = private.path().join("private").read_dir().map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing is left behind");
    result
}

/// Changed files with their ranges, as `path first-last …`.
#[track_caller]
fn check(folder: &Path, revision: &str, expected: &[&str]) {
    let (snapshot, changes) = since_in(folder, revision).expect("changes");
    let shown: Vec<String> = changes
        .lines
        .files()
        .map(|(path, ranges)| {
            let ranges = ranges.iter().map(|range| format!(" {}-{}", range.first_line, range.last_line));
            format!("{path}{}", ranges.collect::<String>())
        })
        .collect();
    assert_eq!(shown, expected);
    let paths: Vec<&str> = expected.iter().filter_map(|line| line.split(' ').next()).collect();
    let scanned: Vec<&str> = snapshot.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(scanned, paths, "what changed is scanned, and nothing else");
}

#[track_caller]
fn fails(folder: &Path, revision: &str, words: &[&str]) {
    let error = since_in(folder, revision).expect_err("refused").to_string();
    for word in words {
        assert!(error.contains(word), "{word:?} is missing in: {error}");
    }
}

fn numbered(lines: std::ops::RangeInclusive<u32>) -> String {
    lines.map(|line| format!("line {line} of a file that is long enough\n")).collect()
}

/// `main` has gone on after `feature` left it; `feature` is checked out.
fn branched() -> Tree {
    let tree = Tree::repository(&[
        ("a.c", &numbered(1..=20)),
        ("moved.c", &numbered(101..=120)),
        ("gone.c", "int gone;\n"),
        ("same.c", "int same;\n"),
        ("dir/b.c", &numbered(1..=9)),
    ]);
    tree.commit();
    tree.git(&["checkout", "-q", "-b", "feature"]);
    tree.git(&["checkout", "-q", "main"]);
    tree.write("same.c", "int changed_on_main;\n");
    tree.commit();
    tree.git(&["checkout", "-q", "feature"]);
    tree
}

#[test]
fn committed_staged_unstaged_and_untracked_changes_count() {
    let tree = branched();
    check(&tree.path(""), "main", &[]);
    tree.write("a.c", numbered(1..=20).replace("line 3 ", "LINE 3 "));
    tree.commit();
    tree.write("dir/b.c", numbered(1..=9).replace("line 9 ", "LINE 9 "));
    tree.git(&["add", "-A"]);
    tree.write("dir/b.c", format!("first\n{}", numbered(1..=9).replace("line 9 ", "LINE 9 ")));
    tree.write("new.c", "int x;\nint y;\n");
    fs::remove_file(tree.path("gone.c")).expect("removed");
    check(&tree.path(""), "main", &["a.c 3-3", "dir/b.c 1-1 10-10", "new.c 1-2"]);
    check(&tree.path("dir"), "main", &["b.c 1-1 10-10"]);
    check(&tree.path("dir/b.c"), "main", &["b.c 1-1 10-10"]);
    check(&tree.path(""), "HEAD", &["dir/b.c 1-1 10-10", "new.c 1-2"]);
    let (_, changes) = since_in(&tree.path(""), "main").expect("changes");
    assert_eq!((changes.unchanged, changes.in_submodules), (2, 0));
}

#[test]
fn renames_are_followed_and_copies_are_new() {
    let tree = branched();
    tree.git(&["mv", "moved.c", "dir/there.c"]);
    tree.write("dir/there.c", numbered(101..=120).replace("line 110 ", "LINE 110 "));
    // Renamed without telling git, and unchanged.
    fs::rename(tree.path("a.c"), tree.path("z.c")).expect("a rename");
    check(&tree.path(""), "main", &["dir/there.c 10-10"]);
    // A copy of a file that is still there, though not scanned.
    let tree = branched();
    tree.write("dir/copy.c", numbered(101..=120));
    check(&tree.path("dir"), "main", &["copy.c 1-20"]);
}

#[test]
fn lines_taken_out_are_a_place_between_two() {
    let tree = branched();
    tree.write("a.c", numbered(1..=20).replace("line 5 of a file that is long enough\n", ""));
    check(&tree.path(""), "main", &["a.c 5-4"]);
}

#[test]
fn line_ends_alone_change_nothing() {
    let tree = branched();
    tree.write("a.c", numbered(1..=20).replace('\n', "\r\n"));
    check(&tree.path(""), "main", &[]);
}

#[test]
fn strange_names_are_compared() {
    let names = ["--help", "a\nb.c", "tab\there.c", "q\"uote.c", "ünï.c", "b/+++ b", ".GIT/x.c", "sp ace.c"];
    let tree = Tree::repository(&[]);
    for name in names.iter().filter(|name| !name.starts_with(".GIT")) {
        tree.write(name, "old\n");
    }
    tree.commit();
    for name in names {
        tree.write(name, "old\nnew\n");
    }
    let (snapshot, changes) = since_in(&tree.path(""), "HEAD").expect("changes");
    let mut expected = names;
    expected.sort_unstable();
    assert_eq!(snapshot.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), expected);
    for (path, ranges) in changes.lines.files() {
        assert_eq!(
            ranges.iter().map(|range| range.first_line).min(),
            Some(if path.as_str().starts_with(".GIT") { 1 } else { 2 }),
            "{path}"
        );
    }
}

#[test]
fn a_hostile_repository_runs_and_hides_nothing() {
    let tree = branched();
    tree.write(".gitattributes", "* filter=evil diff=evil\n");
    tree.commit();
    tree.git(&["update-index", "--assume-unchanged", "a.c"]);
    tree.git(&["update-index", "--skip-worktree", "same.c"]);
    make_hostile(&tree);
    tree.write("a.c", numbered(1..=20).replace("line 3 ", "LINE 3 "));
    // Ways to hide a change: attributes, flags in the index, an encoding that makes lines of its own.
    tree.write(".gitattributes", "*.c -diff filter=evil working-tree-encoding=UTF-7 text eol=crlf ident\n");
    tree.write("dir/b.c", format!("{}+AAo-+AAo-+AAo- changed\n", numbered(1..=9)));
    tree.write("same.c", "int same; /* $Id: hidden$ */\n");
    let (snapshot, changes) = since_in(&tree.path(""), "main").expect("changes");
    let ranges = |path: &str| {
        changes
            .lines
            .files()
            .find(|(file, _)| file.as_str() == path)
            .map(|(_, ranges)| (ranges[0].first_line, ranges[0].last_line))
    };
    assert_eq!(ranges("a.c"), Some((3, 3)), "{}", files(&snapshot));
    assert_eq!(ranges("dir/b.c"), Some((10, 10)));
    assert_eq!(ranges("same.c"), Some((1, 1)));
    assert!(!tree.path("pwned").exists(), "something was run");
}

#[test]
fn submodules_are_left_out_and_counted() {
    let inner = Tree::repository(&[("s.c", "int s;\n")]);
    inner.commit();
    let tree = branched();
    tree.git(&["submodule", "--quiet", "add", inner.path("").to_str().expect("UTF-8"), "sub"]);
    tree.commit();
    tree.write("sub/s.c", "int t;\n");
    tree.write("a.c", format!("new\n{}", numbered(1..=20)));
    check(&tree.path(""), "HEAD", &["a.c 1-1"]);
    let (_, changes) = since_in(&tree.path(""), "HEAD").expect("changes");
    assert_eq!(changes.in_submodules, 1);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let tree = branched();
    fails(&tree.path(""), "mian", &["no branch, tag or commit \"mian\"", "did you mean main?"]);
    fails(&tree.path(""), "-x", &["starts with a dash"]);
    fails(&tree.path(""), "", &["it is empty"]);
    fails(&tree.path(""), "0123456789", &["no commit starts with it"]);
    fails(&tree.path(".git"), "main", &["work tree"]);
    fails(&Tree::new(&[]).path(""), "main", &["is not in the work tree of a git repository"]);
    fails(&Tree::repository(&[]).path(""), "main", &["has no commit yet"]);
    tree.git(&["clone", "-q", "--bare", ".", "bare.git"]);
    fs::rename(tree.path("bare.git"), inner_path(&tree)).expect("a rename");
    fails(&inner_path(&tree), "main", &["a bare repository has no files"]);
    fs::remove_dir_all(inner_path(&tree)).expect("removed");

    tree.git(&["checkout", "-q", "--orphan", "alone"]);
    tree.write("alone.c", "");
    tree.commit();
    fails(&tree.path(""), "main", &["no common ancestor"]);
}

/// A place beside the tree, so that no folder above it belongs to a repository.
fn inner_path(tree: &Tree) -> std::path::PathBuf {
    tree.path("")
        .parent()
        .expect("a folder")
        .join(format!("{}.git", tree.path("").file_name().expect("a name").to_string_lossy()))
}

#[test]
fn a_shallow_history_is_explained() {
    let tree = branched();
    tree.write("a.c", "int x;\n");
    tree.commit();
    let url = format!("file://{}", tree.path("").display());
    tree.git(&["clone", "-q", "--depth=1", "--branch=feature", &url, "shallow"]);
    fails(&tree.path("shallow"), "main", &["its history is shallow", "fetch-depth: 0"]);
    tree.git(&["-C", "shallow", "fetch", "-q", "--depth=1", "origin", "main:main"]);
    fails(&tree.path("shallow"), "main", &["no common ancestor", "its history is shallow"]);
    check(&tree.path("shallow"), "HEAD", &[]);
}
