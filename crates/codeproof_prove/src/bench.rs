//! What every step of a proof needs: the request, the names, the counters, the wish to stop.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use codeproof_sandbox::Policy;
use codeproof_split::Observer;
use codeproof_types::SessionPhase;

use crate::failure::Failure;
use crate::observation::{self, Observation};
use crate::rows::Rows;
use crate::runner::Runner;
use crate::template::{Found, Template};
use crate::{Left, ProblemKind, Progress, Request, Told};

/// Workers at most, whatever the request says: each holds a server.
const WORKERS_MAX: usize = 64;

/// Runs that a mutant needs before any has ended: one that changes rows, and one of the template that is given the value.
const RUNS_OF_A_MUTANT: usize = 2;

/// What every step needs.
pub(crate) struct Bench<'b> {
    pub(crate) request: &'b Request<'b>,
    /// All scanners of the split, in its order.
    pub(crate) names: Vec<&'b str>,
    pub(crate) runs: AtomicUsize,
    told: &'b (dyn Fn(Told<'_>) + Sync),
    stop: &'b AtomicBool,
    /// Fields by scanner that differ between equal runs: no run is compared by them.
    unsteady: Mutex<BTreeMap<usize, BTreeSet<String>>>,
    /// A module that the original does not find: nothing else would find it.
    missing: OnceLock<Failure>,
    /// What has ended and what there is, of the phase that runs.
    done: AtomicUsize,
    total: AtomicUsize,
    /// Runs before the phase, and when it began.
    phase: Mutex<(usize, Instant)>,
    /// When no further mutant is begun.
    deadline: Option<Instant>,
}

impl<'b> Bench<'b> {
    pub(crate) fn new(request: &'b Request<'b>, told: &'b (dyn Fn(Told<'_>) + Sync), stop: &'b AtomicBool) -> Self {
        let names = request.split.scanners.iter().map(|scanner| scanner.boundary.name.as_str()).collect();
        let (runs, done, total, unsteady, missing) = Default::default();
        let now = Instant::now();
        let deadline = request.settings.time_budget.and_then(|budget| now.checked_add(budget));
        let phase = Mutex::new((0, now));
        Self { request, names, runs, told, stop, unsteady, missing, done, total, phase, deadline }
    }

    pub(crate) fn runners(&'b self, data: &'b Path) -> Vec<Runner<'b>> {
        let count = self.request.settings.workers.clamp(1, WORKERS_MAX);
        (0..count).map(|_| Runner::new(self.request, data, &self.runs)).collect()
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether the time for mutants is over.
    pub(crate) fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Leaves these fields of a scanner's rows out of every comparison from now on.
    pub(crate) fn leave_out(&self, scanner: usize, fields: BTreeSet<String>) {
        if !fields.is_empty() {
            self.unsteady.lock().unwrap_or_else(PoisonError::into_inner).entry(scanner).or_default().extend(fields);
        }
    }

    /// Fields of a scanner's rows that are not compared.
    pub(crate) fn left_out(&self, scanner: usize) -> BTreeSet<String> {
        self.unsteady.lock().unwrap_or_else(PoisonError::into_inner).get(&scanner).cloned().unwrap_or_default()
    }

    /// Takes the fields out that are not compared.
    pub(crate) fn steady(&self, scanner: usize, rows: &mut Rows) {
        rows.forget(&self.left_out(scanner));
    }

    /// Begins a phase in which that much is to be done.
    pub(crate) fn begin(&self, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) =
            (self.runs.load(Ordering::Relaxed), Instant::now());
    }

    /// Begins with the mutants, and says how long they may take, when one run of the original takes `each`.
    pub(crate) fn begin_mutants(&self, total: usize, each: Duration) {
        self.begin(total);
        let runs = total * RUNS_OF_A_MUTANT;
        let workers = u32::try_from(self.request.settings.workers.max(1)).unwrap_or(u32::MAX);
        let time = each.saturating_mul(u32::try_from(runs).unwrap_or(u32::MAX)) / workers;
        let left = Some(Left { runs, time: self.until_deadline(time) });
        (self.told)(Told::Progress(Progress { phase: SessionPhase::Validation, done: 0, total, scanner: None, left }));
    }

    fn until_deadline(&self, time: Duration) -> Duration {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        left.map_or(time, |left| left.min(time))
    }

    /// What is left of the mutants when that many have ended: as many runs, and as much time, as for those.
    fn left(&self, done: usize, total: usize) -> Option<Left> {
        let (before, began) = *self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = self.runs.load(Ordering::Relaxed).saturating_sub(before) * (total - done) / done;
        let time = began.elapsed().saturating_mul(u32::try_from(total - done).ok()?) / u32::try_from(done).ok()?;
        Some(Left { runs, time: self.until_deadline(time) })
    }

    /// Tells that something of the phase has ended.
    pub(crate) fn ended(&self, phase: SessionPhase, scanner: Option<usize>) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let total = self.total.load(Ordering::Relaxed).max(done);
        let scanner = scanner.and_then(|at| self.names.get(at)).map(|name| (*name).to_owned());
        let left = if phase == SessionPhase::Validation { self.left(done, total) } else { None };
        (self.told)(Told::Progress(Progress { phase, done, total, scanner, left }));
    }

    /// Runs the original, or a mutant with limits of its own.
    pub(crate) fn observe(
        &self,
        runner: &mut Runner<'_>,
        observer: &Observer,
        mutant: Option<(Vec<u8>, &Policy)>,
    ) -> Result<Result<Observation, Failure>, codeproof_sandbox::Error> {
        if self.is_stopped() {
            return Ok(Err(Failure::stopped()));
        }
        let is_original = mutant.is_none();
        if let Some(missing) = self.missing.get() {
            return Ok(Err(missing.clone()));
        }
        let (bytes, policy) =
            mutant.map_or((None, self.request.settings.policy), |(bytes, policy)| (Some(bytes), policy));
        let mut observed = observation::observe(runner, observer, &self.names, bytes, policy)?;
        if let Ok(observation) = &mut observed {
            let missing = observation.failure.iter().find(|failure| failure.kind == ProblemKind::MissingImport);
            // A mutant does not speak for all; an original that found something before does not end all.
            if let Some(missing) = missing.filter(|_| is_original && !observation.has_found()) {
                let _ = self.missing.set(missing.clone());
            }
            for (at, rows) in observation.scanners.iter_mut().enumerate() {
                if let Ok(rows) = rows {
                    self.steady(at, rows);
                }
            }
        }
        Ok(observed)
    }

    /// Runs a template as it is.
    pub(crate) fn template(
        &self,
        runner: &mut Runner<'_>,
        scanner: usize,
        template: &Template,
    ) -> Result<Found, Failure> {
        self.template_with(runner, scanner, template, &[])
    }

    /// Runs a template with further arguments.
    pub(crate) fn template_with(
        &self,
        runner: &mut Runner<'_>,
        scanner: usize,
        template: &Template,
        arguments: &[String],
    ) -> Result<Found, Failure> {
        if self.is_stopped() {
            return Err(Failure::stopped());
        }
        if let Some(missing) = self.missing.get() {
            return Err(missing.clone());
        }
        let name = self.names.get(scanner).copied().unwrap_or_default();
        let mut found = template.run(runner, name, arguments, self.request.settings.policy)?;
        self.steady(scanner, &mut found.rows);
        Ok(found)
    }
}
