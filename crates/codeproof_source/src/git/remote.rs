//! Fetches one commit of a repository on a server into a private, bare repository: shallow, without tags, without a
//! work tree.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use codeproof_types::{Phase, Progress, Secret};

use super::command::{Ended, GitCommand, Limits, read_all};
use super::credentials::{self, Header};
use super::failure::{self, Sign};
use super::revision::{self, Revision};
use super::url::{Transport, without_credentials};
use super::{Git, GitError, GitToken, GitUrl};

/// Times a server may say that the repository has moved.
const MOVES_MAX: usize = 3;

/// Where the wanted commit is kept.
const TARGET: &str = "refs/codeproof/target";

/// A repository on a server.
pub(super) struct Remote<'a> {
    git: &'a Git,
    home: &'a Path,
    url: GitUrl,
    token: Option<&'a GitToken>,
    limits: Limits<'a>,
    /// Sentences for the report.
    pub(super) notes: Vec<String>,
}

/// What was fetched.
pub(super) struct Fetched {
    /// The bare repository that holds it.
    pub(super) git_dir: PathBuf,
    /// The commit's whole id.
    pub(super) commit: String,
}

/// Tells progress how the folder grows.
pub(super) struct Growth<'a> {
    progress: &'a dyn Progress,
    told: Mutex<u64>,
}

impl<'a> Growth<'a> {
    pub(super) fn new(progress: &'a dyn Progress) -> Self {
        Self { progress, told: Mutex::new(0) }
    }

    pub(super) fn tell(&self, bytes: u64) {
        let mut told = self.told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.progress.advance(Phase::Fetch, 0, bytes.saturating_sub(*told));
        *told = bytes.max(*told);
    }
}

impl<'a> Remote<'a> {
    pub(super) fn new(
        git: &'a Git,
        home: &'a Path,
        url: &GitUrl,
        token: Option<&'a GitToken>,
        limits: Limits<'a>,
    ) -> Self {
        Self { git, home, url: url.clone(), token, limits, notes: Vec::new() }
    }

    /// Fetches the commit that `revision` names.
    pub(super) fn fetch(&mut self, revision: &Revision, written: Option<&str>) -> Result<Fetched, GitError> {
        let (wanted, known) = self.wanted(revision)?;
        let git_dir = self.home.join("fetched.git");
        for format in ["sha1", "sha256"] {
            init(self.git, self.home, &git_dir, format, self.limits.clone())?;
            let refspec = format!("+{wanted}:{TARGET}");
            let ended = self.talk(&format!("fetch {}", self.url.shown()), |command, url| {
                let options = ["--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules"];
                let others = ["--no-write-fetch-head", "--no-auto-maintenance", "--no-show-forced-updates", "--"];
                command
                    .repository(&git_dir)
                    .arguments(["fetch"])
                    .arguments(options)
                    .arguments(others)
                    .arguments([url, &refspec])
            })?;
            if ended.success {
                // A small repository is there before its size is looked at for the first time.
                if let Some(error) = self.limits.exceeded("fetch a repository") {
                    return Err(error);
                }
                let commit = commit_of(self.git, self.home, &git_dir, TARGET, self.limits.clone())?;
                let commit = commit.ok_or_else(|| self.no_revision(written, "it is no commit but a file or folder"))?;
                return Ok(Fetched { git_dir, commit });
            }
            match failure::sign(&ended.stderr) {
                // The format must be chosen before the server says which one it has.
                Sign::OtherHash => {
                    std::fs::remove_dir_all(&git_dir)
                        .map_err(|source| GitError::System { action: "empty a folder".to_owned(), source })?;
                }
                Sign::NoRevision => return Err(self.not_there(revision, written, known)),
                _ => return Err(self.failed(&ended.stderr)),
            }
        }
        Err(GitError::Failed {
            action: format!("fetch {}", self.url.shown()),
            words: "the server's object format is neither SHA-1 nor SHA-256".to_owned(),
        })
    }

