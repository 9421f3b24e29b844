//! The state of a run: variables, where it stands, what is in doubt, and how much it may still do.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::ast::{Class, Function};
use super::call::Arguments;
use super::memory;
use super::program::Program;
use super::value::{Doubt, Instance, Value};

/// Expressions and statements of one run: a bound on its time, some seconds at worst.
const STEPS_MAX: u64 = 20_000_000;
/// Expressions within expressions, over all calls.
pub(super) const DEPTH_MAX: u32 = 1_500;
/// Calls and included files within each other.
pub(super) const CALLS_MAX: usize = 60;
/// Turns of one loop.
pub(super) const TURNS_MAX: usize = 100_000;

/// What a framework's classes and functions do; the application's own code is followed.
pub(crate) trait Framework: Sized {
    /// `Class::method()` where the class is not one of the application. `None`: not modelled.
    fn static_call(machine: &mut Machine<'_, Self>, class: &str, method: &str, arguments: Arguments) -> Option<Value>;
    /// Whether a static method of a class of the application, inherited from the framework, changes nothing that is
    /// followed: then its class is not even read.
    fn is_ignored(method: &str) -> bool;
    /// Whether a class is one of the framework's, wherever it stands.
    fn is_own_class(class: &str) -> bool;
    /// A call on an object of the framework.
    fn method_call(machine: &mut Machine<'_, Self>, object: u32, method: &str, arguments: Arguments) -> Option<Value>;
    /// A method that an object of the application inherits from the framework.
    fn inherited_call(
        machine: &mut Machine<'_, Self>,
        instance: &Rc<Instance>,
        base: &str,
        method: &str,
        arguments: Arguments,
    ) -> Option<Value>;
    /// A function that is neither PHP's nor the application's.
    fn function_call(machine: &mut Machine<'_, Self>, name: &str, arguments: Arguments) -> Option<Value>;
    /// An object of a class that is not the application's, by injection.
    fn make(machine: &mut Machine<'_, Self>, class: &str) -> Option<Value>;
    /// `new Class(…)` of a class that is not the application's.
    fn construct(machine: &mut Machine<'_, Self>, class: &str, arguments: &Arguments) -> Option<Value>;
    /// `$object->property`, `$object['key']` on an object of the framework.
    fn property(machine: &mut Machine<'_, Self>, object: u32, name: &str) -> Option<Value>;
    /// `Class::method()` where the class is one of the application and inherits the method from `base`.
    fn inherited_static_call(
        machine: &mut Machine<'_, Self>,
        class: &str,
        base: &str,
        method: &str,
        arguments: Arguments,
    ) -> Option<Value> {
        let _ = class;
        Self::static_call(machine, base, method, arguments)
    }
    /// What a loop over an object of the framework goes through: an array, maybe in doubt. `None`: not known.
    fn elements(_machine: &mut Machine<'_, Self>, _object: u32) -> Option<Value> {
        None
    }
    /// The text of an object of the framework.
    fn text(_machine: &Machine<'_, Self>, _object: u32) -> Option<Rc<str>> {
        None
    }
    /// Whether what is only assumed not to happen is followed, too: a turn of a loop over an array that is assumed to be
    /// empty, and what stands behind a `return` that is assumed to be reached.
    fn follows_alternatives(_machine: &Machine<'_, Self>) -> bool {
        false
    }
    /// A property that an object of the application has without declaring it.
    fn inherited_property(machine: &mut Machine<'_, Self>, instance: &Rc<Instance>, name: &str) -> Option<Value>;
}

/// A place in the application.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) path: Rc<str>,
    pub(crate) line: u32,
    pub(crate) end_line: u32,
}

/// One function call or file in progress.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) variables: FxHashMap<Rc<str>, Value>,
    pub(super) this: Option<Value>,
    /// The class whose code runs, for `self` and `parent`.
    pub(super) class: Option<Rc<str>>,
    /// The class that was called, for `static`.
    pub(super) called: Option<Rc<str>>,
    /// The name of the function that runs.
    pub(super) function: Option<Rc<str>>,
    /// What calls before could return, when that hung on something unknown.
    pub(super) maybe: Option<Value>,
}

/// A run of the evaluator.
pub(crate) struct Machine<'a, F> {
    pub(crate) program: Program<'a>,
    pub(crate) framework: F,
    pub(super) frames: Vec<Frame>,
    /// Where it stands: one place for each call or file in progress.
    pub(super) trail: Vec<Place>,
    pub(super) doubts: Vec<Rc<Doubt>>,
    /// How many branches around this statement are not the ones taken by default.
    pub(super) unlikely: u32,
    /// The doubt under which a function was left early: without it, what follows would run.
    pub(super) bypassed: Option<Rc<Doubt>>,
    pub(super) steps: u64,
    /// Whether more is held than is followed.
    is_over: bool,
    pub(super) depth: u32,
    pub(super) constants: FxHashMap<Rc<str>, Value>,
    pub(super) statics: FxHashMap<(Rc<str>, Rc<str>), Value>,
    pub(super) included: FxHashSet<Rc<str>>,
    pub(super) running_constants: FxHashSet<(Rc<str>, Rc<str>)>,
    /// What was cut short: no result after this is the whole.
    pub(crate) limits: Vec<Doubt>,
}

impl<'a, F: Framework> Machine<'a, F> {
    /// A machine that has done nothing yet.
    pub(crate) fn new(program: Program<'a>, framework: F) -> Self {
        let frame = Frame {
            variables: FxHashMap::default(),
            this: None,
            class: None,
            called: None,
            function: None,
            maybe: None,
        };
        Self {
            program,
            framework,
            frames: vec![frame],
            trail: Vec::new(),
            doubts: Vec::new(),
            unlikely: 0,
            bypassed: None,
            steps: 0,
            is_over: false,
            depth: 0,
            constants: FxHashMap::default(),
            statics: FxHashMap::default(),
            included: FxHashSet::default(),
            running_constants: FxHashSet::default(),
            limits: Vec::new(),
        }
    }

    /// The conditions that the current statement hangs on.
    pub(crate) fn doubts(&self) -> &[Rc<Doubt>] {
        &self.doubts
    }

    /// Where the run stands.
    pub(crate) fn place(&self) -> Place {
        self.trail.last().cloned().unwrap_or(Place { path: Rc::from(""), line: 0, end_line: 0 })
    }

    /// The places that led here, outermost first.
    pub(crate) fn trail(&self) -> &[Place] {
        &self.trail
    }

    /// A doubt that stands here.
    pub(crate) fn doubt(&self, reason: impl Into<String>) -> Rc<Doubt> {
        let place = self.place();
        Rc::new(Doubt { reason: reason.into(), path: place.path, line: place.line, has_default: false, known: None })
    }

    /// A doubt about a value whose default stands here.
    pub(crate) fn default_doubt(&self, reason: impl Into<String>) -> Rc<Doubt> {
        let place = self.place();
        Rc::new(Doubt { reason: reason.into(), path: place.path, line: place.line, has_default: true, known: None })
    }

    /// A doubt that stands elsewhere.
    pub(crate) fn doubt_at(&self, path: &Rc<str>, line: u32, reason: impl Into<String>) -> Rc<Doubt> {
        Rc::new(Doubt { reason: reason.into(), path: path.clone(), line, has_default: false, known: None })
    }

    /// A value that is not known, and why.
    pub(crate) fn unknown(&self, reason: impl Into<String>) -> Value {
        Value::Unknown(self.doubt(reason))
    }

    /// Runs something that hangs on a doubt.
    pub(crate) fn under_doubt<T>(&mut self, doubt: Rc<Doubt>, run: impl FnOnce(&mut Self) -> T) -> T {
        let base = self.doubts.len();
        self.doubts.push(doubt);
        let result = run(self);
        self.doubts.truncate(base);
        result
    }

    /// Whether what runs now would not run when everything outside the code is as assumed.
    pub(crate) fn is_unlikely(&self) -> bool {
        self.unlikely > 0
    }

    /// Runs something that happens only when a doubt turns out otherwise than assumed.
    pub(crate) fn unlikely<T>(&mut self, doubt: Rc<Doubt>, run: impl FnOnce(&mut Self) -> T) -> T {
        self.unlikely += 1;
        let result = self.under_doubt(doubt, run);
        self.unlikely -= 1;
        result
    }

    /// Runs something with a budget of its own; gives what it spent, too.
    pub(crate) fn with_steps<T>(&mut self, steps: u64, run: impl FnOnce(&mut Self) -> T) -> (T, u64) {
        let spent = self.steps;
        let start = STEPS_MAX.saturating_sub(steps);
        self.steps = start;
        let result = run(self);
        let used = self.steps.saturating_sub(start);
        self.steps = spent;
        (result, used)
    }

    /// Takes a step; false when there are none left.
    pub(super) fn step(&mut self) -> bool {
        self.steps += 1;
        if memory::is_over() && !self.is_over {
            self.is_over = true;
            let doubt = self.doubt("this holds more values than are followed; nothing after it is known");
            self.limits.push((*doubt).clone());
        }
        if self.is_over {
            return false;
        }
        if self.steps == STEPS_MAX {
            let doubt = self.doubt("this takes more steps than are followed");
            self.limits.push((*doubt).clone());
        }
        self.steps < STEPS_MAX
    }

    pub(super) fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the first frame is never taken away")
    }

    /// The names of the functions that run, the innermost first.
    pub(crate) fn running_functions(&self) -> impl Iterator<Item = &Rc<str>> {
        self.frames.iter().rev().filter_map(|frame| frame.function.as_ref())
    }

    /// A variable of the running code.
    pub(crate) fn variable(&mut self, name: &str) -> Option<Value> {
        self.frame().variables.get(name).cloned()
    }

    // ----- classes

    /// The class that declares a method, and the method; looked for in the class, its traits, then its parents.
    pub(crate) fn method(&mut self, class: &str, method: &str) -> Option<(Rc<Class>, Rc<Function>)> {
        let key: Rc<str> = Rc::from(method.to_lowercase());
        for class in self.lineage(class) {
            if let Some(function) = class.methods.get(&key) {
                return Some((class.clone(), function.clone()));
            }
            let renamed = class.aliases.iter().find(|(alias, _)| *alias == key).map(|(_, method)| method.clone());
            let wanted = renamed.as_ref().unwrap_or(&key);
            let mut open = class.traits.clone();
            let mut seen = FxHashSet::default();
            while let Some(name) = open.pop() {
                if !seen.insert(name.clone()) {
                    continue;
                }
                let Some(used) = self.program.class(&name) else { continue };
                if let Some(function) = used.methods.get(wanted) {
                    return Some((class.clone(), function.clone()));
                }
                open.extend(used.traits.iter().cloned());
            }
        }
        None
    }

    /// A class of the application and its parents, as far as they are the application's. Cycles end.
    pub(crate) fn lineage(&mut self, class: &str) -> Vec<Rc<Class>> {
        let mut found: Vec<Rc<Class>> = Vec::new();
        let mut name: Option<Rc<str>> = Some(Rc::from(class));
        while let Some(class) = name.and_then(|name| self.program.class(&name)) {
            if found.iter().any(|known| known.name == class.name) {
                break;
            }
            name = class.parent.clone();
            found.push(class);
        }
        found
    }

    /// A class and the traits it uses, those of traits behind the traits that use them. Circles end.
    pub(crate) fn with_traits(&mut self, class: &Rc<Class>) -> Vec<Rc<Class>> {
        let mut found = vec![class.clone()];
        let mut place = 0;
        while let Some(user) = found.get(place).cloned() {
            place += 1;
            for used in &user.traits {
                if let Some(used) = self.program.class(used)
                    && !found.iter().any(|known| known.name == used.name)
                {
                    found.push(used);
                }
            }
        }
        found
    }

    /// The first parent that is not the application's: a class of the framework or of a package.
    pub(crate) fn foreign_base(&mut self, class: &str) -> Option<Rc<str>> {
        let lineage = self.lineage(class);
        match lineage.last() {
            Some(last) => last.parent.clone(),
            None => Some(Rc::from(class)),
        }
    }

    /// Whether a class is another or descends from it; `None` when that hangs on a class that is not the application's.
    pub(super) fn descends(&mut self, class: &str, wanted: &str, counts_itself: bool) -> Option<Value> {
        let wanted = wanted.trim_start_matches('\\');
        let lineage = self.lineage(class);
        let is_wanted = |name: &Rc<str>| name.eq_ignore_ascii_case(wanted);
        let found = lineage.iter().enumerate().any(|(place, class)| {
            (place > 0 || counts_itself) && is_wanted(&class.name)
                || class.parent.as_ref().is_some_and(is_wanted)
                || class.interfaces.iter().any(is_wanted)
        });
        let ends_here = lineage.last().is_some_and(|last| last.parent.is_none() && last.interfaces.is_empty());
        (found || ends_here).then_some(Value::Boolean(found))
    }

    /// Makes an object of a class of the application, its properties at their defaults.
    pub(crate) fn instantiate(&mut self, class: &str) -> Option<Rc<Instance>> {
        let lineage = self.lineage(class);
        let name = lineage.first()?.name.clone();
        let instance = Rc::new(Instance { class: name, properties: Default::default() });
        for class in lineage.iter().rev() {
            for source in self.with_traits(class).iter().rev() {
                for property in source.properties.iter().filter(|property| !property.is_static) {
                    let value = match &property.default {
                        Some(default) => self.in_class(&class.name, &source.file, |machine| machine.evaluate(default)),
                        None => Value::Null,
                    };
                    instance.properties.borrow_mut().insert(property.name.clone(), value);
                }
            }
        }
        Some(instance)
    }

    /// Runs something as the code of a class: for defaults of properties and for constants.
    pub(super) fn in_class<T>(&mut self, class: &Rc<str>, file: &Rc<str>, run: impl FnOnce(&mut Self) -> T) -> T {
        self.frames.push(Frame {
            variables: FxHashMap::default(),
            this: None,
            class: Some(class.clone()),
            called: Some(class.clone()),
            function: None,
            maybe: None,
        });
        self.trail.push(Place { path: file.clone(), line: 1, end_line: 1 });
        let result = run(self);
        self.trail.pop();
        self.frames.pop();
        result
    }
}
