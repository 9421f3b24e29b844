//! The front: running a job once, and asking what this machine allows.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use crate::group::Group;
use crate::helper::{OUTER, TRIAL, TRIAL_AS_ROOT};
use crate::memory::Resident;
use crate::order::{Report, Tried, receive, send};
use crate::process::{Helper, PATIENCE};
use crate::warm::Warm;
use crate::watch::{End, Place, Watch};
use crate::{Ending, Error, Job, Outcome, Part, PartStatus, Policy, layout, weaker};

/// What starts sandboxes.
#[derive(Debug, Clone)]
pub struct Sandbox {
    helper: PathBuf,
}

impl Sandbox {
    /// The helper is this running program, whose `main` calls [`enter_if_helper`](crate::enter_if_helper) first.
    pub fn of_this_program() -> Self {
        Self::with_helper("/proc/self/exe")
    }

    /// The helper is another program, whose `main` calls [`enter_if_helper`](crate::enter_if_helper) first.
    pub fn with_helper(helper: impl Into<PathBuf>) -> Self {
        Self { helper: helper.into() }
    }

    /// Runs a job. Comes back when no process of it is left.
    ///
    /// # Errors
    /// [`Error::Refused`] when a part of the isolation is not available and the policy does not name it; others when
    /// the job cannot be laid out. A program that fails, or is ended, is no error.
    pub fn run(&self, job: &Job, policy: &Policy) -> Result<Outcome, Error> {
        let weaker = self.weaker(policy)?;
        let order = layout::order(job, policy, &weaker)?;
        let (mut watch, (stdout, stderr)) = Watch::new()?;
        let mut helper = Helper::start(&self.helper, OUTER, Stdio::from(stdout), Stdio::from(stderr))?;
        let group = helper.bounded(policy);
        send(&helper.control, &order).map_err(|_| gone())?;
        let place = Place { root: helper.id(), idle: Resident::default() };
        let report = watch.follow(&helper.control, place, policy);
        helper.end(report.is_ok())?;
        let outcome = outcome(watch, report?.ok_or_else(gone)?, policy)?;
        let ran_out = group.is_some_and(|group| group.ended_for_memory() > 0);
        let ending = if ran_out { Ending::Memory } else { outcome.ending };
        Ok(Outcome { weaker, ending, ..outcome })
    }

    /// Starts a warm server: an interpreter in a sandbox that imports `preload` once and then runs jobs one after
    /// another, each isolated as by [`run`](Self::run) and from each other. All of them have the interpreter, folders,
    /// modules and variables of `job`.
    ///
    /// # Errors
    /// As [`run`](Self::run); and when the interpreter cannot serve. Then single runs still may work.
    pub fn warm(&self, job: &Job, policy: &Policy, preload: &[&str]) -> Result<Warm, Error> {
        Warm::start(&self.helper, job, policy, self.weaker(policy)?, preload)
    }

    /// Tries every part of the isolation here and now.
    ///
    /// # Errors
    /// When the helper cannot be started.
    pub fn parts(&self) -> Result<Vec<PartStatus>, Error> {
        let mut tried = self.tried(TRIAL)?;
        let no_users =
            |(part, result): &(Part, Result<String, String>)| *part == Part::UserNamespace && result.is_err();
        if tried.iter().any(no_users) {
            // Root can enter the other namespaces without that of users.
            let as_root = self.tried(TRIAL_AS_ROOT)?;
            tried.retain(|(part, _)| *part == Part::UserNamespace);
            tried.extend(as_root.into_iter().filter(|(part, _)| *part != Part::UserNamespace));
        }
        if Group::make(&Policy::default()).is_some() {
            tried.push((Part::ControlGroup, Ok(String::new())));
        }
        Ok(Part::ALL.map(|part| PartStatus::of(part, &tried)).to_vec())
    }

    /// What was found when all parts were tried in one way.
    fn tried(&self, step: &str) -> Result<Tried, Error> {
        let mut helper = Helper::start(&self.helper, step, Stdio::null(), Stdio::null())?;
        helper.control.set_read_timeout(Some(PATIENCE))?;
        let report = receive::<Report>(&helper.control);
        helper.end(report.is_ok())?;
        match report? {
            Some(Report::Tried(tried)) => Ok(tried),
            Some(other) => Err(refusal(other)),
            None => Err(gone()),
        }
    }

    /// The parts that runs with this policy do without here. A policy that allows nothing needs no trial: the run itself is
    /// one.
    ///
    /// # Errors
    /// [`Error::Refused`] when the policy allows some, but not all that are missing.
    pub fn weaker(&self, policy: &Policy) -> Result<Vec<Part>, Error> {
        match policy.allow_weaker.is_empty() {
            true => Ok(Vec::new()),
            false => weaker::missing(&self.parts()?, policy),
        }
    }
}

/// What came of a run, from its guard's report.
pub(crate) fn outcome(watch: Watch, report: Report, policy: &Policy) -> Result<Outcome, Error> {
    match report {
        Report::Ended { raw_status, cpu_micros, peak_bytes, files } => {
            let end = End { raw_status, cpu_time: Duration::from_micros(cpu_micros), peak_bytes, files };
            Ok(watch.outcome(end, policy)?)
        }
        other => Err(refusal(other)),
    }
}

/// The error that a report other than `Ended` means.
pub(crate) fn refusal(report: Report) -> Error {
    match report {
        Report::Refused { part, why } => Error::Refused { part, why },
        Report::Failed { step, why } => Error::Setup { step, why },
        Report::Ended { .. } | Report::Tried(_) => gone(),
    }
}

/// The helper ended, or the server in it.
pub(crate) fn gone() -> Error {
    Error::Helper(io::Error::other("the helper ended without a report; does its `main` call `enter_if_helper` first?"))
}
