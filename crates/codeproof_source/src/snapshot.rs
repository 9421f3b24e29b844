//! A hash manifest over a tree: what was there, and what of it was read.
//!
//! The tree is listed first, then every file is read once, on all threads of the current rayon pool, classified and
//! hashed; its text is not kept. Whoever needs the text reads it again through the snapshot, which checks the hash, so
//! that a finding never quotes bytes other than those it was made from.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use codeproof_types::{ContentHash, FileClass, Phase, Problem, ProblemKind, Progress, RepoPath};
use rayon::prelude::*;

use crate::config::Selection;
use crate::open::{Bytes, open_below, open_folder, open_in, read_limited};
use crate::snippet::LastFile;
use crate::walk::{self, Listing, Skipped, repo_path, unreadable};
use crate::{ChangedFiles, Error, ReadError, Since, SourceText, WalkConfig, classify};

/// Files of one folder that one thread reads in a row; more would keep other threads waiting in flat trees.
const FILES_PER_TURN: usize = 64;

/// A text file of a tree, as it was when the snapshot was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it lies in the tree.
    pub path: RepoPath,
    /// Its length on the disk.
    pub bytes: u64,
    /// The hash of its bytes on the disk.
    pub hash: ContentHash,
    /// What it is to the project.
    pub class: FileClass,
    /// Lines of its text, as git counts.
    pub lines: u32,
    /// Its real name, when that is not UTF-8 and `path` only resembles it.
    real_path: Option<PathBuf>,
}

impl SourceFile {
    fn real_path(&self) -> &Path {
        self.real_path.as_deref().unwrap_or(Path::new(self.path.as_str()))
    }
}

/// The files of a tree with their hashes.
#[derive(Debug)]
pub struct Snapshot {
    /// The text files, sorted by path.
    pub files: Vec<SourceFile>,
    /// One problem for each file that is no text, too large, or cannot be read; sorted.
    pub problems: Vec<Problem>,
    /// What was passed over.
    pub skipped: Skipped,
    root: PathBuf,
    pub(crate) last_file: LastFile,
}

