//! The helper's outer process, from the caller's side.

use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::Policy;
use crate::group::Group;
use crate::helper::ARGUMENT;

/// How long the helper may take to answer when it was told to end a run.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// How long the helper may take to end a run before it is ended itself, which ends the run less tidily.
const ENDING_TIME: Duration = Duration::from_secs(2);

/// A helper that runs. When this value goes, it goes, and with it, by the kernel's hand, everything inside.
pub(crate) struct Helper {
    child: Child,
    /// Orders go in, one report comes out.
    pub(crate) control: UnixStream,
}

impl Helper {
    /// Starts `program` as the helper.
    pub(crate) fn start(program: &Path, step: &str, stdout: Stdio, stderr: Stdio) -> io::Result<Self> {
        let (control, theirs) = UnixStream::pair()?;
        #[expect(clippy::disallowed_methods, reason = "the helper is this same program")]
        let child = Command::new(program)
            .args([ARGUMENT, step])
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(stdout)
            .stderr(stderr)
            .spawn()?;
        control.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { child, control })
    }

    /// Moves it into a group of its own, where the machine delegates one; it must not have got its order yet.
    pub(crate) fn bounded(&self, policy: &Policy) -> Option<Group> {
        Group::make(policy).filter(|group| group.take(self.id()).is_ok())
    }

    /// Its process number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end; one that gave no report is ended.
    pub(crate) fn end(&mut self, has_reported: bool) -> io::Result<()> {
        if !has_reported {
            self.ask_to_end();
            self.child.kill()?;
        }
        self.child.wait().map(drop)
    }

    /// Lets the helper end its run and clear up after it, as far as it still can: any word means that, and the socket
    /// closes with the helper's end.
    fn ask_to_end(&self) {
        let mut control = &self.control;
        let asked = control.write_all(b"x").and_then(|()| control.set_read_timeout(Some(ENDING_TIME)));
        drop(asked.and_then(|()| io::copy(&mut control, &mut io::sink())));
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            self.ask_to_end();
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
