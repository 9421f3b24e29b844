//! Tries every part and says which this kernel gives this user. Nothing is run.

use std::io;

use nix::sched::unshare;

use super::filter::Reach;
use super::outer::NAMESPACES;
use super::{Stop, close_inherited, control, filter, mounts, privileges, rights};
use crate::Part;
use crate::collect::Collection;
use crate::order::{Limits, Order, Report, send};

/// Tries all parts, in the order in which a run enters them, and reports; `as_root` without a namespace of users.
pub(super) fn run(as_root: bool) -> io::Result<()> {
    close_inherited()?;
    let control = control()?;
    let mut tried = Vec::new();
    if !as_root {
        let user = privileges::give_up_user(privileges::private_user()).map_err(super::step("a user of its own"));
        tried.push((Part::UserNamespace, told(user.and_then(|()| privileges::enter_user_namespace()))));
    }
    for (which, flag) in NAMESPACES {
        let mut entered = told(unshare(flag).map_err(super::refused_namespace(which)));
        // Some machines give a namespace in which nothing may be mounted.
        if which == Part::MountNamespace && entered.is_ok() {
            entered = told(mounts::try_out());
        }
        tried.push((which, entered));
    }
    let limits = Limits { cpu_seconds: 60, memory_bytes: 1 << 40, processes: 1 << 16, scratch_bytes: 1 << 40 };
    let nothing = Order {
        mounts: Vec::new(),
        links: Vec::new(),
        files: Vec::new(),
        executables: Vec::new(),
        collection: Collection::default(),
        command: Vec::new(),
        environment: Vec::new(),
        limits,
        missing: Vec::new(),
        user: 0,
        room: None,
        is_server: false,
    };
    tried.push((Part::Landlock, rights::restrict(&nothing).map(|version| format!("version {version}")).map_err(words)));
    tried.push((Part::Limits, told(super::limits::set(&limits, 1))));
    tried.push((Part::Seccomp, told(filter::apply(Reach::Namespaces))));
    send(&control, &Report::Tried(tried))
}

fn told(done: Result<(), Stop>) -> Result<String, String> {
    done.map(|()| String::new()).map_err(words)
}

fn words(stop: Stop) -> String {
    match stop.into_report() {
        Report::Refused { why, .. } => why,
        Report::Failed { step, why } => format!("{step}: {why}"),
        Report::Ended { .. } | Report::Tried(_) => String::new(),
    }
}
