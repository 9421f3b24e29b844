//! The state of a followed program: scopes, calls, the log of reads, and the bounds.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;
use rustc_hash::FxHashSet;

use super::statements::Flow;
use super::value::{Class, Data, Function, Scope, Value};
use super::{Call, Kind, Origin, Place, Read, Trace, UnitId};
use crate::split::ReadModule;
use codeproof_python::Module;

/// Statements and expressions that are followed at most; a file of 1,000 lines needs about 20,000.
const STEPS_MAX: u32 = 400_000;

/// Calls inside each other; a scanner's helpers are rarely deeper than six.
const DEPTH_MAX: usize = 24;

/// Reads that are kept.
const READS_MAX: usize = 100_000;

/// Calls that are kept.
const CALLS_MAX: usize = 40_000;

pub(super) struct Machine<'a, 'r> {
    pub(super) module: &'a Module,
    pub(super) read_module: Option<&'r ReadModule<'r>>,
    /// Settings that an engine may be run with: where they start and end.
    pub(super) entries: &'r BTreeMap<UnitId, u32>,
    pub(super) globals: Rc<Scope<'a>>,
    pub(super) frames: Vec<Frame<'a>>,
    pub(super) trace: Trace,
    pub(super) steps: u32,
    pub(super) time: u64,
    /// When names of the module, and what they hold, were last bound, and how often.
    pub(super) bound: BTreeMap<String, (u64, u32)>,
    seen: FxHashSet<(usize, u32, u32, u64, String)>,
    /// Functions that were defined, to be called when nobody did.
    pub(super) functions: Vec<Rc<Function<'a>>>,
    pub(super) called: BTreeSet<UnitId>,
    /// Objects of classes that nothing makes, for the methods that nobody calls.
    pub(super) assumed: BTreeMap<UnitId, Value<'a>>,
    /// Classes, each with its bases.
    pub(super) subclasses: Vec<(UnitId, Rc<Class<'a>>)>,
    /// Defaults of command line options.
    pub(super) options: BTreeMap<String, Value<'a>>,
}

/// A name that was bound: where, which, and what it held before.
pub(super) type Rebinding<'a> = (Rc<Scope<'a>>, String, Option<Value<'a>>);

/// One call in progress.
pub(super) struct Frame<'a> {
    pub(super) scope: Rc<Scope<'a>>,
    pub(super) call: usize,
    pub(super) unit: UnitId,
    /// The class a method stands in, and the object or class it runs on.
    pub(super) this: Option<(Rc<Class<'a>>, Value<'a>)>,
    /// What was returned where it is not known whether that return is taken.
    pub(super) maybe: Vec<Value<'a>>,
    /// Old values of names while a branch that may not be taken is followed.
    pub(super) journals: Vec<Vec<Rebinding<'a>>>,
    /// Entries of registries that were picked by a key in this call.
    pub(super) chosen: BTreeSet<UnitId>,
}

impl<'a, 'r> Machine<'a, 'r> {
    pub(super) fn new(
        module: &'a Module,
        read_module: Option<&'r ReadModule<'r>>,
        entries: &'r BTreeMap<UnitId, u32>,
    ) -> Self {
        let globals: Rc<Scope<'a>> = Rc::default();
        globals.names.borrow_mut().insert("__name__".to_owned(), Value::text("__main__"));
        let root = Call { unit: UnitId::MAX, ..Call::default() };
        Self {
            module,
            read_module,
            entries,
            frames: vec![Frame::new(Rc::clone(&globals), 0, UnitId::MAX)],
            globals,
            trace: Trace { calls: vec![root], complete: true, ..Trace::default() },
            steps: 0,
            time: 0,
            bound: BTreeMap::new(),
            seen: FxHashSet::default(),
            functions: Vec::new(),
            called: BTreeSet::new(),
            assumed: BTreeMap::new(),
            subclasses: Vec::new(),
            options: BTreeMap::new(),
        }
    }

    pub(super) fn run(mut self, sections: &BTreeMap<u32, UnitId>) -> Trace {
        let body: &'a [Stmt] = &self.module.parsed.syntax().body;
        for statement in body {
            let section = sections.get(&statement.range().start().to_u32()).copied();
            if section != self.frames.get(1).map(|frame| frame.unit) {
                self.frames.truncate(1);
                if let Some(unit) = section {
                    self.enter(unit, Rc::clone(&self.globals), false);
                }
            }
            if !matches!(self.statements(std::slice::from_ref(statement)), Flow::Next) {
                break;
            }
        }
        self.frames.truncate(1);
        self.places();
        self.call_the_uncalled();
        self.constants();
        self.trace
    }

