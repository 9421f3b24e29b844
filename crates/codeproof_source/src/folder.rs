//! A folder whose files are read when somebody asks for them: for questions that need few of a tree's files.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

use codeproof_types::{ContentHash, Problem, ProblemKind, RepoPath};

use crate::config::Selection;
use crate::open::{Bytes, open_beneath, open_folder, read_limited};
use crate::walk::{self, repo_path, unreadable};
use crate::{Error, SourceText, WalkConfig};

/// A folder that is read on demand. No link is followed, so nothing outside of it is read.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    opened: OwnedFd,
    selection: Selection,
    max_file_bytes: u64,
    listed: Mutex<HashMap<String, Vec<String>>>,
    problems: Mutex<Vec<Problem>>,
}

impl Folder {
    /// Opens the folder at `root`, which may itself be a link. Of `config` the patterns decide what is listed, the limit
    /// what is read.
    ///
    /// # Errors
    /// When `root` is missing, unreadable or no folder, or a pattern is wrong.
    pub fn open(root: &Path, config: &WalkConfig) -> Result<Self, Error> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => Error::Missing { path: root.to_owned() },
            _ => Error::Unreadable { path: root.to_owned(), source },
        };
        let real = fs::canonicalize(root).map_err(failed)?;
        if !fs::metadata(&real).map_err(failed)?.is_dir() {
            return Err(Error::NotATree { path: root.to_owned() });
        }
        let opened = open_folder(&real, Path::new("")).map_err(failed)?;
        Ok(Self {
            root: real,
            opened,
            selection: Selection::new(config)?,
            max_file_bytes: config.max_file_bytes,
            listed: Mutex::default(),
            problems: Mutex::default(),
        })
    }

    fn open_file(&self, path: &RepoPath) -> io::Result<fs::File> {
        open_beneath(&self.opened, &self.root, Path::new(path.as_str()))
    }

    /// The canonical path of the folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The text of the file at `path` (from the root, with `/`). `None` when nothing is there; what is there and cannot be
    /// read is among [`Self::problems`].
    pub fn read(&self, path: &str) -> Option<String> {
        self.read_hashed(path).map(|(text, _)| text)
    }

    /// The same, with the hash of the file's bytes.
    pub fn read_hashed(&self, path: &str) -> Option<(String, ContentHash)> {
        let path = RepoPath::new(path).ok()?;
        let file = match self.open_file(&path) {
            Ok(file) => file,
            Err(error) => {
                match error.kind() {
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {}
                    // A link: not followed on purpose, so nothing failed.
                    io::ErrorKind::InvalidInput => {
                        self.tell(Problem {
                            path: Some(path),
                            line: None,
                            kind: ProblemKind::Limit,
                            message: error.to_string(),
                        });
                    }
                    _ => self.tell(unreadable(Path::new(path.as_str()), &error)),
                }
                return None;
            }
        };
        let problem = |kind, message| Problem { path: Some(path.clone()), line: None, kind, message };
        match read_limited(file, self.max_file_bytes) {
            Ok(Bytes::Whole(bytes)) => {
                let hash = ContentHash::of(&bytes);
                let text = SourceText::decode(&path, bytes).map(|text| (text.text, hash));
                if text.is_none() {
                    self.tell(problem(ProblemKind::Binary, "it is no text".to_owned()));
                }
                text
            }
            Ok(Bytes::OverLimit(length)) => {
                let limit = self.max_file_bytes;
                let message = format!("not read: {length} bytes, over the limit of {limit}; raise the file size limit");
                self.tell(problem(ProblemKind::Limit, message));
                None
            }
            Err(error) => {
                self.tell(unreadable(Path::new(path.as_str()), &error));
                None
            }
        }
    }

    /// Whether a file is at `path`.
    pub fn has(&self, path: &str) -> bool {
        RepoPath::new(path).is_ok_and(|path| self.open_file(&path).is_ok())
    }

    /// Whether a folder is at `path`; `""` is the root.
    pub fn has_folder(&self, path: &str) -> bool {
        let path = path.trim_matches('/');
        path.is_empty() || (RepoPath::new(path).is_ok() && open_folder(&self.root, Path::new(path)).is_ok())
    }

    /// The names of the folders in a folder, sorted, whatever ignore files say; links are none.
    pub fn folders(&self, folder: &str) -> Vec<String> {
        if !self.has_folder(folder) {
            return Vec::new();
        }
        let entries = fs::read_dir(self.root.join(folder.trim_matches('/')));
        let folders =
            entries.into_iter().flatten().flatten().filter(|it| it.file_type().is_ok_and(|kind| kind.is_dir()));
        let mut names: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    /// The paths of all files in a folder and below (from the root, with `/`), sorted; those that ignore files hide are
    /// left out. `""` is the root; nothing for a folder that is not there.
    pub fn list(&self, folder: &str) -> Vec<String> {
        let folder = folder.trim_matches('/');
        if let Some(known) = self.listed.lock().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return known.clone();
        }
        let found = self.list_anew(folder);
        self.listed.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), found.clone());
        found
    }

    fn list_anew(&self, folder: &str) -> Vec<String> {
        let relative = Path::new(folder);
        // Opened first without following links, so that none leads out of the tree.
        if !folder.is_empty() && (RepoPath::new(folder).is_err() || open_folder(&self.root, relative).is_err()) {
            return Vec::new();
        }
        let listing = match walk::list(&self.root.join(relative), &self.selection, &AtomicBool::new(false)) {
            Ok(listing) => listing,
            Err(error) => {
                let message = error.to_string();
                self.tell(Problem { path: repo_path(relative), line: None, kind: ProblemKind::Unreadable, message });
                return Vec::new();
            }
        };
        for mut problem in listing.problems {
            let inner = problem.path.as_ref().map(|path| relative.join(path.as_str()));
            problem.path = inner.as_deref().and_then(repo_path);
            self.tell(problem);
        }
        let paths = listing.files.iter().chain(listing.over_limit.iter().map(|(path, _)| path));
        let mut found: Vec<String> = paths.filter_map(|path| Some(repo_path(&relative.join(path))?.into())).collect();
        found.sort();
        found
    }

    /// What was there and could not be read or listed, sorted, each once.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone();
        problems.sort();
        problems.dedup();
        problems
    }

    fn tell(&self, problem: Problem) {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
    }
}