    /// What to ask the server for, and the names it has, where they had to be asked for.
    fn wanted(&mut self, revision: &Revision) -> Result<(String, Vec<String>), GitError> {
        let name = match revision {
            Revision::Head => return Ok(("HEAD".to_owned(), Vec::new())),
            Revision::Id(name) | Revision::Full(name) => return Ok((name.clone(), Vec::new())),
            Revision::Name(name) => name,
        };
        let known = self.names()?;
        let has = |kind: &str| known.contains(&format!("refs/{kind}/{name}"));
        match (has("heads"), has("tags")) {
            (true, is_tag_too) => {
                if is_tag_too {
                    let note = "the branch was scanned; --ref";
                    self.notes.push(format!("{name} is a branch and a tag: {note} refs/tags/{name} means the tag"));
                }
                Ok((format!("refs/heads/{name}"), known))
            }
            (false, true) => Ok((format!("refs/tags/{name}"), known)),
            // `pull/7/head`, as GitHub's pages write it.
            (false, false) if name.contains('/') => Ok((format!("refs/{name}"), known)),
            (false, false) => Err(self.no_revision(Some(name), &revision::advice(name, &known))),
        }
    }

    /// All branches and tags.
    fn names(&mut self) -> Result<Vec<String>, GitError> {
        let action = format!("list the branches and tags of {}", self.url.shown());
        let ended = self.talk(&action, |command, url| {
            command.arguments(["ls-remote", "--quiet", "--heads", "--tags", "--refs", "--"]).arguments([url])
        })?;
        if !ended.success {
            return Err(self.failed(&ended.stderr));
        }
        let text = String::from_utf8_lossy(&ended.value);
        Ok(text.lines().filter_map(|line| line.split_once('\t')).map(|(_, name)| name.to_owned()).collect())
    }

    /// Runs a command that talks to the server, again when the repository has moved on the same host.
    fn talk(
        &mut self,
        action: &str,
        complete: impl Fn(GitCommand, &str) -> GitCommand,
    ) -> Result<Ended<Vec<u8>>, GitError> {
        for _ in 0..=MOVES_MAX {
            let command = complete(self.connected()?, self.url.argument());
            let ended = command.run(action, self.limits.clone(), |out| read_all(out))?;
            if ended.success || failure::sign(&ended.stderr) != Sign::Redirect {
                return Ok(ended);
            }
            let Some(to) = self.location()? else { return Ok(ended) };
            let redirected = || GitError::Redirected { url: self.url.shown().to_owned(), to: without_credentials(&to) };
            let moved = self.url.moved_to(&to).filter(|moved| *moved != self.url).ok_or_else(redirected)?;
            self.notes.push(format!("{} has moved to {}", self.url.shown(), moved.shown()));
            self.url = moved;
        }
        let url = self.url.shown().to_owned();
        Err(GitError::Redirected { to: format!("{url}, again and again"), url })
    }

    /// git with this transport and, on the web, the header.
    fn connected(&self) -> Result<GitCommand, GitError> {
        let transport = match self.url.transport() {
            Transport::Web { secure: true, .. } => "https",
            Transport::Web { secure: false, .. } => "http",
            Transport::Ssh => "ssh",
            Transport::Local(_) => "none",
        };
        let command = GitCommand::at_home(self.git, self.home).transport(self.git, transport);
        Ok(match self.header()? {
            Some(header) => command.setting(header.setting, header.value.expose()),
            None => command,
        })
    }

    fn header(&self) -> Result<Option<Header>, GitError> {
        credentials::header(&self.url, self.token)
    }

    /// Where the server redirects to, as the URL of a repository. git does not say, so curl is asked to note what it
    /// receives; git keeps passwords out of such notes, and nothing but this one header is read from them.
    fn location(&self) -> Result<Option<String>, GitError> {
        let notes = self.home.join("received");
        let command = self.connected()?.variable("GIT_TRACE_CURL", &notes).variable("GIT_TRACE_CURL_NO_DATA", "1");
        let command = command.arguments(["ls-remote", "--quiet", "--", self.url.argument(), "HEAD"]);
        command.run("ask where a repository has moved", self.limits.clone(), |out| read_all(out))?;
        let text = std::fs::read(&notes).unwrap_or_default();
        let _gone_with_the_home = std::fs::remove_file(&notes);
        Ok(location_in(&String::from_utf8_lossy(&text), self.url.header_scope().as_deref().unwrap_or_default()))
    }

