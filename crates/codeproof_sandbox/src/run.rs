//! Running a job: the caller's side. Starts the helper, feeds it, reads what the program prints, keeps the clock, the
//! output's limits and the memory's, and ends everything when one is passed.

use std::io::{self, PipeReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::helper::{ARGUMENT, OUTER, TRIAL};
use crate::order::{Order, Report, receive, send};
use crate::{Ending, Error, Job, Outcome, Part, PartStatus, Policy, incident, layout, memory};

/// How often memory is looked at.
const MEMORY_INTERVAL: Duration = Duration::from_millis(50);

/// How long the helper may take to end a run that it was told to end, and to build one.
const PATIENCE: Duration = Duration::from_secs(10);

/// `SIGKILL` and `SIGXCPU`: what the limit of CPU seconds sends.
const CPU_SIGNALS: [i32; 2] = [9, 24];

/// What starts sandboxes.
#[derive(Debug, Clone)]
pub struct Sandbox {
    helper: PathBuf,
}

impl Sandbox {
    /// The helper is this running program, whose `main` calls [`enter_if_helper`](crate::enter_if_helper) first.
    pub fn of_this_program() -> Self {
        Self::with_helper("/proc/self/exe")
    }

    /// The helper is another program, whose `main` calls [`enter_if_helper`](crate::enter_if_helper) first.
    pub fn with_helper(helper: impl Into<PathBuf>) -> Self {
        Self { helper: helper.into() }
    }

    /// Runs a job. Comes back when no process of it is left.
    ///
    /// # Errors
    /// [`Error::Refused`] when a part of the isolation is not available and the policy does not name it; others when
    /// the job cannot be laid out. A program that fails, or is ended, is no error.
    pub fn run(&self, job: &Job, policy: &Policy) -> Result<Outcome, Error> {
        let order = layout::order(job, policy)?;
        let started = Instant::now();
        let mut watch = Watch::start(&self.helper, &order)?;
        let stopped = watch.until_end(policy, started)?;
        let report = watch.finish()?;
        let Report::Ended { raw_status, cpu_micros, peak_bytes } = report else { return Err(refusal(report)) };
        let mut stderr = watch.stderr.take(policy.stderr_bytes);
        let incidents = incident::take(&mut stderr);
        let cpu_time = Duration::from_micros(cpu_micros);
        let ending = stopped.unwrap_or_else(|| ending(ExitStatus::from_raw(raw_status), cpu_time, &stderr, policy));
        Ok(Outcome {
            ending,
            stdout: watch.stdout.take(policy.stdout_bytes),
            stderr,
            cpu_time,
            wall_time: started.elapsed(),
            peak_bytes: peak_bytes.max(watch.peak_bytes),
            incidents,
        })
    }

    /// Tries every part of the isolation here and now.
    ///
    /// # Errors
    /// When the helper cannot be started.
    pub fn parts(&self) -> Result<Vec<PartStatus>, Error> {
        let (mut child, control) = start(&self.helper, TRIAL, Stdio::null(), Stdio::null())?;
        control.set_read_timeout(Some(PATIENCE))?;
        let report = receive::<Report>(&control);
        drop(control);
        child.wait()?;
        match report? {
            Some(Report::Tried(tried)) => Ok(Part::ALL.map(|part| status(part, &tried)).to_vec()),
            Some(other) => Err(refusal(other)),
            None => Err(gone()),
        }
    }
}

fn status(part: Part, tried: &[(Part, Result<String, String>)]) -> PartStatus {
    let found = tried.iter().find(|(tried, _)| *tried == part).map(|(_, result)| result);
    let keeps = match part {
        Part::UserNamespace => "the program has a user without rights over this machine",
        Part::MountNamespace => "the program sees only the files it needs, read-only",
        Part::PidNamespace => "the program sees no other process, and all of its own end with it",
        Part::NetNamespace => "the program has no network, not even this machine's",
        Part::IpcNamespace => "the program shares no memory and no queue with others",
        Part::UtsNamespace => "the program does not learn this machine's name",
        Part::Landlock => "the kernel checks rights on files whatever is mounted",
        Part::Seccomp => "the program can make only the system calls an interpreter needs",
        Part::Limits => "CPU, address space, processes and files of each process are bounded",
        Part::ControlGroup => "memory of all processes together is bounded by the caller's watch, not by the kernel",
    };
    let (available, sentence) = match found {
        Some(Ok(more)) if more.is_empty() => (true, keeps.to_owned()),
        Some(Ok(more)) => (true, format!("{keeps} ({more})")),
        Some(Err(why)) => (false, format!("not available: {why}")),
        None => (false, keeps.to_owned()),
    };
    PartStatus { part, available, sentence }
}

/// A run while it lasts.
struct Watch {
    child: Child,
    control: UnixStream,
    stdout: Stream,
    stderr: Stream,
    peak_bytes: u64,
}

/// One of the program's two outputs.
struct Stream {
    pipe: Option<PipeReader>,
    kept: Vec<u8>,
}

impl Watch {
    fn start(helper: &PathBuf, order: &Order) -> Result<Self, Error> {
        let (stdout, their_stdout) = io::pipe()?;
        let (stderr, their_stderr) = io::pipe()?;
        let (child, control) = start(helper, OUTER, Stdio::from(their_stdout), Stdio::from(their_stderr))?;
        let stream = |pipe| Stream { pipe: Some(pipe), kept: Vec::new() };
        let watch = Self { child, control, stdout: stream(stdout), stderr: stream(stderr), peak_bytes: 0 };
        watch.control.set_write_timeout(Some(PATIENCE))?;
        send(&watch.control, order)?;
        Ok(watch)
    }

    /// Reads and watches until the helper reports, or a limit is passed: then gives which.
    fn until_end(&mut self, policy: &Policy, started: Instant) -> Result<Option<Ending>, Error> {
        let mut looked = Instant::now();
        loop {
            let left = policy.wall_time.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Ok(Some(Ending::WallTime));
            }
            if self.wait(left.min(MEMORY_INTERVAL))? {
                return Ok(None);
            }
            if self.stdout.is_over(policy.stdout_bytes) || self.stderr.is_over(policy.stderr_bytes) {
                return Ok(Some(Ending::Output));
            }
            if looked.elapsed() >= MEMORY_INTERVAL {
                looked = Instant::now();
                let bytes = memory::of_descendants(self.child.id());
                self.peak_bytes = self.peak_bytes.max(bytes);
                if bytes > policy.memory_bytes {
                    return Ok(Some(Ending::Memory));
                }
            }
        }
    }

    /// Waits for something to happen, for at most `time`, and reads what came. True when the helper has reported.
    fn wait(&mut self, time: Duration) -> io::Result<bool> {
        let time = Timespec { tv_sec: 0, tv_nsec: i64::from(time.min(MEMORY_INTERVAL).subsec_nanos()) };
        let mut watched = vec![PollFd::new(&self.control, PollFlags::IN)];
        watched.extend(self.stdout.pipe.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        watched.extend(self.stderr.pipe.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        match poll(&mut watched, Some(&time)) {
            Err(rustix::io::Errno::INTR) => return Ok(false),
            other => drop(other?),
        }
        let mut ready = watched.iter().map(|entry| !entry.revents().is_empty());
        let reported = ready.next().unwrap_or(false);
        let stdout_ready = self.stdout.pipe.is_some() && ready.next().unwrap_or(false);
        let stderr_ready = self.stderr.pipe.is_some() && ready.next().unwrap_or(false);
        if stdout_ready {
            self.stdout.read_some()?;
        }
        if stderr_ready {
            self.stderr.read_some()?;
        }
        Ok(reported)
    }

    /// Ends what is left, takes the helper's report and the rest of the output.
    fn finish(&mut self) -> Result<Report, Error> {
        // The helper ends the run at any word; when it has reported already, nobody listens.
        drop((&self.control).write_all(b"x"));
        self.control.set_read_timeout(Some(PATIENCE))?;
        let report = receive::<Report>(&self.control);
        if report.is_err() {
            self.child.kill()?;
        }
        self.child.wait()?;
        self.stdout.read_rest()?;
        self.stderr.read_rest()?;
        report?.ok_or_else(gone)
    }
}

impl Drop for Watch {
    /// No run outlives its watch: the kernel ends the inner process with the outer one.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Stream {
    fn is_over(&self, bytes: usize) -> bool {
        self.kept.len() > bytes
    }

    fn take(&mut self, bytes: usize) -> Vec<u8> {
        self.kept.truncate(bytes);
        std::mem::take(&mut self.kept)
    }

    /// Reads what is there; at the end of the output the pipe is closed.
    fn read_some(&mut self) -> io::Result<()> {
        let Some(pipe) = &mut self.pipe else { return Ok(()) };
        let mut buffer = [0; 1 << 16];
        let count = pipe.read(&mut buffer)?;
        self.kept.extend_from_slice(&buffer[..count]);
        if count == 0 {
            self.pipe = None;
        }
        Ok(())
    }

    /// Reads what is left in the pipe after all writers have gone: at most what a pipe holds.
    fn read_rest(&mut self) -> io::Result<()> {
        while self.pipe.is_some() {
            self.read_some()?;
        }
        Ok(())
    }
}

fn start(helper: &PathBuf, step: &str, stdout: Stdio, stderr: Stdio) -> io::Result<(Child, UnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    #[expect(clippy::disallowed_methods, reason = "the helper is this same program")]
    let child = Command::new(helper)
        .args([ARGUMENT, step])
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(stdout)
        .stderr(stderr)
        .spawn()?;
    Ok((child, ours))
}

fn ending(status: ExitStatus, cpu_time: Duration, stderr: &[u8], policy: &Policy) -> Ending {
    let last = stderr.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let word = last.split(|byte| *byte == b':').next().unwrap_or_default();
    match (status.code(), status.signal()) {
        (Some(code), _) if code != 0 && word.ends_with(b"MemoryError") => Ending::Memory,
        (Some(code), _) => Ending::Exited(code),
        (None, Some(signal)) if CPU_SIGNALS.contains(&signal) && cpu_time.as_secs() + 1 >= policy.cpu_seconds => {
            Ending::CpuTime
        }
        (None, signal) => Ending::Killed(signal.unwrap_or_default()),
    }
}

fn refusal(report: Report) -> Error {
    match report {
        Report::Refused { part, why } => Error::Refused { part, why },
        Report::Failed { step, why } => Error::Setup { step, why },
        Report::Ended { .. } | Report::Tried(_) => gone(),
    }
}

fn gone() -> Error {
    Error::Helper(io::Error::other("the helper ended without a report; does its `main` call `enter_if_helper` first?"))
}
