//! What is read of the listed files: limits, refusals, changes, progress, interruption.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use codeproof_source::{Error, ReadError, WalkConfig, snapshot};
use codeproof_types::{
    ContentHash, Phase, Problem, ProblemKind, Progress, RepoPath, SilentProgress, SnippetError, Snippets,
};

use crate::tree::{Tree, files, problems};

#[test]
fn each_file_has_its_size_lines_and_hash() {
    let tree = Tree::new(&[("a.py", "x = 1\ny = 2"), ("b/empty.c", "")]);
    let snapshot = tree.snapshot();
    let rows: Vec<_> = snapshot.files.iter().map(|file| (file.path.as_str(), file.bytes, file.lines)).collect();
    assert_eq!(rows, [("a.py", 11, 2), ("b/empty.c", 0, 0)]);
    assert_eq!(snapshot.files[0].hash, ContentHash::of(b"x = 1\ny = 2"));
}

#[test]
fn equal_trees_have_equal_manifests() {
    let files = [("a.py", "x = 1\n"), ("b.py", "y = 2\n")];
    let (one, other) = (Tree::new(&files).snapshot(), Tree::new(&files).snapshot());
    assert_eq!(one.manifest_hash(), other.manifest_hash());
    for changed in [[("a.py", "x = 2\n"), ("b.py", "y = 2\n")], [("a.py", "x = 1\n"), ("c.py", "y = 2\n")]] {
        assert_ne!(one.manifest_hash(), Tree::new(&changed).snapshot().manifest_hash(), "{changed:?}");
    }
}

#[test]
fn files_over_the_limit_are_listed_and_not_read() {
    let tree = Tree::new(&[("small.py", "x = 1\n"), ("large.py", "y = 234\n")]);
    // A sparse file of 200 MB takes no room; reading it would.
    fs::File::create(tree.path("huge.sql")).and_then(|file| file.set_len(200_000_000)).expect("a sparse file");
    let snapshot = tree.snapshot_with(&WalkConfig { max_file_bytes: 7, ..WalkConfig::default() });
    assert_eq!(files(&snapshot), "small.py");
    assert_eq!(problems(&snapshot), [("huge.sql", ProblemKind::Limit), ("large.py", ProblemKind::Limit)]);
    assert!(snapshot.problems[0].message.contains("200000000"), "{}", snapshot.problems[0].message);
}

#[test]
fn binary_files_are_listed_and_not_analysed() {
    let tree = Tree::new(&[("a.py", "x = 1\n")]);
    tree.write("logo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0");
    let snapshot = tree.snapshot();
    assert_eq!(files(&snapshot), "a.py");
    assert_eq!(problems(&snapshot), [("logo.png", ProblemKind::Binary)]);
}

#[test]
fn what_the_system_refuses_is_a_problem() {
    let tree = Tree::new(&[("a.py", "x = 1\n"), ("closed.py", "x = 1\n"), ("folder/b.py", "x = 1\n")]);
    let close = |path: &str| fs::set_permissions(tree.path(path), fs::Permissions::from_mode(0o000)).expect("closed");
    close("closed.py");
    close("folder");
    // Whoever may read everything (root) cannot see a refusal.
    let refused = fs::read(tree.path("closed.py")).is_err();
    let snapshot = tree.snapshot();
    if refused {
        assert_eq!(files(&snapshot), "a.py");
        assert_eq!(problems(&snapshot), [("closed.py", ProblemKind::Unreadable), ("folder", ProblemKind::Unreadable)]);
    } else {
        assert_eq!(files(&snapshot), "a.py closed.py folder/b.py");
    }
    fs::set_permissions(tree.path("folder"), fs::Permissions::from_mode(0o700)).expect("opened");
}

#[test]
fn a_changed_file_is_never_quoted() {
    let tree = Tree::new(&[("a.py", "x = 1\n"), ("b.py", "y = 1\n"), ("c.py", "z = 1\n")]);
    let snapshot = tree.snapshot();
    tree.write("a.py", "x = 2\n");
    tree.write("b.py", "y = 1\n# more\n");
    fs::remove_file(tree.path("c.py")).expect("removed");
    let read = |at: usize| snapshot.read(&snapshot.files[at]);
    for at in [0, 1] {
        let path = snapshot.files[at].path.clone();
        assert_eq!(read(at), Err(ReadError::Changed { path: path.clone() }));
        let lines = snapshot.lines(&path, snapshot.files[at].hash, 1, 1);
        assert_eq!(lines, Err(SnippetError::Changed { path }));
    }
    let gone = read(2).expect_err("the file is gone");
    assert!(matches!(gone, ReadError::Unreadable { .. }));
    assert_eq!(Problem::from(gone).kind, ProblemKind::Unreadable);
}

#[test]
fn lines_are_those_of_the_hash() {
    let tree = Tree::new(&[("a.py", "one\ntwo\n"), ("b.py", "three\n")]);
    let snapshot = tree.snapshot();
    let lines = |path: &str, hash| snapshot.lines(&RepoPath::new(path).expect("a path"), hash, 2, 3);
    assert_eq!(lines("a.py", ContentHash::of(b"one\ntwo\n")), Ok(vec!["two".to_owned()]));
    assert!(matches!(lines("b.py", ContentHash::of(b"one\ntwo\n")), Err(SnippetError::Changed { .. })));
    assert!(matches!(lines("c.py", ContentHash::of(b"")), Err(SnippetError::Unreadable { .. })));
}

#[test]
fn progress_counts_every_listed_file_once() {
    #[derive(Default)]
    struct Recorder(Mutex<(u64, u64, Vec<&'static str>)>);
    impl Progress for Recorder {
        fn start(&self, phase: Phase, _: Option<u64>) {
            assert_eq!(phase, Phase::Walk);
            self.0.lock().expect("no panic").2.push("start");
        }
        fn advance(&self, _: Phase, files: u64, bytes: u64) {
            let mut counts = self.0.lock().expect("no panic");
            counts.0 += files;
            counts.1 += bytes;
        }
        fn finish(&self, _: Phase) {
            self.0.lock().expect("no panic").2.push("finish");
        }
    }
    let tree = Tree::new(&[("a/a.py", "1234"), ("a/b.py", "12"), ("c.py", ""), ("large.py", "123456")]);
    let recorder = Recorder::default();
    let config = WalkConfig { max_file_bytes: 5, ..WalkConfig::default() };
    snapshot(&tree.path(""), &config, &recorder, &AtomicBool::new(false)).expect("a snapshot");
    assert_eq!(*recorder.0.lock().expect("no panic"), (4, 6, vec!["start", "finish"]));
}

#[test]
fn a_set_stop_interrupts() {
    struct StopAtFirstFile<'s>(&'s AtomicBool);
    impl Progress for StopAtFirstFile<'_> {
        fn start(&self, _: Phase, _: Option<u64>) {}
        fn advance(&self, _: Phase, _: u64, _: u64) {
            self.0.store(true, Ordering::Relaxed);
        }
        fn finish(&self, _: Phase) {
            panic!("an interrupted walk does not finish");
        }
    }
    let tree = Tree::new(&[("a.py", ""), ("b/b.py", "")]);
    let run = |progress: &dyn Progress, stop| snapshot(&tree.path(""), &WalkConfig::default(), progress, stop);
    let stop = AtomicBool::new(true);
    assert!(matches!(run(&SilentProgress, &stop), Err(Error::Interrupted)));
    let stop = AtomicBool::new(false);
    assert!(matches!(run(&StopAtFirstFile(&stop), &stop), Err(Error::Interrupted)));
}
