//! Calls: functions of the file are entered, those of libraries judged, and those that are handed to a library judged as
//! if it called them.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use ruff_python_ast::{Parameters, Stmt};
use ruff_text_size::TextRange;

use super::super::compute;
use super::super::names;
use super::super::rules::{self, Call, Verdict, sources};
use super::super::value::{Arguments, Origins, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::expressions::hole;
use super::scope::Frame;
use super::{Body, CALLS_MAX, NESTED_PROGRAMS_MAX, REPEATED_STEPS_MAX, Walk};

impl<'a> Walk<'a> {
    /// Calls whatever the callee may be.
    pub(super) fn call(&mut self, callee: &Value, arguments: &Arguments, range: TextRange) -> Value {
        let results: Vec<Value> =
            callee.alternatives().iter().map(|single| self.call_one(single, arguments, range)).collect();
        Value::choice(results)
    }

    fn call_one(&mut self, callee: &Value, arguments: &Arguments, range: TextRange) -> Value {
        match &callee.shape {
            Shape::Function(id, receiver) => self.enter(*id, receiver.clone(), arguments, false),
            Shape::Class(id) => self.construct(*id, arguments, range),
            Shape::Partial(inner, first) => {
                let mut all = (**first).clone();
                all.positional.extend(arguments.positional.iter().cloned());
                all.named.extend(arguments.named.iter().cloned());
                self.call(&inner.clone(), &all, range)
            }
            Shape::Name(path) => self.library(&path.clone(), None, callee, arguments, range),
            Shape::Method(receiver, path) => self.library(&path.clone(), Some(receiver), callee, arguments, range),
            Shape::Object(class, given) => self.call_object(class, given, arguments, range).unwrap_or_else(|| {
                self.hand_over(class, arguments, range);
                Value::unknown(callee.origins.with(arguments.origins()))
            }),
            _ => {
                self.hand_over("?", arguments, range);
                Value::unknown(callee.origins.with(arguments.origins()))
            }
        }
    }

    fn construct(&mut self, class: usize, arguments: &Arguments, range: TextRange) -> Value {
        let object = Value { shape: Shape::Instance(class), origins: Origins::NONE };
        for name in ["__init__", "__post_init__", "__new__"] {
            let made = self.classes[class].members.get(name).cloned();
            if let Some(Shape::Function(id, _)) = made.map(|made| made.shape) {
                self.enter(id, Some(Rc::new(object.clone())), arguments, false);
            }
        }
        for base in self.classes[class].bases.clone() {
            if let Shape::Name(path) = &base.shape {
                self.hand_over(&path.clone(), arguments, range);
            }
        }
        object
    }

    /// `operator.attrgetter('x')(owner)` and its like.
    fn call_object(
        &mut self,
        class: &str,
        given: &Arguments,
        arguments: &Arguments,
        range: TextRange,
    ) -> Option<Value> {
        let owner = arguments.positional.first();
        let name = given.positional.first().and_then(Value::as_known_text);
        match class {
            "operator.attrgetter" => {
                let mut value = owner?.clone();
                for part in name?.split('.') {
                    value = self.attribute(&value, part, Origins::DETOUR, range);
                }
                Some(value)
            }
            "operator.methodcaller" => {
                let method = self.attribute(owner?, &name?, Origins::DETOUR, range);
                let mut rest = given.clone();
                rest.positional.remove(0);
                Some(self.call(&method, &rest, range))
            }
            "operator.itemgetter" => Some(self.item(owner?, given.positional.first()?, range)),
            _ => None,
        }
    }

    /// Reads a function of the file with these arguments; `alone` when nobody calls it.
    pub(super) fn enter(
        &mut self,
        id: usize,
        receiver: Option<Rc<Value>>,
        arguments: &Arguments,
        alone: bool,
    ) -> Value {
        let function = self.functions[id].clone();
        let origins = arguments.origins();
        let range = function.body.range();
        let first = !self.read.contains(&range);
        let spent = self.repeated_steps > REPEATED_STEPS_MAX || self.frames.len() > CALLS_MAX;
        if spent && !alone {
            return Value::unknown(origins);
        }
        if first || alone {
            self.read.insert(range);
        }
        let frame = Frame {
            bindings: HashMap::new(),
            captured: function.captured.clone(),
            global: HashSet::new(),
            conditional: 0,
            returned: Vec::new(),
        };
        self.frames.push(frame);
        if let Some(parameters) = function.parameters {
            self.bind_parameters(parameters, &function.defaults, receiver, arguments, alone);
        }
        let loops = std::mem::take(&mut self.loops);
        let result = match function.body {
            Body::Expression(expression) => self.value(expression),
            Body::Statements(statements, _) => {
                self.block(statements);
                Value::choice(std::mem::take(&mut self.frame_mut().returned))
            }
        };
        self.loops = loops;
        self.frames.pop();
        if matches!(function.name, "__reduce__" | "__reduce_ex__") {
            self.judge_reduction(&result, range);
        }
        result
    }

    fn bind_parameters(
        &mut self,
        parameters: &'a Parameters,
        defaults: &HashMap<&'a str, Value>,
        receiver: Option<Rc<Value>>,
        arguments: &Arguments,
        alone: bool,
    ) {
        let given: Vec<Value> =
            receiver.iter().map(|value| (**value).clone()).chain(arguments.positional.iter().cloned()).collect();
        let mut places = given.iter();
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs) {
            let name = parameter.parameter.name.as_str();
            let by_place = places.next().cloned();
            let by_default = || defaults.get(name).cloned();
            let value = match (arguments.named(name).cloned().or(by_place), alone) {
                (Some(value), _) => value,
                (None, false) => by_default().unwrap_or_else(|| Value::unknown(arguments.origins())),
                // Nobody is seen to call it: the default, or anything.
                (None, true) => {
                    let anything = Value::unknown(Origins::PARAMETER);
                    by_default().map_or_else(|| anything.clone(), |value| Value::choice([value, anything.clone()]))
                }
            };
            self.frame_mut().bindings.insert(name, value);
        }
        let unknown = if alone { Origins::PARAMETER } else { arguments.origins() };
        if let Some(rest) = &parameters.vararg {
            let rest_values: Vec<Value> = places.cloned().collect();
            let value = if rest_values.is_empty() { Value::unknown(unknown) } else { Value::list(rest_values) };
            self.frame_mut().bindings.insert(rest.name.as_str(), value);
        }
        if let Some(rest) = &parameters.kwarg {
            let items =
                arguments.named.iter().filter_map(|(name, value)| Some((Value::text(name.clone()?), value.clone())));
            let items: Rc<[(Value, Value)]> = items.collect();
            let shape = if items.is_empty() { Shape::Unknown } else { Shape::Dictionary(items) };
            self.frame_mut().bindings.insert(rest.name.as_str(), Value { shape, origins: unknown });
        }
    }

    /// A call of a library.
    fn library(
        &mut self,
        path: &str,
        receiver: Option<&Rc<Value>>,
        callee: &Value,
        given: &Arguments,
        range: TextRange,
    ) -> Value {
        if let Some(value) = self.by_text(path, receiver, given, range) {
            return value;
        }
        let receiver = receiver.map(|receiver| &**receiver);
        let call = Call {
            path,
            receiver,
            arguments: given,
            detour: callee.origins.any(Origins::DETOUR),
            looped: self.loops.contains(&true),
            rounds: self.rounds,
        };
        for verdict in rules::judge(&call, &mut self.facts) {
            self.report(range, rules::on_detour(&call, verdict));
        }
        self.read_program(&call, range);
        let handed = self.hand_over(path, given, range);
        if let Some(value) = self.pure(path, receiver, given, &handed, range) {
            return value;
        }
        let origins = sources::of_call(&call);
        match path {
            "functools.partial" | "functools.partialmethod" => match given.positional.split_first() {
                Some((inner, rest)) => {
                    let first = Arguments { positional: rest.to_vec(), named: given.named.clone() };
                    Value { shape: Shape::Partial(Rc::new(inner.clone()), Rc::new(first)), origins: inner.origins }
                }
                None => Value::default(),
            },
            "builtins.type" if given.positional.len() == 3 => {
                if let Shape::Dictionary(members) = &given.positional[2].shape {
                    for (name, member) in members.iter() {
                        self.judge_member(&name.as_known_text().unwrap_or_default(), member, range);
                    }
                }
                Value::default()
            }
            "builtins.type" if given.positional.len() == 1 => Value::unknown(given.origins().with(Origins::INTERIOR)),
            _ => Value::object(class_name(path), given.clone(), origins),
        }
    }

    /// What pure functions give.
    fn pure(
        &mut self,
        path: &str,
        receiver: Option<&Value>,
        given: &Arguments,
        handed: &[Value],
        range: TextRange,
    ) -> Option<Value> {
        let method = path.rsplit('.').next().unwrap_or(path);
        match (path, receiver) {
            ("builtins.range", _) => {
                // Counting is work too: a range inside a range inside a range.
                let list = compute::function(path, given).filter(|_| !self.is_spent())?;
                self.repeated_steps += list.elements().len() as u64 / 8;
                Some(list)
            }
            (
                "builtins.staticmethod"
                | "builtins.classmethod"
                | "builtins.property"
                | "functools.cache"
                | "functools.lru_cache",
                _,
            ) => given.positional.first().filter(|value| value.is_callable()).cloned(),
            ("builtins.map", _) => {
                let function = given.positional.first()?.clone();
                let elements = given.positional.get(1)?.elements();
                let few = !elements.is_empty() && elements.len() <= 1_024 && self.may_repeat(elements.len());
                if !few {
                    return Some(Value::unknown(given.origins()).from(Value::choice(handed.to_vec()).origins));
                }
                let one = |value: Value| Arguments { positional: vec![value], named: Vec::new() };
                Some(Value::list(elements.into_iter().map(|value| self.call(&function, &one(value), range)).collect()))
            }
            ("functools.reduce", _) => {
                let function = given.positional.first()?.clone();
                let elements = given.positional.get(1)?.elements();
                let first = given.positional.get(2)?.clone();
                let pair = |one: Value, two: Value| Arguments { positional: vec![one, two], named: Vec::new() };
                Some(
                    elements
                        .into_iter()
                        .take(64)
                        .fold(first, |value, next| self.call(&function, &pair(value, next), range)),
                )
            }
            (_, Some(receiver)) if method == "get" && matches!(receiver.shape, Shape::Dictionary(_)) => {
                Some(self.item(receiver, given.positional.first()?, range))
            }
            (_, Some(receiver)) if matches!(method, "values" | "items" | "pop") => match &receiver.shape {
                Shape::Dictionary(items) if method == "values" => {
                    Some(Value::list(items.iter().map(|(_, value)| value.clone()).collect()).from(receiver.origins))
                }
                Shape::Dictionary(items) if method == "items" => {
                    let pairs = items.iter().map(|(key, value)| Value::list(vec![key.clone(), value.clone()]));
                    Some(Value::list(pairs.collect()).from(receiver.origins))
                }
                Shape::Dictionary(_) => Some(self.item(receiver, given.positional.first()?, range)),
                Shape::List(_) => Some(receiver.element()),
                _ => None,
            },
            (_, Some(receiver)) if path.starts_with("pathlib.Path.") => compute::path_method(receiver, method, given),
            (_, Some(receiver)) => compute::text_method(receiver, method, given),
            (path, None) if path.starts_with("builtins.str.") => {
                let (receiver, rest) = given.positional.split_first()?;
                compute::text_method(receiver, method, &Arguments { positional: rest.to_vec(), named: Vec::new() })
            }
            (path, None) => compute::function(path, given),
        }
    }

    /// Names that are given as text: `getattr`, `__import__`, `import_module`.
    fn by_text(
        &mut self,
        path: &str,
        receiver: Option<&Rc<Value>>,
        given: &Arguments,
        range: TextRange,
    ) -> Option<Value> {
        let last = path.rsplit('.').next().unwrap_or(path);
        match (path, last, receiver) {
            ("builtins.getattr", _, _) => {
                let [owner, name, ..] = given.positional.as_slice() else { return None };
                Some(self.member_by_text(owner, name, range))
            }
            (_, "__getattribute__" | "__getattr__", Some(owner)) => {
                Some(self.member_by_text(owner, given.positional.first()?, range))
            }
            (_, "__getattribute__", None) if given.positional.len() == 1 && path != last => {
                let owner = Value::name(path.trim_end_matches(".__getattribute__"));
                Some(self.member_by_text(&owner, given.positional.first()?, range))
            }
            (_, "__getattribute__", None) if given.positional.len() == 2 => {
                Some(self.member_by_text(&given.positional[0], &given.positional[1], range))
            }
            (_, "get" | "__getitem__" | "pop", None) if path != last => {
                let owner = path.strip_suffix(last)?.trim_end_matches('.');
                let holds = matches!(owner, "sys.modules" | "builtins") || owner.ends_with(".__dict__");
                holds.then(|| {
                    self.item(&Value::name(owner), given.positional.first().unwrap_or(&Value::default()), range)
                })
            }
            (_, "get" | "__getitem__" | "pop", Some(owner))
                if owner.origins.any(Origins::INTERIOR) || is_namespace(owner) =>
            {
                Some(self.item(&owner.clone(), given.positional.first()?, range))
            }
            (
                "builtins.__import__" | "importlib.import_module" | "importlib.util.find_spec" | "pkgutil.resolve_name",
                _,
                _,
            )
            | ("__loader__.load_module" | "__spec__.loader.load_module" | "imp.load_module", _, _) => {
                Some(self.import_by_text(path, given, range))
            }
            _ => None,
        }
    }

    fn member_by_text(&mut self, owner: &Value, name: &Value, range: TextRange) -> Value {
        let mut members = Vec::new();
        for name in name.alternatives() {
            match (name.as_known_text(), owner.alternatives()) {
                (Some(text), _) => members.push(self.attribute(owner, &text, Origins::DETOUR, range)),
                (None, owners) => {
                    for owner in owners {
                        members.push(match &owner.shape {
                            Shape::Name(path) if names::is_powerful_module(path) => {
                                self.hidden_member(path, name, range)
                            }
                            _ => Value::unknown(owner.origins.with(name.origins)),
                        });
                    }
                }
            }
        }
        Value::choice(members)
    }

    fn import_by_text(&mut self, path: &str, given: &Arguments, range: TextRange) -> Value {
        let name = given.positional.first().cloned().or_else(|| given.named("name").cloned()).unwrap_or_default();
        let mut modules = Vec::new();
        for single in name.alternatives() {
            let text = single.as_text();
            let verdict = match text.as_deref() {
                Some(text) if !text.contains(super::super::value::HOLE) => {
                    let root = text.split('.').next().unwrap_or(text);
                    let whole = path.contains("import_module") || path.contains("resolve_name");
                    modules.push(self.named(if whole { text } else { root }, Origins::DETOUR));
                    let hidden = single.origins.any(Origins::DECODED) && names::is_powerful(text);
                    let level = match names::is_powerful(text) {
                        true if hidden => Level::High,
                        true => Level::Medium,
                        false => Level::Safe,
                    };
                    Verdict::new(ThreatType::MaliciousCode, level, format!("imports `{root}` by a text"), IMPORT)
                }
                _ if single.origins.any(Origins::DECODED.with(Origins::NETWORK)) => Verdict::new(
                    ThreatType::MaliciousCode,
                    Level::Critical,
                    "imports a module whose name is hidden",
                    IMPORT,
                ),
                _ if single.origins.any(Origins::INPUT) => {
                    Verdict::new(ThreatType::CodeExecution, Level::High, "imports a module the user names", IMPORT)
                }
                _ => {
                    Verdict::new(ThreatType::CodeExecution, Level::Medium, "imports a module named at run time", IMPORT)
                }
            };
            self.report(range, verdict);
        }
        Value::choice(modules)
    }

    /// Functions that are handed to a library will be called: `map(os.system, commands)`, `Thread(target=f, args=(…))`.
    fn hand_over(&mut self, path: &str, given: &Arguments, range: TextRange) -> Vec<Value> {
        let spreads = matches!(
            path.rsplit('.').next(),
            Some("map" | "starmap" | "imap" | "imap_unordered" | "apply_async" | "filter" | "map_async")
        );
        let mut results = Vec::new();
        let keeps = matches!(
            path,
            "functools.partial"
                | "functools.reduce"
                | "functools.cache"
                | "functools.lru_cache"
                | "builtins.staticmethod"
                | "builtins.classmethod"
                | "builtins.property"
                | "builtins.print"
                | "builtins.getattr"
                | "builtins.map"
                | "functools.wraps"
        ) || path.starts_with("list.")
            || path.starts_with("dict.")
            || path.starts_with("?.append");
        for (place, value) in given.positional.iter().enumerate() {
            if value.is_callable() || !matches!(value.alternatives(), [_]) {
                let rest = given.positional.get(place + 1..).unwrap_or_default();
                let arguments = match (spreads, rest) {
                    (true, rest) => rest.iter().map(Value::element).collect(),
                    (false, []) => Vec::new(),
                    (false, rest) => rest.to_vec(),
                };
                if !keeps || path == "builtins.map" {
                    results.extend(self.called_back(value, arguments, given, range));
                }
            }
        }
        for (_, value) in &given.named {
            let arguments = given.named("args").map(Value::elements).unwrap_or_default();
            if !keeps && value.is_callable() {
                results.extend(self.called_back(value, arguments, given, range));
            }
        }
        results
    }

    fn called_back(
        &mut self,
        function: &Value,
        arguments: Vec<Value>,
        given: &Arguments,
        range: TextRange,
    ) -> Vec<Value> {
        let mut results = Vec::new();
        for single in function.alternatives() {
            let arguments = match arguments.is_empty() {
                true => vec![hole(given.origins().without(Origins::DETOUR))],
                false => arguments.clone(),
            };
            let arguments = Arguments { positional: arguments, named: Vec::new() };
            let is_library = matches!(&single.shape, Shape::Name(path) if rules::is_sink(path));
            if is_library || matches!(single.shape, Shape::Function(..) | Shape::Partial(..)) {
                results.push(self.call_one(single, &arguments, range));
            }
        }
        results
    }

    /// A program in a text is read like the file: `exec("…")`.
    fn read_program(&mut self, call: &Call<'_>, range: TextRange) {
        if !matches!(call.path, "builtins.exec" | "builtins.eval" | "builtins.compile" | "timeit.timeit")
            || self.nested >= NESTED_PROGRAMS_MAX
        {
            return;
        }
        let texts: Vec<Rc<str>> = call
            .arguments
            .positional
            .iter()
            .take(1)
            .flat_map(Value::alternatives)
            .filter_map(Value::as_known_text)
            .collect();
        for text in texts {
            let Ok(program) = crate::python::read(text.as_bytes()) else { continue };
            let nested = self.nested + 1;
            let threats = crate::python::on_known_stack(|| super::threats(&program, nested));
            if imports_power(&program) {
                let why = "runs a text that imports a module with power over the machine";
                self.report(range, Verdict::new(ThreatType::CodeExecution, Level::High, why, IMPORT));
            }
            for threat in threats {
                let hidden = threat.threat_type == ThreatType::MaliciousCode && threat.severity >= Level::Medium;
                let severity = if hidden { Level::Critical } else { threat.severity };
                let verdict = Verdict::new(
                    threat.threat_type,
                    severity,
                    format!("runs a text that {}", threat.why),
                    "write the code in the file, where it can be read",
                );
                self.report(range, rules::on_detour(call, verdict));
            }
        }
    }

    /// A member of a class that the interpreter calls by itself: `__reduce__`, `__getitem__ = exec`.
    pub(super) fn judge_member(&mut self, name: &str, member: &Value, range: TextRange) {
        if matches!(name, "__reduce__" | "__reduce_ex__") {
            let arguments = Arguments { positional: vec![Value::default()], named: Vec::new() };
            let result = self.call(member, &arguments, range);
            self.judge_reduction(&result, range);
        }
        let mut members = member.alternatives().iter();
        let sinks = members.any(|single| matches!(&single.shape, Shape::Name(path) if rules::is_sink(path)));
        if sinks && name.starts_with("__") {
            let why = format!("runs a program or text through the operator `{name}`");
            self.report(
                range,
                Verdict::new(ThreatType::MaliciousCode, Level::Critical, why, "call functions by their names"),
            );
        }
    }

    /// `__reduce__` says what unpickling will call.
    fn judge_reduction(&mut self, result: &Value, range: TextRange) {
        for single in result.alternatives() {
            let Shape::List(parts) = &single.shape else { continue };
            let sinks = parts
                .iter()
                .take(1)
                .flat_map(Value::alternatives)
                .any(|value| matches!(&value.shape, Shape::Name(path) if rules::is_sink(path)));
            if sinks {
                let verdict = Verdict::new(
                    ThreatType::UnsafeDeserialization,
                    Level::Critical,
                    "makes an object that runs a program when somebody unpickles it",
                    "remove `__reduce__`, or give it a function of this file",
                );
                self.report(range, verdict);
            }
        }
    }
}

/// Whether a program imports `os`, `subprocess` and the like.
fn imports_power(program: &crate::python::Module) -> bool {
    program.parsed.suite().iter().any(|statement| match statement {
        Stmt::Import(import) => import.names.iter().any(|alias| names::is_powerful(alias.name.as_str())),
        Stmt::ImportFrom(import) => import.module.as_ref().is_some_and(|module| names::is_powerful(module.as_str())),
        _ => false,
    })
}

const IMPORT: &str = "import modules by their names at the top of the file";

fn is_namespace(owner: &Value) -> bool {
    matches!(&owner.shape, Shape::Object(class, _) if matches!(&**class, "builtins.globals" | "builtins.locals" | "builtins.vars"))
}

/// What an object of a call is called: names that open a file give a file.
fn class_name(path: &str) -> &str {
    match path {
        "builtins.open" | "pathlib.Path.open" | "os.fdopen" => "file",
        _ => path,
    }
}
