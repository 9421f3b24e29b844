//! Functions: how they are made, and how a call binds its parameters.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall, Parameters, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::expressions::handed;
use super::indirect::attributes_of;
use super::machine::{Machine, named};
use super::options::{asked_of_settings, preset_of_page};
use super::statements::Flow;
use super::value::{Body, Constant, Data, Dict, Function, Partial, Scope, Value, written};
use super::{Kind, Origin, UnitId};

/// Arguments of one call.
#[derive(Clone, Default)]
pub(super) struct Arguments<'a> {
    pub(super) positional: Vec<Value<'a>>,
    pub(super) keywords: Vec<(String, Value<'a>)>,
    /// Whether `*args` or `**kwargs` of unknown length are among them.
    pub(super) open: bool,
    /// Where the dict begins that `**` unpacked.
    pub(super) entry: Option<UnitId>,
}

/// Units among the results in an argument that are remembered per call.
const GIVEN_MAX: usize = 64;

impl<'a> Arguments<'a> {
    /// Units whose results are among the arguments.
    fn results(&self) -> std::collections::BTreeSet<UnitId> {
        let values = self.positional.iter().chain(self.keywords.iter().map(|(_, value)| value));
        values.flat_map(Value::results).take(GIVEN_MAX).collect()
    }
}

