//! A control group for one run, where the machine delegates one (version 2 with the controllers of memory and processes, as
//! a systemd user session has it): then the kernel bounds all processes together. Elsewhere the caller's watch does.
//!
//! A group that holds processes cannot bound groups below it, so ours is made beside the caller's own group, or below it
//! where the caller's own is empty of others. The helper is moved in before it gets its order, and everything it starts is
//! born there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Policy;

/// What the sandbox's own processes may need on top of the program's memory, a warm server with its packages included, in
/// bytes.
const OWN_BYTES: u64 = 128 << 20;

/// The sandbox's own processes and their threads.
const OWN_PROCESSES: u64 = 8;

/// Rounds of removing a group whose last process is still on its way out.
const REMOVALS_MAX: usize = 100;

/// A group of one run. When this value goes, the group goes, and with it every process in it.
pub(crate) struct Group {
    folder: PathBuf,
}

impl Group {
    /// Makes a group with the policy's limits, where this machine lets the caller do so.
    pub(crate) fn make(policy: &Policy) -> Option<Self> {
        let table = fs::read_to_string("/proc/self/cgroup").ok()?;
        let own = own_group(&table)?;
        let mounted = mounted_at(&fs::read_to_string("/proc/self/mountinfo").ok()?)?;
        let own = mounted.join(own.trim_start_matches('/'));
        let beside = own.parent().filter(|parent| parent.starts_with(&mounted));
        beside.into_iter().chain([own.as_path()]).find_map(|place| Self::below(place, policy).ok())
    }

    /// Makes a group below another.
    fn below(place: &Path, policy: &Policy) -> io::Result<Self> {
        static GROUPS: AtomicU32 = AtomicU32::new(0);
        let bounds = fs::read_to_string(place.join("cgroup.subtree_control"))?;
        let has = |controller: &str| bounds.split_whitespace().any(|word| word == controller);
        if !has("memory") || !has("pids") {
            return Err(io::Error::other("the controllers are not delegated"));
        }
        let number = GROUPS.fetch_add(1, Ordering::Relaxed);
        let folder = place.join(format!("codeproof-{}-{number}", std::process::id()));
        fs::create_dir(&folder)?;
        let group = Self { folder };
        // The scratch folder is memory, too.
        let bytes = policy.memory_bytes.saturating_add(policy.scratch_bytes).saturating_add(OWN_BYTES);
        group.set("memory.max", bytes)?;
        group.set("pids.max", policy.processes.saturating_add(OWN_PROCESSES))?;
        // Kernels without swap have no such file.
        group.set("memory.swap.max", 0).ok();
        Ok(group)
    }

    /// Moves a process in.
    pub(crate) fn take(&self, process: u32) -> io::Result<()> {
        self.set("cgroup.procs", u64::from(process))
    }

    /// How often the kernel ended somebody because the group's memory was used up.
    pub(crate) fn ended_for_memory(&self) -> u64 {
        let events = fs::read_to_string(self.folder.join("memory.events")).unwrap_or_default();
        let ended = events.lines().find_map(|line| line.strip_prefix("oom_kill "));
        ended.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
    }

    fn set(&self, name: &str, value: u64) -> io::Result<()> {
        fs::write(self.folder.join(name), value.to_string())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.set("cgroup.kill", 1).ok();
        for _ in 0..REMOVALS_MAX {
            match fs::remove_dir(&self.folder) {
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => std::thread::yield_now(),
                _ => break,
            }
        }
    }
}

/// The caller's group of version 2: `0::/user.slice/…`.
fn own_group(table: &str) -> Option<&str> {
    table.lines().find_map(|line| line.strip_prefix("0::")).filter(|path| !path.contains(".."))
}

/// Where version 2 is mounted: field 5 of the line whose type, after ` - `, is `cgroup2`.
fn mounted_at(table: &str) -> Option<PathBuf> {
    table.lines().find_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        let is_second = kind.split(' ').next() == Some("cgroup2");
        is_second.then(|| place.split(' ').nth(4).map(PathBuf::from)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_group_and_its_place_are_found() {
        let table = "9:name=systemd:/x\n4:memory:/y\n0::/user.slice/app.slice/a.scope\n";
        assert_eq!(own_group(table), Some("/user.slice/app.slice/a.scope"));
        assert_eq!(own_group("0::/../../other\n"), None);
        let mounts = "30 24 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
                      42 24 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n";
        assert_eq!(mounted_at(mounts), Some(PathBuf::from("/sys/fs/cgroup")));
    }

    #[test]
    fn a_group_has_limits_and_is_made_only_where_they_hold() {
        let place = tempfile::tempdir().unwrap();
        let policy = Policy { memory_bytes: 1 << 30, processes: 4, scratch_bytes: 0, ..Policy::default() };
        assert!(Group::below(place.path(), &policy).is_err());
        fs::write(place.path().join("cgroup.subtree_control"), "cpu\n").unwrap();
        assert!(Group::below(place.path(), &policy).is_err());
        fs::write(place.path().join("cgroup.subtree_control"), "cpu memory pids\n").unwrap();
        let group = Group::below(place.path(), &policy).unwrap();
        let read = |name: &str| fs::read_to_string(group.folder.join(name)).unwrap();
        assert_eq!((read("memory.max"), read("pids.max")), (((1 << 30) + OWN_BYTES).to_string(), "12".to_owned()));
        group.take(77).unwrap();
        assert_eq!(read("cgroup.procs"), "77");
        assert_eq!(group.ended_for_memory(), 0);
        fs::write(group.folder.join("memory.events"), "low 0\noom 1\noom_kill 1\n").unwrap();
        assert_eq!(group.ended_for_memory(), 1);
    }
}