    /// Counts a step; false when the bound is met.
    pub(super) fn step(&mut self) -> bool {
        self.steps += 1;
        if self.steps > STEPS_MAX {
            self.trace.complete = false;
        }
        self.steps <= STEPS_MAX
    }

    pub(super) fn frame(&mut self) -> &mut Frame<'a> {
        self.frames.last_mut().expect("the module's frame is never left")
    }

    pub(super) fn scope(&self) -> Rc<Scope<'a>> {
        Rc::clone(&self.frames.last().expect("the module's frame is never left").scope)
    }

    pub(super) fn can_call(&self, unit: UnitId) -> bool {
        let again = self.frames.iter().filter(|frame| frame.unit == unit).count();
        self.frames.len() < DEPTH_MAX && again < 2 && self.trace.calls.len() < CALLS_MAX
    }

    /// Begins a call.
    pub(super) fn enter(&mut self, unit: UnitId, scope: Rc<Scope<'a>>, assumed: bool) {
        let caller = self.frames.last().map_or(0, |frame| frame.call);
        let call = self.trace.calls.len();
        self.trace.calls.push(Call { unit, caller, assumed, ..Call::default() });
        self.called.insert(unit);
        self.frames.push(Frame::new(scope, call, unit));
    }

    /// The call that is being followed.
    pub(super) fn present_call(&self) -> usize {
        self.frames.last().map_or(0, |frame| frame.call)
    }

    /// Writes a read down.
    pub(super) fn read(&mut self, name: &str, value: &Value<'a>, given: usize) {
        let Some(origin) = value.origin.as_deref().filter(|origin| origin.kind != Kind::Inline) else { return };
        let call = self.present_call();
        let (start, end) = (origin.range.start().to_u32(), origin.range.end().to_u32());
        let place = (call, start, end, self.writes_of(origin), name.to_owned());
        if call == 0 || self.trace.reads.len() >= READS_MAX || self.seen.contains(&place) {
            return;
        }
        let Some(json) = value.to_json() else { return };
        self.seen.insert(place);
        let origin = origin.clone();
        let given = given.max(value.given);
        let read = Read { value: json, origin, name: name.to_owned(), call, of_object: false, given };
        self.trace.reads.push(read);
    }

    /// Writes down that an attribute was read.
    pub(super) fn read_attribute(&mut self, name: &str, value: &Value<'a>, given: usize) {
        let before = self.trace.reads.len();
        self.read(name, value, given);
        self.trace.reads.iter_mut().skip(before).for_each(|read| read.of_object = true);
    }

    fn writes_of(&self, origin: &Origin) -> u64 {
        self.bound.get(&origin.name).map_or(0, |(time, _)| *time)
    }

    pub(super) fn lookup(&self, name: &str) -> Option<(Value<'a>, bool)> {
        let mut scope = Some(self.scope());
        let mut first = true;
        while let Some(here) = scope {
            let sent = here.elsewhere.borrow().get(name).copied();
            if sent == Some(true) {
                break;
            }
            if sent.is_none()
                && (first || !here.is_class)
                && let Some(value) = here.names.borrow().get(name)
            {
                return Some((value.clone(), Rc::ptr_eq(&here, &self.globals)));
            }
            scope = here.parent.clone();
            first = false;
        }
        self.globals.names.borrow().get(name).map(|value| (value.clone(), true))
    }

    /// Binds a name in the present scope, or where `global` and `nonlocal` send it.
    pub(super) fn bind(&mut self, name: &str, value: Value<'a>) {
        let scope = self.target_scope(name);
        let of_module = Rc::ptr_eq(&scope, &self.globals);
        let kind = match (of_module, scope.is_class) {
            (true, _) if !self.is_at_module() => Kind::Global,
            (true, _) => Kind::Module,
            (_, true) => Kind::Class,
            _ => Kind::Local,
        };
        let mut value = named(value, name, kind);
        if of_module {
            self.note_binding(name);
            value = known_as(value, name);
            if self.frames.len() == 2 && self.is_at_module() {
                value = value.tagged(self.frame().unit);
            }
        }
        self.put(scope, name, value);
    }

    /// Whether names are bound by statements of the module itself.
    pub(super) fn is_at_module(&self) -> bool {
        self.frames.last().is_some_and(|frame| Rc::ptr_eq(&frame.scope, &self.globals))
    }

    pub(super) fn bind_global(&mut self, name: &str, value: Value<'a>) {
        self.note_binding(name);
        let value = named(value, name, Kind::Global);
        self.put(Rc::clone(&self.globals), name, value);
    }

    pub(super) fn note_binding(&mut self, name: &str) {
        self.time += 1;
        let entry = self.bound.entry(name.to_owned()).or_default();
        *entry = (self.time, entry.1 + 1);
    }

    fn put(&mut self, scope: Rc<Scope<'a>>, name: &str, value: Value<'a>) {
        let old = scope.names.borrow_mut().insert(name.to_owned(), value);
        if let Some(journal) = self.frame().journals.last_mut() {
            journal.push((scope, name.to_owned(), old));
        }
    }

    fn target_scope(&self, name: &str) -> Rc<Scope<'a>> {
        let own = self.scope();
        let sent = own.elsewhere.borrow().get(name).copied();
        match sent {
            None => own,
            Some(true) => Rc::clone(&self.globals),
            Some(false) => {
                let mut scope = own.parent.clone();
                while let Some(here) = scope {
                    if here.names.borrow().contains_key(name) {
                        return here;
                    }
                    scope = here.parent.clone();
                }
                own
            }
        }
    }

    /// Functions nobody called are called with nothing known, to see what they read.
    fn call_the_uncalled(&mut self) {
        let waiting: Vec<_> =
            self.functions.iter().filter(|function| !self.called.contains(&function.unit)).cloned().collect();
        for function in waiting {
            if !self.called.contains(&function.unit) && self.steps < STEPS_MAX {
                self.call_assumed(&function);
            }
        }
    }

    fn places(&mut self) {
        let names = self.globals.names.borrow().clone();
        for (name, value) in names {
            let time = self.bound.get(&name).map_or(0, |(time, _)| *time);
            self.place(vec![name], &value, time, 3);
        }
    }

    fn place(&mut self, path: Vec<String>, value: &Value<'a>, time: u64, levels: u32) {
        let units = value.all_tags();
        if units.is_empty() || levels == 0 {
            return;
        }
        let inner: Vec<(String, Value<'a>)> = match &value.data {
            Data::Dict(dict) => dict.items.borrow().iter().map(|(key, item)| (key.to_key(), item.clone())).collect(),
            _ => Vec::new(),
        };
        for (key, item) in inner.into_iter().take(1_000) {
            self.place([path.clone(), vec![key]].concat(), &item, time, levels - 1);
        }
        if !matches!(value.data, Data::Function(_) | Data::Class(_) | Data::Method(..)) {
            self.trace.globals.push(Place { path, units, time });
        }
    }

    fn constants(&mut self) {
        let names = self.globals.names.borrow().clone();
        for (name, value) in names {
            let Some(origin) = value.origin.as_deref() else { continue };
            if let Some(json) = value.to_json() {
                let times = self.bound.get(&name).map_or(0, |(_, times)| *times);
                self.trace.constants.push((name, json, origin.clone(), times));
            }
        }
    }
}

