//! Originals and templates on one folder of data, and how their rows compare.

use std::collections::{BTreeMap, BTreeSet};

use codeproof_split::Observer;
use codeproof_types::SessionPhase;

use crate::bench::Bench;
use crate::failure::Failure;
use crate::observation::Observation;
use crate::rows::Rows;
use crate::runner::Runner;
use crate::template::{Found, Template};
use crate::workers::each;
use crate::{Difference, Error, ProblemKind};

/// What ran on one folder of data.
pub(crate) struct OnData {
    pub(crate) original: Result<Observation, Failure>,
    /// Scanners whose rows differ between two equal runs of the original, and how.
    pub(crate) unsteady: BTreeSet<usize>,
    /// What the templates found that stand.
    pub(crate) templates: BTreeMap<usize, Result<Found, Failure>>,
}

/// A template against the original.
pub(crate) enum Comparison<'o> {
    /// The same rows.
    Equal(&'o Rows),
    /// Other rows.
    Differs(Difference),
    /// The template gave none.
    TemplateFailed(Failure),
    /// There is nothing to compare with.
    NotRun(Failure),
}

impl OnData {
    /// Runs the original twice, and once every template of which it told rows: the others have nothing to be compared with.
    pub(crate) fn run(
        bench: &Bench<'_>,
        runners: &mut [Runner<'_>],
        observer: &Observer,
        templates: &BTreeMap<usize, Template>,
    ) -> Result<Self, Error> {
        let mut originals = each(runners, &[(), ()], |runner, ()| {
            let observed = bench.observe(runner, observer, None);
            bench.ended(SessionPhase::Execution, None);
            observed
        })
        .into_iter();
        let mut next = || originals.next().unwrap_or_else(|| Ok(Err(Failure::stopped())));
        let (mut original, again) = (next()?, next()?);
        let told = |at: usize| original.as_ref().is_ok_and(|seen| seen.scanners.get(at).is_some_and(Result::is_ok));
        let items: Vec<(usize, &Template)> =
            templates.iter().filter(|(at, _)| told(**at)).map(|(at, template)| (*at, template)).collect();
        let mut found = run_all(bench, runners, &items, SessionPhase::Execution);
        let unsteady = match (&mut original, again) {
            (Ok(original), Ok(again)) => compared(bench, original, again, &mut found),
            _ => BTreeSet::new(),
        };
        Ok(Self { original, unsteady, templates: found })
    }

    /// Runs other templates in the place of some.
    pub(crate) fn replace(
        &mut self,
        bench: &Bench<'_>,
        runners: &mut [Runner<'_>],
        templates: &BTreeMap<usize, Template>,
    ) {
        let items: Vec<(usize, &Template)> = templates.iter().map(|(at, template)| (*at, template)).collect();
        self.templates.extend(run_all(bench, runners, &items, SessionPhase::TemplateGeneration));
    }

    /// How a scanner's template compares.
    pub(crate) fn compare(&self, scanner: usize) -> Comparison<'_> {
        let observation = match &self.original {
            Ok(observation) => observation,
            Err(failure) => return Comparison::NotRun(failure.clone()),
        };
        let original = match observation.scanners.get(scanner) {
            Some(Ok(rows)) => rows,
            // A scanner that was called and failed each time says more than where the program ended.
            Some(Err(why)) if why.kind == ProblemKind::Failed => return Comparison::NotRun(why.clone()),
            Some(Err(why)) => return Comparison::NotRun(observation.failure.clone().unwrap_or_else(|| why.clone())),
            None => return Comparison::NotRun(Failure::stopped()),
        };
        if self.unsteady.contains(&scanner) {
            let why = "two equal runs of the original gave different rows";
            return Comparison::NotRun(Failure::new(ProblemKind::Nondeterministic, why));
        }
        let template = match self.templates.get(&scanner) {
            Some(Ok(found)) => &found.rows,
            Some(Err(failure)) => return or_original(observation, Comparison::TemplateFailed(failure.clone())),
            None => return Comparison::NotRun(Failure::stopped()),
        };
        match original.difference(template) {
            None => Comparison::Equal(original),
            Some(difference) => or_original(observation, Comparison::Differs(difference)),
        }
    }
}

/// Runs templates, each once.
fn run_all(
    bench: &Bench<'_>,
    runners: &mut [Runner<'_>],
    items: &[(usize, &Template)],
    phase: SessionPhase,
) -> BTreeMap<usize, Result<Found, Failure>> {
    let done = each(runners, items, |runner, (at, template)| {
        let found = bench.template(runner, *at, template);
        bench.ended(phase, Some(*at));
        (*at, found)
    });
    done.into_iter().collect()
}

/// Compares two equal runs of the original. Fields that alone differ are compared in no run; scanners that differ otherwise
/// are returned.
fn compared(
    bench: &Bench<'_>,
    original: &mut Observation,
    mut again: Observation,
    found: &mut BTreeMap<usize, Result<Found, Failure>>,
) -> BTreeSet<usize> {
    for (at, pair) in original.scanners.iter_mut().zip(&mut again.scanners).enumerate() {
        let (Ok(one), Ok(other)) = pair else { continue };
        if let Some(fields) = one.unsteady_fields(other) {
            bench.leave_out(at, fields);
            bench.steady(at, one);
            bench.steady(at, other);
            if let Some(Ok(found)) = found.get_mut(&at) {
                bench.steady(at, &mut found.rows);
            }
        }
    }
    original.differing(&again)
}

/// An original that failed half-way refutes nothing.
fn or_original<'o>(observation: &Observation, comparison: Comparison<'o>) -> Comparison<'o> {
    match &observation.failure {
        Some(failure) => Comparison::NotRun(failure.clone()),
        None => comparison,
    }
}
