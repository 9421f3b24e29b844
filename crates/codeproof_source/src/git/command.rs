//! One git process: with an environment and configuration of ours alone, in a process group of its own, watched.
//!
//! Nothing that a person, a system or a repository has configured for git reaches it: the environment is empty except
//! for what is listed here and in `tool.rs`, system and user configuration are replaced by [`CONFIGURATION`], and no
//! program can be started through a hook, filter, helper, pager or transport. A process is ended, with all it started,
//! when the user stops the scan, the time is over, or the disk it may use is full.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::{Git, GitError, words};

/// How often the limits are looked at while git works.
const TICK: Duration = Duration::from_millis(50);

/// Bytes of standard error that are kept, from its end.
const STDERR_BYTES_MAX: usize = 64 << 10;

/// What every git process is configured with. It stands in a file rather than in variables because git hides variables
/// from the processes it starts in other repositories (`git-upload-pack` for a local one), but not this file.
pub(crate) const CONFIGURATION: &str = "\
[advice]
	defaultBranchName = false
	detachedHead = false
[core]
	askPass =
	attributesFile = /dev/null
	autocrlf = false
	bigFileThreshold = 32m
	commitGraph = false
	editor = false
	excludesFile = /dev/null
	fsmonitor = false
	hooksPath = /dev/null
	pager = cat
	protectHFS = false
	protectNTFS = false
	quotePath = true
	untrackedCache = false
[credential]
	helper =
[fetch]
	recurseSubmodules = false
	unpackLimit = 1
	writeCommitGraph = false
[gc]
	auto = 0
[http]
	followRedirects = false
	lowSpeedLimit = 1
	lowSpeedTime = 120
	saveCookies = false
[init]
	defaultBranch = main
	templateDir =
[maintenance]
	auto = false
[pack]
	threads = 2
[protocol]
	allow = never
[safe]
	bareRepository = all
	directory = *
[ssh]
	variant = ssh
[submodule]
	recurse = false
[transfer]
	bundleURI = false
";

/// How ssh is started: it asks nobody, forwards nothing, leaves no process behind, and lets the user's own
/// configuration and known hosts decide the rest.
const SSH: &str = "ssh -o BatchMode=yes -o ForwardAgent=no -o ForwardX11=no -o ClearAllForwardings=yes \
                   -o PermitLocalCommand=no -o ControlMaster=no -o ControlPersist=no -o ConnectTimeout=30";

/// When a process is ended.
#[derive(Clone)]
pub(crate) struct Limits<'a> {
    seconds: u64,
    deadline: Instant,
    stop: &'a AtomicBool,
    disk: Option<Disk<'a>>,
}

/// A folder that may not grow past a size.
#[derive(Clone)]
struct Disk<'a> {
    folder: &'a Path,
    bytes_max: u64,
    grown: &'a (dyn Fn(u64) + Sync),
}

impl<'a> Limits<'a> {
    /// The time limit of `git`, from now on.
    pub(crate) fn of(git: &Git, stop: &'a AtomicBool) -> Self {
        let time = git.limits().time;
        let now = Instant::now();
        // A time too long to count is none that anybody waits for.
        let deadline = now.checked_add(time).unwrap_or(now + Duration::from_secs(1 << 30));
        Self { seconds: time.as_secs(), deadline, stop, disk: None }
    }

    /// The same, and `folder` may not take more than `bytes_max` bytes; `grown` is told how many it takes.
    pub(crate) fn with_disk(self, folder: &'a Path, bytes_max: u64, grown: &'a (dyn Fn(u64) + Sync)) -> Self {
        Self { disk: Some(Disk { folder, bytes_max, grown }), ..self }
    }

    /// Why to stop now, if at all; `action` is what is being done.
    pub(crate) fn exceeded(&self, action: &str) -> Option<GitError> {
        if self.stop.load(Ordering::Relaxed) {
            return Some(GitError::Interrupted);
        }
        if Instant::now() >= self.deadline {
            return Some(GitError::TimedOut { what: format!("the attempt to {action}"), seconds: self.seconds });
        }
        let disk = self.disk.as_ref()?;
        let bytes = bytes_below(disk.folder);
        (disk.grown)(bytes);
        (bytes > disk.bytes_max)
            .then(|| GitError::TooLarge { what: "the repository".to_owned(), limit: words::bytes(disk.bytes_max) })
    }
}

