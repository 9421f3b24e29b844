//! What `codeproof scan` was given: a folder, a file, or a repository; and the commit that is fetched from that.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use codeproof_source::{
    Checkout, CheckoutRequest, Git, GitError, GitLimits, GitToken, GitUrl, Since, is_bare_repository,
};
use codeproof_types::Secret;

use super::scan::check_path;
use crate::cli::ScanArguments;
use crate::failure::Failure;
use crate::folders;
use crate::progress::TerminalProgress;
use crate::settings::UserSettings;

/// Variable with a token for whatever repository is scanned.
pub(crate) const TOKEN_VARIABLE: &str = "CODEPROOF_GIT_TOKEN";

/// What to scan.
#[derive(Debug)]
pub(crate) enum ScanTarget {
    /// A folder or file as it lies on the disk.
    Path(PathBuf),
    /// A commit of a repository.
    Repository(GitUrl),
}

impl ScanTarget {
    /// Tells a path from a URL: what is on the disk is a path, except for bare repositories and where `--ref` asks for
    /// a commit.
    ///
    /// # Errors
    /// When there is nothing to scan, or the flags do not fit.
    pub(crate) fn of(arguments: &ScanArguments) -> Result<Self, Failure> {
        let path = &arguments.path;
        let text = path.to_string_lossy();
        let target = match path.metadata() {
            Ok(metadata) if metadata.is_dir() && (arguments.revision.is_some() || is_bare_repository(path)) => {
                let real = path.canonicalize().map_err(|error| unreadable(path, &error))?;
                Self::Repository(GitUrl::local(&real).map_err(git_failure)?)
            }
            Ok(_) if arguments.revision.is_some() => {
                return Err(Failure::usage(format_args!("{} is a file, and --ref needs a repository", path.display()))
                    .help("give the folder of the repository"));
            }
            Ok(_) => Self::Path(path.clone()),
            Err(_) if GitUrl::looks_like_one(&text) => Self::Repository(GitUrl::parse(&text).map_err(git_failure)?),
            Err(_) => {
                check_path(path)?;
                Self::Path(path.clone())
            }
        };
        match &target {
            Self::Repository(url) if arguments.since.is_some() => {
                let why = format!("--since compares the files of a folder, and {} is fetched as a commit", url.shown());
                Err(Failure::usage(why).help("clone the repository and scan the clone with --since"))
            }
            _ => Ok(target),
        }
    }

    /// What reports call it: the path or URL as given; for `.`, which says nothing elsewhere, the folder's name.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Path(path) if path.as_os_str() == "." => {
                let folder = path.canonicalize().ok();
                let name = folder.as_deref().and_then(Path::file_name);
                name.map_or_else(|| ".".to_owned(), |name| name.to_string_lossy().into_owned())
            }
            Self::Path(path) => path.display().to_string(),
            Self::Repository(url) => url.shown().to_owned(),
        }
    }

    /// The commit's files, if it is a repository.
    ///
    /// # Errors
    /// When there is no git, or the repository is not to be had; or the user stopped it.
    pub(crate) fn fetch(
        &self,
        arguments: &ScanArguments,
        user: &UserSettings,
        progress: &TerminalProgress,
        stop: &AtomicBool,
    ) -> Result<Option<Arc<Checkout>>, Failure> {
        let Self::Repository(url) = self else { return Ok(None) };
        let request = CheckoutRequest {
            url: url.clone(),
            revision: arguments.revision.clone(),
            token: token(arguments, user, url)?,
            folder: private_folders(),
            max_file_bytes: user.max_file_bytes,
        };
        let git = find_git(user).map_err(git_failure)?;
        Checkout::new(&git, &request, progress, stop).map(Arc::new).map(Some).map_err(git_failure)
    }
}

/// Since when, if the user asks.
///
/// # Errors
/// When there is no git.
pub(crate) fn since(arguments: &ScanArguments, user: &UserSettings) -> Result<Option<Since>, Failure> {
    let Some(revision) = arguments.since.clone() else { return Ok(None) };
    let git = find_git(user).map_err(git_failure)?;
    Ok(Some(Since { git, revision, folder: private_folders() }))
}

/// The git program, with the limits of the settings.
pub(crate) fn find_git(user: &UserSettings) -> Result<Git, GitError> {
    let limits = GitLimits { time: Duration::from_secs(user.git_max_seconds), bytes: user.git_max_bytes };
    Git::find(|name| std::env::var_os(name), limits)
}

/// The exit code of a git error: what cannot be is wrong use, what could not be had is a failure.
pub(crate) fn git_failure(error: GitError) -> Failure {
    match error {
        GitError::Interrupted => Failure::interrupted(),
        error if error.is_wrong_use() => Failure::usage(error),
        error => Failure::failed(error),
    }
}

/// The token for a URL: from the variable that the flag names, else the one that the settings name for the host, else
/// from [`TOKEN_VARIABLE`].
fn token(arguments: &ScanArguments, user: &UserSettings, url: &GitUrl) -> Result<Option<GitToken>, Failure> {
    let Some(host) = url.web_host() else { return Ok(None) };
    let read = |name: &str| {
        let value = std::env::var(name).ok()?.trim().to_owned();
        (!value.is_empty()).then(|| GitToken { variable: name.to_owned(), value: Secret::new(value) })
    };
    if let Some(name) = &arguments.git_token_env {
        return match read(name) {
            Some(token) => Ok(Some(token)),
            None => Err(Failure::usage(format_args!("the environment variable {name} is not set, or empty"))
                .help("--git-token-env takes the name of a variable that holds a token, never the token itself")),
        };
    }
    let of_host = user.git_token_env.get(host).and_then(|name| read(name));
    Ok(of_host.or_else(|| read(TOKEN_VARIABLE)))
}

/// Where folders for repositories are made: beside codeproof's own files, where nobody else looks, else where the
/// system keeps temporary files.
#[expect(clippy::disallowed_methods, reason = "without a data folder there is no better place")]
fn private_folders() -> PathBuf {
    use std::os::unix::fs::DirBuilderExt as _;
    let folder = folders::data_folder().ok().map(|folder| folder.join("git"));
    let is_made = |folder: &PathBuf| std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).is_ok();
    folder.filter(is_made).unwrap_or_else(std::env::temp_dir)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format_args!("cannot read {}: {error}", path.display()))
}
