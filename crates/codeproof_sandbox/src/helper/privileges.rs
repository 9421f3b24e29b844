//! Users and rights: a private user when the caller is root, a namespace in which that user is called `nobody`, and no
//! right at all when the program starts.

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sched::{CloneFlags, unshare};
use nix::unistd::{Gid, Uid, getegid, geteuid, setgroups, setresgid, setresuid};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set, configure_capability_in_ambient_set,
    remove_capability_from_bounding_set, set_capabilities, set_no_new_privs,
};

use super::{Stop, part, refused_namespace};
use crate::Part;

/// Who the program believes to be.
const NOBODY: u32 = 65_534;

/// Private users as root: far above those of accounts and containers, another for each run, so runs side by side do not
/// share a count of processes.
const PRIVATE_FIRST: u32 = 2_000_000_000;
const PRIVATE_COUNT: u32 = 1_000_000;

/// Whether the caller is root.
pub(super) fn is_root() -> bool {
    geteuid().is_root()
}

/// As root, becomes a private user; as somebody else, stays. A root who may not change users (in a container without
/// that right, or in a namespace that knows nobody else) stays, too: inside, that user has no rights either.
pub(super) fn give_up_user(private: u32) -> nix::Result<()> {
    if !is_root() || setgroups(&[]).is_err() {
        return Ok(());
    }
    // In a container that knows fewer users, `nobody` must do.
    become_user(private).or_else(|_| become_user(NOBODY)).ok();
    // Losing root made this process's own files in /proc root's; the namespace's maps are written there.
    set_dumpable_behavior(DumpableBehavior::Dumpable).map_err(|error| nix::Error::from_raw(error.raw_os_error()))
}

/// A private user for one run.
pub(crate) fn private_user() -> u32 {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    PRIVATE_FIRST + std::process::id().wrapping_mul(97).wrapping_add(run) % PRIVATE_COUNT
}

/// Becomes a user without rights where no namespace of users makes one: as root a private one, else nobody else than now.
pub(super) fn become_ordinary(private: u32) -> Result<(), Stop> {
    if !is_root() {
        return Ok(());
    }
    let refused = "become another user than root, which nothing else replaces here";
    setgroups(&[]).and_then(|()| become_user(private)).map_err(part(Part::UserNamespace, refused))
}

/// What keeps namespaces away on this machine, as far as it says so.
pub(super) fn hint() -> &'static str {
    let says = |path: &str, word: &str| fs::read_to_string(path).is_ok_and(|text| text.trim() == word);
    match () {
        () if says("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1") => {
            "; AppArmor refuses it: `sysctl kernel.apparmor_restrict_unprivileged_userns=0`, or a profile with `userns,`"
        }
        () if says("/proc/sys/kernel/unprivileged_userns_clone", "0") => {
            "; it is switched off: `sysctl kernel.unprivileged_userns_clone=1`"
        }
        () if says("/proc/sys/user/max_user_namespaces", "0") => {
            "; it is switched off: `sysctl user.max_user_namespaces=10000`"
        }
        () if fs::exists("/.dockerenv").unwrap_or(false) || fs::exists("/run/.containerenv").unwrap_or(false) => {
            "; this is a container: start it with `--security-opt seccomp=unconfined`, and `apparmor=unconfined` if that is on"
        }
        () => "",
    }
}

fn become_user(id: u32) -> nix::Result<()> {
    setresgid(Gid::from_raw(id), Gid::from_raw(id), Gid::from_raw(id))?;
    setresuid(Uid::from_raw(id), Uid::from_raw(id), Uid::from_raw(id))
}

/// Enters a namespace of users that knows one user and one group, both called `nobody`.
pub(super) fn enter_user_namespace() -> Result<(), Stop> {
    let (user, group) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER).map_err(refused_namespace(Part::UserNamespace))?;
    let mapped = fs::write("/proc/self/setgroups", "deny")
        .and_then(|()| fs::write("/proc/self/uid_map", format!("{NOBODY} {user} 1")))
        .and_then(|()| fs::write("/proc/self/gid_map", format!("{NOBODY} {group} 1")));
    mapped.map_err(part(Part::UserNamespace, "name the user in the new namespace"))
}

/// Hands the rights over the new namespaces on to the inner process, which moves into the tree with them.
pub(super) fn keep_for_child() -> rustix::io::Result<()> {
    let mine = capabilities(None)?;
    set_capabilities(None, CapabilitySets { inheritable: mine.permitted, ..mine })?;
    for right in [CapabilitySet::SYS_ADMIN, CapabilitySet::SETPCAP] {
        configure_capability_in_ambient_set(right, true)?;
    }
    Ok(())
}

/// Gives up every right, for good. An ordinary user has none to begin with, and nothing to take from the list of those
/// that a program could ever get.
pub(super) fn give_up_rights() -> rustix::io::Result<()> {
    clear_ambient_capability_set()?;
    let is_ordinary = !capabilities(None)?.effective.contains(CapabilitySet::SETPCAP);
    for right in CapabilitySet::all().iter() {
        match remove_capability_from_bounding_set(right) {
            // Newer than this kernel.
            Err(rustix::io::Errno::INVAL) => {}
            Err(rustix::io::Errno::PERM) if is_ordinary => {}
            other => other?,
        }
    }
    let none = CapabilitySet::empty();
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })?;
    set_no_new_privs(true)
}