/// Bytes of all files in a folder of git's own, which holds no links. What vanishes meanwhile counts nothing.
fn bytes_below(folder: &Path) -> u64 {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => bytes += metadata.len(),
                Err(_) => {}
            }
        }
    }
    bytes
}

/// What came of a process.
pub(crate) struct Ended<T> {
    /// What its reader made of its standard output.
    pub(crate) value: T,
    /// Whether it ended well.
    pub(crate) success: bool,
    /// The end of its standard error, as it is: to be cleaned before anybody sees it.
    pub(crate) stderr: Vec<u8>,
}

/// A git command in the making.
pub(crate) struct GitCommand {
    command: Command,
    configuration: Vec<(OsString, OsString)>,
    input: Option<Vec<u8>>,
}

impl GitCommand {
    /// git with nothing but PATH: for questions that need no repository.
    #[expect(clippy::disallowed_methods, reason = "the one place where the library runs a program: git, isolated")]
    pub(crate) fn bare(git: &Git) -> Self {
        let mut command = Command::new(git.program());
        command.env_clear().current_dir("/");
        command.env("PATH", git.path()).env("LC_ALL", "C");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_SYSTEM", "/dev/null");
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_ATTR_NOSYSTEM", "1");
        command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_REPLACE_OBJECTS", "1");
        // Missing objects of partial clones are not fetched; older versions, which do not know this variable, are
        // stopped by the list of transports, which is empty.
        command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "");
        command.process_group(0);
        Self { command, configuration: Vec::new(), input: None }
    }

    /// git at home in `home`, a private folder in which [`CONFIGURATION`] was written as `.gitconfig`.
    pub(crate) fn at_home(git: &Git, home: &Path) -> Self {
        let mut this = Self::bare(git);
        this.command.env("HOME", home).env("XDG_CONFIG_HOME", home).env("TMPDIR", home);
        this.command.env("GIT_CONFIG_GLOBAL", home.join(".gitconfig"));
        this.command.current_dir(home);
        this
    }

    /// Lets git use one transport, and what that needs of the environment.
    pub(crate) fn transport(mut self, git: &Git, name: &str) -> Self {
        self.command.env("GIT_ALLOW_PROTOCOL", name).env("GIT_SSH_COMMAND", SSH);
        for (name, value) in git.passed_on() {
            self.command.env(name, value);
        }
        self
    }

    /// The repository to work in.
    pub(crate) fn repository(mut self, git_dir: &Path) -> Self {
        self.command.env("GIT_DIR", git_dir);
        self
    }

    /// One more environment variable.
    pub(crate) fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// One more setting, which only this process and no file sees. Wins over every configuration file.
    pub(crate) fn setting(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.configuration.push((name.into(), value.into()));
        self
    }

    /// The arguments.
    pub(crate) fn arguments<I: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = I>) -> Self {
        self.command.args(arguments);
        self
    }

    /// What is written to its standard input.
    pub(crate) fn input(mut self, bytes: Vec<u8>) -> Self {
        self.input = Some(bytes);
        self
    }

    /// Runs it and hands its standard output to `read`.
    ///
    /// # Errors
    /// When it cannot be started, a limit is exceeded, or `read` fails. That git itself failed is in [`Ended`].
    pub(crate) fn run<T: Send>(
        mut self,
        action: &str,
        limits: Limits<'_>,
        read: impl FnOnce(&mut dyn BufRead) -> Result<T, GitError> + Send,
    ) -> Result<Ended<T>, GitError> {
        for (number, (name, value)) in self.configuration.iter().enumerate() {
            self.command.env(format!("GIT_CONFIG_KEY_{number}"), name);
            self.command.env(format!("GIT_CONFIG_VALUE_{number}"), value);
        }
        self.command.env("GIT_CONFIG_COUNT", self.configuration.len().to_string());
        let stdin = if self.input.is_some() { Stdio::piped() } else { Stdio::null() };
        self.command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = self.command.spawn();
        let child = started.map_err(|source| GitError::System { action: "start git".to_owned(), source })?;
        Group::new(child).watch(action, self.input, &limits, read)
    }

    /// Runs it and returns its standard output.
    ///
    /// # Errors
    /// When it cannot be started, a limit is exceeded, or git fails.
    pub(crate) fn text(self, action: &str, limits: Limits<'_>) -> Result<String, GitError> {
        let ended = self.run(action, limits, |out| read_all(out))?;
        match ended.success {
            true => Ok(String::from_utf8_lossy(&ended.value).into_owned()),
            false => Err(GitError::Failed { action: action.to_owned(), words: words::last(&ended.stderr, &[]) }),
        }
    }
}