/// Lists, reads and hashes the tree at `root`: a folder, or one file, which is then taken whatever the ignore files
/// and the configuration's patterns say. `root` itself may be a link. O(bytes of files within the size limit).
///
/// # Errors
/// When `root` is missing, unreadable or neither folder nor file, a pattern of `config` is wrong, or `stop` was set.
/// Whatever goes wrong with one file is a problem in the snapshot instead.
pub fn snapshot(
    root: &Path,
    config: &WalkConfig,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Snapshot, Error> {
    let selection = Selection::new(config)?;
    progress.start(Phase::Walk, None);
    let (folder, listing) = list(root, &selection, stop)?;
    read(&folder, listing, config, progress, stop)
}

/// The same, but only with the files that changed since a revision, and what in them did. `root` lies in the work tree
/// of a git repository.
///
/// # Errors
/// As [`snapshot`], and when the changes cannot be had.
pub fn snapshot_since(
    root: &Path,
    config: &WalkConfig,
    since: &Since,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(Snapshot, ChangedFiles), Error> {
    let selection = Selection::new(config)?;
    progress.start(Phase::Walk, None);
    let (folder, mut listing) = list(root, &selection, stop)?;
    let changes = since.changes(&folder, &listing.files, stop)?;
    listing.files.retain(|file| repo_path(file).is_some_and(|path| changes.lines.has_file(&path)));
    Ok((read(&folder, listing, config, progress, stop)?, changes))
}

/// The same for files that are known already, below a folder that holds nothing else. The ignore files among them do
/// not count.
pub(crate) fn of_listing(
    root: &Path,
    listing: &Listing,
    config: &WalkConfig,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Snapshot, Error> {
    let selection = Selection::new(config)?;
    let takes = |path: &Path| selection.takes_below_all_folders(path);
    let mut listing = listing.clone();
    listing.files.retain(|file| takes(file));
    listing.over_limit.retain(|(file, _)| takes(file));
    listing.problems.retain(|problem| problem.path.as_ref().is_none_or(|path| takes(Path::new(path.as_str()))));
    progress.start(Phase::Walk, None);
    read(root, listing, config, progress, stop)
}

fn read(
    root: &Path,
    listing: Listing,
    config: &WalkConfig,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Snapshot, Error> {
    let snapshot = Reading { root, limit: config.max_file_bytes, progress, stop }.all(listing)?;
    progress.finish(Phase::Walk);
    Ok(snapshot)
}

impl Snapshot {
    /// The canonical path of the folder that the paths count from.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The file at `path`. O(log files).
    pub fn file(&self, path: &RepoPath) -> Option<&SourceFile> {
        self.files.binary_search_by(|file| file.path.cmp(path)).ok().map(|at| &self.files[at])
    }

    /// One hash over the paths and hashes of all files: equal for equal trees, wherever they lie.
    pub fn manifest_hash(&self) -> ContentHash {
        let mut manifest = String::new();
        for file in &self.files {
            manifest.push_str(&format!("{} {}\0", file.hash, file.path));
        }
        ContentHash::of(manifest.as_bytes())
    }

    /// Reads a file of this snapshot again.
    ///
    /// # Errors
    /// When its bytes are no longer those of the snapshot, or it is gone, a link, or unreadable.
    pub fn read(&self, file: &SourceFile) -> Result<SourceText, ReadError> {
        let changed = || ReadError::Changed { path: file.path.clone() };
        let bytes = open_below(&self.root, file.real_path())
            .and_then(|opened| read_limited(opened, file.bytes))
            .map_err(|error| ReadError::Unreadable { path: file.path.clone(), why: error.to_string() })?;
        match bytes {
            Bytes::Whole(bytes) if ContentHash::of(&bytes) == file.hash => {
                SourceText::decode(&file.path, bytes).ok_or_else(changed)
            }
            Bytes::Whole(_) | Bytes::OverLimit(_) => Err(changed()),
        }
    }
}

/// The folder that paths count from, and what lies in it.
fn list(root: &Path, selection: &Selection, stop: &AtomicBool) -> Result<(PathBuf, Listing), Error> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => Error::Missing { path: root.to_owned() },
        _ => Error::Unreadable { path: root.to_owned(), source },
    };
    let real = fs::canonicalize(root).map_err(failed)?;
    let kind = fs::metadata(&real).map_err(failed)?.file_type();
    if kind.is_dir() {
        let listing = walk::list(&real, selection, stop).map_err(|error| match error {
            // The path as the user wrote it says more than the canonical one.
            Error::Unreadable { source, .. } => failed(source),
            error => error,
        })?;
        return Ok((real, listing));
    }
    match (real.parent(), real.file_name()) {
        (Some(folder), Some(name)) if kind.is_file() => {
            let listing = Listing { files: vec![PathBuf::from(name)], ..Listing::default() };
            Ok((folder.to_owned(), listing))
        }
        _ => Err(Error::NotATree { path: root.to_owned() }),
    }
}

/// What one look at a file gave.
type Outcome = Result<SourceFile, Problem>;

/// Reads the listed files.
struct Reading<'r> {
    root: &'r Path,
    limit: u64,
    progress: &'r dyn Progress,
    stop: &'r AtomicBool,
}

impl Reading<'_> {
    fn all(&self, listing: Listing) -> Result<Snapshot, Error> {
        let Listing { files, over_limit, mut problems, skipped } = listing;
        let too_large = over_limit.iter().filter_map(|(file, bytes)| Some(self.over_limit(&repo_path(file)?, *bytes)));
        problems.extend(too_large);
        let (named, clashes) = by_name(files);
        problems.extend(clashes);
        let turns: Vec<&[Listed]> = named
            .chunk_by(|one, next| one.real.parent() == next.real.parent())
            .flat_map(|folder| folder.chunks(FILES_PER_TURN))
            .collect();
        let outcomes: Vec<Vec<Outcome>> = turns.par_iter().map(|turn| self.turn(turn)).collect();
        if self.stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let mut read = Vec::with_capacity(named.len());
        for outcome in outcomes.into_iter().flatten() {
            match outcome {
                Ok(file) => read.push(file),
                Err(problem) => problems.push(problem),
            }
        }
        problems.sort();
        Ok(Snapshot { files: read, problems, skipped, root: self.root.to_owned(), last_file: LastFile::default() })
    }

    /// Reads some files of one folder; none once the walk is stopped.
    fn turn(&self, files: &[Listed]) -> Vec<Outcome> {
        let parent = files.first().and_then(|file| file.real.parent()).unwrap_or(Path::new(""));
        let folder = open_folder(self.root, parent);
        let mut outcomes = Vec::with_capacity(files.len());
        let mut bytes = 0;
        for file in files {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            let outcome = match &folder {
                Ok(folder) => self.file(folder.as_fd(), file),
                Err(error) => Err(unreadable(&file.real, error)),
            };
            bytes += outcome.as_ref().map_or(0, |file| file.bytes);
            outcomes.push(outcome);
        }
        self.progress.advance(Phase::Walk, outcomes.len() as u64, bytes);
        outcomes
    }

    fn file(&self, folder: BorrowedFd<'_>, Listed { path, real }: &Listed) -> Outcome {
        let name = real.file_name().unwrap_or(OsStr::new(""));
        let read = open_in(folder, name).and_then(|file| read_limited(file, self.limit));
        let bytes = match read.map_err(|error| unreadable(real, &error))? {
            Bytes::Whole(bytes) => bytes,
            Bytes::OverLimit(length) => return Err(self.over_limit(path, length)),
        };
        let (length, hash) = (bytes.len() as u64, ContentHash::of(&bytes));
        let text = SourceText::decode(path, bytes).ok_or_else(|| binary(path))?;
        Ok(SourceFile {
            path: path.clone(),
            bytes: length,
            hash,
            class: classify(path, &text.text),
            lines: text.line_count(),
            real_path: (real.as_os_str() != OsStr::new(path.as_str())).then(|| real.clone()),
        })
    }

    fn over_limit(&self, path: &RepoPath, length: u64) -> Problem {
        let limit = self.limit;
        Problem {
            path: Some(path.clone()),
            line: None,
            kind: ProblemKind::Limit,
            message: format!(
                "not read: {length} bytes, over the limit of {limit}; raise the file size limit to scan it"
            ),
        }
    }
}

