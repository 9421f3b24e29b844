//! Limits that the kernel keeps for each process. Soft and hard are equal: what a program lowers it cannot raise.

use std::fs;
use std::os::unix::fs::MetadataExt;

use rustix::process::{Resource, Rlimit, geteuid, setrlimit};

use super::{Stop, part};
use crate::Part;
use crate::order::Limits;

/// Descriptors of a process.
const OPEN_FILES: u64 = 256;

/// Bytes of a core. A machine may hand cores to a program of its own, as root and outside; to the kernel, 0 is no reason not
/// to, and 1 is (`core(5)`; it stands for "the handler itself crashed"). The filter keeps a program from lowering it.
const CORE: u64 = 1;

/// All of them, with the names that Python gives them. `others` are processes of the sandbox itself in the same namespace
/// of users, which count, too.
pub(crate) fn table(limits: &Limits, others: u64) -> [(&'static str, Resource, u64); 9] {
    [
        ("AS", Resource::As, limits.memory_bytes),
        ("CPU", Resource::Cpu, limits.cpu_seconds),
        ("NPROC", Resource::Nproc, limits.processes.saturating_add(others)),
        ("FSIZE", Resource::Fsize, limits.scratch_bytes),
        ("NOFILE", Resource::Nofile, OPEN_FILES),
        ("CORE", Resource::Core, CORE),
        ("MEMLOCK", Resource::Memlock, 0),
        ("MSGQUEUE", Resource::Msgqueue, 0),
        ("SIGPENDING", Resource::Sigpending, 256),
    ]
}

/// Sets all of them for this process; `beside` counts processes of the same user that are not the program's.
pub(super) fn set(limits: &Limits, beside: u64) -> Result<(), Stop> {
    for (_, resource, value) in table(limits, beside) {
        let both = Rlimit { current: Some(value), maximum: Some(value) };
        setrlimit(resource, both).map_err(part(Part::Limits, "set a limit"))?;
    }
    Ok(())
}

/// Processes and threads of this user on the whole machine: without a namespace of users all of them count.
pub(super) fn processes_of_this_user() -> u64 {
    let user = geteuid().as_raw();
    let Ok(entries) = fs::read_dir("/proc") else { return 1 };
    let own = entries.flatten().filter(|entry| {
        let is_process = entry.file_name().as_encoded_bytes().first().is_some_and(u8::is_ascii_digit);
        is_process && entry.metadata().is_ok_and(|about| about.uid() == user)
    });
    own.map(|entry| fs::read_dir(entry.path().join("task")).map_or(1, |threads| threads.count() as u64)).sum()
}
