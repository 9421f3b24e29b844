//! The analysis of a whole program: files run for their variables, then every body, callees before callers.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use codeproof_types::RepoPath;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::ir::{BodyId, BodyKind};
use crate::kinds::{SinkKind, Trust};
use crate::names::Sym;
use crate::program::{Program, SourceFile, Store, Summaries, levels};
use crate::specs::Specs;
use crate::value::{BodyRef, Move, Reason, Spot, Value};
use crate::walk::{Outcome, RawFlow, SiteOutcome, Walked, World, run_file, walk};

/// Rounds over a group of functions that call each other.
const GROUP_ROUNDS: usize = 2;

/// What came of the analysis of a program.
#[derive(Debug, Default)]
pub struct Analysis {
    /// The files, sorted by path; a [`Spot`]'s file is an index here.
    pub paths: Vec<RepoPath>,
    /// Data that reaches sinks, in the order of their places; one for each place and kind.
    pub flows: Vec<Flow>,
    /// Every sink that was looked at, in the order of their places.
    pub sites: Vec<Site>,
    /// Functions whose budget ran out: what is said of them may not be all.
    pub incomplete: Vec<Incomplete>,
    /// What the functions of the program do with data, in the order of their places.
    pub roles: Vec<crate::roles::FunctionRole>,
    /// How many bodies were analysed.
    pub bodies: usize,
}

/// Data that reaches a sink.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    /// The call, or the statement that emits.
    pub sink: Spot,
    /// What the sink does.
    pub kind: SinkKind,
    /// The argument.
    pub argument: Spot,
    /// What is called.
    pub callee: Arc<str>,
    /// Where the harm is done and by what call, when the sink is the call of a function of the program that hands its
    /// parameter on as it is.
    pub beyond: Option<(Spot, Arc<str>)>,
    /// Why it does harm there: the end of a sentence that begins with the data.
    pub danger: &'static str,
    /// Whether every call on the way is known well enough: a flow that is not certain proves a weakness only.
    pub is_certain: bool,
    /// Where the data enters.
    pub source: FlowSource,
    /// What happened on the way, first step first.
    pub steps: Vec<Step>,
}

/// Where data of a flow enters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlowSource {
    /// Who wrote it; `None` for a parameter that callers outside of the program give.
    pub trust: Option<Trust>,
    /// What it is.
    pub what: Arc<str>,
    /// Where.
    pub spot: Spot,
}

/// One step of a flow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// Where.
    pub spot: Spot,
    /// What happened.
    pub what: Move,
}

/// What is known of a sink.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// The call, or the statement that emits.
    pub sink: Spot,
    /// What the sink does.
    pub kind: SinkKind,
    /// What is called.
    pub callee: Arc<str>,
    /// How it is fed.
    pub verdict: Verdict,
}

/// How a sink is fed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing foreign reaches it in a way that does harm; why.
    Safe {
        /// Why its value is what it is.
        reasons: Vec<Reason>,
        /// Why foreign data in it does no harm, and where it was made so.
        harmless: Option<(&'static str, Option<Spot>)>,
    },
    /// What reaches it is not wholly known.
    NotUnderstood,
    /// What callers give reaches it; whether that is foreign is not known.
    FromCaller,
    /// Foreign data reaches it: there is a flow.
    Chain,
    /// Control never comes there.
    Unreachable,
}

/// A function that was not analysed to the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Incomplete {
    /// Where it is defined.
    pub spot: Spot,
    /// What it is called.
    pub name: String,
}

impl Spot {
    /// The bytes as a range, for slicing.
    pub fn range(self) -> Range<usize> {
        self.bytes.start as usize..self.bytes.end as usize
    }
}

/// Analyses a program of one language, on the current rayon pool.
pub fn analyse(files: Vec<SourceFile>, specs: &Specs) -> Analysis {
    let (program, done, _) = solve(files, specs);
    gather(&program, done)
}