/// Everything a process says, up to 64 MiB.
pub(crate) fn read_all(out: &mut dyn BufRead) -> Result<Vec<u8>, GitError> {
    let mut bytes = Vec::new();
    out.take(64 << 20).read_to_end(&mut bytes).map_err(reading)?;
    Ok(bytes)
}

/// An error of a pipe from git.
pub(crate) fn reading(source: io::Error) -> GitError {
    GitError::System { action: "read what git says".to_owned(), source }
}

/// A running process and all it starts; ended when dropped.
struct Group {
    child: Child,
    id: Pid,
}

impl Group {
    fn new(child: Child) -> Self {
        let id = Pid::from_child(&child);
        Self { child, id }
    }

    fn watch<T: Send>(
        mut self,
        action: &str,
        input: Option<Vec<u8>>,
        limits: &Limits<'_>,
        read: impl FnOnce(&mut dyn BufRead) -> Result<T, GitError> + Send,
    ) -> Result<Ended<T>, GitError> {
        let (stdin, stdout, stderr) = (self.child.stdin.take(), self.child.stdout.take(), self.child.stderr.take());
        let stdout = stdout.expect("standard output is a pipe");
        let stderr = stderr.expect("standard error is a pipe");
        let id = self.id;
        thread::scope(|scope| {
            let (exited, events) = mpsc::channel();
            scope.spawn(move || {
                // Waits without reaping, so that the group's number cannot be another's when it is ended below.
                let waited = waitid(WaitId::Pid(id), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
                let _nobody_waits = exited.send(waited.is_ok());
            });
            scope.spawn(move || feed(stdin, input));
            let errors = scope.spawn(move || tail(stderr));
            let output = scope.spawn(move || read(&mut BufReader::with_capacity(1 << 16, stdout)));
            let broken = loop {
                match events.recv_timeout(TICK) {
                    Ok(_) | Err(RecvTimeoutError::Disconnected) => break None,
                    Err(RecvTimeoutError::Timeout) => {}
                }
                if let Some(error) = limits.exceeded(action) {
                    break Some(error);
                }
                // A reader that gave up has a reason, which comes out below.
                if output.is_finished() {
                    self.end_if_it_lingers(&events);
                    break None;
                }
            };
            // Whatever git left behind would keep the pipes open.
            self.end();
            let status = self.child.wait();
            let value = output.join().expect("the reader does not panic");
            let stderr = errors.join().expect("the reader does not panic");
            match broken {
                Some(error) => Err(error),
                None => Ok(Ended { value: value?, success: status.is_ok_and(|status| status.success()), stderr }),
            }
        })
    }

    /// Waits a moment for a process that has said all it has to say.
    fn end_if_it_lingers(&self, events: &mpsc::Receiver<bool>) {
        if let Err(RecvTimeoutError::Timeout) = events.recv_timeout(20 * TICK) {
            self.end();
        }
    }

    fn end(&self) {
        // An error means that nobody is left to be ended.
        let _nobody_left = kill_process_group(self.id, Signal::KILL);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // After `watch` the child is reaped, and `try_wait` keeps its number from being used again.
        if let Ok(None) = self.child.try_wait() {
            self.end();
            let _reaped = self.child.wait();
        }
    }
}

fn feed(stdin: Option<ChildStdin>, input: Option<Vec<u8>>) {
    if let (Some(mut stdin), Some(input)) = (stdin, input) {
        // A process that stops reading says why on its standard error.
        let _stopped_reading = stdin.write_all(&input);
    }
}

/// The last bytes of a stream, read to its end.
fn tail(mut stream: impl Read) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        kept.extend_from_slice(&buffer[..count]);
        if kept.len() > 2 * STDERR_BYTES_MAX {
            kept.drain(..kept.len() - STDERR_BYTES_MAX);
        }
    }
    kept
}

/// Writes [`CONFIGURATION`] into a home.
pub(crate) fn furnish(home: &Path) -> io::Result<PathBuf> {
    let file = home.join(".gitconfig");
    std::fs::write(&file, CONFIGURATION)?;
    Ok(file)
}
