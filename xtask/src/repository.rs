//! The checkout this program belongs to, and the files in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// Where the checkout lies.
pub(crate) struct Repository {
    pub(crate) root: PathBuf,
}

/// One file that git tracks, or would track.
pub(crate) struct TrackedFile {
    /// Relative to the root, `/`-separated.
    pub(crate) path: String,
    pub(crate) bytes: u64,
    /// `None` when it is too large to be source, or not UTF-8.
    pub(crate) text: Option<String>,
}

impl Repository {
    /// The checkout that cargo runs this program from, whatever the working directory.
    pub(crate) fn here() -> Self {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).parent().expect("xtask lies in a folder of the workspace");
        Self { root: root.to_owned() }
    }

    /// A cargo command that runs at the root, with the same cargo that runs this program.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// Every file that is tracked, or new and not ignored, sorted by path.
    pub(crate) fn files(&self) -> anyhow::Result<Vec<TrackedFile>> {
        let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let listing = Command::new("git").args(arguments).current_dir(&self.root).output();
        let listing = listing.context("git does not run; install git to list the files of the repository")?;
        if !listing.status.success() {
            bail!("git ls-files failed: {}", String::from_utf8_lossy(&listing.stderr).trim());
        }
        let names = String::from_utf8(listing.stdout).context("a tracked file has a name that is not UTF-8")?;
        let mut files: Vec<TrackedFile> =
            names.split('\0').filter(|name| !name.is_empty()).filter_map(|name| self.file(name)).collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        files.dedup_by(|one, other| one.path == other.path);
        Ok(files)
    }

    /// `None` when the file is gone: deleted, but not yet in git's eyes.
    fn file(&self, name: &str) -> Option<TrackedFile> {
        let path = self.root.join(name);
        let bytes = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?.len();
        let text = (bytes <= MAX_TEXT_BYTES).then(|| fs::read_to_string(&path).ok()).flatten();
        Some(TrackedFile { path: name.to_owned(), bytes, text })
    }
}

/// Larger files are no source of ours; what is larger than the limit of tidy is reported there.
const MAX_TEXT_BYTES: u64 = 4 << 20;
