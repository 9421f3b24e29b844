//! What can go wrong between codeproof, git and a server: what happened, where, and what to try.

use std::io;
use std::path::PathBuf;

/// Why a repository could not be read. Texts of git and of servers in it are cut short and hold no credentials; whoever
/// prints them still makes them visible-safe, as with all foreign text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitError {
    /// There is no git.
    #[error("git is needed for this and was not found in any absolute folder of PATH; install git {oldest} or newer")]
    NotInstalled {
        /// The oldest version that will do.
        oldest: &'static str,
    },
    /// git cannot be isolated.
    #[error("{program} is git {version}; codeproof needs git {oldest} or newer to keep other settings out of it")]
    TooOld {
        /// The program.
        program: PathBuf,
        /// What it says it is.
        version: String,
        /// The oldest version that will do.
        oldest: &'static str,
    },
    /// A program or folder that cannot be used.
    #[error("cannot {action}: {source}")]
    System {
        /// What was tried.
        action: String,
        /// The system's words.
        source: io::Error,
    },
    /// Not a URL of a repository; git was not started.
    #[error("{url:?} is refused: {why}")]
    RefusedUrl {
        /// The URL without credentials.
        url: String,
        /// What is wrong, and what to give instead.
        why: String,
    },
    /// Not a revision; git was not started.
    #[error("{revision:?} is refused as a revision: {why}")]
    RefusedRevision {
        /// The revision.
        revision: String,
        /// What is wrong, and what to give instead.
        why: String,
    },
    /// A token would be sent in clear text.
    #[error("the token of {variable} is not sent to {url}, because http:// is not encrypted; use https://")]
    TokenInClearText {
        /// The environment variable.
        variable: String,
        /// The URL.
        url: String,
    },
    /// The server does not know the repository, or says so to strangers.
    #[error(
        "there is no repository {url}, or it is not public; check the spelling, and for a private one give a token \
         ({advice})"
    )]
    NoRepository {
        /// The URL.
        url: String,
        /// How to give one.
        advice: String,
    },
    /// A folder that is no repository.
    #[error("{} is not a git repository; give the folder that holds .git, or a bare repository", path.display())]
    NotARepository {
        /// The folder.
        path: PathBuf,
    },
    /// The server wants to know who asks, or does not like the answer.
    #[error("{url} {}; {advice}", if *.had_credentials { "refused the credentials given" } else { "asks for a password" })]
    Denied {
        /// The URL.
        url: String,
        /// Whether there were any.
        had_credentials: bool,
        /// What to try.
        advice: String,
    },
    /// No such host.
    #[error("the host of {url} is unknown ({words}); check the spelling and the network")]
    UnknownHost {
        /// The URL.
        url: String,
        /// git's words.
        words: String,
    },
    /// Nobody answers.
    #[error("{url} cannot be reached ({words}); check the port, the network, and HTTPS_PROXY if there is a proxy")]
    Unreachable {
        /// The URL.
        url: String,
        /// git's words.
        words: String,
    },
    /// The certificate or the host key is not trusted.
    #[error("{url} cannot be trusted ({words}); {advice}")]
    Untrusted {
        /// The URL.
        url: String,
        /// git's words.
        words: String,
        /// What to try.
        advice: &'static str,
    },
    /// The server sends elsewhere.
    #[error(
        "{url} redirects to {to}, which is another server or a less safe way to it, and is not followed; scan that \
         URL if you trust it"
    )]
    Redirected {
        /// The URL.
        url: String,
        /// Where to, without credentials.
        to: String,
    },
    /// The repository has no such branch, tag or commit.
    #[error("{url} has no branch, tag or commit {revision:?}{}", advice_after(.advice))]
    NoRevision {
        /// The repository.
        url: String,
        /// The revision.
        revision: String,
        /// Near names, or what to try.
        advice: String,
    },
    /// The repository has no commit at all.
    #[error("{url} is empty: it has no branch to look at; if it has others, name one with --ref")]
    Empty {
        /// The repository.
        url: String,
    },
    /// It takes too long.
    #[error("{what} was given up after {seconds} s; set git_max_seconds higher to wait longer")]
    TimedOut {
        /// What was under way.
        what: String,
        /// The limit.
        seconds: u64,
    },
    /// It is too large.
    #[error("{what} is larger than {limit}; set git_max_bytes higher to take it")]
    TooLarge {
        /// What is.
        what: String,
        /// The limit, with its unit.
        limit: String,
    },
    /// A folder whose changes were asked for is in no work tree.
    #[error("{} is not in the work tree of a git repository ({why}), so there are no changes since a revision", path.display())]
    NoWorkTree {
        /// The folder.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// Two revisions without a common ancestor.
    #[error("{revision:?} and HEAD have no common ancestor in {}{advice}", path.display())]
    NoMergeBase {
        /// The work tree.
        path: PathBuf,
        /// The revision.
        revision: String,
        /// What to try.
        advice: &'static str,
    },
    /// git failed in a way that has no sentence of its own.
    #[error("git failed to {action}: {words}")]
    Failed {
        /// What it was to do.
        action: String,
        /// The last of its words.
        words: String,
    },
    /// The user stopped it.
    #[error("interrupted while git was at work")]
    Interrupted,
}

impl GitError {
    /// Whether the user asked for something that cannot be, rather than that it could not be had.
    pub fn is_wrong_use(&self) -> bool {
        matches!(
            self,
            Self::RefusedUrl { .. }
                | Self::RefusedRevision { .. }
                | Self::TokenInClearText { .. }
                | Self::NotARepository { .. }
                | Self::NoRevision { .. }
                | Self::NoWorkTree { .. }
                | Self::NoMergeBase { .. }
        )
    }
}

fn advice_after(advice: &str) -> String {
    if advice.is_empty() { String::new() } else { format!("; {advice}") }
}
