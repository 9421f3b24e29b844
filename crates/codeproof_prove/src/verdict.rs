//! From what ran to what it proves.

use std::collections::BTreeSet;

use codeproof_split::{Form, Mutant, Replaced, replaced};
use codeproof_types::SessionPhase;

use crate::execution::OnData;
use crate::failure::Failure;
use crate::mutation::Tried;
use crate::trial::{Judgement, Trial};
use crate::{Contamination, Difference, ParameterProof, ParameterVerdict, Problem, ProblemKind, ScannerProof, Verdict};

/// What is proven about a scanner.
pub(crate) fn of_scanner(trial: &Trial<'_>, at: usize) -> ScannerProof {
    let parameters = parameters(trial, at);
    let (verdict, own_difference, problem) = decide(trial, at, &parameters);
    let fallback = trial.fallbacks.get(&at);
    let (first, second) = (trial.first(), trial.second());
    let found = first.templates.get(&at).and_then(|found| found.as_ref().ok());
    let original = first.original.as_ref().ok().and_then(|seen| seen.scanners.get(at)?.as_ref().ok());
    let rows = found.map(|found| &found.rows).or(original);
    let second_rows = second.and_then(|on: &OnData| Some(on.templates.get(&at)?.as_ref().ok()?.rows.len()));
    ScannerProof {
        name: name(trial, at),
        verdict,
        form: trial.standing.get(&at).map_or(Form::WholeProgram, |template| template.form),
        fell_back: fallback.is_some(),
        fell_back_because: fallback.map(|fallback| fallback.problem.message.clone()),
        original_rows: original.map_or(0, |rows| rows.len()),
        template_rows: found.map_or(0, |found| found.rows.len()),
        second_rows,
        rows: rows.map(|rows| rows.0.iter().take(ScannerProof::ROWS_MAX).cloned().collect()).unwrap_or_default(),
        fields_not_compared: trial.bench.left_out(at).into_iter().collect(),
        isolation_score: score(parameters.iter().filter(|one| !one.shared).map(|one| one.verdict)),
        remark: remark(trial, at, verdict, &parameters).filter(|_| problem.is_none()),
        parameters,
        first_difference: own_difference.or_else(|| fallback.and_then(|fallback| fallback.difference.clone())),
        problem: problem.or_else(|| fallback.map(|fallback| fallback.problem.clone())),
        cost: found.map(|found| found.cost).unwrap_or_default(),
        incidents: found.map(|found| found.incidents.clone()).unwrap_or_default(),
    }
}

/// Share of exercised literals that changed nobody else's rows; shared ones do not count.
pub(crate) fn isolation(trial: &Trial<'_>) -> Option<f64> {
    score(trial.mutants.iter().filter(|(mutant, _)| !mutant.shared).map(|(mutant, tried)| {
        match (others(mutant, tried).is_empty(), tried.changed.is_empty()) {
            (false, _) => ParameterVerdict::ChangesOthers,
            (_, true) => ParameterVerdict::NotExercised,
            (true, false) => ParameterVerdict::OwnRowsOnly,
        }
    }))
}

/// Literals that changed the rows of scanners that are not said to use them.
pub(crate) fn contamination(trial: &Trial<'_>) -> Vec<Contamination> {
    let found = trial.mutants.iter().filter(|(mutant, tried)| !others(mutant, tried).is_empty());
    let contamination = |(mutant, tried): &(Mutant, Tried)| Contamination {
        parameter: mutant.users.first().map(|(_, name)| name.clone()).unwrap_or_default(),
        line: mutant.line,
        owners: mutant.owners.iter().map(|at| name(trial, *at)).collect(),
        changed: others(mutant, tried).into_iter().map(|at| name(trial, at)).collect(),
    };
    found.map(contamination).collect()
}

