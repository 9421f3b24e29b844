//! What the ignore files of a folder and of those above it hide.
//!
//! As in ripgrep: `.ignore` beats `.gitignore` beats git's `info/exclude`; of each kind the nearest folder decides;
//! the latter two count only inside a git repository and only up to its top. The patterns are matched by the `ignore`
//! crate; its own walker is not used, because it opens whatever is called `.gitignore` (a pipe of that name would stop
//! it for ever, a huge file fill the memory) and obeys `.ignore` files in all folders above the given one.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::Repository;
use crate::open::{Bytes, open_anywhere, open_below, read_limited};

/// The largest ignore file obeyed. Written by hand they have a few KiB; lists of millions of patterns would only slow
/// the walk down.
const MAX_IGNORE_FILE_BYTES: u64 = 1 << 20;

/// Which ignore files a folder has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct IgnoreFiles {
    dot_ignore: bool,
    git_ignore: bool,
}

impl IgnoreFiles {
    /// For folders whose entries were not listed.
    pub(super) const BOTH: Self = Self { dot_ignore: true, git_ignore: true };

    /// Takes notice of one entry of the folder.
    pub(super) fn see(&mut self, name: &OsStr) {
        self.dot_ignore |= name == OsStr::new(".ignore");
        self.git_ignore |= name == OsStr::new(".gitignore");
    }
}

/// An ignore file that hides nothing, and why. More is scanned than its writer wanted, never less.
#[derive(Debug)]
pub(super) struct NotObeyed {
    pub(super) file: PathBuf,
    pub(super) why: String,
}

/// The rules of one folder, linked to those above.
#[derive(Debug)]
pub(super) struct Rules {
    above: Option<Arc<Rules>>,
    dot_ignore: Gitignore,
    git_ignore: Gitignore,
    git_exclude: Gitignore,
    is_repository_top: bool,
    is_in_repository: bool,
}

impl Rules {
    /// Hides nothing.
    pub(super) fn none() -> Self {
        Self {
            above: None,
            dot_ignore: Gitignore::empty(),
            git_ignore: Gitignore::empty(),
            git_exclude: Gitignore::empty(),
            is_repository_top: false,
            is_in_repository: false,
        }
    }

    /// The rules inside `folder` (absolute), which lies in the folder of these rules and may be the top of a
    /// repository. Ignore files that cannot be obeyed are reported.
    pub(super) fn below(
        self: &Arc<Self>,
        folder: &Path,
        files: IgnoreFiles,
        repository: Option<&Repository>,
        not_obeyed: &mut Vec<NotObeyed>,
    ) -> Arc<Self> {
        let is_in_repository = self.is_in_repository || repository.is_some();
        let mut load = |wanted: bool, name: &str| match wanted.then(|| open_below(folder, Path::new(name))) {
            None => Gitignore::empty(),
            Some(file) => compile(folder, file, &folder.join(name), not_obeyed),
        };
        let dot_ignore = load(files.dot_ignore, ".ignore");
        let git_ignore = load(files.git_ignore && is_in_repository, ".gitignore");
        let git_exclude = repository.map_or_else(Gitignore::empty, |repository| {
            let file = repository.common_dir.join("info/exclude");
            compile(folder, open_anywhere(&file), &file, not_obeyed)
        });
        if repository.is_none() && dot_ignore.is_empty() && git_ignore.is_empty() {
            return Arc::clone(self);
        }
        Arc::new(Self {
            above: Some(Arc::clone(self)),
            dot_ignore,
            git_ignore,
            git_exclude,
            is_repository_top: repository.is_some(),
            is_in_repository,
        })
    }

    /// Whether the entry at `path` (absolute), which lies in the folder of these rules, is hidden.
    pub(super) fn ignores(&self, path: &Path, is_folder: bool) -> bool {
        let (mut dot_ignore, mut git_ignore, mut git_exclude) = (Match::None, Match::None, Match::None);
        let mut in_same_repository = self.is_in_repository;
        let mut next = Some(self);
        while let Some(rules) = next {
            decide(&mut dot_ignore, &rules.dot_ignore, path, is_folder);
            if in_same_repository {
                decide(&mut git_ignore, &rules.git_ignore, path, is_folder);
                decide(&mut git_exclude, &rules.git_exclude, path, is_folder);
            }
            in_same_repository &= !rules.is_repository_top;
            next = rules.above.as_deref();
        }
        dot_ignore.or(git_ignore).or(git_exclude).is_ignore()
    }
}

/// Asks `patterns`, unless a nearer folder has decided.
fn decide(decision: &mut Match<()>, patterns: &Gitignore, path: &Path, is_folder: bool) {
    if decision.is_none() && !patterns.is_empty() {
        *decision = patterns.matched(path, is_folder).map(|_| ());
    }
}

/// Compiles an ignore file whose patterns count from `folder`. A missing one hides nothing; a wrong pattern in it is
/// passed over, as git does.
fn compile(
    folder: &Path,
    file: std::io::Result<std::fs::File>,
    path: &Path,
    not_obeyed: &mut Vec<NotObeyed>,
) -> Gitignore {
    let bytes = match file.and_then(|file| read_limited(file, MAX_IGNORE_FILE_BYTES)) {
        Ok(Bytes::Whole(bytes)) => bytes,
        Ok(Bytes::OverLimit(length)) => {
            let why = format!("it has {length} bytes, more than {MAX_IGNORE_FILE_BYTES}");
            not_obeyed.push(NotObeyed { file: path.to_owned(), why });
            return Gitignore::empty();
        }
        Err(error) => {
            if error.kind() != std::io::ErrorKind::NotFound {
                not_obeyed.push(NotObeyed { file: path.to_owned(), why: error.to_string() });
            }
            return Gitignore::empty();
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.strip_prefix('\u{feff}').unwrap_or(&text).lines() {
        // A wrong pattern hides nothing: more is scanned, never less.
        let _wrong_pattern = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|error| {
        not_obeyed.push(NotObeyed { file: path.to_owned(), why: error.to_string() });
        Gitignore::empty()
    })
}
