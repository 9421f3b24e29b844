//! The inner process: moves into the tree, gives up every right, lays the rules over itself, becomes the interpreter.

use std::convert::Infallible;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use rustix::process::{Signal, set_parent_process_death_signal};

use super::{Stop, close_inherited, control, filter, limits, mounts, part, privileges, rights, step};
use crate::Part;
use crate::order::{Order, receive, send};

/// Reads the order and becomes the program; reports only what fails.
pub(super) fn run() -> io::Result<()> {
    close_inherited()?;
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // When the machine runs out of memory, this one goes first. Where that cannot be said, the limits must do.
    drop(std::fs::write("/proc/self/oom_score_adj", "1000"));
    let control = control()?;
    let Some(order) = receive::<Order>(&control)? else { return Ok(()) };
    match become_program(&order) {
        Ok(never) => match never {},
        Err(stop) => send(&control, &stop.into_report()),
    }
}

fn become_program(order: &Order) -> Result<Infallible, Stop> {
    mounts::move_in()?;
    nix::unistd::setsid().map_err(step("a session of its own"))?;
    if !order.is_server {
        give_up_everything(order)?;
    }
    let (interpreter, arguments) = order.command.split_first().ok_or("no command").map_err(step("read the command"))?;
    #[expect(clippy::disallowed_methods, reason = "this is the one place that runs foreign code, inside its isolation")]
    let mut command = Command::new(interpreter);
    command.args(arguments).env_clear().envs(order.environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null());
    if !order.is_server {
        or_weaker(filter::apply(), order.allow_weaker.contains(&Part::Seccomp))?;
    }
    Err(step(format!("start {interpreter}"))(command.exec()))
}

fn give_up_everything(order: &Order) -> Result<(), Stop> {
    let weaker = |part: Part| order.allow_weaker.contains(&part);
    privileges::give_up_rights().map_err(part(Part::UserNamespace, "give up all rights"))?;
    or_weaker(rights::restrict(order).map(drop), weaker(Part::Landlock))?;
    or_weaker(limits::set(&order.limits), weaker(Part::Limits))
}

fn or_weaker(done: Result<(), Stop>, may_be_missing: bool) -> Result<(), Stop> {
    if may_be_missing { Ok(()) } else { done }
}