/// Joins the files and walks every body of them.
pub(crate) fn solve(files: Vec<SourceFile>, specs: &Specs) -> (Program<'_>, Done, FxHashMap<Store, Value>) {
    let mut files = files;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files.dedup_by(|one, other| one.path == other.path);
    let mut program = Program::link(files, specs);
    run_files(&mut program);
    let order = levels(&program);
    let mut stores: FxHashMap<Store, Value> = FxHashMap::default();
    let mut done = walk_all(&program, &order, &stores, None);
    let found = stores_of(&done);
    if !found.is_empty() {
        // Who read a field or variable that got foreign data is walked again.
        let affected = affected(&done, &found);
        stores = found;
        let again = walk_all(&program, &order, &stores, Some((&affected, &done)));
        done.extend(again);
    }
    (program, done, stores)
}

/// Runs the files of languages whose files have variables, twice: the second time with what the first found of others.
fn run_files(program: &mut Program<'_>) {
    if program.is_php() {
        return;
    }
    let (summaries, stores) = (Summaries::default(), FxHashMap::default());
    for _ in 0..2 {
        let world = World { program, summaries: &summaries, newer: None, stores: &stores };
        let count = u32::try_from(program.files.len()).unwrap_or(u32::MAX);
        let run: Vec<Vec<(Sym, Value)>> =
            (0..count).into_par_iter().map(|file| run_file(&world, BodyRef { file, body: BodyId(0) })).collect();
        for (file, locals) in program.files.iter_mut().zip(run) {
            let known = |value: &Value| *value != Value::unknown();
            file.globals = locals.into_iter().filter(|(_, value)| known(value)).collect();
        }
    }
}

pub(crate) type Done = BTreeMap<BodyRef, Walked>;

fn walk_all(
    program: &Program<'_>,
    order: &[Vec<Vec<BodyRef>>],
    stores: &FxHashMap<Store, Value>,
    only: Option<(&FxHashSet<BodyRef>, &Done)>,
) -> Done {
    let mut summaries = Summaries::default();
    let mut done = Done::new();
    if let Some((affected, before)) = only {
        let kept = before.iter().filter(|(at, _)| !affected.contains(at));
        summaries.extend(kept.map(|(at, walked)| (*at, Arc::new(walked.summary.clone()))));
    }
    for level in order {
        let world = World { program, summaries: &summaries, newer: None, stores };
        let wanted: Vec<&Vec<BodyRef>> = level
            .iter()
            .filter(|group| only.is_none_or(|(affected, _)| group.iter().any(|at| affected.contains(at))))
            .collect();
        let walked: Vec<Vec<(BodyRef, Walked)>> =
            wanted.par_iter().with_max_len(4).map(|group| walk_group(&world, group)).collect();
        for (at, walked) in walked.into_iter().flatten() {
            summaries.insert(at, Arc::new(walked.summary.clone()));
            done.insert(at, walked);
        }
    }
    done
}

/// Walks a group of bodies; those that call each other more than once, each time with what the last time found.
fn walk_group(world: &World<'_>, group: &[BodyRef]) -> Vec<(BodyRef, Walked)> {
    if let [one] = group {
        return vec![(*one, walk(world, *one))];
    }
    let mut newer = Summaries::default();
    let mut last = Vec::new();
    for _ in 0..GROUP_ROUNDS {
        last.clear();
        for at in group {
            let walked = walk(&World { newer: Some(&newer), ..*world }, *at);
            newer.insert(*at, Arc::new(walked.summary.clone()));
            last.push((*at, walked));
        }
    }
    last
}

/// What is foreign in fields and variables after all bodies were walked.
fn stores_of(done: &Done) -> FxHashMap<Store, Value> {
    let mut found: FxHashMap<Store, Value> = FxHashMap::default();
    for walked in done.values() {
        for (store, value) in &walked.summary.stores {
            let value = value.foreign();
            if value.labels().is_empty() {
                continue;
            }
            found.entry(*store).and_modify(|known| *known = known.join(&value)).or_insert(value);
        }
    }
    found
}

/// The bodies that read one of `found`.
fn affected(done: &Done, found: &FxHashMap<Store, Value>) -> FxHashSet<BodyRef> {
    done.iter()
        .filter(|(_, walked)| walked.asked.iter().any(|store| found.contains_key(store)))
        .map(|(at, _)| *at)
        .collect()
}

