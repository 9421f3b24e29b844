//! Finds snapshots that no test looked at.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::repository::Repository;

/// The file in which insta notes every snapshot that a test compared.
pub(super) struct References {
    path: PathBuf,
}

impl References {
    /// The variable by which insta (and cargo-insta with it) is told where to note them.
    pub(super) const VARIABLE: &'static str = "INSTA_SNAPSHOT_REFERENCES_FILE";

    /// An empty file of this process.
    pub(super) fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("codeproof-snapshots-{}", std::process::id()));
        fs::write(&path, "").with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Fails when the repository holds a snapshot that is not noted.
    pub(super) fn check(&self, repository: &Repository) -> anyhow::Result<()> {
        let noted = fs::read_to_string(&self.path).context("insta left no list of snapshots")?;
        let seen: HashSet<PathBuf> = noted.lines().filter_map(|line| fs::canonicalize(line).ok()).collect();
        let mut unseen = Vec::new();
        for file in repository.files()?.into_iter().filter(|file| file.path.ends_with(".snap")) {
            let path = fs::canonicalize(repository.root.join(&file.path))?;
            if !seen.contains(&path) {
                unseen.push(file.path);
            }
        }
        if !unseen.is_empty() {
            bail!("no test looks at these snapshots; remove them, or bring their test back:\n{}", unseen.join("\n"));
        }
        Ok(())
    }
}

impl Drop for References {
    fn drop(&mut self) {
        // Best effort: the file lies among the temporary ones anyway.
        let _gone = fs::remove_file(&self.path);
    }
}
