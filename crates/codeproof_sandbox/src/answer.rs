//! What a program of the user's answers to a question, bounded in time and bytes: what is given as an interpreter may be
//! anything.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Bytes of both outputs together.
const BYTES_MAX: usize = 1 << 20;

/// Both outputs of a program.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

/// Starts a program and reads what it says until it closes its outputs. One that is asked for too long, or says too much,
/// is ended.
pub(crate) fn ask(command: &mut Command, time: Duration) -> io::Result<Answer> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut asked = Asked(child);
    let (stdout, stderr) = (asked.0.stdout.take(), asked.0.stderr.take());
    let mut answer = Answer { stdout: Vec::new(), stderr: Vec::new() };
    let mut open: Vec<(Box<dyn Output>, &mut Vec<u8>)> = Vec::new();
    open.extend(stdout.map(|pipe| (Box::new(pipe) as Box<dyn Output>, &mut answer.stdout)));
    open.extend(stderr.map(|pipe| (Box::new(pipe) as Box<dyn Output>, &mut answer.stderr)));
    let (started, mut left) = (Instant::now(), BYTES_MAX);
    while !open.is_empty() {
        let rest = time.saturating_sub(started.elapsed());
        if rest.is_zero() {
            return Err(io::Error::other(format!("it did not answer within {} s", time.as_secs())));
        }
        let rest = Timespec::try_from(rest).map_err(io::Error::other)?;
        let mut watched: Vec<PollFd<'_>> = open.iter().map(|(pipe, _)| PollFd::new(pipe, PollFlags::IN)).collect();
        match poll(&mut watched, Some(&rest)) {
            Err(rustix::io::Errno::INTR) => continue,
            other => drop(other?),
        }
        let ready: Vec<bool> = watched.iter().map(|entry| !entry.revents().is_empty()).collect();
        let mut ready = ready.into_iter();
        let mut failed = None;
        open.retain_mut(|(pipe, said)| match ready.next() {
            Some(true) => {
                let read = read_some(pipe, said);
                left = left.saturating_sub(*read.as_ref().unwrap_or(&0));
                matches!(read.map_err(|error| failed = Some(error)), Ok(1..))
            }
            _ => true,
        });
        if let Some(error) = failed {
            return Err(error);
        }
        if left == 0 {
            return Err(io::Error::other("it says too much"));
        }
    }
    Ok(answer)
}

/// A pipe that a program writes to.
trait Output: Read + AsFd {}
impl<P: Read + AsFd> Output for P {}

fn read_some(pipe: &mut dyn Output, said: &mut Vec<u8>) -> io::Result<usize> {
    let mut buffer = [0; 1 << 12];
    let count = pipe.read(&mut buffer)?;
    said.extend_from_slice(&buffer[..count]);
    Ok(count)
}

/// A program that was asked. It does not outlive its answer.
struct Asked(Child);

impl Drop for Asked {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "somebody must be asked")]
    fn asked(text: &str, time: Duration) -> Result<(String, String), String> {
        let answer = ask(Command::new("/bin/sh").args(["-c", text]), time).map_err(|error| error.to_string())?;
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Ok((text(&answer.stdout), text(&answer.stderr)))
    }

    #[test]
    fn answers_have_an_end() {
        let long = Duration::from_mins(1);
        assert_eq!(asked("echo out; echo error >&2", long), Ok(("out\n".to_owned(), "error\n".to_owned())));
        assert_eq!(asked("while :; do echo endless; done", long), Err("it says too much".to_owned()));
        assert_eq!(asked("sleep 600", Duration::from_millis(50)), Err("it did not answer within 0 s".to_owned()));
    }
}
