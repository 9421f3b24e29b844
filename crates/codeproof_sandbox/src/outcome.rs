//! What came of a run.

use std::time::Duration;

use crate::{Incident, LeftOut, Part, PlacedFile};

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this code.
    Exited(i32),
    /// By a signal that no limit sent.
    Killed(i32),
    /// It was still there when its wall time was over.
    WallTime,
    /// It used up its CPU seconds.
    CpuTime,
    /// It wanted more memory than it may have.
    Memory,
    /// It printed more than it may.
    Output,
}

/// What came of a run. All of it is told by the program or measured by the kernel; none of it is to be trusted further
/// than that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// Standard output, cut at the policy's limit.
    pub stdout: Vec<u8>,
    /// Standard error, cut at the policy's limit.
    pub stderr: Vec<u8>,
    /// CPU time of all its processes that were waited for.
    pub cpu_time: Duration,
    /// From start to end.
    pub wall_time: Duration,
    /// The most memory that was resident, in bytes.
    pub peak_bytes: u64,
    /// The files of [`Job::collect`](crate::Job::collect) that came back.
    pub files: Vec<PlacedFile>,
    /// Those that did not, each with the reason.
    pub left_out: Vec<(String, LeftOut)>,
    /// Parts of the isolation that it ran without, because the kernel refuses them and the policy named them.
    pub weaker: Vec<Part>,
    /// What it tried that the isolation does not allow, as far as it could be seen, the first hundred.
    pub incidents: Vec<Incident>,
}

impl Outcome {
    /// Whether it ended by itself with code 0.
    pub fn succeeded(&self) -> bool {
        self.ending == Ending::Exited(0)
    }

    /// The last line of standard output that is not empty, when it is text.
    pub fn last_line(&self) -> Option<&str> {
        let text = self.stdout.trim_ascii_end();
        let start = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        std::str::from_utf8(&text[start..]).ok().filter(|line| !line.is_empty())
    }
}