fn decide(
    trial: &Trial<'_>,
    at: usize,
    parameters: &[ParameterProof],
) -> (Verdict, Option<Difference>, Option<Problem>) {
    let any = match trial.judge(at) {
        Judgement::Equal => None,
        Judgement::EqualWithout { any } => Some(any),
        Judgement::Differs(difference) => {
            let (missing, surplus) = (difference.missing, difference.surplus);
            let why = format!("the template misses {missing} rows of the original and has {surplus} others");
            let problem = Failure::new(ProblemKind::OtherRows, why).in_phase(SessionPhase::TemplateGeneration);
            return (Verdict::Differs, Some(difference), Some(problem));
        }
        Judgement::TemplateFailed(failure) => {
            return (Verdict::NotRun, None, Some(failure.in_phase(SessionPhase::TemplateGeneration)));
        }
        Judgement::NotRun(failure) => {
            return (Verdict::NotRun, None, Some(because(trial, at, failure).in_phase(SessionPhase::Execution)));
        }
    };
    let trouble = trouble(trial, at, parameters);
    let is_exercised = parameters.iter().any(|one| one.verdict == ParameterVerdict::OwnRowsOnly);
    let verdict = match any {
        None if is_exercised && trouble.is_none() => Verdict::Proven,
        Some(false) => Verdict::NotExercised,
        _ => Verdict::EqualOnThisData,
    };
    let lacks_values = verdict == Verdict::EqualOnThisData;
    let problem = trouble.or_else(|| unfinished(trial, at).filter(|_| lacks_values));
    let problem = problem.map(|failure| failure.in_phase(SessionPhase::Validation));
    (verdict, None, problem)
}

/// Why a scanner is not proven of which nothing bad is known, and what to do about it.
fn remark(trial: &Trial<'_>, at: usize, verdict: Verdict, parameters: &[ParameterProof]) -> Option<String> {
    let has = |verdict| parameters.iter().any(|one| one.verdict == verdict);
    let rows =
        |on: Option<&OnData>| on.and_then(|on| on.templates.get(&at)?.as_ref().ok()).map(|found| found.rows.len());
    let text = match verdict {
        Verdict::NotExercised => {
            "neither the original nor the template finds a row on this data: give data on which it does"
        }
        Verdict::EqualOnThisData if rows(Some(trial.first())) == Some(0) => "it finds no row on the first data",
        Verdict::EqualOnThisData if rows(trial.second()) == Some(0) => "it finds no row on the second data",
        Verdict::EqualOnThisData if parameters.is_empty() => {
            "it has no value to change, so equal rows are all there is to show"
        }
        Verdict::EqualOnThisData if has(ParameterVerdict::NotExercised) => {
            "no changed value changed a row on this data: give more data, on which one does"
        }
        Verdict::EqualOnThisData if trial.mutants_of(at).next().is_some() => {
            let failure = trial.mutants_of(at).find_map(|(_, tried)| tried.failure.as_ref());
            let why = failure.map(|failure| format!(": {}", failure.message)).unwrap_or_default();
            return Some(format!("with no changed value the program ran to its end{why}"));
        }
        Verdict::EqualOnThisData if trial.has_left_out(at) => "its values were left out: give a larger --mutants",
        Verdict::EqualOnThisData => "none of its values is a number or truth value that can be changed",
        Verdict::Proven | Verdict::Differs | Verdict::NotRun => return None,
    };
    Some(text.to_owned())
}

/// A failure with the reason behind it, where the file tells: a key that is gone since its dictionary was bound again.
fn because(trial: &Trial<'_>, at: usize, failure: Failure) -> Failure {
    let request = trial.bench.request;
    let key = failure.message.split_once("KeyError: ").map(|(_, key)| key.trim_matches(['\'', '"']));
    let replaced =
        key.zip(request.split.scanners.get(at)).and_then(|(key, scanner)| replaced(request.source, scanner, key));
    match replaced {
        Some(Replaced { name, line, by }) => {
            let why = format!("{}: {name} of line {by} replaced that of line {line} before it ran", failure.message);
            Failure::new(failure.kind, why)
        }
        None => failure,
    }
}

/// What mutants speak against a scanner: a value of its own that is not only its own, one of somebody else that is its
/// own, too, or a template that does not follow.
fn trouble(trial: &Trial<'_>, at: usize, parameters: &[ParameterProof]) -> Option<Failure> {
    if let Some(one) = parameters.iter().find(|one| one.verdict == ParameterVerdict::ChangesOthers) {
        let why = format!("another {} (line {}) changes rows of {}", one.name, one.line, one.changed.join(", "));
        return Some(Failure::new(ProblemKind::Contaminated, why));
    }
    if let Some((mutant, _)) = trial.mutants.iter().find(|(mutant, tried)| others(mutant, tried).contains(&at)) {
        let (owner, of) =
            mutant.users.first().map(|(owner, of)| (name(trial, *owner), of.as_str())).unwrap_or_default();
        let why = format!("another {of} (line {}) of {owner} changes its rows", mutant.line);
        return Some(Failure::new(ProblemKind::Contaminated, why));
    }
    let deaf = parameters.iter().find(|one| one.template_follows == Some(false))?;
    let note = deaf.note.as_deref().unwrap_or_default();
    Some(Failure::new(ProblemKind::ParameterIgnored, format!("{} (line {}): {note}", deaf.name, deaf.line)))
}

