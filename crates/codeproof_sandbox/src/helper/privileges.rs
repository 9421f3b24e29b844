//! Users and rights: a private user when the caller is root, a namespace in which that user is called `nobody`, and no
//! right at all when the program starts.

use std::fs;

use nix::sched::{CloneFlags, unshare};
use nix::unistd::{Gid, Uid, getegid, geteuid, setgroups, setresgid, setresuid};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set, configure_capability_in_ambient_set,
    remove_capability_from_bounding_set, set_capabilities, set_no_new_privs,
};

use super::{Stop, part};
use crate::Part;

/// Who the program believes to be.
const NOBODY: u32 = 65_534;

/// Private users as root: far above those of accounts and containers, one per process number, so runs side by side do
/// not share a count of processes.
const PRIVATE_FIRST: u32 = 2_000_000_000;

/// Whether the caller is root.
pub(super) fn is_root() -> bool {
    geteuid().is_root()
}

/// As root, becomes a private user; as somebody else, stays. A root who may not change users (in a container without
/// that right, or in a namespace that knows nobody else) stays, too: inside, that user has no rights either.
pub(super) fn give_up_user() -> nix::Result<()> {
    if !is_root() || setgroups(&[]).is_err() {
        return Ok(());
    }
    let private = PRIVATE_FIRST + std::process::id() % 1_000_000;
    // In a container that knows fewer users, `nobody` must do.
    become_user(private).or_else(|_| become_user(NOBODY)).ok();
    // Losing root made this process's own files in /proc root's; the namespace's maps are written there.
    set_dumpable_behavior(DumpableBehavior::Dumpable).map_err(|error| nix::Error::from_raw(error.raw_os_error()))
}

fn become_user(id: u32) -> nix::Result<()> {
    setresgid(Gid::from_raw(id), Gid::from_raw(id), Gid::from_raw(id))?;
    setresuid(Uid::from_raw(id), Uid::from_raw(id), Uid::from_raw(id))
}

/// Enters a namespace of users that knows one user and one group, both called `nobody`.
pub(super) fn enter_user_namespace() -> Result<(), Stop> {
    let (user, group) = (geteuid(), getegid());
    let refused = "enter a new namespace (is user.max_user_namespaces 0, or are unprivileged ones switched off?)";
    unshare(CloneFlags::CLONE_NEWUSER).map_err(part(Part::UserNamespace, refused))?;
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

/// Gives up every right, for good.
pub(super) fn give_up_rights() -> rustix::io::Result<()> {
    clear_ambient_capability_set()?;
    for right in CapabilitySet::all().iter() {
        match remove_capability_from_bounding_set(right) {
            // Newer than this kernel.
            Err(rustix::io::Errno::INVAL) => {}
            other => other?,
        }
    }
    let none = CapabilitySet::empty();
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })?;
    set_no_new_privs(true)
}
