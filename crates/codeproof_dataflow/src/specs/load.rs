//! Where spec files come from: those built into the program, and the user's folders.

use std::path::{Path, PathBuf};

use codeproof_types::Language;
use include_dir::{Dir, include_dir};

use super::format::SpecFile;
use super::tree::Specs;

/// `specs/` as it was when the program was built: a folder for each language.
static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../specs");

/// Why specs could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// Files that are wrong.
    #[error("{} spec file(s) could not be loaded:\n{}", .0.len(), .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<SpecFault>),
    /// A folder or file that cannot be read.
    #[error("cannot read specs from {path}: {source}; check the path given with --specs", path = path.display())]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
}

/// One file that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct SpecFault {
    /// The file, as the user gave it, or the built-in name.
    pub file: String,
    /// The 1-based line, when it is known.
    pub line: Option<usize>,
    /// What is wrong and what to try.
    pub message: String,
}

impl Specs {
    /// The built-in specs of `language` and those of the users' folders, in which each language has its own folder:
    /// `DIR/python/shop.yml`.
    ///
    /// # Errors
    /// Every fault of every file, or the first folder that cannot be read.
    pub fn load(language: Language, folders: &[PathBuf]) -> Result<Self, SpecError> {
        let mut specs = Self::new(language);
        let mut faults = Vec::new();
        for (file, text) in built_in(language) {
            add(&mut specs, &file, &text, &mut faults);
        }
        for folder in folders {
            for file in files(&folder.join(language.name()), folder)? {
                let text =
                    std::fs::read_to_string(&file).map_err(|source| SpecError::Read { path: file.clone(), source })?;
                add(&mut specs, &file.display().to_string(), &text, &mut faults);
            }
        }
        if faults.is_empty() { Ok(specs) } else { Err(SpecError::Faults(faults)) }
    }
}

/// Name and text of the built-in spec files of a language, sorted by name.
pub(crate) fn built_in(language: Language) -> Vec<(String, String)> {
    let files = BUILT_IN.get_dir(language.name()).into_iter().flat_map(Dir::files);
    let mut files: Vec<(String, String)> = files
        .filter(|file| is_spec(file.path()))
        .filter_map(|file| Some((format!("specs/{}", file.path().display()), file.contents_utf8()?.to_owned())))
        .collect();
    files.sort();
    files
}

fn is_spec(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml")
}

fn add(specs: &mut Specs, file: &str, text: &str, faults: &mut Vec<SpecFault>) {
    match serde_saphyr::from_str::<SpecFile>(text) {
        Ok(read) => {
            let mut hasher = rustc_hash::FxHasher::default();
            std::hash::Hasher::write(&mut hasher, text.as_bytes());
            specs.add(read, std::hash::Hasher::finish(&hasher));
        }
        Err(error) => faults.push(SpecFault {
            file: file.to_owned(),
            line: error.location().and_then(|location| usize::try_from(location.line()).ok()),
            message: format!("{}; the format is described in docs/specs.md", first_line(&error.to_string())),
        }),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// The spec files of a language below the user's folder, sorted; none when the folder has none for it.
fn files(folder: &Path, root: &Path) -> Result<Vec<PathBuf>, SpecError> {
    if !root.is_dir() {
        let source = std::io::Error::from(std::io::ErrorKind::NotADirectory);
        return Err(SpecError::Read { path: root.to_owned(), source });
    }
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let read = |source| SpecError::Read { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        if is_spec(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
