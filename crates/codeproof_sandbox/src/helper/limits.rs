//! Limits that the kernel keeps for each process. Soft and hard are equal: what a program lowers it cannot raise.

use rustix::process::{Resource, Rlimit, setrlimit};

use super::{Stop, part};
use crate::Part;
use crate::order::Limits;

/// Descriptors of a process.
const OPEN_FILES: u64 = 256;

/// Sets all of them.
pub(super) fn set(limits: &Limits) -> Result<(), Stop> {
    let wanted = [
        (Resource::As, limits.memory_bytes),
        (Resource::Cpu, limits.cpu_seconds),
        // The helper's outer process is in the same namespace of users and counts, too.
        (Resource::Nproc, limits.processes + 1),
        (Resource::Fsize, limits.scratch_bytes),
        (Resource::Nofile, OPEN_FILES),
        (Resource::Core, 0),
        (Resource::Memlock, 0),
        (Resource::Msgqueue, 0),
        (Resource::Sigpending, 256),
    ];
    for (resource, value) in wanted {
        let both = Rlimit { current: Some(value), maximum: Some(value) };
        setrlimit(resource, both).map_err(part(Part::Limits, "set a limit"))?;
    }
    Ok(())
}
