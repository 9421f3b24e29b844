//! What a program may use. Every number is enforced by the kernel or by the caller's clock, never by the program.

use std::time::Duration;

use crate::Part;

/// Mebibyte, in bytes.
const MIB: u64 = 1 << 20;

/// The limits of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// From start to end, whether it works or sleeps.
    pub wall_time: Duration,
    /// CPU seconds of each process.
    pub cpu_seconds: u64,
    /// Address space of each process, and resident memory of all together, in bytes. pandas with numpy wants 1 GiB.
    pub memory_bytes: u64,
    /// Processes and threads at a time, the program itself included.
    pub processes: u64,
    /// Files in the scratch folder together, in bytes. Their number is bounded with it: one file per 8 KiB.
    pub scratch_bytes: u64,
    /// Standard output, in bytes; a program that prints more is ended.
    pub stdout_bytes: usize,
    /// Standard error, in bytes; a program that prints more is ended.
    pub stderr_bytes: usize,
    /// Files that come back from the scratch folder together, in bytes; at most 128 MiB.
    pub collected_bytes: u64,
    /// The result, the last line of standard output, in bytes.
    pub result_bytes: usize,
    /// What the result may take in this program's memory when it is built, without its text, in bytes.
    pub result_built_bytes: u64,
    /// How deep the result's JSON may nest.
    pub result_depth: usize,
    /// Parts of the isolation that may be missing where the kernel refuses them.
    pub allow_weaker: Vec<Part>,
}

impl Default for Policy {
    /// Sized for one scanner with pandas over a few years of daily data.
    fn default() -> Self {
        Self {
            wall_time: Duration::from_mins(1),
            cpu_seconds: 60,
            memory_bytes: 2048 * MIB,
            processes: 32,
            scratch_bytes: 256 * MIB,
            stdout_bytes: 32 << 20,
            stderr_bytes: 1 << 20,
            collected_bytes: 64 * MIB,
            result_bytes: 32 << 20,
            result_built_bytes: 512 * MIB,
            result_depth: 32,
            allow_weaker: Vec::new(),
        }
    }
}
