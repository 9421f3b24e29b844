//! Mutants: whose rows change when one literal does, and whether the templates of its scanners follow.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use codeproof_sandbox::Policy;
use codeproof_split::{Change, Form, Mutant, Observer, Options, Source, split};
use codeproof_types::SessionPhase;

use crate::ProblemKind;
use crate::bench::Bench;
use crate::execution::OnData;
use crate::failure::Failure;
use crate::observation::Observation;
use crate::rows::Rows;
use crate::runner::Runner;
use crate::template::Template;

/// A mutant may take this many times as long as the original did, and a little more: some values make loops endless.
const PATIENCE: u32 = 4;

/// The little more.
const LEAST_TIME: Duration = Duration::from_secs(5);

/// Why a whole-program template is not asked about every value.
const BY_CONSTRUCTION: &str =
    "the template runs the original with this value in its place, as it was seen to do with another";

/// What came of one mutant.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tried {
    /// The change that changed rows, else the last that was run to its end.
    pub(crate) change: Option<usize>,
    /// Scanners whose rows changed.
    pub(crate) changed: BTreeSet<usize>,
    /// By user whose rows changed: whether its template finds the mutant's rows when it is given the value.
    pub(crate) follows: BTreeMap<usize, Follows>,
    /// Why the last change that failed did.
    pub(crate) failure: Option<Failure>,
    /// Whether any change was run, to whatever end.
    pub(crate) was_run: bool,
}

/// Whether a template follows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Follows {
    /// `None` where it cannot take the value.
    pub(crate) answer: Option<bool>,
    /// Why it does not.
    pub(crate) note: Option<String>,
}

/// What mutants are compared with.
pub(crate) struct Baseline<'b> {
    pub(crate) bench: &'b Bench<'b>,
    pub(crate) observer: &'b Observer,
    pub(crate) observation: &'b Observation,
    pub(crate) unsteady: &'b BTreeSet<usize>,
    /// Templates whose rows are the original's.
    pub(crate) equal: BTreeMap<usize, &'b Template>,
    pub(crate) policy: Policy,
    /// Scanners whose whole-program template has found the rows of a mutant: it would find those of all others, too, as it
    /// runs the original with the value in the literal's place.
    following: Mutex<BTreeSet<usize>>,
}

impl<'b> Baseline<'b> {
    /// `None` when the original gave nothing to compare with.
    pub(crate) fn new(
        bench: &'b Bench<'b>,
        observer: &'b Observer,
        on: &'b OnData,
        equal: BTreeMap<usize, &'b Template>,
    ) -> Option<Self> {
        let observation = on.original.as_ref().ok()?;
        let policy = bench.request.settings.policy;
        let patient = Duration::from_millis(observation.cost.wall_ms) * PATIENCE + LEAST_TIME;
        let wall_time = policy.wall_time.min(patient);
        let cpu_seconds = policy.cpu_seconds.min(wall_time.as_secs() + 1);
        let policy = Policy { wall_time, cpu_seconds, ..policy.clone() };
        Some(Self { bench, observer, observation, unsteady: &on.unsteady, equal, policy, following: Mutex::default() })
    }

    /// Whether one of a mutant's users has a template that finds what the original finds: of others nothing can be shown.
    fn concerns(&self, mutant: &Mutant) -> bool {
        mutant.users.iter().any(|(at, _)| self.equal.contains_key(at))
    }

    /// Tries the changes of a mutant until rows change.
    pub(crate) fn attempt(&self, runner: &mut Runner<'_>, mutant: &Mutant) -> Tried {
        let mut tried = Tried::default();
        if !self.concerns(mutant) {
            return tried;
        }
        for (at, change) in mutant.changes.iter().enumerate() {
            let observation = match self.observe(runner, mutant, change) {
                Ok(observation) => observation,
                // What was not tried with all values is not said to change nothing.
                Err(failure) if failure.kind == ProblemKind::Stopped => {
                    (tried.change, tried.failure) = (None, Some(failure));
                    break;
                }
                Err(failure) => {
                    (tried.failure, tried.was_run) = (Some(failure), true);
                    continue;
                }
            };
            (tried.change, tried.was_run) = (Some(at), true);
            tried.changed = &self.observation.differing(&observation) - self.unsteady;
            if !tried.changed.is_empty() {
                tried.follows = self.follows(runner, mutant, change, &tried.changed, &observation);
                break;
            }
        }
        self.bench.ended(SessionPhase::Validation, mutant.users.first().map(|(at, _)| *at));
        tried
    }

