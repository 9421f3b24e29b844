//! The inner process: moves into the tree, gives up every right, lays the rules over itself, becomes the interpreter.

use std::convert::Infallible;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use rustix::process::{Signal, set_parent_process_death_signal};

use super::filter::Reach;
use super::{Stop, close_inherited, control, filter, limits, mounts, part, privileges, rights, step};
use crate::Part;
use crate::layout::WORK;
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
    match &order.room {
        Some(room) => rustix::process::chdir(format!("{room}{WORK}")).map_err(step("go to the scratch folder"))?,
        None => mounts::move_in()?,
    }
    nix::unistd::setsid().map_err(step("a session of its own"))?;
    let mut reach = Reach::Namespaces;
    if !order.is_server {
        reach = give_up_everything(order)?;
    }
    let (interpreter, arguments) = order.command.split_first().ok_or("no command").map_err(step("read the command"))?;
    #[expect(clippy::disallowed_methods, reason = "this is the one place that runs foreign code, inside its isolation")]
    let mut command = Command::new(interpreter);
    command.args(arguments).env_clear().envs(order.environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null());
    if !order.is_server && !order.missing.contains(&Part::Seccomp) {
        filter::apply(reach)?;
    }
    Err(step(format!("start {interpreter}"))(command.exec()))
}

/// Gives up rights and lays the rules over this process; says how far its calls still reach.
fn give_up_everything(order: &Order) -> Result<Reach, Stop> {
    let has = |part: Part| !order.missing.contains(&part);
    if !has(Part::UserNamespace) {
        privileges::become_ordinary(order.user)?;
    }
    privileges::give_up_rights().map_err(part(Part::UserNamespace, "give up all rights"))?;
    let mut landlock = 0;
    // Counting the user's processes takes the machine's `/proc`, which Landlock closes.
    let beside = if order.room.is_some() { limits::processes_of_this_user() } else { 1 };
    if has(Part::Landlock) {
        landlock = rights::restrict(order)?;
    }
    if has(Part::Limits) {
        limits::set(&order.limits, beside)?;
    }
    Ok(match &order.room {
        Some(_) => Reach::Machine { signals_scoped: landlock >= rights::SIGNALS_SCOPED },
        None => Reach::Namespaces,
    })
}
