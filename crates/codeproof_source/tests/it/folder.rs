//! A folder that is read on demand.

use std::fs;
use std::os::unix::fs::symlink;

use codeproof_source::{Error, Folder, WalkConfig};

use crate::tree::Tree;

fn open(tree: &Tree, config: &WalkConfig) -> Folder {
    Folder::open(&tree.path(""), config).expect("the folder is there")
}

#[test]
fn files_are_read_and_listed_when_asked_for() {
    let tree = Tree::repository(&[
        ("a/one.php", "<?php 1;"),
        ("a/b/two.php", "<?php 2;"),
        ("vendor/x.php", ""),
        (".gitignore", "/vendor\n"),
    ]);
    let folder = open(&tree, &WalkConfig::default());
    assert_eq!(folder.read("a/one.php").as_deref(), Some("<?php 1;"));
    assert!(folder.has("a/b/two.php") && !folder.has("a/b"));
    assert_eq!(folder.list("a"), ["a/b/two.php", "a/one.php"]);
    assert_eq!(folder.list(""), [".gitignore", "a/b/two.php", "a/one.php"], "what git ignores is left out");
    assert_eq!((folder.read("a/none.php"), folder.read("a/one.php/x")), (None, None));
    assert_eq!(folder.list("none"), Vec::<String>::new());
    assert_eq!((folder.folders("a"), folder.folders("none")), (vec!["b".to_owned()], vec![]));
    assert!(folder.has_folder("a/b") && folder.has_folder("") && !folder.has_folder("a/one.php"));
    assert_eq!(folder.problems(), []);
}

#[test]
fn nothing_outside_is_read_and_what_cannot_be_read_is_told() {
    let outside = Tree::new(&[("secret.php", "<?php 1;")]);
    let tree = Tree::new(&[("a.php", "<?php 1;"), ("big.php", "<?php 123456789;")]);
    symlink(outside.path("secret.php"), tree.path("link.php")).expect("a link");
    symlink(outside.path(""), tree.path("linked")).expect("a link");
    fs::write(tree.path("image.php"), [0, 1, 2, 3, 0, 0, 1]).expect("a file");
    let folder = open(&tree, &WalkConfig { max_file_bytes: 10, ..WalkConfig::default() });
    for path in ["../secret.php", "/etc/passwd", "linked/secret.php", "link.php", "big.php", "image.php"] {
        assert_eq!(folder.read(path), None, "{path}");
    }
    assert_eq!(folder.list("linked"), Vec::<String>::new());
    let told: Vec<String> =
        folder.problems().into_iter().filter_map(|problem| Some(problem.path?.as_str().to_owned())).collect();
    assert_eq!(told, ["big.php", "image.php", "link.php", "linked/secret.php"]);
    assert!(!folder.problems().iter().any(|problem| problem.kind.is_failure()), "{:?}", folder.problems());
}

#[test]
fn what_is_no_folder_is_refused() {
    let tree = Tree::new(&[("a.php", "")]);
    let opened = |path: &str| Folder::open(&tree.path(path), &WalkConfig::default());
    assert!(matches!(opened("none"), Err(Error::Missing { .. })));
    assert!(matches!(opened("a.php"), Err(Error::NotATree { .. })));
}
