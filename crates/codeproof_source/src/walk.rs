//! Lists the files of a tree, as ripgrep does: what the ignore files hide is left out, unless git tracks it.
//!
//! Hidden files are listed, the folders of version control systems are not. Symbolic links are never followed (what
//! they point to inside the tree is listed at its own place), so neither loops nor escapes are possible. Pipes,
//! sockets and devices are never opened. What is listed depends on the tree alone: not on the user's or the system's
//! git configuration, not on folders above the repository.

mod repository;
mod rules;
mod tracked;

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use codeproof_types::{Problem, ProblemKind, RepoPath};

use crate::Error;
use crate::config::Selection;
pub(crate) use repository::Repository;
use rules::{IgnoreFiles, NotObeyed, Rules};
pub(crate) use tracked::is_file_without_links;

/// Folders (or, in worktrees, files) where version control systems keep their own data.
pub(crate) const VERSION_CONTROL: &[&str] = &[".git", ".hg", ".svn", ".bzr", ".jj", "_darcs"];

/// What the walk passed over without a word for each; counted, since it is neither hidden by the user nor a fault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Symbolic links.
    pub links: u64,
    /// Pipes, sockets and devices.
    pub special_files: u64,
}

/// The files of a tree, before they are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    /// Relative to the root, in no order.
    pub(crate) files: Vec<PathBuf>,
    /// Files that are known to be too large, with their bytes; relative to the root, in no order.
    pub(crate) over_limit: Vec<(PathBuf, u64)>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) skipped: Skipped,
}

/// Lists the files below `root`, a canonical path to a folder.
///
/// # Errors
/// When the root itself cannot be listed, or `stop` was set.
pub(crate) fn list(root: &Path, selection: &Selection, stop: &AtomicBool) -> Result<Listing, Error> {
    let mut walk =
        Walk { root, selection, listing: Listing::default(), repositories: Vec::new(), not_obeyed: Vec::new() };
    let above = walk.rules_above();
    let mut folders = vec![(PathBuf::new(), above)];
    while let Some((folder, rules)) = folders.pop() {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        match walk.folder(&folder, &rules, &mut folders) {
            Ok(()) => {}
            Err(source) if folder.as_os_str().is_empty() => {
                return Err(Error::Unreadable { path: root.to_owned(), source });
            }
            Err(error) => walk.listing.problems.push(unreadable(&folder, &error)),
        }
    }
    walk.add_tracked(stop)?;
    let mut listing = walk.listing;
    listing.problems.extend(walk.not_obeyed.iter().map(|ignore_file| ignore_file_problem(root, ignore_file)));
    Ok(listing)
}

/// A problem for a path that the system does not hand out.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Problem {
    let advice = match error.kind() {
        io::ErrorKind::PermissionDenied => "; check its permissions",
        io::ErrorKind::NotFound => "; it went away while the scan ran",
        _ => "",
    };
    Problem {
        path: repo_path(path),
        line: None,
        kind: ProblemKind::Unreadable,
        message: format!("cannot be read ({error}){advice}"),
    }
}

/// No failure of the scan: nothing was lost.
fn ignore_file_problem(root: &Path, NotObeyed { file, why }: &NotObeyed) -> Problem {
    let path = file.strip_prefix(root).ok().and_then(repo_path);
    // A file above the tree has no path in it.
    let name = if path.is_some() { String::new() } else { format!("{} is ", file.display()) };
    let message = format!("{name}not obeyed ({why}), so what it names is scanned too");
    Problem { path, line: None, kind: ProblemKind::Limit, message }
}

/// The path as text; bytes that are not UTF-8 become U+FFFD. `None` for a path that names nothing.
pub(crate) fn repo_path(path: &Path) -> Option<RepoPath> {
    RepoPath::new(path.to_string_lossy()).ok()
}

struct Walk<'w> {
    root: &'w Path,
    selection: &'w Selection,
    listing: Listing,
    repositories: Vec<Repository>,
    not_obeyed: Vec<NotObeyed>,
}

impl Walk<'_> {
    /// The rules of the folders above the root, as far as the repository reaches that the root lies in.
    fn rules_above(&mut self) -> Arc<Rules> {
        let mut rules = Arc::new(Rules::none());
        let Some(top) = self.root.ancestors().skip(1).find(|folder| repository::has_git(folder)) else {
            return rules;
        };
        if repository::has_git(self.root) {
            return rules;
        }
        let mut between: Vec<&Path> = self.root.ancestors().skip(1).take_while(|folder| *folder != top).collect();
        between.push(top);
        for folder in between.into_iter().rev() {
            let repository = if folder == top { self.enter_repository(folder) } else { None };
            rules = rules.below(folder, IgnoreFiles::BOTH, repository.as_ref(), &mut self.not_obeyed);
        }
        rules
    }

    /// Lists one folder (relative to the root); folders in it are put on the stack.
    fn folder(&mut self, folder: &Path, above: &Arc<Rules>, stack: &mut Vec<(PathBuf, Arc<Rules>)>) -> io::Result<()> {
        let absolute = self.root.join(folder);
        let mut entries = Vec::new();
        let mut ignore_files = IgnoreFiles::default();
        let mut has_git = false;
        for entry in fs::read_dir(&absolute)? {
            let entry = entry?;
            let name = entry.file_name();
            ignore_files.see(&name);
            has_git |= name == OsStr::new(".git");
            entries.push((entry.file_type(), name));
        }
        let repository = if has_git { self.enter_repository(&absolute) } else { None };
        let rules = above.below(&absolute, ignore_files, repository.as_ref(), &mut self.not_obeyed);
        for (kind, name) in entries {
            if VERSION_CONTROL.iter().any(|known| name == OsStr::new(known)) {
                continue;
            }
            let path = folder.join(&name);
            match kind {
                Err(error) => self.listing.problems.push(unreadable(&path, &error)),
                Ok(kind) if kind.is_symlink() => self.listing.skipped.links += 1,
                Ok(kind) if kind.is_dir() => {
                    if self.selection.enters(&path) && !rules.ignores(&absolute.join(&name), true) {
                        stack.push((path, Arc::clone(&rules)));
                    }
                }
                Ok(kind) if kind.is_file() => {
                    if self.selection.takes(&path) && !rules.ignores(&absolute.join(&name), false) {
                        self.listing.files.push(path);
                    }
                }
                Ok(_) => self.listing.skipped.special_files += 1,
            }
        }
        Ok(())
    }

    /// Notes the repository whose work tree starts at `folder`, if its `.git` is one.
    fn enter_repository(&mut self, folder: &Path) -> Option<Repository> {
        let repository = Repository::at(folder)?;
        self.repositories.push(repository.clone());
        Some(repository)
    }

    /// Adds what git tracks although an ignore file names it: a force-added `.env` is the very leak to find.
    fn add_tracked(&mut self, stop: &AtomicBool) -> Result<(), Error> {
        if self.repositories.is_empty() {
            return Ok(());
        }
        let listed: HashSet<&Path> = self.listing.files.iter().map(PathBuf::as_path).collect();
        let mut added = Vec::new();
        for repository in &self.repositories {
            let outcome = tracked::unlisted(self.root, repository, &listed, stop, |path| {
                if self.selection.takes_below_all_folders(&path) {
                    added.push(path);
                }
            });
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            self.listing.problems.extend(outcome.err());
        }
        self.listing.files.extend(added);
        Ok(())
    }
}
