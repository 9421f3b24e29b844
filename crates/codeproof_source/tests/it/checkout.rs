//! A commit of a repository as files: exactly its bytes, and nothing runs.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use codeproof_source::{
    Checkout, CheckoutRequest, Git, GitError, GitLimits, GitUrl, Snapshot, WalkConfig, is_bare_repository,
};
use codeproof_types::{ProblemKind, SilentProgress};

use crate::tree::{Tree, files, problems};

pub(crate) fn git() -> Git {
    Git::find(|name| std::env::var_os(name), GitLimits::default()).expect("git is there")
}

/// A place for private folders, and what came of a checkout there.
struct Place(Tree);

impl Place {
    fn new() -> Self {
        Self(Tree::new(&[]))
    }

    fn checkout(&self, repository: &Path, revision: Option<&str>) -> Result<Checkout, GitError> {
        let request = CheckoutRequest {
            url: GitUrl::local(repository)?,
            revision: revision.map(str::to_owned),
            token: None,
            folder: self.0.path("private"),
            max_file_bytes: 1000,
        };
        Checkout::new(&git(), &request, &SilentProgress, &AtomicBool::new(false))
    }

    /// Folders that are still there.
    fn left(&self) -> usize {
        self.0.path("private").read_dir().map_or(0, Iterator::count)
    }
}

fn snapshot_of(checkout: &Checkout, config: &WalkConfig) -> Snapshot {
    checkout.snapshot(config, &SilentProgress, &AtomicBool::new(false)).expect("a snapshot")
}

#[track_caller]
fn fails(repository: &Tree, revision: &str, words: &[&str]) {
    let place = Place::new();
    let error = place.checkout(&repository.path(""), Some(revision)).expect_err("refused").to_string();
    for word in words {
        assert!(error.contains(word), "{word:?} is missing in: {error}");
    }
    assert_eq!(place.left(), 0, "nothing is left behind");
}

#[test]
fn every_kind_of_revision_leads_to_its_commit() {
    let tree = Tree::repository(&[("a.txt", "one\n")]);
    let one = tree.commit();
    tree.git(&["tag", "-a", "v1", "-m", "annotated"]);
    tree.git(&["update-ref", "refs/pull/7/head", &one]);
    tree.write("a.txt", "two\n");
    let two = tree.commit();
    tree.git(&["branch", "feature/x", &one]);
    tree.git(&["tag", "both", &one]);
    tree.git(&["branch", "both", &two]);
    for (revision, commit) in [
        (None, &two),
        (Some("HEAD"), &two),
        (Some("main"), &two),
        (Some("feature/x"), &one),
        (Some("v1"), &one),
        (Some("refs/tags/v1"), &one),
        (Some("refs/pull/7/head"), &one),
        (Some("pull/7/head"), &one),
        (Some("both"), &two),
        (Some(one.as_str()), &one),
        (Some(one.to_uppercase().as_str()), &one),
    ] {
        let place = Place::new();
        let checkout = place.checkout(&tree.path(""), revision).expect("a checkout");
        assert_eq!(checkout.commit(), commit, "{revision:?}");
        let text = std::fs::read_to_string(checkout.root().join("a.txt")).expect("a file");
        assert_eq!(text, if *commit == one { "one\n" } else { "two\n" }, "{revision:?}");
        drop(checkout);
        assert_eq!(place.left(), 0, "the folder goes with its files");
    }
}

#[test]
fn revisions_that_are_not_there_say_what_to_try() {
    let tree = Tree::repository(&[("a.txt", "one\n")]);
    let commit = tree.commit();
    tree.git(&["tag", "v1.0"]);
    let blob = tree.git_with(&["rev-parse", "HEAD:a.txt"], b"");
    fails(&tree, "mian", &["no branch, tag or commit \"mian\"", "did you mean main?"]);
    fails(&tree, "v1", &["did you mean v1.0?"]);
    fails(&tree, &commit[..10], &["give all 40 characters"]);
    fails(&tree, &"0".repeat(40), &["no branch, tag or commit"]);
    fails(&tree, &blob, &["no branch, tag or commit"]);
    fails(&tree, "--upload-pack=touch x", &["starts with a dash"]);
    fails(&tree, "main~1", &["refused"]);
    fails(&Tree::repository(&[]), "HEAD", &["is empty"]);
    fails(&Tree::new(&[]), "main", &["is not a git repository"]);
}

