//! The course of a proof: run everything, fall back where a slice is wrong, mutate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use codeproof_split::{Form, Mutant, Observer, mutants};
use codeproof_types::{ErrorSeverity, RecoveryAction, SessionPhase};

use crate::bench::Bench;
use crate::execution::{Comparison, OnData};
use crate::failure::Failure;
use crate::mutation::{Baseline, Tried};
use crate::runner::Runner;
use crate::template::Template;
use crate::workers::each;
use crate::{Difference, Error, Problem, ProblemKind};

/// Everything that ran.
pub(crate) struct Trial<'t> {
    pub(crate) bench: &'t Bench<'t>,
    observer: &'t Observer,
    folders: Vec<Folder<'t>>,
    /// Templates that stand, of the scanners to prove.
    pub(crate) standing: BTreeMap<usize, Template>,
    pub(crate) fallbacks: BTreeMap<usize, Fallback>,
    pub(crate) mutants: Vec<(Mutant, Tried)>,
    /// Values that were not changed as there are too many: the scanner, the line, the name.
    pub(crate) left_out: BTreeSet<(usize, u32, String)>,
}

/// One folder of data and what ran on it.
struct Folder<'t> {
    runners: Vec<Runner<'t>>,
    on: OnData,
}

/// Why a whole-program template took a slice's place.
pub(crate) struct Fallback {
    pub(crate) problem: Problem,
    pub(crate) difference: Option<Difference>,
}

/// How a template compares on all data together.
pub(crate) enum Judgement {
    /// The same rows, at least one on all data.
    Equal,
    /// The same rows, but there are none on some data.
    EqualWithout {
        /// Whether there are none on any.
        any: bool,
    },
    /// Other rows.
    Differs(Difference),
    /// The template gave none.
    TemplateFailed(Failure),
    /// There is nothing to compare with.
    NotRun(Failure),
}

impl<'t> Trial<'t> {
    /// Runs originals and templates of these scanners on all data.
    pub(crate) fn begin(bench: &'t Bench<'t>, observer: &'t Observer, chosen: &[usize]) -> Result<Self, Error> {
        let split = bench.request.split;
        let standing: BTreeMap<usize, Template> =
            chosen.iter().filter_map(|at| Some((*at, Template::of_split(split, *at)?))).collect();
        let data = bench.request.settings.data;
        let paths: Vec<&'t Path> = [data.first].into_iter().chain(data.second).collect();
        bench.begin(paths.len() * (standing.len() + 2));
        let mut folders: Vec<Folder<'t>> = Vec::new();
        for path in paths {
            let mut runners = bench.runners(path);
            let on = OnData::run(bench, &mut runners, observer, &standing)?;
            if !folders.is_empty() {
                runners.iter_mut().for_each(Runner::rest);
            }
            folders.push(Folder { runners, on });
        }
        Ok(Self {
            bench,
            observer,
            folders,
            standing,
            fallbacks: BTreeMap::new(),
            mutants: Vec::new(),
            left_out: BTreeSet::new(),
        })
    }

    /// What ran on the first data.
    pub(crate) fn first(&self) -> &OnData {
        &self.folders[0].on
    }

    /// What ran on the second data, when there is one.
    pub(crate) fn second(&self) -> Option<&OnData> {
        self.folders.get(1).map(|folder| &folder.on)
    }

    /// Servers that failed.
    pub(crate) fn lost_servers(&self) -> u32 {
        self.folders.iter().flat_map(|folder| &folder.runners).map(Runner::lost_servers).sum()
    }

    /// How a scanner's template compares; what is worst on any data counts.
    pub(crate) fn judge(&self, scanner: usize) -> Judgement {
        let mut counts = Vec::new();
        for folder in &self.folders {
            match folder.on.compare(scanner) {
                Comparison::Equal(rows) => counts.push(rows.len()),
                Comparison::Differs(difference) => return Judgement::Differs(difference),
                Comparison::TemplateFailed(failure) => return Judgement::TemplateFailed(failure),
                Comparison::NotRun(failure) => return Judgement::NotRun(failure),
            }
        }
        match counts.iter().all(|count| *count > 0) {
            true => Judgement::Equal,
            false => Judgement::EqualWithout { any: counts.iter().any(|count| *count > 0) },
        }
    }

    /// Puts whole-program templates in the place of slices that found other rows or failed.
    pub(crate) fn fall_back_where_wrong(&mut self) {
        let mut wrong = BTreeMap::new();
        for (at, template) in &self.standing {
            let found = match self.judge(*at) {
                _ if template.form == Form::WholeProgram => None,
                Judgement::Differs(difference) => {
                    let (missing, surplus) = (difference.missing, difference.surplus);
                    let why = format!("the slice misses {missing} rows of the original and has {surplus} others");
                    Some((Failure::new(ProblemKind::OtherRows, why), Some(difference)))
                }
                Judgement::TemplateFailed(failure) if failure.is_of_program() => {
                    let why = format!("the slice failed: {}", failure.message);
                    Some((Failure { message: why, ..failure }, None))
                }
                _ => None,
            };
            wrong.extend(found.map(|found| (*at, found)));
        }
        self.fall_back(wrong);
    }

