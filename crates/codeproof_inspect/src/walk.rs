//! Reads a file as the interpreter would, without running anything: names are bound, functions of the file are entered
//! with the values they are called with, and every call of a library is shown to the [`rules`](super::rules).
//!
//! Both branches of a condition are read; a name bound in a branch may be any of its values afterwards. A function is
//! read once per call while the budget lasts, and once by itself when nobody called it. Constant conditions
//! (`if False`), text and comments are not code and are not read.

mod assignments;
mod attributes;
mod by_text;
mod calls;
mod expressions;
mod handed;
mod loops;
mod programs;
mod scope;
mod statements;

use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

use ruff_python_ast::{Expr, Parameters, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::rules::{Facts, Verdict, credential, loading};
use super::value::{Origins, Value};
use super::verdict::{Level, SNIPPET_CHARACTERS_MAX, Threat, ThreatType};
use codeproof_python::Module;
pub(super) use loops::LoopBody;
use scope::Frame;

/// Expressions that may be read again because a function is entered or a loop is unrolled; reading each once is free.
const REPEATED_STEPS_MAX: u64 = 120_000;

/// Calls inside calls that are followed.
const CALLS_MAX: usize = 8;

/// Programs in texts in programs in texts that are read.
pub(super) const NESTED_PROGRAMS_MAX: u32 = 3;

/// Reads a whole file; `nested` counts the programs around this one.
pub(super) fn threats(module: &Module, nested: u32) -> Vec<Threat> {
    let mut walk = Walk {
        module,
        nested,
        frames: vec![Frame::default()],
        functions: Vec::new(),
        classes: Vec::new(),
        read: HashSet::new(),
        pending: VecDeque::new(),
        starred: Vec::new(),
        found: HashMap::new(),
        circumstances: Origins::NONE,
        loops: Vec::new(),
        rounds: 1,
        facts: Facts::default(),
        repeated_steps: 0,
    };
    walk.block(module.parsed.suite());
    walk.read_what_nobody_called();
    walk.into_threats()
}

pub(super) struct Walk<'a> {
    module: &'a Module,
    nested: u32,
    /// The module's names, then those of the functions that are being read.
    frames: Vec<Frame<'a>>,
    functions: Vec<Function<'a>>,
    classes: Vec<Class<'a>>,
    /// Where the bodies start that were read at least once.
    read: HashSet<TextRange>,
    /// Functions met, in order.
    pending: VecDeque<usize>,
    /// Modules whose members were imported by `*`.
    starred: Vec<Rc<str>>,
    found: HashMap<(u32, ThreatType, String), Found>,
    /// What the conditions depend on under which the present statement runs.
    circumstances: Origins,
    /// For each loop around the present statement, whether it never ends by itself.
    loops: Vec<bool>,
    /// How often the present statement runs because of counted loops around it.
    rounds: i64,
    facts: Facts,
    repeated_steps: u64,
}

/// How bad one thing on one line is at worst.
struct Found {
    level: Level,
    mitigation: &'static str,
    /// When it happens only, in words.
    only: &'static str,
}

/// A function of the file as it is when its definition is reached.
#[derive(Clone)]
struct Function<'a> {
    name: &'a str,
    parameters: Option<&'a Parameters>,
    body: Body<'a>,
    /// Values of the defaults, by parameter.
    defaults: Rc<HashMap<&'a str, Value>>,
    /// Names of the functions around it.
    captured: Rc<HashMap<&'a str, Value>>,
    /// The class it is a method of.
    class: Option<usize>,
}

#[derive(Clone, Copy)]
enum Body<'a> {
    Statements(&'a [Stmt], TextRange),
    Expression(&'a Expr),
}

impl Body<'_> {
    fn range(self) -> TextRange {
        match self {
            Body::Statements(_, range) => range,
            Body::Expression(expression) => expression.range(),
        }
    }
}

struct Class<'a> {
    bases: Vec<Value>,
    members: HashMap<&'a str, Value>,
    /// What is ever assigned to members of its objects.
    attributes: HashMap<String, Value>,
}

impl Walk<'_> {
    /// Reads the functions that no call led into: first those whose name is called nowhere.
    fn read_what_nobody_called(&mut self) {
        while let Some(id) = self.pending.pop_front() {
            let function = self.functions[id].clone();
            if self.read.contains(&function.body.range()) {
                continue;
            }
            let receiver = function
                .class
                .map(|class| Rc::new(Value { shape: super::value::Shape::Instance(class), origins: Origins::NONE }));
            self.enter(id, receiver, &super::value::Arguments::default(), true);
        }
    }

    /// Notes a verdict on a piece of the program, once however often that piece is read.
    fn report(&mut self, range: TextRange, verdict: Verdict) {
        if verdict.level == Level::Safe {
            return;
        }
        let line = self.module.lines.line(range.start());
        let (level, only) = self.under_circumstances(&verdict);
        let first = Found { level, mitigation: verdict.mitigation, only };
        let known = self.found.entry((line, verdict.kind, verdict.why)).or_insert(first);
        if level > known.level {
            (known.level, known.only) = (level, only);
        }
    }

    /// What is bad is worse when it waits for a date or for a certain machine. What is fetched, sent or loaded on certain
    /// days is what every scanner does: markets have dates.
    fn under_circumstances(&self, verdict: &Verdict) -> (Level, &'static str) {
        let level = verdict.level;
        let daily = matches!(
            verdict.kind,
            ThreatType::ApiAbuse | ThreatType::DataExfiltration | ThreatType::UnsafeDeserialization
        );
        match level {
            Level::High | Level::Critical if self.circumstances.any(Origins::CLOCK) && !daily => {
                (Level::Critical, ", and only at certain times")
            }
            Level::High | Level::Critical if self.circumstances.any(Origins::HOST) => {
                (Level::Critical, ", and only on certain machines")
            }
            _ => (level, ""),
        }
    }

    fn into_threats(self) -> Vec<Threat> {
        let module = self.module;
        let held: HashSet<u32> =
            self.found.keys().filter(|(_, _, why)| why.contains(credential::HELD)).map(|(line, _, _)| *line).collect();
        let snippet = |line: u32| {
            let start = module.lines.start(line) as usize;
            let text = module.text.get(start..).unwrap_or_default();
            let text = text.split(['\n', '\r']).next().unwrap_or_default();
            let text = if held.contains(&line) { without_texts(text) } else { text.to_owned() };
            text.trim().chars().take(SNIPPET_CHARACTERS_MAX).collect::<String>()
        };
        let facts = self.facts;
        let found = self.found.into_iter();
        found
            .map(|((line, threat_type, why), found)| match loading::as_a_cache(&why, &facts) {
                Some((level, why)) if found.level == Level::High => {
                    ((line, threat_type, why), Found { level, ..found })
                }
                _ => ((line, threat_type, why), found),
            })
            .map(|((line, threat_type, why), found)| Threat {
                threat_type,
                severity: found.level,
                line,
                snippet: snippet(line),
                why: why + found.only,
                mitigation: found.mitigation.to_owned(),
            })
            .collect()
    }
}

/// A line whose quoted parts are left out: one of them is a key.
fn without_texts(line: &str) -> String {
    let mut shown = String::new();
    let mut quote = None;
    for letter in line.chars() {
        match quote {
            None => {
                shown.push(letter);
                if matches!(letter, '\'' | '"') {
                    quote = Some(letter);
                }
            }
            Some(open) if open == letter => {
                shown.push('…');
                shown.push(letter);
                quote = None;
            }
            Some(_) => {}
        }
    }
    shown
}
