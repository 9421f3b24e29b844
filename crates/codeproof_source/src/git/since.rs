//! What changed in a work tree since a commit, read without trusting the repository it belongs to.
//!
//! The commit is the merge base of a revision and HEAD: what a pull request shows, whatever happened on the other
//! branch meanwhile. The work tree is what is on the disk now: staged or not, tracked or not.
//!
//! The repository's own index, configuration and attributes could hide changes (`assume-unchanged`, `-diff`) or name
//! programs (`fsmonitor`, filters, external diffs). So a private repository is made that sees the objects, the files
//! are put into an index of its own, byte by byte as they are, and that is compared with the commit. Only names of
//! revisions and the way to the merge base are looked up in the repository itself, which starts no program.

use std::collections::HashSet;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::command::{GitCommand, Limits, read_all, reading};
use super::diff::{self, Patch};
use super::home::Home;
use super::local::{LocalRepository, is_bare_repository};
use super::remote::commit_of;
use super::tree::{self, EntryKind, is_plain};
use super::{ChangedLines, Git, GitError, LineRange, revision, words};
use crate::walk::{Repository, is_file_without_links, repo_path};

/// Larger files are not compared but count as changed, if they are there to be scanned at all.
const COMPARED_BYTES_MAX: u64 = 256 << 20;

/// Attributes for every file: no conversion of any kind, and a text to git whatever it holds.
const ATTRIBUTES: &str = "* -text diff !eol !ident !filter !working-tree-encoding !whitespace !merge\n";

/// Ids of the tree without entries, from which attributes are read instead of from the work tree.
const EMPTY_TREES: [&str; 2] =
    ["4b825dc642cb6eb9a060e54bf8d69288fbee4904", "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"];

/// Since when.
#[derive(Debug, Clone)]
pub struct Since {
    /// The program.
    pub git: Git,
    /// Branch, tag, commit, or what else git reads as a revision: `main`, `origin/main`, `HEAD~3`.
    pub revision: String,
    /// Where private folders are made; made itself, with mode 0700, when it is not there.
    pub folder: PathBuf,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFiles {
    /// The changed lines.
    pub lines: ChangedLines,
    /// Id of the commit that was compared with.
    pub base: String,
    /// Files that are not looked at because nothing in them changed.
    pub unchanged: u64,
    /// Files that are not looked at because they belong to submodules.
    pub in_submodules: u64,
}

impl Since {
    /// Compares `files` (relative to `root`, a canonical folder) with the commit.
    ///
    /// # Errors
    /// When `root` is in no work tree, there is no such revision, or git fails; or `stop` was set.
    pub(crate) fn changes(&self, root: &Path, files: &[PathBuf], stop: &AtomicBool) -> Result<ChangedFiles, GitError> {
        revision::check_characters(&self.revision)?;
        let repository = work_tree_of(root)?;
        let home = Home::new(&self.folder)?;
        let limits = Limits::of(&self.git, stop);
        let local = LocalRepository::of(&repository);
        let base = self.base(&local, &repository, home.path(), &limits)?;
        let git_dir = local.private(&self.git, home.path(), &base, &limits)?;
        let compared = Compared {
            git: &self.git,
            home: home.path(),
            git_dir: &git_dir,
            work_tree: &repository.work_tree,
            limits: &limits,
        };
        compared.run(root, files, base)
    }

    /// The commit to compare with.
    fn base(
        &self,
        local: &LocalRepository,
        repository: &Repository,
        home: &Path,
        limits: &Limits<'_>,
    ) -> Result<String, GitError> {
        let is_shallow = repository.common_dir.join("shallow").exists();
        let path = || repository.work_tree.clone();
        let commit = |name: &str| commit_of(&self.git, home, local.git_dir(), name, limits.clone());
        let Some(head) = commit("HEAD")? else {
            return Err(GitError::NoWorkTree { path: path(), why: "its repository has no commit yet".to_owned() });
        };
        let Some(since) = commit(&self.revision)? else {
            let advice = match revision::advice(&self.revision, &local.names(&self.git, home, limits)?) {
                _ if is_shallow => {
                    "its history is shallow: fetch more of it, for example with `git fetch --unshallow`, \
                                    or `fetch-depth: 0` in a GitHub workflow"
                        .to_owned()
                }
                advice if revision::is_abbreviated(&self.revision) => advice.replace(
                    "give all 40 characters, since servers do not look up short ones",
                    "no commit starts with it",
                ),
                advice => advice,
            };
            let url = repository.work_tree.display().to_string();
            return Err(GitError::NoRevision { url, revision: self.revision.clone(), advice });
        };
        let command = GitCommand::at_home(&self.git, home).repository(local.git_dir());
        let command = command.arguments(["merge-base", "--end-of-options", since.as_str(), head.as_str()]);
        let ended = command.run("look for a common ancestor", limits.clone(), |out| read_all(out))?;
        let text = String::from_utf8_lossy(&ended.value);
        match text.lines().next().filter(|line| revision::is_object_id(line)) {
            Some(base) => Ok(base.to_owned()),
            None => {
                let advice = match is_shallow {
                    true => {
                        "; its history is shallow: fetch more of it, for example with `git fetch --unshallow`, or \
                             `fetch-depth: 0` in a GitHub workflow"
                    }
                    false => "; name a revision that HEAD grew from",
                };
                Err(GitError::NoMergeBase { path: path(), revision: self.revision.clone(), advice })
            }
        }
    }
}

/// The repository that a folder belongs to.
fn work_tree_of(root: &Path) -> Result<Repository, GitError> {
    let refuse = |why: &str| GitError::NoWorkTree { path: root.to_owned(), why: why.to_owned() };
    match root.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok()) {
        Some(_) if root.components().any(|part| part.as_os_str() == ".git") => Err(refuse("it is git's own folder")),
        Some(folder) => Repository::at(folder).ok_or_else(|| refuse("its .git leads nowhere")),
        None if root.ancestors().any(is_bare_repository) => Err(refuse("a bare repository has no files to compare")),
        None => Err(refuse("no folder from there upwards holds .git")),
    }
}

