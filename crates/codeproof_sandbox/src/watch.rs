//! A run while it lasts, from the caller's side: reads what the program prints, keeps the clock, the limits of its
//! output and of all its memory.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::collect::{self, Found};
use crate::memory::{self, Resident};
use crate::order::{Report, receive};
use crate::process::PATIENCE;
use crate::{Ending, Outcome, Policy, incident};

/// How often memory is looked at.
const MEMORY_INTERVAL: Duration = Duration::from_millis(50);

/// How long the end of an output is waited for when nobody is left who could write.
const REST_TIME: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// `SIGKILL` and `SIGXCPU`: what the limit of CPU seconds sends.
const CPU_SIGNALS: [i32; 2] = [9, 24];

/// Reads one run.
pub(crate) struct Watch {
    started: Instant,
    stdout: Stream,
    stderr: Stream,
    peak_bytes: u64,
    stopped: Option<Ending>,
}

/// Where a run's memory is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The process below which everything belongs to the run.
    pub(crate) root: u32,
    /// What was there before it.
    pub(crate) idle: Resident,
}

/// What a run's guard says of its end.
pub(crate) struct End {
    pub(crate) raw_status: i32,
    pub(crate) cpu_time: Duration,
    pub(crate) peak_bytes: u64,
    pub(crate) files: Vec<Found>,
}

/// One of the program's two outputs.
struct Stream {
    pipe: Option<PipeReader>,
    kept: Vec<u8>,
}

/// The ends of the pipes that the program gets.
pub(crate) type Outputs = (PipeWriter, PipeWriter);

impl Watch {
    /// Makes the pipes. The clock runs from here.
    pub(crate) fn new() -> io::Result<(Self, Outputs)> {
        let (stdout, their_stdout) = io::pipe()?;
        let (stderr, their_stderr) = io::pipe()?;
        let stream = |pipe| Stream { pipe: Some(pipe), kept: Vec::new() };
        let watch = Self {
            started: Instant::now(),
            stdout: stream(stdout),
            stderr: stream(stderr),
            peak_bytes: 0,
            stopped: None,
        };
        Ok((watch, (their_stdout, their_stderr)))
    }

    /// Reads and watches until the run's guard reports on `control`, or a limit is passed and the guard was told to end
    /// the run. Gives the report, `None` when the guard closed without one.
    pub(crate) fn follow(&mut self, control: &UnixStream, place: Place, policy: &Policy) -> io::Result<Option<Report>> {
        self.stopped = self.until_end(control, place, policy)?;
        // The guard ends the run at any word; when it has reported already, nobody listens.
        let mut writer = control;
        drop(writer.write_all(b"x"));
        control.set_read_timeout(Some(PATIENCE))?;
        receive(control)
    }

    /// What came of it, when nobody can write any more.
    pub(crate) fn outcome(mut self, end: End, policy: &Policy) -> io::Result<Outcome> {
        self.stdout.read_rest()?;
        self.stderr.read_rest()?;
        let mut stderr = self.stderr.take(policy.stderr_bytes);
        let incidents = incident::take(&mut stderr);
        let status = ExitStatus::from_raw(end.raw_status);
        let (files, left_out) = collect::told_apart(end.files);
        Ok(Outcome {
            ending: self.stopped.unwrap_or_else(|| ending(status, end.cpu_time, &stderr, policy)),
            stdout: self.stdout.take(policy.stdout_bytes),
            stderr,
            cpu_time: end.cpu_time,
            wall_time: self.started.elapsed(),
            peak_bytes: end.peak_bytes.max(self.peak_bytes),
            files,
            left_out,
            weaker: Vec::new(),
            incidents,
        })
    }

    fn until_end(&mut self, control: &UnixStream, place: Place, policy: &Policy) -> io::Result<Option<Ending>> {
        let mut looked = Instant::now();
        loop {
            let left = policy.wall_time.saturating_sub(self.started.elapsed());
            if left.is_zero() {
                return Ok(Some(Ending::WallTime));
            }
            if self.wait(control, left.min(MEMORY_INTERVAL))? {
                return Ok(None);
            }
            if self.stdout.is_over(policy.stdout_bytes) || self.stderr.is_over(policy.stderr_bytes) {
                return Ok(Some(Ending::Output));
            }
            if looked.elapsed() >= MEMORY_INTERVAL {
                looked = Instant::now();
                if self.is_too_much_memory(place, policy) {
                    return Ok(Some(Ending::Memory));
                }
            }
        }
    }

    /// Whether all processes of the run together use more than they may. The quick sum counts shared pages once for
    /// each process, so only the exact one condemns.
    fn is_too_much_memory(&mut self, place: Place, policy: &Policy) -> bool {
        let quick = memory::quick(place.root).saturating_sub(place.idle.quick);
        if quick <= policy.memory_bytes {
            self.peak_bytes = self.peak_bytes.max(quick);
            return false;
        }
        let exact = memory::exact(place.root).saturating_sub(place.idle.exact);
        self.peak_bytes = self.peak_bytes.max(exact);
        exact > policy.memory_bytes
    }

    /// Waits for something to happen, for at most `time`, and reads what came. True when the guard has reported.
    fn wait(&mut self, control: &UnixStream, time: Duration) -> io::Result<bool> {
        let time = Timespec { tv_sec: 0, tv_nsec: i64::from(time.min(MEMORY_INTERVAL).subsec_nanos()) };
        let mut watched = vec![PollFd::new(control, PollFlags::IN)];
        watched.extend(self.stdout.pipe.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        watched.extend(self.stderr.pipe.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        match poll(&mut watched, Some(&time)) {
            Err(rustix::io::Errno::INTR) => return Ok(false),
            other => drop(other?),
        }
        let mut ready = watched.iter().map(|entry| !entry.revents().is_empty());
        let has_reported = ready.next().unwrap_or(false);
        let stdout_ready = self.stdout.pipe.is_some() && ready.next().unwrap_or(false);
        let stderr_ready = self.stderr.pipe.is_some() && ready.next().unwrap_or(false);
        if stdout_ready {
            self.stdout.read_some()?;
        }
        if stderr_ready {
            self.stderr.read_some()?;
        }
        Ok(has_reported)
    }
}

impl Stream {
    fn is_over(&self, bytes: usize) -> bool {
        self.kept.len() > bytes
    }

    /// Gives what was read, at most that many bytes.
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

    /// Reads what is left in the pipe after all writers have gone: at most what a pipe holds. A descriptor that is still
    /// on its way in a socket of the run keeps the pipe open until the kernel has cleared it up; nobody waits for that.
    fn read_rest(&mut self) -> io::Result<()> {
        while let Some(pipe) = &self.pipe {
            let mut watched = [PollFd::new(pipe, PollFlags::IN)];
            if poll(&mut watched, Some(&REST_TIME)).map_err(io::Error::from)? == 0 {
                return Ok(());
            }
            self.read_some()?;
        }
        Ok(())
    }
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
