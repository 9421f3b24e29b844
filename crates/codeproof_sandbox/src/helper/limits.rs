//! Limits that the kernel keeps for each process. Soft and hard are equal: what a program lowers it cannot raise.

use rustix::process::{Resource, Rlimit, setrlimit};

use super::{Stop, part};
use crate::Part;
use crate::order::Limits;

/// Descriptors of a process.
const OPEN_FILES: u64 = 256;

/// All of them, with the names that Python gives them. `others` are processes of the sandbox itself in the same namespace
/// of users, which count, too.
pub(crate) fn table(limits: &Limits, others: u64) -> [(&'static str, Resource, u64); 9] {
    [
        ("AS", Resource::As, limits.memory_bytes),
        ("CPU", Resource::Cpu, limits.cpu_seconds),
        ("NPROC", Resource::Nproc, limits.processes.saturating_add(others)),
        ("FSIZE", Resource::Fsize, limits.scratch_bytes),
        ("NOFILE", Resource::Nofile, OPEN_FILES),
        ("CORE", Resource::Core, 0),
        ("MEMLOCK", Resource::Memlock, 0),
        ("MSGQUEUE", Resource::Msgqueue, 0),
        ("SIGPENDING", Resource::Sigpending, 256),
    ]
}

/// Sets all of them for this process: the helper's outer process is beside it.
pub(super) fn set(limits: &Limits) -> Result<(), Stop> {
    for (_, resource, value) in table(limits, 1) {
        let both = Rlimit { current: Some(value), maximum: Some(value) };
        setrlimit(resource, both).map_err(part(Part::Limits, "set a limit"))?;
    }
    Ok(())
}