/// The two sides of the comparison.
struct Compared<'a> {
    git: &'a Git,
    home: &'a Path,
    git_dir: &'a Path,
    work_tree: &'a Path,
    limits: &'a Limits<'a>,
}

impl Compared<'_> {
    fn run(&self, root: &Path, files: &[PathBuf], base: String) -> Result<ChangedFiles, GitError> {
        let prefix = root.strip_prefix(self.work_tree).unwrap_or(Path::new(""));
        let entries = tree::list(self.git, self.home, self.git_dir, &base, self.limits.clone())?;
        let submodules: HashSet<&Path> = entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::Submodule)
            .map(|entry| entry.path.as_path())
            .collect();
        let in_submodule = |path: &Path| path.ancestors().any(|folder| submodules.contains(folder));

        let mut lines = ChangedLines::default();
        let mut compared: Vec<PathBuf> = Vec::new();
        let mut in_submodules = 0;
        for file in files {
            let path = prefix.join(file);
            if in_submodule(&path) {
                in_submodules += 1;
            } else if self.can_be_compared(&path) {
                compared.push(path);
            } else if let Some(path) = repo_path(file) {
                lines.add(path, [LineRange::WHOLE_FILE]);
            }
        }
        // What is on the disk and not scanned is compared as well: otherwise it would look deleted, and a copy of it
        // like a renamed file with few new lines.
        let on_disk = |path: &PathBuf| self.can_be_compared(path) && is_file_without_links(self.work_tree, path);
        let others = entries.iter().filter(|entry| entry.kind == EntryKind::File).map(|entry| entry.path.clone());
        compared.extend(others.filter(on_disk));
        compared.sort();
        compared.dedup();

        for (path, ranges) in self.patch(&compared, &base)? {
            if let Ok(file) = path.strip_prefix(prefix)
                && let Some(path) = repo_path(file)
                && !ranges.is_empty()
            {
                lines.add(path, ranges);
            }
        }
        let is_changed = |file: &&PathBuf| repo_path(file).is_some_and(|path| lines.has_file(&path));
        let unchanged = (files.len() - files.iter().filter(is_changed).count()) as u64;
        Ok(ChangedFiles { unchanged: unchanged.saturating_sub(in_submodules), lines, base, in_submodules })
    }

    /// Whether git takes a path into an index: it refuses `.git` in every case, and is slow with huge files.
    fn can_be_compared(&self, path: &Path) -> bool {
        let is_git = |part: &[u8]| part.eq_ignore_ascii_case(b".git");
        let is_small = |path: &Path| {
            fs::symlink_metadata(self.work_tree.join(path)).is_ok_and(|metadata| metadata.len() <= COMPARED_BYTES_MAX)
        };
        is_plain(path) && !path.as_os_str().as_bytes().split(|byte| *byte == b'/').any(is_git) && is_small(path)
    }

    /// Puts the files into the private index and reads the patch from the commit to it.
    fn patch(&self, files: &[PathBuf], base: &str) -> Result<Patch, GitError> {
        let attributes = self.git_dir.join("info/attributes");
        let written = fs::create_dir_all(self.git_dir.join("info")).and_then(|()| fs::write(&attributes, ATTRIBUTES));
        written.map_err(|source| GitError::System { action: "make a private repository".to_owned(), source })?;
        let mut paths = Vec::new();
        for file in files {
            paths.extend_from_slice(file.as_os_str().as_bytes());
            paths.push(0);
        }
        let add = self.command(base).input(paths).arguments(["update-index", "--add", "--remove", "-z", "--stdin"]);
        add.text("compare the files on the disk", self.limits.clone())?;
        let options = ["diff-index", "--cached", "--patch", "--unified=0", "--text", "--find-renames"];
        let plain = ["--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--ignore-cr-at-eol"];
        let prefixes = ["--src-prefix=a/", "--dst-prefix=b/", "--no-relative", "--end-of-options"];
        let show = self.command(base).arguments(options).arguments(plain).arguments(prefixes).arguments([base, "--"]);
        let action = "compare the files with a commit";
        let ended = show.run(action, self.limits.clone(), |out| diff::read(out).map_err(reading))?;
        match ended.success {
            true => Ok(ended.value),
            false => Err(GitError::Failed { action: action.to_owned(), words: words::last(&ended.stderr, &[]) }),
        }
    }

    fn command(&self, base: &str) -> GitCommand {
        let empty_tree = EMPTY_TREES[usize::from(base.len() == 64)];
        GitCommand::at_home(self.git, self.home)
            .repository(self.git_dir)
            .variable("GIT_WORK_TREE", self.work_tree)
            .variable("GIT_ATTR_SOURCE", empty_tree)
            .setting("core.bare", "false")
    }
}