    /// The error for a revision the server does not have.
    fn not_there(&mut self, revision: &Revision, written: Option<&str>, known: Vec<String>) -> GitError {
        let advice = match revision {
            Revision::Head => return GitError::Empty { url: self.url.shown().to_owned() },
            Revision::Id(_) => {
                "the server may also refuse to hand out commits by their id: give a branch or tag".to_owned()
            }
            Revision::Full(name) | Revision::Name(name) if known.is_empty() => match self.names() {
                Ok(known) => revision::advice(name, &known),
                Err(_) => String::new(),
            },
            Revision::Full(name) | Revision::Name(name) => revision::advice(name, &known),
        };
        self.no_revision(written, &advice)
    }

    fn no_revision(&self, written: Option<&str>, advice: &str) -> GitError {
        let url = self.url.shown().to_owned();
        GitError::NoRevision { url, revision: written.unwrap_or("HEAD").to_owned(), advice: advice.to_owned() }
    }

    fn failed(&self, stderr: &[u8]) -> GitError {
        let header = self.header().ok().flatten();
        let secrets: Vec<&Secret<String>> = header.iter().flat_map(|header| &header.secrets).collect();
        failure::explain(&self.url, &secrets, stderr)
    }
}

/// The last `Location` among the noted headers, without what git had added to the repository's URL.
fn location_in(notes: &str, scope: &str) -> Option<String> {
    let value = notes
        .lines()
        .filter_map(|line| line.split_once("Recv header: ").map(|(_, header)| header))
        .filter_map(|header| header.split_once(':'))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("location"))
        .map(|(_, value)| value.trim())
        .next_back()?;
    let value = value.split_once("/info/refs").map_or(value, |(repository, _)| repository);
    match value.strip_prefix('/') {
        Some(path) if !path.starts_with('/') => Some(format!("{scope}{path}")),
        _ => Some(value.to_owned()),
    }
}

/// Makes an empty bare repository.
pub(super) fn init(git: &Git, home: &Path, git_dir: &Path, format: &str, limits: Limits<'_>) -> Result<(), GitError> {
    let format = format!("--object-format={format}");
    let command = GitCommand::at_home(git, home).arguments(["init", "--quiet", "--bare", "--template=", &format, "--"]);
    command.arguments([git_dir]).text("make an empty repository", limits).map(|_| ())
}

/// The id of the commit that a name leads to; `None` when it leads to none.
pub(super) fn commit_of(
    git: &Git,
    home: &Path,
    git_dir: &Path,
    name: &str,
    limits: Limits<'_>,
) -> Result<Option<String>, GitError> {
    let command = GitCommand::at_home(git, home).repository(git_dir);
    let command = command.arguments(["rev-parse", "--verify", "--quiet", "--end-of-options"]);
    let ended = command.arguments([format!("{name}^{{commit}}")]).run("read a commit", limits, |out| read_all(out))?;
    let id = String::from_utf8_lossy(&ended.value).trim().to_owned();
    Ok((ended.success && revision::is_object_id(&id)).then_some(id))
}

/// The limits of a fetch into `home`.
pub(super) fn limits<'a>(
    git: &Git,
    home: &'a Path,
    stop: &'a AtomicBool,
    grown: &'a (dyn Fn(u64) + Sync),
) -> Limits<'a> {
    Limits::of(git, stop).with_disk(home, git.limits().bytes, grown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(notes: &str, expected: Option<&str>) {
        assert_eq!(location_in(notes, "https://host/").as_deref(), expected, "{notes}");
    }

    #[test]
    fn the_new_place_is_read_from_the_last_header() {
        let note = |header: &str| format!("12:00:00.1 http.c:1 <= Recv header: {header}\n");
        check(&note("Location: https://host/new.git/info/refs?service=git-upload-pack"), Some("https://host/new.git"));
        check(&(note("location: http://a/b") + &note("location: http://c/d")), Some("http://c/d"));
        check(&note("location: /new/info/refs?service=git-upload-pack"), Some("https://host/new"));
        check(&note("location: //other/new"), Some("//other/new"));
        check(&note("content-type: x"), None);
        check("", None);
    }
}
