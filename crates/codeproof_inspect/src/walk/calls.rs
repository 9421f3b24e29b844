//! Calls: functions of the file are entered, those of libraries judged, and those that are handed to a library judged as
//! if it called them.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use ruff_python_ast::Parameters;
use ruff_text_size::TextRange;

use super::super::compute;
use super::super::rules::{self, Call, sources};
use super::super::value::{Arguments, Origins, Shape, Value};
use super::scope::Frame;
use super::{Body, CALLS_MAX, REPEATED_STEPS_MAX, Walk};

impl<'a> Walk<'a> {
    /// Calls whatever the callee may be.
    pub(super) fn call(&mut self, callee: &Value, arguments: &Arguments, range: TextRange) -> Value {
        let results: Vec<Value> =
            callee.alternatives().iter().map(|single| self.call_one(single, arguments, range)).collect();
        Value::choice(results)
    }

    pub(super) fn call_one(&mut self, callee: &Value, arguments: &Arguments, range: TextRange) -> Value {
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
            // What a function gives that calls itself is what it gives otherwise: read on the way here.
            let again = self.frames.iter().any(|frame| frame.body == range);
            let keys = Origins::KEY.with(Origins::CHANNEL);
            return Value::unknown(if again { origins.without(keys) } else { origins });
        }
        if first || alone {
            self.read.insert(range);
        }
        let frame = Frame {
            bindings: HashMap::new(),
            body: range,
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
            self.frame_mut().bindings.insert(name, value.bounded());
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
        let origins = sources::of_call(&call, &self.facts);
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
            "builtins.type" if matches!(given.positional.as_slice(), [Value { shape: Shape::Function(..), .. }]) => {
                Value::name("types.FunctionType")
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
}

/// What an object of a call is called: names that open a file give a file.
fn class_name(path: &str) -> &str {
    match path {
        "builtins.open" | "pathlib.Path.open" | "os.fdopen" => "file",
        _ => path,
    }
}
