//! The front door: a request in, a proof out.

use std::sync::atomic::{AtomicBool, Ordering};

use codeproof_split::OutputFile;
use codeproof_types::{ErrorEvent, ErrorSeverity, RecoveryAction, SessionPhase};

use crate::bench::Bench;
use crate::failure::Failure;
use crate::trial::{Judgement, Trial};
use crate::{Aggregated, Error, Problem, ProblemKind, Proof, Request, ScannerProof, Told, Verdict, aggregate, verdict};

/// Proves a split. `told` hears when something has ended, from any worker, and what is proven before values are changed;
/// `stop` is looked at between runs, and what was not run by then says so. A split without scanners gives an empty proof.
///
/// # Errors
/// When nothing could be run at all: the sandbox is refused or cannot be set up, or `only` names nobody.
pub fn prove(request: &Request<'_>, told: &(dyn Fn(Told<'_>) + Sync), stop: &AtomicBool) -> Result<Proof, Error> {
    let chosen = chosen(request)?;
    let Some(observer) = request.split.observer().filter(|_| !chosen.is_empty()) else { return Ok(Proof::default()) };
    let bench = Bench::new(request, told, stop);
    let mut trial = Trial::begin(&bench, observer, &chosen)?;
    trial.fall_back_where_wrong();
    let aggregated = aggregated(&trial, &chosen);
    trial.plan_mutants();
    if !trial.mutants.is_empty() {
        told(Told::SoFar(&proof(&trial, &chosen, aggregated.clone())));
        trial.mutate();
    }
    Ok(proof(&trial, &chosen, aggregated))
}

/// What is proven by all that ran until now.
fn proof(trial: &Trial<'_>, chosen: &[usize], aggregated: Aggregated) -> Proof {
    let scanners: Vec<ScannerProof> = chosen.iter().map(|at| verdict::of_scanner(trial, *at)).collect();
    let original = trial.first().original.as_ref().ok();
    Proof {
        isolation_score: verdict::isolation(trial),
        contamination: verdict::contamination(trial),
        replaced: replaced(trial),
        aggregated,
        events: events(trial, &scanners),
        degraded: degraded(trial, &scanners),
        original: original.map(|seen| seen.cost).unwrap_or_default(),
        original_incidents: original.map(|seen| seen.incidents.clone()).unwrap_or_default(),
        runs: trial.bench.runs.load(Ordering::Relaxed),
        mutants: trial.mutants.iter().filter(|(_, tried)| tried.was_run).count(),
        stopped: trial.bench.is_stopped() || trial.is_unfinished(),
        scanners,
    }
}

/// The scanners to prove, by their places in the split.
fn chosen(request: &Request<'_>) -> Result<Vec<usize>, Error> {
    let names: Vec<&str> = request.split.scanners.iter().map(|scanner| scanner.boundary.name.as_str()).collect();
    if let Some(unknown) = request.settings.only.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(Error::UnknownScanner(unknown.clone()));
    }
    let is_chosen =
        |name: &str| request.settings.only.is_empty() || request.settings.only.iter().any(|chosen| chosen == name);
    Ok((0..names.len()).filter(|at| is_chosen(names[*at])).collect())
}

/// Hits of what the templates found; of the original where there is no template's result.
fn aggregated(trial: &Trial<'_>, chosen: &[usize]) -> Aggregated {
    let bench = trial.bench;
    bench.begin(1);
    let original = trial.first().original.as_ref().ok();
    let rows = |at: usize| {
        let found = trial.first().templates.get(&at).and_then(|found| found.as_ref().ok()).map(|found| &found.rows);
        found.or_else(|| original?.scanners.get(at)?.as_ref().ok())
    };
    let is_compared = |at: &&usize| !matches!(trial.judge(**at), Judgement::NotRun(_));
    let found = chosen.iter().filter(is_compared).filter_map(|at| Some((*bench.names.get(*at)?, rows(*at)?)));
    let aggregated = aggregate::aggregate(found);
    bench.ended(SessionPhase::Aggregation, None);
    aggregated
}

/// Files of the templates that fell back, each once.
fn replaced(trial: &Trial<'_>) -> Vec<OutputFile> {
    let mut files: Vec<OutputFile> = Vec::new();
    for template in trial.fallbacks.keys().filter_map(|at| trial.standing.get(at)) {
        for file in template.files() {
            if files.iter().all(|known| known.name != file.name) {
                files.push(file.clone());
            }
        }
    }
    files
}

fn events(trial: &Trial<'_>, scanners: &[ScannerProof]) -> Vec<ErrorEvent> {
    let mut events = Vec::new();
    let lost = trial.lost_servers();
    if lost > 0 {
        let why = format!("{lost} warm servers ended or did not start; programs ran in new ones, then one by one");
        let problem = Problem {
            severity: ErrorSeverity::Low,
            attempted: true,
            succeeded: true,
            ..Failure::new(ProblemKind::Sandbox, why).in_phase(SessionPhase::Execution)
        };
        events.push(problem.event(None));
    }
    if let Ok(seen) = &trial.first().original
        && let Some(failure) = seen.failure.clone()
    {
        let problem = Problem {
            severity: ErrorSeverity::Medium,
            recovery: RecoveryAction::ManualIntervention,
            ..failure.in_phase(SessionPhase::Execution)
        };
        events.push(problem.event(None));
    }
    let of_fallbacks = trial.fallbacks.iter().map(|(at, fallback)| {
        let scanner = trial.bench.names.get(*at).map(|name| (*name).to_owned());
        fallback.problem.event(scanner)
    });
    events.extend(of_fallbacks);
    for scanner in scanners {
        let event = scanner.problem.as_ref().map(|problem| problem.event(Some(scanner.name.clone())));
        events.extend(event.filter(|event| !events.contains(event)));
    }
    events
}

fn degraded(trial: &Trial<'_>, scanners: &[ScannerProof]) -> Vec<String> {
    let mut degraded = Vec::new();
    let fell_back: Vec<&str> = scanners.iter().filter(|one| one.fell_back).map(|one| one.name.as_str()).collect();
    if !fell_back.is_empty() {
        degraded.push(format!("whole-program template instead of a wrong slice: {}", fell_back.join(", ")));
    }
    if let Ok(seen) = &trial.first().original
        && seen.failure.is_some()
    {
        let then = match scanners.iter().any(|scanner| scanner.verdict != Verdict::NotRun) {
            true => "scanners are compared by what they had found until then",
            false => "no scanner could be compared",
        };
        degraded.push(format!("the original does not run to its end: {then}"));
    }
    let request = trial.bench.request;
    let weaker = request.settings.sandbox.weaker(request.settings.policy).unwrap_or_default();
    if !weaker.is_empty() {
        let parts: Vec<&str> = weaker.iter().map(|part| part.name()).collect();
        degraded.push(format!("weaker isolation: without {}", parts.join(", ")));
    }
    if trial.lost_servers() > 0 {
        degraded.push("some programs ran without a warm server".to_owned());
    }
    if trial.bench.is_stopped() {
        degraded.push("the proof was stopped before its end".to_owned());
    } else if trial.is_unfinished() {
        degraded.push("the proof was not at its end: not all values were changed".to_owned());
    }
    degraded
}
