//! The outer process where the kernel refuses namespaces: a folder takes the place of a tree, this process that of the
//! namespace's first one. It becomes the parent of whoever loses its own, ends all of them when the program ends, and
//! looks after the folder's size.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Child;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, getpid, kill_process, pidfd_open, set_child_subreaper, wait,
};

use super::room::Room;
use super::{Stop, outer, part, privileges, step};
use crate::Part;
use crate::layout::WORK;
use crate::memory;
use crate::order::{Order, Report, receive};

/// How often the folder is looked at.
const LOOK_INTERVAL: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// How often all that is left is ended: whoever forks between two looks is met in the next.
const ROUNDS_MAX: usize = 5_000;

/// The signal of a process that writes more than it may.
const TOO_MUCH_WRITTEN: i32 = Signal::XFSZ.as_raw();

/// Carries an order out in a folder. It is given back with the report, which nobody has to wait for until it is cleared.
pub(super) fn carry_out(order: &Order, room: &str, control: &UnixStream) -> Result<(Report, Room), Stop> {
    nix::unistd::setsid().map_err(step("a session of its own"))?;
    privileges::become_ordinary(order.user)?;
    set_child_subreaper(Some(getpid())).map_err(part(Part::PidNamespace, "become the parent of all"))?;
    let room = Room::make(room, &order.files).map_err(step(format!("make {room}")))?;
    run(order, &room, control).map(|report| (report, room))
}

fn run(order: &Order, room: &Room, control: &UnixStream) -> Result<Report, Stop> {
    let (mut inner, answer) = outer::start_inner(order).map_err(step("start the inner process"))?;
    let refused = receive::<Report>(&answer).map_err(step("listen to the inner process"))?;
    let status = match refused {
        Some(_) => end(&mut inner),
        None => follow(&mut inner, order, room, control),
    };
    end_all().map_err(step("end the program's processes"))?;
    let status = status.map_err(step("wait for the program"))?;
    let files = order.collection.gather(&Path::new(room.path()).join(WORK.trim_start_matches('/')));
    let ended = outer::ended(status, files).map_err(step("measure the program"))?;
    Ok(refused.unwrap_or(ended))
}

/// Waits for the program's end, the caller's word or end, or too much in the folder; gives the status.
fn follow(inner: &mut Child, order: &Order, room: &Room, control: &UnixStream) -> io::Result<i32> {
    let pid = i32::try_from(inner.id()).ok().and_then(Pid::from_raw).ok_or_else(|| io::Error::other("no process"))?;
    let process = pidfd_open(pid, PidfdFlags::empty())?;
    let mut watched = [PollFd::new(&process, PollFlags::IN), PollFd::from_borrowed_fd(control.as_fd(), PollFlags::IN)];
    loop {
        match poll(&mut watched, Some(&LOOK_INTERVAL)) {
            Ok(0) if room.holds_more_than(order.limits.scratch_bytes, &memory::descendants(std::process::id())) => {
                end(inner)?;
                return Ok(TOO_MUCH_WRITTEN);
            }
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            other => break other.map(drop)?,
        }
    }
    if watched[0].revents().is_empty() { end(inner) } else { Ok(inner.wait()?.into_raw()) }
}

fn end(inner: &mut Child) -> io::Result<i32> {
    inner.kill()?;
    Ok(inner.wait()?.into_raw())
}

/// Ends everybody below this process, until nobody is there.
fn end_all() -> io::Result<()> {
    for _ in 0..ROUNDS_MAX {
        let found = memory::descendants(std::process::id());
        for process in &found {
            if let Some(pid) = i32::try_from(*process).ok().and_then(Pid::from_raw) {
                kill_process(pid, Signal::KILL).ok();
            }
        }
        // One of those who were just ended will be gone; then whoever else is.
        let mut how = if found.is_empty() { WaitOptions::NOHANG } else { WaitOptions::empty() };
        loop {
            match wait(how) {
                Ok(Some(_)) => how = WaitOptions::NOHANG,
                Ok(None) => break,
                Err(rustix::io::Errno::CHILD) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }
    Err(io::Error::other("some processes do not end"))
}
