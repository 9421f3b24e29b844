//! Links, loops, pipes: nothing outside the tree is read, nothing waits.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;

use codeproof_source::{Skipped, StoredTree, WalkConfig};
use codeproof_types::{ContentHash, RepoPath, SnippetError, Snippets};

use crate::tree::{Tree, files, snapshot_of};

#[test]
fn links_are_counted_and_never_followed() {
    let outside = Tree::new(&[("secret.py", "x = 1\n")]);
    let tree = Tree::new(&[("a/b.py", "y = 1\n")]);
    symlink(outside.path("secret.py"), tree.path("file.py")).expect("a link");
    symlink(outside.path(""), tree.path("folder")).expect("a link");
    symlink(tree.path("a"), tree.path("a/loop")).expect("a link");
    symlink("itself.py", tree.path("itself.py")).expect("a link");
    symlink("a/b.py", tree.path("inside.py")).expect("a link");
    let snapshot = tree.snapshot();
    assert_eq!(files(&snapshot), "a/b.py");
    assert_eq!(snapshot.skipped, Skipped { links: 5, special_files: 0 });
    assert!(snapshot.problems.is_empty(), "{:?}", snapshot.problems);
}

#[test]
fn the_path_itself_may_be_a_link() {
    let tree = Tree::new(&[("real/a.py", "x = 1\n")]);
    symlink(tree.path("real"), tree.path("to_folder")).expect("a link");
    symlink(tree.path("real/a.py"), tree.path("to_file.py")).expect("a link");
    for link in ["to_folder", "to_file.py"] {
        let snapshot = snapshot_of(&tree.path(link), &WalkConfig::default()).expect("a snapshot");
        assert_eq!(files(&snapshot), "a.py", "{link}");
        assert!(snapshot.read(&snapshot.files[0]).is_ok());
    }
}

#[test]
fn pipes_and_sockets_are_never_opened() {
    let tree = Tree::repository(&[("a.py", "x = 1\n"), ("sub/b.py", "")]);
    for pipe in ["pipe.py", "sub/.ignore", ".gitignore", ".git/commondir"] {
        assert!(Command::new("mkfifo").arg(tree.path(pipe)).status().expect("mkfifo runs").success());
    }
    fs::remove_file(tree.path(".git/index")).ok();
    assert!(Command::new("mkfifo").arg(tree.path(".git/index")).status().expect("mkfifo runs").success());
    let _socket = UnixListener::bind(tree.path("socket.py")).expect("a socket");
    let snapshot = tree.snapshot();
    assert_eq!(files(&snapshot), "a.py sub/b.py");
    assert_eq!(snapshot.skipped, Skipped { links: 0, special_files: 4 });
    assert_eq!(snapshot.problems.len(), 3, "{:?}", snapshot.problems);
}

#[test]
fn a_folder_swapped_for_a_link_gives_nothing_away() {
    let outside = Tree::new(&[("a.py", "same = 1\n")]);
    let tree = Tree::new(&[("sub/a.py", "same = 1\n")]);
    let snapshot = tree.snapshot();
    let (path, hash) = (snapshot.files[0].path.clone(), snapshot.files[0].hash);
    fs::rename(tree.path("sub"), tree.path("moved")).expect("a rename");
    symlink(outside.path(""), tree.path("sub")).expect("a link");

    assert!(snapshot.read(&snapshot.files[0]).is_err(), "equal bytes behind a link are not the tree's");
    let stored = StoredTree::new(&tree.path(""));
    assert!(matches!(stored.lines(&path, hash, 1, 1), Err(SnippetError::Unreadable { .. })));

    symlink("moved/a.py", tree.path("link.py")).expect("a link");
    let link = RepoPath::new("link.py").expect("a path");
    let error = stored.lines(&link, hash, 1, 1).expect_err("a link");
    assert!(error.to_string().contains("symbolic link"), "{error}");
}

#[test]
fn stored_trees_show_lines_only_of_the_same_bytes() {
    let tree = Tree::new(&[("a.py", "one\r\ntwo\nthree\n")]);
    let path = RepoPath::new("a.py").expect("a path");
    let hash = ContentHash::of(b"one\r\ntwo\nthree\n");
    let stored = StoredTree::new(&tree.path(""));
    let lines = |first, last| stored.lines(&path, hash, first, last);
    assert_eq!(lines(1, 2), Ok(vec!["one".to_owned(), "two".to_owned()]));
    assert_eq!(lines(3, 9), Ok(vec!["three".to_owned()]));
    assert_eq!(lines(0, 1), Ok(vec!["one".to_owned()]));
    assert_eq!(lines(4, u32::MAX), Ok(vec![]));
    assert_eq!(lines(3, 2), Ok(vec![]));

    let other = ContentHash::of(b"other");
    assert_eq!(stored.lines(&path, other, 1, 1), Err(SnippetError::Changed { path: path.clone() }));
    let gone = RepoPath::new("gone.py").expect("a path");
    assert!(matches!(stored.lines(&gone, hash, 1, 1), Err(SnippetError::Unreadable { .. })));
}
