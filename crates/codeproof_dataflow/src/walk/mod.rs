//! The abstract interpreter: walks one body with abstract values, follows calls, reports what reaches sinks.

mod arguments;
mod bodies;
mod calls;
mod checks;
mod conditions;
mod constants;
mod entry;
mod expressions;
mod filters;
mod items;
mod members;
mod objects;
mod pages;
mod php;
mod places;
mod python;
mod sinks;
mod specs;
mod state;
mod statements;
mod summaries;
mod templates;

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::ir::{Body, BodyId, Bytes, ExprId, Local};
use crate::names::Sym;
use crate::program::{File, Held, Program, Store, Summaries, Summary};
use crate::value::{BodyRef, ClassRef, Label, Origin, Spot, Value};

pub(crate) use sinks::{Outcome, RawFlow, SiteOutcome};
pub(crate) use state::State;

/// Bodies walked inside each other at most.
const INLINE_DEPTH_MAX: usize = 4;

/// Steps (statements and expressions) of a body that is walked in place of its summary, at most.
const INLINE_STEPS_MAX: u32 = 400;

/// Steps one body may take with everything that is walked inside of it: this, or so many for each of its own.
const STEPS_MAX: u64 = 60_000;
const STEPS_FACTOR: u64 = 40;

/// What all walks of one round read.
pub(crate) struct World<'p> {
    pub(crate) program: &'p Program<'p>,
    pub(crate) summaries: &'p Summaries,
    /// Newer summaries of bodies that call each other, while they are walked.
    pub(crate) newer: Option<&'p Summaries>,
    /// What the program puts into fields and variables of files.
    pub(crate) stores: &'p rustc_hash::FxHashMap<Store, Value>,
}

/// Where a value is followed from: a variable on a line.
#[derive(Debug, Clone)]
pub(crate) struct ProbeAt {
    pub(crate) file: u32,
    /// The bytes of the line.
    pub(crate) line: Bytes,
    /// The variable, or the last part of `self.name`.
    pub(crate) name: Box<str>,
    pub(crate) probe: crate::value::Probe,
}

impl World<'_> {
    /// What is known of a body from walking it.
    fn summary(&self, at: BodyRef) -> Option<&Arc<Summary>> {
        self.newer.and_then(|newer| newer.get(&at)).or_else(|| self.summaries.get(&at))
    }
}

/// What came of walking one body.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub(crate) summary: Summary,
    pub(crate) flows: Vec<RawFlow>,
    pub(crate) sites: Vec<SiteOutcome>,
    /// Variables of the file after it ran; for file bodies.
    pub(crate) locals: Vec<(Sym, Value)>,
    /// Fields and variables it read while nothing was known of them.
    pub(crate) asked: Vec<Store>,
    /// What the probed variable held, before it was followed.
    pub(crate) probed: Vec<Label>,
    /// The arguments the watched function was given, each with its place in the parameters and its call.
    pub(crate) given: Vec<(u32, Spot, Label)>,
    /// The budget ran out.
    pub(crate) is_incomplete: bool,
}

/// The walk of one body.
pub(crate) struct Walker<'p> {
    pub(crate) world: &'p World<'p>,
    program: &'p Program<'p>,
    walked: Walked,
    steps: u64,
    steps_max: u64,
    /// Bodies being walked, outermost first.
    stack: Vec<BodyRef>,
    asked: FxHashSet<Store>,
    /// The address of the request, when the route of the body is constant.
    route: Option<Arc<str>>,
    /// Whether findings and summaries matter; not while files are run for their variables.
    is_quiet: bool,
    /// The calls of the bodies that are walked inside this one, innermost last.
    calls: Vec<CallSite>,
    /// Templates being rendered, outermost first.
    rendered_pages: Vec<pages::Page>,
    /// A value that is followed because somebody asked.
    pub(crate) probe: Option<ProbeAt>,
    /// A function whose arguments are written down.
    pub(crate) watched: Option<BodyRef>,
}

/// A call whose body is walked in its place.
struct CallSite {
    spot: Spot,
    /// The arguments as the parameters hold them, each with its place.
    given: Vec<(Value, Spot)>,
    title: String,
}

/// One body on the stack of a walk.
pub(crate) struct Frame<'p> {
    at: BodyRef,
    file: &'p File,
    body: &'p Body,
    /// The instance or class a method runs on.
    this: Value,
    /// The class the method is written in.
    class: Option<ClassRef>,
    /// Locals of the bodies around a closure.
    outer: Arc<Vec<(BodyId, Vec<Value>)>>,
    /// What was returned so far, and the state there.
    returned: Option<(Value, State)>,
    /// States at `break` and `continue`, for each loop around, innermost last.
    loops: Vec<(Option<State>, Option<State>)>,
    /// States at exits by exceptions, for each `try` around.
    raised: Vec<Option<State>>,
    /// States that jump to a label further down.
    jumps: Vec<(Sym, State)>,
    /// PHP's `$a = &$b`: names that stand for another variable.
    aliases: Vec<(Local, Local)>,
    /// Variables that hold the outcome of a test, with the test.
    tests: Vec<(Local, ExprId)>,
    /// Depth of bodies walked inside each other.
    depth: usize,
    /// Variables of bodies around a closure that it sets.
    changed: Vec<(BodyId, Local, Value)>,
    /// What was yielded.
    yielded: Option<Value>,
}

impl<'p> Frame<'p> {
    fn new(program: &'p Program<'p>, at: BodyRef, depth: usize) -> Self {
        let file = program.file(at.file);
        let body = file.module.body(at.body);
        Self {
            at,
            file,
            body,
            this: Value::unknown(),
            class: body.class.map(|class| ClassRef { file: at.file, class }),
            outer: Arc::default(),
            returned: None,
            loops: Vec::new(),
            raised: Vec::new(),
            jumps: Vec::new(),
            aliases: Vec::new(),
            tests: Vec::new(),
            depth,
            changed: Vec::new(),
            yielded: None,
        }
    }

