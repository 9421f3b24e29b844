//! One value, asked for by its name on a line: where its data comes from, and where it goes.

use codeproof_types::RepoPath;
use rustc_hash::FxHashMap;
use std::sync::Arc;

use crate::analysis::{Flow, FlowSource, Step, finished, solve};
use crate::ir::{BodyId, Bytes, Expr};
use crate::program::{Program, SourceFile, Summaries};
use crate::specs::Specs;
use crate::value::{BodyRef, Label, Origin, Probe, Spot};
use crate::walk::{ProbeAt, World, walk_probed, walk_watching};

/// Callers looked at for where an argument comes from.
const CALLERS_MAX: usize = 64;

/// Which value is meant: a variable (or the last part of `self.name`) on a line.
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    /// The file.
    pub path: &'q RepoPath,
    /// The bytes of the line.
    pub line: (usize, usize),
    /// The name, without sigil.
    pub name: &'q str,
}

/// What is known of a value.
#[derive(Debug, Default)]
pub struct Trace {
    /// The files, sorted by path; a [`Spot`]'s file is an index here.
    pub paths: Vec<RepoPath>,
    /// Where its data comes from, each with the way to the value.
    pub from: Vec<(FlowSource, Vec<Step>)>,
    /// Every place its data reaches, in the order of the files.
    pub to: Vec<Step>,
    /// The sinks it reaches; the value itself stands as their source.
    pub sinks: Vec<Flow>,
    /// Whether the line has such a variable.
    pub is_found: bool,
}

/// Follows a value backwards and forwards through the program.
pub fn trace(files: Vec<SourceFile>, specs: &Specs, question: Question<'_>) -> Trace {
    let (program, done, stores) = solve(files, specs);
    let mut trace = Trace { paths: program.files.iter().map(|file| file.path.clone()).collect(), ..Trace::default() };
    let Some(file) = program.files.iter().position(|file| file.path == *question.path) else { return trace };
    let file = u32::try_from(file).unwrap_or(u32::MAX);
    let line = Bytes {
        start: u32::try_from(question.line.0).unwrap_or(u32::MAX),
        end: u32::try_from(question.line.1).unwrap_or(u32::MAX),
    };
    let summaries: Summaries = done.iter().map(|(at, walked)| (*at, Arc::new(walked.summary.clone()))).collect();
    let world = World { program: &program, summaries: &summaries, newer: None, stores: &stores };
    let probe = Probe::default();
    let at = body_around(&program, file, line);
    let asked = ProbeAt { file, line, name: question.name.into(), probe: probe.clone() };
    let walked = walk_probed(&world, at, asked);
    let mut origins = walked.probed;
    let watched: Vec<(u32, Vec<Label>)> = from_callers(&world, &program, at, &origins);
    for (number, given) in watched {
        let own = origins.iter().find(|label| label.origin == Origin::Parameter(number)).cloned();
        if let Some(own) = own {
            origins.retain(|label| label.origin != own.origin);
            origins.extend(given.iter().map(|given| own.behind(given)));
        }
    }
    trace.from = origins.iter().map(|label| (source_of(&program, at, label, line), steps_of(label))).collect();
    trace.from.sort();
    trace.from.dedup();
    trace.to = probe.steps().into_iter().map(|(spot, what)| Step { spot, what }).collect();
    trace.sinks = walked
        .flows
        .into_iter()
        .filter(|flow| flow.source.is_none() && flow.parameter.is_none())
        .map(finished)
        .collect();
    let spot = Spot { file, bytes: line };
    for sink in &mut trace.sinks {
        sink.source = FlowSource { trust: None, what: question.name.into(), spot };
    }
    trace.is_found = !trace.to.is_empty() || !trace.from.is_empty() || !trace.sinks.is_empty();
    trace
}

/// The innermost body that holds a line.
fn body_around(program: &Program<'_>, file: u32, line: Bytes) -> BodyRef {
    let bodies = &program.file(file).module.bodies;
    let holds = |bytes: Bytes| bytes.start < line.end && line.start < bytes.end;
    let around = bodies.iter().enumerate().filter(|(_, body)| holds(body.bytes));
    let inner = around.min_by_key(|(_, body)| body.bytes.end - body.bytes.start);
    let body = inner.and_then(|(number, _)| u32::try_from(number).ok()).unwrap_or(0);
    BodyRef { file, body: BodyId(body) }
}

/// What callers in the program give for the parameters among `labels`.
fn from_callers(world: &World<'_>, program: &Program<'_>, at: BodyRef, labels: &[Label]) -> Vec<(u32, Vec<Label>)> {
    if !labels.iter().any(|label| matches!(label.origin, Origin::Parameter(_))) {
        return Vec::new();
    }
    let name = program.file(at.file).sym(program.body(at).name);
    let mentions = |caller: &BodyRef| {
        let (file, body) = (program.file(caller.file), program.body(*caller));
        body.exprs.iter().any(|expr| match expr {
            Expr::Global(used) | Expr::Attribute(_, used) => file.sym(*used) == name,
            Expr::Local(local) => file.sym(body.locals[local.index()]) == name,
            _ => false,
        })
    };
    let mut given: FxHashMap<u32, Vec<Label>> = FxHashMap::default();
    for caller in program.bodies().filter(|caller| *caller != at).filter(mentions).take(CALLERS_MAX) {
        for (number, _, label) in walk_watching(world, caller, at).given {
            if matches!(label.origin, Origin::Source(_)) {
                given.entry(number).or_default().push(label);
            }
        }
    }
    let mut given: Vec<(u32, Vec<Label>)> = given.into_iter().collect();
    given.sort_by_key(|(number, _)| *number);
    given
}

fn source_of(program: &Program<'_>, at: BodyRef, label: &Label, line: Bytes) -> FlowSource {
    match &label.origin {
        Origin::Source(source) => {
            FlowSource { trust: Some(source.trust), what: source.what.clone(), spot: source.spot }
        }
        Origin::Parameter(number) => {
            let file = program.file(at.file);
            let parameter = program.body(at).parameters.get(*number as usize);
            let what = parameter.map_or("a parameter", |parameter| file.module.name(parameter.name));
            let bytes = parameter.map_or(line, |parameter| parameter.bytes);
            FlowSource { trust: None, what: what.into(), spot: Spot { file: at.file, bytes } }
        }
        Origin::Probe(_) => {
            FlowSource { trust: None, what: "itself".into(), spot: Spot { file: at.file, bytes: line } }
        }
    }
}

fn steps_of(label: &Label) -> Vec<Step> {
    label.hops().into_iter().map(|hop| Step { spot: hop.spot, what: hop.what.clone() }).collect()
}