impl<'a> Machine<'a, '_> {
    pub(super) fn define_function(&mut self, definition: &'a StmtFunctionDef) {
        let decorators: Vec<Value<'a>> =
            definition.decorator_list.iter().map(|decorator| self.value(&decorator.expression)).collect();
        let unit = definition.range().start().to_u32();
        let body = Body::Statements(&definition.body);
        let mut value = self.function_value(unit, definition.name.as_str(), Some(&definition.parameters), body);
        if let Some(property) = self.property_that_is_set(definition, &value) {
            self.bind(definition.name.as_str(), property);
            return;
        }
        for decorator in decorators.into_iter().rev() {
            value = self.decorated(&decorator, value);
        }
        self.bind(definition.name.as_str(), value);
    }

    /// `@low.setter`: the property with what sets it.
    fn property_that_is_set(&self, definition: &StmtFunctionDef, value: &Value<'a>) -> Option<Value<'a>> {
        let decorator = definition.decorator_list.iter().find_map(|decorator| decorator.expression.as_attribute_expr());
        let name = decorator.filter(|decorator| decorator.attr.as_str() == "setter")?.value.as_name_expr()?;
        let (Data::Function(setter), (Value { data: Data::Function(property), .. }, _)) =
            (&value.data, self.lookup(name.id.as_str())?)
        else {
            return None;
        };
        let made = Function { setter: Some(Rc::clone(setter)), ..property.copy() };
        property.is_property.then(|| Value::new(Data::Function(Rc::new(made))))
    }

    fn decorated(&mut self, decorator: &Value<'a>, function: Value<'a>) -> Value<'a> {
        let flags = |path: &str| match path {
            "property" | "functools.cached_property" | "cached_property" => Some((true, false, false)),
            "staticmethod" => Some((false, true, false)),
            "classmethod" => Some((false, false, true)),
            _ => None,
        };
        if let (Data::Outside(path), Data::Function(made)) = (&decorator.data, &function.data) {
            return match flags(path) {
                Some((is_property, is_static, is_class_method)) => {
                    let changed = Function { is_property, is_static, is_class_method, ..made.copy() };
                    Value::new(Data::Function(Rc::new(changed)))
                }
                // A decorator of outside (a cache, a registry) gives the function back.
                None => function,
            };
        }
        if matches!(decorator.data, Data::Opaque(_)) {
            return function;
        }
        let result = self.call(decorator, Arguments { positional: vec![function.clone()], ..Arguments::default() });
        if matches!(result.data, Data::Opaque(_) | Data::Constant(Constant::None)) { function } else { result }
    }

    /// A function as a value; its defaults are captured now.
    pub(super) fn function_value(
        &mut self,
        unit: UnitId,
        name: &'a str,
        parameters: Option<&'a Parameters>,
        body: Body<'a>,
    ) -> Value<'a> {
        let mut defaults = Vec::new();
        for parameter in parameters.into_iter().flat_map(Parameters::iter_non_variadic_params) {
            if let Some(default) = &parameter.default {
                let value = self.value(default);
                let value = captured(value, parameter.parameter.name.as_str());
                defaults.push((parameter.parameter.name.as_str(), value));
            }
        }
        let function = Rc::new(Function {
            unit,
            name,
            parameters,
            body,
            defaults,
            scope: self.scope(),
            attributes: RefCell::default(),
            is_property: false,
            setter: None,
            is_static: false,
            is_class_method: false,
            class: RefCell::default(),
        });
        self.functions.push(Rc::clone(&function));
        Value::new(Data::Function(function))
    }

    pub(super) fn call_expression(&mut self, call: &'a ExprCall) -> Value<'a> {
        let function = self.value(&call.func);
        let arguments = self.arguments(call);
        if let Some(base) = attributes_of(&call.func) {
            return self.update_attributes(base, arguments);
        }
        if let Some((name, default)) = asked_of_settings(call).filter(|_| self.knows_nothing_of(&function, &arguments))
        {
            self.read(name, &default, 0);
            return default;
        }
        if let Some(shown) = preset_of_page(&function, last_name(&call.func), &arguments) {
            return shown;
        }
        let start = call.range().start().to_u32();
        let result = match (&function.data, last_name(&call.func)) {
            (Data::Opaque(_) | Data::Outside(_), Some(name)) => self.hand_on(name, &function, arguments),
            _ => self.call(&function, arguments),
        };
        // What `dataclasses.field` gives is written here, and so are objects.
        let result = match (&result.data, &result.origin) {
            (Data::Partial(_) | Data::Instance(_) | Data::Namespace(_), None) => result.at(written(call.range())),
            (Data::Dict(_), None) if matches!(function.data, Data::Outside(_)) => result.at(written(call.range())),
            _ => result,
        };
        self.variant(result, start)
    }

    /// Whether a method is that of something unknown, or of `**kwargs` that may hold the key.
    fn knows_nothing_of(&self, method: &Value<'a>, arguments: &Arguments<'a>) -> bool {
        let key = || arguments.positional.first().and_then(Value::as_constant);
        match &method.data {
            Data::Opaque(_) => true,
            Data::ContainerMethod(base, _) => match &base.data {
                Data::Dict(dict) => dict.open.get() && key().is_some_and(|key| dict.get(key).is_none()),
                _ => false,
            },
            _ => false,
        }
    }

    /// The arguments of a call, in Python's order.
    fn arguments(&mut self, call: &'a ExprCall) -> Arguments<'a> {
        let mut arguments = Arguments::default();
        for argument in &call.arguments.args {
            let value = self.value(argument);
            match (argument, self.items_of(&value)) {
                (Expr::Starred(_), Some(items)) => arguments.positional.extend(items),
                (Expr::Starred(_), None) => {
                    arguments.open = true;
                    arguments.positional.push(Value::from_all([&value]));
                }
                _ => arguments.positional.push(value),
            }
        }
        for keyword in &call.arguments.keywords {
            let value = self.value(&keyword.value);
            match (&keyword.arg, &value.data) {
                (Some(name), _) => arguments.keywords.push((name.to_string(), value)),
                (None, Data::Dict(dict)) => {
                    for (key, item) in dict.items.borrow().clone() {
                        let item = self.entry(&value, dict, &key, item);
                        arguments.keywords.push((key.to_key(), item));
                    }
                    arguments.open |= dict.open.get();
                    arguments.entry = value.origin.as_deref().map(|origin| origin.range.start().to_u32());
                }
                (None, _) => arguments.open = true,
            }
        }
        arguments
    }

    /// Remembers which statement or expression a partial belongs to.
    pub(super) fn variant(&mut self, value: Value<'a>, start: UnitId) -> Value<'a> {
        let Data::Partial(old) = &value.data else { return value };
        let mut base = &old.function;
        while let Data::Partial(inner) = &base.data {
            self.trace.variants.push((start, inner.unit));
            base = &inner.function;
        }
        if let Data::Function(function) = &base.data {
            self.trace.variants.push((start, function.unit));
        }
        let (function, arguments) = (old.function.clone(), old.arguments.clone());
        let made = Partial { function, arguments, keywords: old.keywords.clone(), unit: start };
        Value { data: Data::Partial(Rc::new(made)), ..value }
    }

    pub(super) fn call(&mut self, function: &Value<'a>, arguments: Arguments<'a>) -> Value<'a> {
        match &function.data {
            Data::Function(function) => self.call_function(function, None, arguments, false),
            Data::Method(base, function) => self.call_function(function, Some((**base).clone()), arguments, false),
            Data::Class(class) => self.instantiate(class, arguments),
            // What `type(name, bases, dict)` made: its objects have the same entries.
            Data::Namespace(_) => function.clone(),
            Data::RecordType(kind) => {
                let kind = Rc::clone(kind);
                self.make_record(&kind, arguments)
            }
            Data::Partial(partial) => {
                let mut all = Arguments {
                    positional: partial.arguments.clone(),
                    keywords: partial.keywords.clone(),
                    open: arguments.open,
                    entry: arguments.entry,
                };
                all.positional.extend(arguments.positional);
                for (name, value) in arguments.keywords {
                    all.keywords.retain(|(known, _)| *known != name);
                    all.keywords.push((name, value));
                }
                let inner = partial.function.clone();
                let scope = self.scope();
                self.enter(partial.unit, scope, false);
                let result = self.call(&inner, all).tagged(partial.unit);
                self.frames.pop();
                result
            }
            Data::Instance(instance) => match instance.class.find("__call__").map(|value| value.data) {
                Some(Data::Function(method)) => self.call_function(&method, Some(function.clone()), arguments, false),
                _ => self.unknown_call(function, &arguments),
            },
            Data::Outside(path) => {
                let path = Rc::clone(path);
                self.call_outside(&path, arguments)
            }
            Data::ContainerMethod(base, name) => {
                let (base, name) = (Rc::clone(base), Rc::clone(name));
                self.container_method(&base, &name, arguments)
            }
            _ => self.unknown_call(function, &arguments),
        }
    }

    pub(super) fn call_assumed(&mut self, function: &Rc<Function<'a>>) {
        let arguments = Arguments { open: true, ..Arguments::default() };
        let owner = function.class.borrow().clone();
        let base = owner.map(|class| match function.name {
            "__init__" => self.bare_instance(&class),
            _ => self.assumed_instance(&class),
        });
        self.call_function(function, base, arguments, true);
    }

    pub(super) fn call_function(
        &mut self,
        function: &Rc<Function<'a>>,
        base: Option<Value<'a>>,
        arguments: Arguments<'a>,
        assumed: bool,
    ) -> Value<'a> {
        if !self.can_call(function.unit) || !self.step() {
            return Value::from_all(&arguments.positional).tagged(function.unit);
        }
        // What a call runs for: an object of a class that inherits the method, an entry of settings it is given.
        let runs_for: Vec<UnitId> = self.sponsors(function, base.as_ref(), &arguments);
        for unit in &runs_for {
            let scope = self.scope();
            self.enter(*unit, scope, assumed);
        }
        let given = arguments.results();
        let this = base.clone();
        let class = self.inheriting_class(function, base.as_ref());
        let scope = Rc::new(Scope { parent: Some(Rc::clone(&function.scope)), ..Scope::default() });
        self.bind_parameters(function, base, arguments, &scope);
        self.enter(function.unit, scope, assumed);
        if let Some(call) = self.trace.calls.last_mut() {
            (call.given, call.runs_for) = (given, class);
        }
        let standing = function.class.borrow().clone();
        self.frame().this = standing.zip(this);
        let returned = match function.body {
            Body::Expression(expression) => self.value(expression),
            Body::Statements(statements) => match self.statements(statements) {
                Flow::Return(value) => value,
                _ => Value::constant(Constant::None),
            },
        };
        let frame = self.frames.pop();
        self.frames.truncate(self.frames.len() - runs_for.len());
        let picked = frame.as_ref().and_then(|frame| self.picked(frame, &returned));
        let maybe = frame.map(|frame| frame.maybe).unwrap_or_default();
        let result = match (maybe.is_empty(), &returned.data) {
            (true, _) => returned,
            // A helper that falls back to the same value gives that, whatever way it goes.
            (false, Data::Constant(_) | Data::List(_)) if is_same(&returned, &maybe) => returned,
            (false, Data::Constant(Constant::None)) if maybe.len() == 1 => maybe.into_iter().next().unwrap_or(returned),
            (false, _) => Value::from_all(maybe.iter().chain([&returned])),
        };
        runs_for.into_iter().chain(picked).fold(result.tagged(function.unit), Value::tagged)
    }

    /// The class of the object a method is called on, when the method is another class's.
    fn inheriting_class(&self, function: &Function<'a>, base: Option<&Value<'a>>) -> Option<UnitId> {
        let class = match &base?.data {
            Data::Instance(instance) => instance.class.unit,
            Data::Class(class) => class.unit,
            _ => return None,
        };
        let own = function.class.borrow().as_ref().map(|class| class.unit);
        Some(class).filter(|unit| Some(*unit) != own)
    }

    fn bind_parameters(
        &mut self,
        function: &Rc<Function<'a>>,
        base: Option<Value<'a>>,
        arguments: Arguments<'a>,
        scope: &Rc<Scope<'a>>,
    ) {
        let Some(parameters) = function.parameters else { return };
        let caller = self.present_call();
        let mut positional = base
            .into_iter()
            .filter(|_| !function.is_static)
            .chain(arguments.positional.into_iter().map(|value| give(value, caller)));
        let mut keywords: BTreeMap<String, Value<'a>> =
            arguments.keywords.into_iter().map(|(name, value)| (name, give(value, caller))).collect();
        let mut names = scope.names.borrow_mut();
        let is_keyword_only =
            |name: &str| parameters.kwonlyargs.iter().any(|parameter| parameter.parameter.name.as_str() == name);
        for parameter in parameters.iter_non_variadic_params() {
            let name = parameter.parameter.name.as_str();
            let given = if is_keyword_only(name) { None } else { positional.next() };
            let value = given
                .or_else(|| keywords.remove(name))
                .map(|value| named(value, name, Kind::Argument))
                .or_else(|| function.defaults.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()))
                .unwrap_or_else(Value::opaque);
            names.insert(name.to_owned(), value);
        }
        if let Some(rest) = &parameters.vararg {
            let rest_values: Vec<Value<'a>> = positional.collect();
            let value = if arguments.open {
                Value::from_all(&rest_values)
            } else {
                Value::new(Data::Tuple(Rc::new(rest_values)))
            };
            names.insert(rest.name.to_string(), value);
        }
        if let Some(rest) = &parameters.kwarg {
            let dict = Dict::default();
            for (name, value) in keywords {
                dict.set(Constant::Text(Rc::from(name.as_str())), value);
            }
            dict.open.set(arguments.open);
            names.insert(rest.name.to_string(), Value::new(Data::Dict(Rc::new(dict))));
        }
    }

    /// A function as a partial without arguments.
    pub(super) fn wrapped(&mut self, function: Value<'a>) -> Value<'a> {
        self.partial(Arguments { positional: vec![function], ..Arguments::default() })
    }

    pub(super) fn partial(&mut self, arguments: Arguments<'a>) -> Value<'a> {
        let mut positional = arguments.positional.into_iter();
        let Some(function) = positional.next() else { return Value::opaque() };
        let keywords = arguments.keywords.into_iter().map(|(name, value)| {
            let value = named(value, &name, Kind::Partial);
            (name, value)
        });
        let unit = UnitId::MAX;
        Value::new(Data::Partial(Rc::new(Partial {
            function,
            arguments: positional.collect(),
            keywords: keywords.collect(),
            unit,
        })))
    }
}

/// A default goes by the parameter's name, also when it was the value of another name.
fn captured<'a>(value: Value<'a>, name: &str) -> Value<'a> {
    let value = named(value, name, Kind::Default);
    match (&value.data, value.origin.as_deref()) {
        (Data::Constant(_), Some(origin)) => {
            let origin = Origin { name: name.to_owned(), ..origin.clone() };
            value.at(origin)
        }
        _ => value,
    }
}

/// The last part of what is called.
pub(super) fn last_name(callee: &Expr) -> Option<&str> {
    match callee {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// Whether all are the same known value.
fn is_same(value: &Value<'_>, others: &[Value<'_>]) -> bool {
    value.to_json().is_some_and(|known| others.iter().all(|other| other.to_json().as_ref() == Some(&known)))
}

fn give(value: Value<'_>, caller: usize) -> Value<'_> {
    handed(value, caller)
}

impl<'a> Function<'a> {
    fn copy(&self) -> Function<'a> {
        Function {
            unit: self.unit,
            name: self.name,
            parameters: self.parameters,
            body: self.body,
            defaults: self.defaults.clone(),
            scope: Rc::clone(&self.scope),
            attributes: RefCell::default(),
            is_property: self.is_property,
            setter: self.setter.clone(),
            is_static: self.is_static,
            is_class_method: self.is_class_method,
            class: RefCell::new(self.class.borrow().clone()),
        }
    }
}
