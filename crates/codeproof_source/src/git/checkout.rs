//! The files of one commit of a repository anywhere, in a private folder that goes when this does.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use codeproof_types::{Phase, Progress};

use super::command::Limits;
use super::home::Home;
use super::local::LocalRepository;
use super::remote::{Growth, Remote, limits};
use super::revision::Revision;
use super::tree::{self, Entry, EntryKind};
use super::unpack::unpack;
use super::url::Transport;
use super::{Git, GitError, GitToken, GitUrl};
use crate::walk::Listing;
use crate::{Error, Snapshot, WalkConfig, snapshot};

/// Submodules named in a note.
const SUBMODULES_NAMED_MAX: usize = 10;

/// What to fetch.
#[derive(Debug, Clone)]
pub struct CheckoutRequest {
    /// The repository.
    pub url: GitUrl,
    /// Branch, tag, whole commit id or full name of a ref; the server's HEAD without one.
    pub revision: Option<String>,
    /// Sent to the URL's host only.
    pub token: Option<GitToken>,
    /// Where private folders are made; made itself, with mode 0700, when it is not there.
    pub folder: PathBuf,
    /// Larger files are not unpacked.
    pub max_file_bytes: u64,
}

/// The files of a commit.
#[derive(Debug)]
pub struct Checkout {
    home: Home,
    listing: Listing,
    commit: String,
    notes: Vec<String>,
}

impl Checkout {
    /// Fetches a commit and unpacks its files: the bytes that the repository holds, untouched by attributes, filters
    /// and line-end settings; neither links nor submodules.
    ///
    /// # Errors
    /// When the request is refused, the repository or revision is not to be had, a limit is exceeded, or `stop` was
    /// set. Nothing of it is left behind then.
    pub fn new(
        git: &Git,
        request: &CheckoutRequest,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Self, GitError> {
        let written = request.revision.as_deref();
        let revision = Revision::parse(written)?;
        let home = Home::new(&request.folder)?;
        progress.start(Phase::Fetch, None);
        let mut notes = Vec::new();
        let (git_dir, commit) = match request.url.transport() {
            Transport::Local(folder) => {
                let limits = Limits::of(git, stop);
                let repository = LocalRepository::at(folder)?;
                let commit = repository.commit(git, home.path(), &revision, written, &limits)?;
                (repository.private(git, home.path(), &commit, &limits)?, commit)
            }
            Transport::Web { .. } | Transport::Ssh => {
                let growth = Growth::new(progress);
                let tell = |bytes| growth.tell(bytes);
                let limits = limits(git, home.path(), stop, &tell);
                let mut remote = Remote::new(git, home.path(), &request.url, request.token.as_ref(), limits);
                let fetched = remote.fetch(&revision, written)?;
                notes.append(&mut remote.notes);
                (fetched.git_dir, fetched.commit)
            }
        };
        let entries = tree::list(git, home.path(), &git_dir, &commit, Limits::of(git, stop))?;
        notes.extend(submodules(&entries));
        let root = home.path().join("files");
        std::fs::create_dir(&root)
            .map_err(|source| GitError::System { action: "make a folder for the files".to_owned(), source })?;
        let limits = Limits::of(git, stop);
        let bytes_max = request.max_file_bytes;
        let listing = unpack(git, (home.path(), &git_dir), &entries, &root, bytes_max, limits, progress)?;
        // The packed objects are of no more use, and may be large.
        let _gone_with_the_home = std::fs::remove_dir_all(&git_dir);
        progress.finish(Phase::Fetch);
        Ok(Self { home, listing, commit, notes })
    }

    /// The folder with the files.
    pub fn root(&self) -> PathBuf {
        self.home.path().join("files")
    }

    /// The commit's whole id.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// Sentences for the report: what was found out on the way, and what is not in the folder.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Reads and hashes the files, as [`snapshot`](crate::snapshot()) does. Every file of the commit is taken that
    /// `config` takes: the ignore files in it say nothing about what is tracked.
    ///
    /// # Errors
    /// As [`snapshot`](crate::snapshot()).
    pub fn snapshot(&self, config: &WalkConfig, progress: &dyn Progress, stop: &AtomicBool) -> Result<Snapshot, Error> {
        snapshot::of_listing(&self.root(), &self.listing, config, progress, stop)
    }
}

fn submodules(entries: &[Entry]) -> Option<String> {
    let paths: Vec<_> = entries.iter().filter(|entry| entry.kind == EntryKind::Submodule).collect();
    let named = paths.iter().take(SUBMODULES_NAMED_MAX).map(|entry| name(&entry.path)).collect::<Vec<_>>().join(", ");
    let more = paths.len().saturating_sub(SUBMODULES_NAMED_MAX);
    match (paths.len(), more) {
        (0, _) => None,
        (1, _) => Some(format!("the submodule {named} was not scanned; scan its own repository")),
        (_, 0) => Some(format!("the submodules {named} were not scanned; scan their own repositories")),
        _ => Some(format!("the submodules {named} and {more} others were not scanned; scan their own repositories")),
    }
}

fn name(path: &Path) -> String {
    codeproof_types::visible(&path.to_string_lossy()).replace('\n', "\u{fffd}")
}
