//! Which files a model is asked about.

use codeproof_types::{Language, RepoPath};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::error::InvalidGlob;

/// Globs of paths and languages, ready to be asked; both must fit, an empty list fits all.
///
/// A glob without `/` is about the file's name wherever it lies, as in `.gitignore`; one with `/` is about the whole path,
/// and its `*` stays within one folder.
#[derive(Debug, Clone)]
pub struct Filter {
    names: GlobSet,
    paths: GlobSet,
    languages: Vec<Language>,
}

impl Filter {
    /// Compiles the lists of an analyzer or verifier.
    ///
    /// # Errors
    /// The first glob that is none, with the compiler's words.
    pub fn new(globs: &[String], languages: &[Language]) -> Result<Self, InvalidGlob> {
        let (paths, names): (Vec<&String>, Vec<&String>) = globs.iter().partition(|glob| glob.contains('/'));
        Ok(Self { names: compiled(&names)?, paths: compiled(&paths)?, languages: languages.to_vec() })
    }

    /// Whether a file is one of those.
    pub fn matches(&self, path: &RepoPath, language: Option<Language>) -> bool {
        let is_any_path = self.names.is_empty() && self.paths.is_empty();
        let path_fits = is_any_path || self.names.is_match(path.file_name()) || self.paths.is_match(path.as_str());
        let language_fits = self.languages.is_empty() || language.is_some_and(|own| self.languages.contains(&own));
        path_fits && language_fits
    }
}

fn compiled(globs: &[&String]) -> Result<GlobSet, InvalidGlob> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let rooted = glob.strip_prefix('/').unwrap_or(glob);
        let compiled = GlobBuilder::new(rooted).literal_separator(true).build();
        set.add(compiled.map_err(|error| InvalidGlob { glob: (*glob).clone(), why: error.kind().to_string() })?);
    }
    let all = || globs.iter().map(|glob| glob.as_str()).collect::<Vec<_>>().join(", ");
    set.build().map_err(|error| InvalidGlob { glob: all(), why: error.to_string() })
}