impl<'a> Frame<'a> {
    fn new(scope: Rc<Scope<'a>>, call: usize, unit: UnitId) -> Self {
        Self { scope, call, unit, this: None, maybe: Vec::new(), journals: Vec::new(), chosen: BTreeSet::new() }
    }
}

/// A value of the environment goes by the module's name, not by that of the helper that asked for it.
fn known_as<'a>(mut value: Value<'a>, name: &str) -> Value<'a> {
    if let Some(origin) = value.origin.as_deref().filter(|origin| origin.kind == Kind::Environment) {
        value.origin = Some(Rc::new(Origin { name: name.to_owned(), ..origin.clone() }));
    }
    value
}

/// A value that is bound to a name for the first time takes that name; containers hand theirs on to what they hold.
pub(super) fn named<'a>(mut value: Value<'a>, name: &str, kind: Kind) -> Value<'a> {
    if let Data::Dict(dict) = &value.data {
        let mut label = dict.label.borrow_mut();
        if label.is_none() {
            *label = Some(name.to_owned());
        }
    }
    let origin = match value.origin.as_deref() {
        Some(origin) if origin.kind == Kind::Inline => Origin { kind, name: name.to_owned(), ..origin.clone() },
        _ => return value,
    };
    value.origin = Some(Rc::new(origin));
    value
}
