//! The helper's outer process, from the caller's side.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::helper::ARGUMENT;

/// How long the helper may take to answer when it was told to end a run.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

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

    /// Its process number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end; one that gave no report is ended.
    pub(crate) fn end(&mut self, has_reported: bool) -> io::Result<()> {
        if !has_reported {
            self.child.kill()?;
        }
        self.child.wait().map(drop)
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