    /// Chooses the literals that are mutated; none of them is run yet.
    pub(crate) fn plan_mutants(&mut self) {
        let request = self.bench.request;
        let of_chosen = |mutant: &Mutant| mutant.users.iter().any(|(at, _)| self.standing.contains_key(at));
        let all = mutants(request.source, request.split, usize::MAX);
        let mut chosen: Vec<Mutant> = all.into_iter().filter(of_chosen).collect();
        let left_out = chosen.split_off(request.settings.mutants_max.min(chosen.len()));
        let names = |mutant: Mutant| mutant.users.into_iter().map(move |(at, name)| (at, mutant.line, name));
        self.left_out = left_out.into_iter().flat_map(names).collect();
        let not_yet = |mutant| (mutant, Tried { failure: Some(Failure::stopped()), ..Tried::default() });
        self.mutants = chosen.into_iter().map(not_yet).collect();
    }

    /// Mutates literals; a slice that does not follow falls back, and what concerns it is tried again.
    pub(crate) fn mutate(&mut self) {
        let each = self.first().original.as_ref().map_or(0, |seen| seen.cost.wall_ms);
        self.bench.begin_mutants(self.mutants.len(), Duration::from_millis(each));
        let chosen: Vec<Mutant> = self.mutants.drain(..).map(|(mutant, _)| mutant).collect();
        let tried = self.attempt(&chosen);
        self.mutants = chosen.into_iter().zip(tried).collect();
        let deaf = self.deaf_slices();
        if deaf.is_empty() {
            return;
        }
        let names: BTreeSet<usize> = deaf.keys().copied().collect();
        self.fall_back(deaf);
        let concerned = |(mutant, tried): &(Mutant, Tried)| {
            mutant.users.iter().any(|(at, _)| names.contains(at)) && !tried.changed.is_empty()
        };
        let places: Vec<usize> =
            self.mutants.iter().enumerate().filter(|(_, one)| concerned(one)).map(|(at, _)| at).collect();
        let again: Vec<Mutant> = places.iter().map(|at| self.mutants[*at].0.clone()).collect();
        for (at, tried) in places.into_iter().zip(self.attempt(&again)) {
            self.mutants[at].1 = tried;
        }
    }

    /// Mutants of a scanner's values.
    pub(crate) fn mutants_of(&self, at: usize) -> impl Iterator<Item = &(Mutant, Tried)> {
        self.mutants.iter().filter(move |(mutant, _)| mutant.users.iter().any(|(user, _)| *user == at))
    }

    /// Whether values of a scanner were left out.
    pub(crate) fn has_left_out(&self, at: usize) -> bool {
        self.left_out.iter().any(|(of, _, _)| *of == at)
    }

    /// Whether some mutant was not run for lack of time.
    pub(crate) fn is_unfinished(&self) -> bool {
        let failures = self.mutants.iter().filter_map(|(_, tried)| tried.failure.as_ref());
        failures.into_iter().any(|failure| failure.kind == ProblemKind::Stopped)
    }

    fn attempt(&mut self, mutants: &[Mutant]) -> Vec<Tried> {
        let equal = self
            .standing
            .iter()
            .filter(|(at, _)| matches!(self.judge(**at), Judgement::Equal | Judgement::EqualWithout { .. }));
        let equal: BTreeMap<usize, &Template> = equal.map(|(at, template)| (*at, template)).collect();
        let Some((first, _)) = self.folders.split_first_mut() else { return Vec::new() };
        match Baseline::new(self.bench, self.observer, &first.on, equal) {
            Some(baseline) => each(&mut first.runners, mutants, |runner, mutant| baseline.attempt(runner, mutant)),
            None => vec![Tried::default(); mutants.len()],
        }
    }

    /// Slices that do not do with a value what the original does with it.
    fn deaf_slices(&self) -> BTreeMap<usize, (Failure, Option<Difference>)> {
        let mut deaf = BTreeMap::new();
        for (mutant, tried) in &self.mutants {
            for (user, name) in &mutant.users {
                let is_slice = self.standing.get(user).is_some_and(|template| template.form == Form::Slice);
                let is_deaf = tried.follows.get(user).is_some_and(|follows| follows.answer == Some(false));
                if is_slice && is_deaf {
                    let why = format!("the slice does not do with another {name} what the original does");
                    deaf.entry(*user).or_insert((Failure::new(ProblemKind::ParameterIgnored, why), None));
                }
            }
        }
        deaf
    }

    fn fall_back(&mut self, wrong: BTreeMap<usize, (Failure, Option<Difference>)>) {
        let split = self.bench.request.split;
        let whole: BTreeMap<usize, Template> =
            wrong.keys().filter_map(|at| Some((*at, Template::whole_program(split, *at)?))).collect();
        if whole.is_empty() {
            return;
        }
        self.bench.begin(whole.len() * self.folders.len());
        for folder in &mut self.folders {
            folder.on.replace(self.bench, &mut folder.runners, &whole);
        }
        self.standing.extend(whole);
        for (at, (failure, difference)) in wrong {
            let succeeded = matches!(self.judge(at), Judgement::Equal | Judgement::EqualWithout { .. });
            let severity = if succeeded { ErrorSeverity::Medium } else { ErrorSeverity::High };
            let problem = Problem {
                severity,
                recovery: RecoveryAction::Fallback,
                attempted: true,
                succeeded,
                ..failure.in_phase(SessionPhase::TemplateGeneration)
            };
            self.fallbacks.insert(at, Fallback { problem, difference });
        }
    }
}