    fn observe(&self, runner: &mut Runner<'_>, mutant: &Mutant, change: &Change) -> Result<Observation, Failure> {
        if self.bench.is_late() {
            return Err(Failure::out_of_time());
        }
        let bytes = mutant.bytes(self.bench.request.source, change);
        let observed = self.bench.observe(runner, self.observer, Some((bytes, &self.policy)));
        let observation = observed.map_err(|error| Failure::of_sandbox(&error))??;
        // A value with which the program only breaks shows nothing about whose it is.
        match observation.failure.clone().filter(|_| self.observation.failure.is_none()) {
            Some(failure) => Err(failure),
            None => Ok(observation),
        }
    }

    fn follows(
        &self,
        runner: &mut Runner<'_>,
        mutant: &Mutant,
        change: &Change,
        changed: &BTreeSet<usize>,
        observation: &Observation,
    ) -> BTreeMap<usize, Follows> {
        let mut follows = BTreeMap::new();
        for (user, name) in mutant.users.iter().filter(|(user, _)| changed.contains(user)) {
            let Some(template) = self.equal.get(user) else { continue };
            let Some(Ok(expected)) = observation.scanners.get(*user) else { continue };
            if template.form == Form::WholeProgram && self.is_following(*user) {
                follows.insert(*user, Follows { answer: None, note: Some(BY_CONSTRUCTION.to_owned()) });
                continue;
            }
            let found = self.with_value(runner, mutant, change, (*user, name), template);
            let answer = answer(expected, found);
            if template.form == Form::WholeProgram && answer.answer == Some(true) {
                self.following.lock().unwrap_or_else(PoisonError::into_inner).insert(*user);
            }
            follows.insert(*user, answer);
        }
        follows
    }

    fn is_following(&self, scanner: usize) -> bool {
        self.following.lock().unwrap_or_else(PoisonError::into_inner).contains(&scanner)
    }

    /// What the template finds that is given the value; where it refuses it, the one that the mutant is split into.
    fn with_value(
        &self,
        runner: &mut Runner<'_>,
        mutant: &Mutant,
        change: &Change,
        (user, name): (usize, &str),
        template: &Template,
    ) -> Result<Rows, Failure> {
        let arguments = ["--param".to_owned(), format!("{name}={}", change.argument)];
        let given = self.bench.template_with(runner, user, template, &arguments).map(|found| found.rows);
        let is_refused = given.as_ref().is_err_and(|failure| failure.kind == ProblemKind::ParameterIgnored);
        let again = is_refused.then(|| self.split_again(runner, mutant, change, user, template.form)).flatten();
        again.unwrap_or(given)
    }

    /// What the template finds that the mutant is split into; `None` when it is split in another way.
    fn split_again(
        &self,
        runner: &mut Runner<'_>,
        mutant: &Mutant,
        change: &Change,
        user: usize,
        form: Form,
    ) -> Option<Result<Rows, Failure>> {
        let source = &self.bench.request.source;
        let read = |module: &str| {
            let beside = &self.observer.beside;
            beside.iter().find(|file| file.name.strip_suffix(".py") == Some(module)).map(|file| file.bytes.clone())
        };
        let options = Options { read_module: Some(&read), ..Options::default() };
        let split = split(&Source::new(source.name.as_str(), mutant.bytes(source, change)), &options);
        let name = self.bench.names.get(user)?;
        let at = split.scanners.iter().position(|scanner| scanner.boundary.name == *name)?;
        let template = Template::of_split(&split, at).filter(|template| template.form == form)?;
        Some(self.bench.template(runner, user, &template).map(|found| found.rows))
    }
}

fn answer(expected: &Rows, found: Result<Rows, Failure>) -> Follows {
    match found {
        Ok(rows) => match expected.difference(&rows) {
            None => Follows { answer: Some(true), note: None },
            Some(difference) => {
                let note = format!(
                    "with this value the template misses {} rows of the original and has {} others",
                    difference.missing, difference.surplus
                );
                Follows { answer: Some(false), note: Some(note) }
            }
        },
        Err(failure) => {
            let is_refusal =
                matches!(failure.kind, ProblemKind::ParameterIgnored | ProblemKind::Stopped | ProblemKind::Sandbox);
            Follows { answer: (!is_refusal).then_some(false), note: Some(failure.message) }
        }
    }
}
