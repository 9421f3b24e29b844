//! The helper: this same program, started again. It runs in two steps, because a namespace of processes counts for
//! children only. The *outer* process enters the namespaces, builds the tree, and waits for the *inner* one, which moves
//! into the tree, lays the rules over itself and becomes the interpreter. Single-threaded, and nothing here comes back.

mod copies;
pub(crate) mod filter;
mod inner;
pub(crate) mod limits;
mod mounts;
mod outer;
mod plain;
pub(crate) mod privileges;
pub(crate) mod rights;
mod room;
mod trial;
mod unnamed;

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::fd::{AsFd, RawFd};
use std::os::unix::net::UnixStream;

use crate::Part;
use crate::order::Report;

/// The hidden first argument; the second says which step.
pub(crate) const ARGUMENT: &str = "__codeproof-sandbox";
pub(crate) const OUTER: &str = "outer";
pub(crate) const INNER: &str = "inner";
pub(crate) const TRIAL: &str = "trial";
pub(crate) const TRIAL_AS_ROOT: &str = "trial-as-root";

/// Becomes the sandbox's helper when the arguments say so; then it never comes back. A program that runs sandboxes calls
/// this first thing in `main`, before any thread is started, with `std::env::args_os()`.
pub fn enter_if_helper(arguments: impl IntoIterator<Item = OsString>) {
    let mut arguments = arguments.into_iter().skip(1);
    if arguments.next().is_none_or(|first| first != ARGUMENT) {
        return;
    }
    let step = arguments.next().unwrap_or_default();
    let done = match step.to_str() {
        Some(OUTER) => outer::run(),
        Some(INNER) => inner::run(),
        Some(TRIAL) => trial::run(false),
        Some(TRIAL_AS_ROOT) => trial::run(true),
        _ => Err(io::Error::other("unknown step")),
    };
    #[expect(clippy::disallowed_methods, reason = "the helper has no main to return to; nothing is left to be dropped")]
    std::process::exit(if done.is_ok() { 0 } else { 125 })
}

/// Why a helper's process stops.
pub(crate) struct Stop(Report);

impl Stop {
    fn into_report(self) -> Report {
        self.0
    }
}

/// Says which part a failed call belongs to.
fn part<E: std::fmt::Display>(part: Part, what: impl Into<String>) -> impl FnOnce(E) -> Stop {
    let what = what.into();
    move |error| Stop(Report::Refused { part, why: format!("{what}: {error}") })
}

/// Says that a namespace was refused, and what is known to keep it away here.
fn refused_namespace<E: std::fmt::Display>(which: Part) -> impl FnOnce(E) -> Stop {
    move |error| {
        let why = format!("enter a new namespace: {error}{}", privileges::hint());
        Stop(Report::Refused { part: which, why })
    }
}

/// Says which step a failed call was.
fn step<E: std::fmt::Display>(step: impl Into<String>) -> impl FnOnce(E) -> Stop {
    let step = step.into();
    move |error| Stop(Report::Failed { step, why: error.to_string() })
}

/// The socket to whoever started this process, which is its standard input.
fn control() -> io::Result<UnixStream> {
    Ok(UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?))
}

/// Closes every descriptor from 3 on: what the caller forgot to close must not reach the program.
fn close_inherited() -> io::Result<()> {
    let open: Vec<RawFd> = fs::read_dir("/proc/self/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|number| *number > 2)
        .collect();
    for number in open {
        // The folder's own descriptor is among them and already closed: that one fails.
        nix::unistd::close(number).ok();
    }
    Ok(())
}
