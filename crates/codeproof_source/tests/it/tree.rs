//! Trees in temporary folders, and how tests look at them.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use codeproof_source::{Error, Snapshot, WalkConfig, snapshot};
use codeproof_types::{ProblemKind, SilentProgress};

/// A folder that is removed at the end.
pub(crate) struct Tree(tempfile::TempDir);

impl Tree {
    /// Makes the files; a path that ends in `/` is an empty folder.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self(tempfile::tempdir().expect("a temporary folder"));
        for (path, text) in files {
            tree.write(path, text);
        }
        tree
    }

    /// The same inside an empty git repository.
    pub(crate) fn repository(files: &[(&str, &str)]) -> Self {
        let tree = Self::new(files);
        tree.git(&["init", "-q"]);
        tree
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.0.path().join(relative)
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let full = self.path(path);
        if path.ends_with('/') {
            return fs::create_dir_all(full).expect("a folder");
        }
        fs::create_dir_all(full.parent().expect("a folder above")).expect("a folder");
        fs::write(full, bytes).expect("a file");
    }

    /// Runs git in the tree, without anybody's configuration.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) {
        self.git_with(arguments, b"");
    }

    /// The same with bytes on its standard input; answers with what it says.
    #[track_caller]
    pub(crate) fn git_with(&self, arguments: &[&str], input: &[u8]) -> String {
        let mut child = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"])
            .args(["-c", "protocol.file.allow=always"])
            .args(arguments)
            .current_dir(self.0.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("git runs");
        child.stdin.take().expect("a pipe").write_all(input).expect("git reads");
        let output = child.wait_with_output().expect("git ends");
        assert!(output.status.success(), "git {arguments:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Commits everything there is.
    #[track_caller]
    pub(crate) fn commit(&self) -> String {
        self.git(&["add", "-A", "-f"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "message"]);
        self.git_with(&["rev-parse", "HEAD"], b"")
    }

    #[track_caller]
    pub(crate) fn snapshot(&self) -> Snapshot {
        self.snapshot_with(&WalkConfig::default())
    }

    #[track_caller]
    pub(crate) fn snapshot_with(&self, config: &WalkConfig) -> Snapshot {
        snapshot_of(self.0.path(), config).expect("a snapshot")
    }

    #[track_caller]
    pub(crate) fn files(&self) -> String {
        files(&self.snapshot())
    }
}

pub(crate) fn snapshot_of(path: &Path, config: &WalkConfig) -> Result<Snapshot, Error> {
    snapshot(path, config, &SilentProgress, &AtomicBool::new(false))
}

/// The paths of a snapshot, separated by blanks.
pub(crate) fn files(snapshot: &Snapshot) -> String {
    snapshot.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>().join(" ")
}

/// Paths and kinds of the problems of a snapshot.
pub(crate) fn problems(snapshot: &Snapshot) -> Vec<(&str, ProblemKind)> {
    snapshot
        .problems
        .iter()
        .map(|problem| (problem.path.as_ref().map_or("", |path| path.as_str()), problem.kind))
        .collect()
}