/// The message is the same for all, so that reports can fold hundreds of images into one line.
fn binary(path: &RepoPath) -> Problem {
    Problem {
        path: Some(path.clone()),
        line: None,
        kind: ProblemKind::Binary,
        message: "control characters at its start say that it is no text".to_owned(),
    }
}

/// A listed file with its path as text.
struct Listed {
    path: RepoPath,
    real: PathBuf,
}

/// Sorts the files by path. Of two names that are not UTF-8 and look the same, only the first can be told apart in a
/// report; the others become problems.
fn by_name(files: Vec<PathBuf>) -> (Vec<Listed>, Vec<Problem>) {
    let mut named: Vec<Listed> =
        files.into_iter().filter_map(|real| repo_path(&real).map(|path| Listed { path, real })).collect();
    named.sort_by(|one, other| (&one.path, &one.real).cmp(&(&other.path, &other.real)));
    named.dedup_by(|next, kept| next.real == kept.real);
    let mut clashes = Vec::new();
    named.dedup_by(|next, kept| {
        let clash = next.path == kept.path;
        if clash {
            clashes.push(Problem {
                path: Some(next.path.clone()),
                line: None,
                kind: ProblemKind::Unreadable,
                message: "not read: its name is not UTF-8 and looks like that of another file; rename it".to_owned(),
            });
        }
        clash
    });
    (named, clashes)
}
