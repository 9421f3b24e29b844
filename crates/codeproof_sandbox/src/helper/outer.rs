//! The outer process: gives up its user, enters the namespaces, builds the tree, starts the inner process and waits.

use std::io;
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::sched::{CloneFlags, unshare};
use nix::sys::resource::{UsageWho, getrusage};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::Mode;
use rustix::process::{Pid, PidfdFlags, pidfd_open, umask};

use super::{
    ARGUMENT, INNER, Stop, close_inherited, control, copies, mounts, part, plain, privileges, refused_namespace, step,
};
use crate::Part;
use crate::collect::Found;
use crate::layout::WORK;
use crate::order::{Order, Report, receive, send};

/// Reads the order, carries it out, reports.
pub(super) fn run() -> io::Result<()> {
    close_inherited()?;
    // What is made for the program must be open to it, whatever the caller's habit.
    umask(Mode::WGRP | Mode::WOTH);
    let control = control()?;
    let Some(order) = receive::<Order>(&control)? else { return Ok(()) };
    let done = match &order.room {
        Some(room) => plain::carry_out(&order, room, &control).map(|(report, room)| (report, Some(room))),
        None => carry_out(&order, &control).map(|report| (report, None)),
    };
    let (report, room) = done.unwrap_or_else(|stop| (stop.into_report(), None));
    let sent = send(&control, &report);
    drop(room);
    sent
}

fn carry_out(order: &Order, control: &UnixStream) -> Result<Report, Stop> {
    nix::unistd::setsid().map_err(step("a session of its own"))?;
    // As root, folders are taken before the user is given up: an interpreter may be in a closed home folder.
    let early = if privileges::is_root() { taken_as_root(order)? } else { None };
    if order.missing.contains(&Part::UserNamespace) {
        // As root, which gives itself up when the tree is built.
        enter_namespaces(&order.missing)?;
    } else {
        privileges::give_up_user(order.user).map_err(step("a user of its own"))?;
        privileges::enter_user_namespace()?;
        enter_namespaces(&order.missing)?;
    }
    let taken = match early {
        Some(taken) => taken,
        None => mounts::take(&order.mounts)?,
    };
    mounts::build(order, taken)?;
    if order.missing.contains(&Part::UserNamespace) {
        mounts::give_scratch_to(order.user)?;
    }
    privileges::keep_for_child().map_err(part(Part::UserNamespace, "keep rights over the own namespaces"))?;
    let (mut inner, answer) = start_inner(order).map_err(step("start the inner process"))?;
    if let Some(report) = receive::<Report>(&answer).map_err(step("listen to the inner process"))? {
        end(&mut inner, order).map_err(step("wait for the inner process"))?;
        return Ok(report);
    }
    wait(&mut inner, control, order).map_err(step("wait for the program"))
}

/// Root of a container may not take mounts; then they are taken as that user. What is too large for a copy stays so.
fn taken_as_root(order: &Order) -> Result<Option<Vec<OwnedFd>>, Stop> {
    match mounts::take(&order.mounts) {
        Err(stop) if copies::is_too_large(&stop) => Err(stop),
        taken => Ok(taken.ok()),
    }
}

/// Enters the namespaces after the user's, which brings the rights to do so.
fn enter_namespaces(missing: &[Part]) -> Result<(), Stop> {
    for (which, flag) in NAMESPACES {
        if !missing.contains(&which) {
            unshare(flag).map_err(refused_namespace(which))?;
        }
    }
    // A name of its own; where the namespace is missing there is nothing to rename.
    nix::unistd::sethostname("sandbox").ok();
    Ok(())
}

/// The namespaces after the user's.
pub(super) const NAMESPACES: [(Part, CloneFlags); 5] = [
    (Part::MountNamespace, CloneFlags::CLONE_NEWNS),
    (Part::PidNamespace, CloneFlags::CLONE_NEWPID),
    (Part::NetNamespace, CloneFlags::CLONE_NEWNET),
    (Part::IpcNamespace, CloneFlags::CLONE_NEWIPC),
    (Part::UtsNamespace, CloneFlags::CLONE_NEWUTS),
];

/// Starts this program once more, as the first process of the new namespace, with a socket as its standard input.
pub(super) fn start_inner(order: &Order) -> io::Result<(Child, UnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    #[expect(clippy::disallowed_methods, reason = "the helper's second step is this same program")]
    let child = Command::new("/proc/self/exe")
        .args([ARGUMENT, INNER])
        .env_clear()
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .spawn()?;
    // What is wrong with the inner process it tells itself, or its end of the socket closes.
    drop(send(&ours, order));
    ours.shutdown(Shutdown::Write)?;
    Ok((child, ours))
}

/// Waits until the program ends, or until the caller says so or is gone, which closes the socket (a signal at the
/// parent's death would come with the end of the *thread* that started this process). When the first process of a namespace has been
/// waited for, the kernel has ended all others of it.
fn wait(inner: &mut Child, control: &UnixStream, order: &Order) -> io::Result<Report> {
    let pid = i32::try_from(inner.id()).ok().and_then(Pid::from_raw).ok_or_else(|| io::Error::other("no process"))?;
    let process = pidfd_open(pid, PidfdFlags::empty())?;
    let mut watched = [PollFd::new(&process, PollFlags::IN), PollFd::from_borrowed_fd(control.as_fd(), PollFlags::IN)];
    loop {
        match poll(&mut watched, None) {
            Err(rustix::io::Errno::INTR) => {}
            other => break other.map(drop)?,
        }
    }
    if watched[0].revents().is_empty() { end(inner, order) } else { reported(inner, order) }
}

fn end(inner: &mut Child, order: &Order) -> io::Result<Report> {
    inner.kill()?;
    reported(inner, order)
}

fn reported(inner: &mut Child, order: &Order) -> io::Result<Report> {
    let status = inner.wait()?;
    // The tree is this process's root since the inner process moved into it, and nobody is left to change it.
    ended(status.into_raw(), order.collection.gather(Path::new(WORK)))
}

/// A report with what all processes of the run used.
pub(super) fn ended(raw_status: i32, files: Vec<Found>) -> io::Result<Report> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = |time: nix::sys::time::TimeVal| u64::try_from(time.tv_sec() * 1_000_000 + time.tv_usec()).unwrap_or(0);
    Ok(Report::Ended {
        raw_status,
        cpu_micros: micros(usage.user_time()) + micros(usage.system_time()),
        peak_bytes: u64::try_from(usage.max_rss()).unwrap_or(0) * 1024,
        files,
    })
}