#[test]
fn bare_and_sha256_repositories_and_worktrees_are_read() {
    let tree = Tree::repository(&[("a.txt", "one\n")]);
    let commit = tree.commit();
    tree.git(&["clone", "-q", "--bare", ".", "bare.git"]);
    tree.git(&["worktree", "add", "-q", "-b", "other", "linked"]);
    assert!(is_bare_repository(&tree.path("bare.git")));
    assert!(!is_bare_repository(&tree.path("")) && !is_bare_repository(&tree.path("linked")));
    for folder in ["bare.git", "linked"] {
        let place = Place::new();
        let checkout = place.checkout(&tree.path(folder), None).expect("a checkout");
        assert_eq!(
            (checkout.commit(), files(&snapshot_of(&checkout, &WalkConfig::default())).as_str()),
            (commit.as_str(), "a.txt")
        );
    }
    let tree = Tree::new(&[("a.txt", "one\n")]);
    tree.git(&["init", "-q", "--object-format=sha256"]);
    let commit = tree.commit();
    let place = Place::new();
    assert_eq!(place.checkout(&tree.path(""), Some(&commit)).expect("a checkout").commit(), commit);
}

#[test]
fn the_folder_is_private() {
    let tree = Tree::repository(&[("a.txt", "one\n")]);
    tree.commit();
    let place = Place::new();
    let checkout = place.checkout(&tree.path(""), None).expect("a checkout");
    let folder = checkout.root().parent().expect("a folder").to_owned();
    for folder in [folder.as_path(), &place.0.path("private")] {
        assert_eq!(folder.metadata().expect("it is there").permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn files_are_the_bytes_of_the_commit_whatever_its_attributes_say() {
    let attributes = "*.crlf text eol=crlf\n*.ident ident\n*.filter filter=evil\n*.u16 working-tree-encoding=UTF-16\n\
                      *.subst export-subst\n*.gone export-ignore\n";
    let tree = Tree::repository(&[
        ("a.crlf", "one\ntwo\n"),
        ("a.ident", "$Id$\n"),
        ("a.filter", "plain\n"),
        ("a.u16", "text\n"),
        ("a.subst", "$Format:%H$\n"),
        ("a.gone", "still here\n"),
    ]);
    tree.commit();
    tree.write(".gitattributes", attributes);
    // Only this one: under these attributes git would not take the others as they are, nor even look at one of them.
    std::fs::remove_file(tree.path("a.u16")).expect("removed");
    tree.git(&["add", ".gitattributes"]);
    tree.git(&["commit", "-q", "-m", "attributes"]);
    let place = Place::new();
    let checkout = place.checkout(&tree.path(""), None).expect("a checkout");
    for (path, text) in [
        ("a.crlf", "one\ntwo\n"),
        ("a.ident", "$Id$\n"),
        ("a.filter", "plain\n"),
        ("a.u16", "text\n"),
        ("a.subst", "$Format:%H$\n"),
        ("a.gone", "still here\n"),
        (".gitattributes", attributes),
    ] {
        assert_eq!(std::fs::read_to_string(checkout.root().join(path)).expect("a file"), text, "{path}");
    }
}

/// Configuration that would make git run `touch pwned`, whichever way it is read.
pub(crate) fn make_hostile(tree: &Tree) {
    let marker = tree.path("pwned");
    let touch = format!("touch {} #", marker.display());
    tree.write("run", format!("#!/bin/sh\ntouch {}\n", marker.display()));
    std::fs::set_permissions(tree.path("run"), std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let run = tree.path("run");
    let run = run.to_str().expect("UTF-8");
    for (key, value) in [
        ("core.fsmonitor", run),
        ("core.pager", run),
        ("core.editor", run),
        ("core.askPass", run),
        ("core.sshCommand", run),
        ("core.alternateRefsCommand", run),
        ("core.hooksPath", tree.path("hooks").to_str().expect("UTF-8")),
        ("core.worktree", "/"),
        ("diff.external", run),
        ("diff.evil.command", run),
        ("diff.evil.textconv", run),
        ("filter.evil.clean", &touch),
        ("filter.evil.smudge", &touch),
        ("filter.evil.process", &touch),
        ("filter.evil.required", "true"),
        ("uploadpack.packObjectsHook", run),
        ("credential.helper", run),
        ("gpg.program", run),
        ("log.showSignature", "true"),
        ("merge.evil.driver", run),
        ("protocol.ext.allow", "always"),
        ("protocol.allow", "always"),
        ("remote.origin.url", &format!("ext::{run}")),
        ("remote.origin.uploadpack", run),
        ("remote.origin.promisor", "true"),
        ("remote.origin.partialclonefilter", "blob:none"),
        ("extensions.partialClone", "origin"),
        ("diff.noprefix", "true"),
        ("diff.orderFile", "/etc/passwd"),
        ("color.ui", "always"),
        ("status.showUntrackedFiles", "no"),
        ("alias.diff-index", &format!("!{run}")),
    ] {
        tree.git(&["config", key, value]);
    }
    for hook in ["post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"] {
        tree.write(&format!("hooks/{hook}"), format!("#!/bin/sh\ntouch {}\n", marker.display()));
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(tree.path(&format!("hooks/{hook}")), mode).expect("a mode");
    }
    // It works: whoever asks git as usual runs it.
    let mut usual = Command::new("git");
    let _failed = usual.args(["--work-tree=.", "status"]).current_dir(tree.path("")).output().expect("git runs");
    std::fs::remove_file(marker).expect("the configuration is in force");
}

#[test]
fn a_hostile_repository_runs_nothing() {
    let tree = Tree::repository(&[("a.c", "int x;\n"), (".gitattributes", "* filter=evil diff=evil merge=evil\n")]);
    tree.write("gone.c", "int gone;\n");
    tree.commit();
    // An object that is missing would be fetched by whatever the configuration names.
    let id = tree.git_with(&["rev-parse", "HEAD:gone.c"], b"");
    std::fs::remove_file(tree.path(&format!(".git/objects/{}/{}", &id[..2], &id[2..]))).expect("an object");
    make_hostile(&tree);
    let place = Place::new();
    let checkout = place.checkout(&tree.path(""), None).expect("a checkout");
    let snapshot = snapshot_of(&checkout, &WalkConfig::default());
    assert_eq!(files(&snapshot), ".gitattributes a.c");
    assert_eq!(problems(&snapshot), [("gone.c", ProblemKind::Unreadable)]);
    assert!(!tree.path("pwned").exists(), "something was run");
}

/// A tree object made by hand: git itself would not write one with such names.
fn tree_object(tree: &Tree, entries: &[(&str, &[u8], &str)]) -> String {
    let mut object = Vec::new();
    for (mode, name, id) in entries {
        object.extend_from_slice(mode.as_bytes());
        object.push(b' ');
        object.extend_from_slice(name);
        object.push(0);
        let byte = |at| u8::from_str_radix(&id[at..at + 2], 16).expect("hexadecimal digits");
        object.extend((0..id.len()).step_by(2).map(byte));
    }
    tree.git_with(&["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], &object)
}

#[test]
fn hostile_names_and_links_stay_in_their_folder() {
    let tree = Tree::repository(&[]);
    let blob = tree.git_with(&["hash-object", "-w", "--stdin"], b"x = 1\n");
    let link = tree.git_with(&["hash-object", "-w", "--stdin"], b"/etc");
    let file = tree_object(&tree, &[("100644", b"evil.py", &blob)]);
    let long = "n".repeat(300);
    let top = tree_object(
        &tree,
        &[
            ("100644", b"--help", &blob),
            ("100644", b"../outside.py", &blob),
            ("40000", b"..", &file),
            ("40000", b".", &file),
            ("40000", b".git", &file),
            ("40000", b".GIT", &file),
            ("100644", b"/absolute.py", &blob),
            ("100644", b"a\nb\x1b[31m.py", &blob),
            ("100644", b"\xff\xfe.py", &blob),
            ("100755", b"run.py", &blob),
            ("120000", b"link", &link),
            ("40000", b"link", &file),
            ("100644", b"twice.py", &blob),
            ("100644", b"twice.py", &blob),
            ("160000", b"module", &"1".repeat(40)),
            ("100644", long.as_bytes(), &blob),
        ],
    );
    let commit = tree.git_with(&["commit-tree", &top, "-m", "hostile"], b"");
    tree.git(&["update-ref", "refs/heads/main", &commit]);
    let place = Place::new();
    let checkout = place.checkout(&tree.path(""), None).expect("a checkout");
    let snapshot = snapshot_of(&checkout, &WalkConfig::default());
    let names: Vec<&str> = snapshot.files.iter().map(|file| file.path.as_str()).collect();
    let expected =
        ["--help", ".GIT/evil.py", "a\nb\u{1b}[31m.py", "link/evil.py", "run.py", "twice.py", "\u{fffd}\u{fffd}.py"];
    assert_eq!(names, expected);
    for file in &snapshot.files {
        assert_eq!(snapshot.read(file).expect("it can be read").text, "x = 1\n");
    }
    assert_eq!(problems(&snapshot), [(long.as_str(), ProblemKind::Unreadable), ("twice.py", ProblemKind::Unreadable)]);
    assert_eq!(snapshot.skipped.links, 1);
    assert_eq!(checkout.notes(), ["the submodule module was not scanned; scan its own repository"]);
    let private = checkout.root().parent().expect("a folder").to_owned();
    assert!(!private.join("outside.py").exists() && !private.join("evil.py").exists());
}

#[test]
fn everything_tracked_is_taken_and_the_settings_decide() {
    let tree = Tree::repository(&[
        (".gitignore", "*.log\n"),
        (".ignore", "*\n"),
        ("kept.log", "tracked all the same\n"),
        ("docs/a.txt", "a\n"),
        ("src/a.c", "int x;\n"),
        ("large.txt", &"x".repeat(1001)),
        ("docs/large.txt", &"x".repeat(1001)),
    ]);
    symlink("/etc/passwd", tree.path("link")).expect("a link");
    tree.write("lfs.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
    tree.commit();
    let place = Place::new();
    let checkout = place.checkout(&tree.path(""), None).expect("a checkout");
    let all = snapshot_of(&checkout, &WalkConfig::default());
    assert_eq!(files(&all), ".gitignore .ignore docs/a.txt kept.log src/a.c");
    let limit = ProblemKind::Limit;
    assert_eq!(problems(&all), [("docs/large.txt", limit), ("large.txt", limit), ("lfs.bin", limit)]);
    assert!(all.problems[2].message.contains("Git LFS"), "{:?}", all.problems[2]);

    let config = WalkConfig { exclude: vec!["docs/".to_owned()], ..WalkConfig::default() };
    let some = snapshot_of(&checkout, &config);
    assert_eq!((files(&some).as_str(), some.problems.len()), (".gitignore .ignore kept.log src/a.c", 2));
    let config = WalkConfig { include: vec!["*.c".to_owned()], ..WalkConfig::default() };
    assert_eq!(files(&snapshot_of(&checkout, &config)), "src/a.c");
}

#[test]
fn a_stopped_checkout_leaves_nothing() {
    let tree = Tree::repository(&[("a.txt", "one\n")]);
    tree.commit();
    let place = Place::new();
    let request = CheckoutRequest {
        url: GitUrl::local(&tree.path("")).expect("a URL"),
        revision: None,
        token: None,
        folder: place.0.path("private"),
        max_file_bytes: 1000,
    };
    let tiny = Git::find(|name| std::env::var_os(name), GitLimits { bytes: 3, ..GitLimits::default() }).expect("git");
    let error = Checkout::new(&tiny, &request, &SilentProgress, &AtomicBool::new(false)).expect_err("too large");
    assert!(matches!(error, GitError::TooLarge { .. }), "{error}");
    assert_eq!(place.left(), 0);
}