    fn spot(&self, bytes: Bytes) -> Spot {
        Spot { file: self.at.file, bytes }
    }

    fn spot_of(&self, expr: ExprId) -> Spot {
        self.spot(self.body.bytes_of(expr))
    }

    fn name_of(&self, local: Local) -> &'p str {
        // Variables of comprehensions are kept apart by a blank.
        self.file.module.name(self.body.locals[local.index()]).trim_end()
    }

    /// What a generator gives.
    fn given_out(&self) -> Value {
        self.yielded.clone().unwrap_or_default()
    }

    fn leave(&mut self, value: Value, state: &State) {
        if state.is_dead {
            return;
        }
        match &mut self.returned {
            Some((known, at)) => {
                *known = known.join(&value);
                at.join(state.clone());
            }
            None => self.returned = Some((value, state.clone())),
        }
    }
}

/// Runs the statements of a file for its variables, with what is known of other files.
pub(crate) fn run_file(world: &World<'_>, at: BodyRef) -> Vec<(Sym, Value)> {
    let mut walker = Walker::new(world, at);
    walker.is_quiet = true;
    walker.root(at).locals
}

/// Walks one body with a probe in it.
pub(crate) fn walk_probed(world: &World<'_>, at: BodyRef, probe: ProbeAt) -> Walked {
    let mut walker = Walker::new(world, at);
    walker.probe = Some(probe);
    walker.root(at)
}

/// Walks one body and writes down what it hands to another.
pub(crate) fn walk_watching(world: &World<'_>, at: BodyRef, watched: BodyRef) -> Walked {
    let mut walker = Walker::new(world, at);
    walker.watched = Some(watched);
    walker.root(at)
}

/// Walks one body as whatever calls it from outside of the program would.
pub(crate) fn walk(world: &World<'_>, at: BodyRef) -> Walked {
    Walker::new(world, at).root(at)
}

impl<'p> Walker<'p> {
    fn new(world: &'p World<'p>, at: BodyRef) -> Self {
        let body = world.program.body(at);
        let own = body.exprs.len() as u64;
        Self {
            world,
            program: world.program,
            walked: Walked::default(),
            steps: 0,
            steps_max: STEPS_MAX.max(own * STEPS_FACTOR),
            stack: vec![at],
            asked: FxHashSet::default(),
            route: None,
            is_quiet: false,
            calls: Vec::new(),
            rendered_pages: Vec::new(),
            probe: None,
            watched: None,
        }
    }

    /// One step of the budget; `false` when it is used up.
    fn step(&mut self) -> bool {
        self.steps += 1;
        if self.steps > self.steps_max {
            self.walked.is_incomplete = true;
            return false;
        }
        true
    }

    fn root(mut self, at: BodyRef) -> Walked {
        let mut frame = Frame::new(self.program, at, 0);
        let mut state = State::new(frame.body.locals.len());
        self.enter_root(&mut frame, &mut state);
        let body = frame.body;
        self.block(&mut frame, &mut state, &body.code);
        let value =
            if frame.body.is_generator { frame.given_out() } else { Value::constant(crate::ir::Constant::None) };
        frame.leave(value, &state);
        self.walked.summary.steps = u32::try_from(self.steps).unwrap_or(u32::MAX);
        match frame.returned.take() {
            Some((value, state)) => {
                self.walked.summary.returns = state.frozen(&value, 3);
                for (number, parameter) in (0u32..).zip(&frame.body.parameters) {
                    if parameter.by_reference {
                        let value = state.frozen(&state.local(Local(number)), 3);
                        self.walked.summary.references.push((number, value));
                    }
                }
                if frame.body.kind == crate::ir::BodyKind::File {
                    let named = frame.body.locals.iter().zip(state.locals());
                    self.walked.locals =
                        named.map(|(name, value)| (frame.file.sym(*name), state.frozen(value, 3))).collect();
                }
            }
            None => self.walked.summary.ends = true,
        }
        let mut asked: Vec<Store> = self.asked.into_iter().collect();
        asked.sort_unstable();
        self.walked.asked = asked;
        self.walked.flows.sort();
        self.walked.flows.dedup();
        self.walked
    }

    /// The value of a variable at a place, followed from there when the probe asks for it.
    fn probed(&mut self, frame: &Frame<'p>, state: &State, value: Value, name: &str, bytes: Bytes) -> Value {
        let Some(at) = self.probe.as_ref().filter(|_| !self.is_quiet) else { return value };
        let is_meant =
            at.file == frame.at.file && *at.name == *name && at.line.start <= bytes.start && bytes.start < at.line.end;
        if !is_meant {
            return value;
        }
        let probe = at.probe.clone();
        for label in state.labels(&value) {
            crate::value::add_label(&mut self.walked.probed, &label);
        }
        let mut labels = value.labels().to_vec();
        labels.insert(0, Label::new(Origin::Probe(probe)));
        value.with_labels(labels)
    }

    /// Remembers that something is put into a field or variable of a file.
    fn store(&mut self, store: Store, value: Value) {
        if self.is_quiet || value.labels().is_empty() {
            return;
        }
        let stores = &mut self.walked.summary.stores;
        match stores.iter().position(|(known, _)| *known == store) {
            Some(at) => stores[at].1 = stores[at].1.join(&value),
            None if stores.len() < 64 => stores.push((store, value)),
            None => {}
        }
    }

    fn hold(&mut self, held: Held) {
        let sinks = &mut self.walked.summary.sinks;
        if sinks.len() < 64 && !sinks.contains(&held) {
            sinks.push(held);
        }
    }
}