fn gather(program: &Program<'_>, done: Done) -> Analysis {
    let mut analysis = Analysis {
        paths: program.files.iter().map(|file| file.path.clone()).collect(),
        bodies: done.len(),
        ..Analysis::default()
    };
    let mut flows: BTreeMap<(Spot, SinkKind), Flow> = BTreeMap::new();
    let mut sites: BTreeMap<(Spot, SinkKind), Site> = BTreeMap::new();
    let mut alone: Vec<Site> = Vec::new();
    for (at, walked) in done {
        if walked.is_incomplete {
            let bytes = program.body(at).bytes;
            let spot = Spot { file: at.file, bytes };
            analysis.incomplete.push(Incomplete { spot, name: program.title(at) });
        }
        analysis.roles.extend(crate::roles::roles_of(program, at, &walked.summary));
        let is_open = is_open(program, at);
        for raw in walked.flows {
            if raw.source.is_none() && !is_open {
                continue;
            }
            let flow = finished(raw);
            match flows.entry((flow.sink, flow.kind)) {
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(flow);
                }
                std::collections::btree_map::Entry::Occupied(mut entry) => {
                    if rank(&flow) < rank(entry.get()) {
                        entry.insert(flow);
                    }
                }
            }
        }
        for site in walked.sites {
            let site = seen(site);
            let key = (site.sink, site.kind);
            let is_vague = matches!(site.verdict, Verdict::NotUnderstood | Verdict::FromCaller);
            if is_vague && program.templates.has(site.sink.file) {
                // What a template does by itself says less than what it does where it is rendered with all it needs.
                alone.push(site);
                continue;
            }
            match sites.get_mut(&key) {
                Some(known) => known.verdict = worse(known.verdict.clone(), site.verdict),
                None => {
                    sites.insert(key, site);
                }
            }
        }
    }
    for site in alone {
        sites.entry((site.sink, site.kind)).or_insert(site);
    }
    analysis.flows = flows.into_values().collect();
    analysis.sites = sites.into_values().collect();
    analysis
}

/// Whether callers outside of the program may give a body its parameters.
fn is_open(program: &Program<'_>, at: BodyRef) -> bool {
    let body = program.body(at);
    body.kind == BodyKind::Function && body.is_public
}

/// Which of two flows into one sink tells more: one with a source, from further out, on a shorter way.
fn rank(flow: &Flow) -> impl Ord + use<> {
    let trust = flow.source.trust.map_or(u8::MAX, |trust| trust as u8);
    (!flow.is_certain, trust, flow.steps.len(), flow.source.spot, flow.clone())
}

pub(crate) fn finished(raw: RawFlow) -> Flow {
    let source = match (&raw.source, &raw.parameter) {
        (Some(source), _) => FlowSource { trust: Some(source.trust), what: source.what.clone(), spot: source.spot },
        (None, Some((spot, name))) => FlowSource { trust: None, what: name.clone(), spot: *spot },
        (None, None) => FlowSource { trust: None, what: "".into(), spot: raw.sink },
    };
    let steps = raw.steps.iter().map(|(spot, what)| Step { spot: *spot, what: what.clone() }).collect();
    let RawFlow { sink, kind, argument, callee, beyond, danger, is_certain, .. } = raw;
    Flow { sink, kind, argument, callee, beyond, danger, is_certain, source, steps }
}

fn seen(site: SiteOutcome) -> Site {
    let verdict = match site.outcome {
        Outcome::Harmless(reasons, harmless) => Verdict::Safe { reasons, harmless },
        Outcome::NotUnderstood => Verdict::NotUnderstood,
        Outcome::FromCaller => Verdict::FromCaller,
        Outcome::Harmful => Verdict::Chain,
    };
    Site { sink: site.sink, kind: site.kind, callee: site.callee, verdict }
}

fn worse(one: Verdict, other: Verdict) -> Verdict {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Unreachable => 0,
        Verdict::Safe { .. } => 1,
        Verdict::FromCaller => 2,
        Verdict::NotUnderstood => 3,
        Verdict::Chain => 4,
    };
    if rank(&other) > rank(&one) { other } else { one }
}
