//! What to take from a tree: the user's patterns and the size limit.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::Error;

/// What a walk takes. Patterns are written as in `.gitignore`, against paths inside the tree: `docs/` is a folder of
/// that name anywhere, `/docs` only the one at the top, `*.sql` a file anywhere, `!keep.sql` takes one back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkConfig {
    /// When not empty, only files that match, or lie in a folder that matches, are taken.
    pub include: Vec<String>,
    /// Files and folders that are left out, even when they match `include`.
    pub exclude: Vec<String>,
    /// Larger files are not read but listed as a problem.
    pub max_file_bytes: u64,
}

impl WalkConfig {
    /// 2 MiB: above every hand-written file of Django, redis, curl and Laravel (the largest has 0.6 MiB), below the
    /// tables and dumps that only cost time.
    pub const DEFAULT_MAX_FILE_BYTES: u64 = 2 << 20;
}

impl Default for WalkConfig {
    fn default() -> Self {
        Self { include: Vec::new(), exclude: Vec::new(), max_file_bytes: Self::DEFAULT_MAX_FILE_BYTES }
    }
}

/// The compiled patterns of a [`WalkConfig`].
#[derive(Debug)]
pub(crate) struct Selection {
    include: Option<Gitignore>,
    exclude: Gitignore,
}

impl Selection {
    pub(crate) fn new(config: &WalkConfig) -> Result<Self, Error> {
        let include = match config.include.as_slice() {
            [] => None,
            patterns => Some(compile("include", patterns)?),
        };
        Ok(Self { include, exclude: compile("exclude", &config.exclude)? })
    }

    /// Whether a folder is worth entering. Included files may lie anywhere below, so only `exclude` counts.
    pub(crate) fn enters(&self, folder: &Path) -> bool {
        !self.exclude.matched(folder, true).is_ignore()
    }

    /// Whether a file is taken; the walk has asked [`Self::enters`] for every folder above it.
    pub(crate) fn takes(&self, file: &Path) -> bool {
        !self.exclude.matched(file, false).is_ignore()
            && self.include.as_ref().is_none_or(|set| set.matched_path_or_any_parents(file, false).is_ignore())
    }

    /// Whether a file is taken that no walk led to.
    pub(crate) fn takes_below_all_folders(&self, file: &Path) -> bool {
        file.ancestors().skip(1).filter(|folder| *folder != Path::new("")).all(|folder| self.enters(folder))
            && self.takes(file)
    }
}

fn compile(setting: &'static str, patterns: &[String]) -> Result<Gitignore, Error> {
    let mut builder = GitignoreBuilder::new("");
    for pattern in patterns {
        builder.add_line(None, pattern).map_err(|error| Error::Pattern {
            setting,
            pattern: pattern.clone(),
            why: error.to_string(),
        })?;
    }
    builder.build().map_err(|error| Error::Pattern { setting, pattern: patterns.join(" "), why: error.to_string() })
}