/// That a scanner's values were not all changed, as there was no time.
fn unfinished(trial: &Trial<'_>, at: usize) -> Option<Failure> {
    let failures = trial.mutants_of(at).filter_map(|(_, tried)| tried.failure.as_ref());
    let stopped = failures.filter(|failure| failure.kind == ProblemKind::Stopped).count();
    (stopped > 0).then(|| {
        let values =
            if stopped == 1 { "1 changed value was".to_owned() } else { format!("{stopped} changed values were") };
        Failure::new(ProblemKind::Stopped, format!("{values} not run: the proof was stopped, or its time was over"))
    })
}

fn parameters(trial: &Trial<'_>, at: usize) -> Vec<ParameterProof> {
    let Some(scanner) = trial.bench.request.split.scanners.get(at) else { return Vec::new() };
    let mut proofs = Vec::with_capacity(scanner.parameters.len());
    for parameter in &scanner.parameters {
        let is_it = |(mutant, _): &&(Mutant, Tried)| {
            mutant.line == parameter.line
                && mutant.users.iter().any(|(user, name)| (*user, name) == (at, &parameter.name))
        };
        let tried = trial.mutants.iter().find(is_it);
        proofs.push(match tried {
            Some((mutant, tried)) => of_parameter(trial, at, &parameter.name, mutant, tried),
            None => ParameterProof {
                name: parameter.name.clone(),
                line: parameter.line,
                from: parameter.value.clone(),
                to: None,
                verdict: ParameterVerdict::NotRun,
                changed: Vec::new(),
                shared: parameter.shared,
                template_follows: None,
                note: Some(match trial.left_out.contains(&(at, parameter.line, parameter.name.clone())) {
                    true => "left out: there are more values than --mutants allows".to_owned(),
                    false => "it is no number or truth value that can be changed".to_owned(),
                }),
            },
        });
    }
    proofs
}

fn of_parameter(trial: &Trial<'_>, at: usize, named: &str, mutant: &Mutant, tried: &Tried) -> ParameterProof {
    let verdict = match tried.change {
        _ if !others(mutant, tried).is_empty() => ParameterVerdict::ChangesOthers,
        _ if tried.changed.contains(&at) => ParameterVerdict::OwnRowsOnly,
        Some(_) => ParameterVerdict::NotExercised,
        None => ParameterVerdict::NotRun,
    };
    let follows = tried.follows.get(&at);
    let failed = tried.failure.as_ref().filter(|_| tried.change.is_none());
    ParameterProof {
        name: named.to_owned(),
        line: mutant.line,
        from: mutant.from.clone(),
        to: tried.change.and_then(|change| Some(mutant.changes.get(change)?.to.clone())),
        verdict,
        changed: tried.changed.iter().map(|at| name(trial, *at)).collect(),
        shared: mutant.shared,
        template_follows: follows.and_then(|follows| follows.answer),
        note: follows
            .and_then(|follows| follows.note.clone())
            .or_else(|| failed.map(|failure| failure.message.clone())),
    }
}

/// Scanners whose rows changed though they are not said to use the literal.
fn others(mutant: &Mutant, tried: &Tried) -> BTreeSet<usize> {
    tried.changed.difference(&mutant.owners).copied().collect()
}

/// Share of the exercised ones that are isolated.
fn score(verdicts: impl Iterator<Item = ParameterVerdict>) -> Option<f64> {
    let (mut own, mut exercised) = (0_u32, 0_u32);
    for verdict in verdicts {
        own += u32::from(verdict == ParameterVerdict::OwnRowsOnly);
        exercised += u32::from(matches!(verdict, ParameterVerdict::OwnRowsOnly | ParameterVerdict::ChangesOthers));
    }
    (exercised > 0).then(|| f64::from(own) / f64::from(exercised))
}

fn name(trial: &Trial<'_>, at: usize) -> String {
    trial.bench.names.get(at).map(|name| (*name).to_owned()).unwrap_or_default()
}
