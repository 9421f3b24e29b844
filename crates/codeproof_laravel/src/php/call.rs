//! Calls: of functions, methods and closures of the application by following them, of the framework by asking it.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::array::Key;
use super::ast::{Argument, Attribute, Body, Callee, Class, ClassReference, Expr, Function, Parameter};
use super::execute::Flow;
use super::machine::{CALLS_MAX, Frame, Framework, Machine, Place};
use super::value::{Closure, Instance, Value};

/// Met bounds of calls that are told: code that meets one often meets it again and again.
const LIMITS_TOLD_MAX: usize = 20;

/// What a call gives.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arguments {
    pub(crate) positional: Vec<Value>,
    pub(crate) named: Vec<(Rc<str>, Value)>,
}

impl Arguments {
    /// Arguments by position.
    pub(crate) fn of(positional: impl IntoIterator<Item = Value>) -> Self {
        Self { positional: positional.into_iter().collect(), named: Vec::new() }
    }

    /// The argument at a place or under a name.
    pub(crate) fn get(&self, place: usize, name: &str) -> Option<&Value> {
        self.positional.get(place).or_else(|| self.named.iter().find(|(it, _)| &**it == name).map(|(_, value)| value))
    }

    /// The argument at a place, else null.
    pub(crate) fn at(&self, place: usize) -> Value {
        self.positional.get(place).cloned().unwrap_or(Value::Null)
    }

    /// The argument under a name or at a place, else null.
    pub(crate) fn value(&self, place: usize, name: &str) -> Value {
        self.get(place, name).cloned().unwrap_or(Value::Null)
    }

    /// All values, those by name at the end.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.positional.iter().chain(self.named.iter().map(|(_, value)| value))
    }
}

impl<F: Framework> Machine<'_, F> {
    fn arguments(&mut self, written: &[Argument]) -> Arguments {
        let mut arguments = Arguments::default();
        for argument in written {
            let value = self.evaluate(&argument.value);
            match (&argument.name, argument.spread, value.as_array()) {
                (_, true, Some(array)) => {
                    for (key, value) in array.iter() {
                        match key {
                            Key::Integer(_) => arguments.positional.push(value.clone()),
                            Key::Text(name) => arguments.named.push((name.clone(), value.clone())),
                        }
                    }
                }
                (Some(name), _, _) => arguments.named.push((name.clone(), value)),
                _ => arguments.positional.push(value),
            }
        }
        arguments
    }

    /// What an attribute of a class is given.
    pub(crate) fn attribute_arguments(&mut self, class: &Rc<Class>, attribute: &Attribute) -> Arguments {
        self.in_class(&class.name, &class.file, |machine| machine.arguments(&attribute.arguments))
    }

    pub(super) fn call_expression(&mut self, callee: &Callee, written: &[Argument], line: u32) -> Value {
        match callee {
            Callee::Named(name) => {
                let arguments = self.arguments(written);
                self.at_line(line, |machine| machine.call_function(name, arguments))
            }
            Callee::Value(expr) => {
                let callee = self.evaluate(expr);
                let arguments = self.arguments(written);
                self.call_value(&callee, arguments)
            }
        }
    }

    /// Keeps the first line of the statement, but moves the place to the call inside it.
    fn at_line(&mut self, line: u32, run: impl FnOnce(&mut Self) -> Value) -> Value {
        let depth = self.trail.len();
        let before = self.trail.last().map(|place| place.line);
        if let Some(place) = self.trail.last_mut() {
            place.line = line;
        }
        let value = run(self);
        if let (Some(place), Some(before)) = (self.trail.get_mut(depth.wrapping_sub(1)), before) {
            place.line = before;
        }
        value
    }

    /// Calls a function by name.
    pub(crate) fn call_function(&mut self, name: &str, arguments: Arguments) -> Value {
        if let Some(function) = self.program.function(name) {
            return self.invoke(&function, arguments, FxHashMap::default(), None, None, None);
        }
        let short = name.rsplit('\\').next().unwrap_or_default().to_lowercase();
        if let Some(value) = self.native_function(&short, &arguments) {
            return value;
        }
        match F::function_call(self, &short, arguments) {
            Some(value) => value,
            None => self.unknown(format!("what {short}() gives is not known")),
        }
    }

    /// Calls a closure, `[object, 'method']`, `'Class@method'` or the name of a function.
    pub(crate) fn call_value(&mut self, callee: &Value, arguments: Arguments) -> Value {
        match callee.plain() {
            Value::Closure(closure) => {
                let closure = closure.clone();
                self.call_closure(&closure, arguments)
            }
            Value::Object(_) => self.call_method(callee.plain(), "__invoke", arguments),
            Value::Array(array) => {
                let (object, method) = (array.get(&Key::Integer(0)).cloned(), array.get(&Key::Integer(1)).cloned());
                match (object, method.and_then(|method| method.as_text())) {
                    (Some(object), Some(method)) => match object.plain() {
                        Value::Text(class) => self.call_static(&class.clone(), &method, arguments),
                        _ => self.call_method(&object, &method, arguments),
                    },
                    _ => self.unknown("what is called is not known"),
                }
            }
            Value::Text(name) if name.contains("::") => {
                let (class, method) = name.split_once("::").unwrap_or_default();
                self.call_static(class, method, arguments)
            }
            Value::Text(name) => self.call_function(name, arguments),
            Value::Unknown(_) => callee.clone(),
            _ => self.unknown("what is called is not known"),
        }
    }

    /// Calls a closure with what it took along.
    pub(crate) fn call_closure(&mut self, closure: &Rc<Closure>, arguments: Arguments) -> Value {
        let called = match &closure.this {
            Some(Value::Object(instance)) => Some(instance.class.clone()),
            _ => closure.class.clone(),
        };
        self.invoke(
            &closure.function,
            arguments,
            closure.captured.clone(),
            closure.this.clone(),
            closure.class.clone(),
            called,
        )
    }

    /// Calls a closure as the method of another object (`Closure::bindTo`, macros).
    pub(crate) fn call_bound(&mut self, closure: &Rc<Closure>, this: Option<Value>, arguments: Arguments) -> Value {
        let this = this.or_else(|| closure.this.clone());
        self.invoke(&closure.function, arguments, closure.captured.clone(), this, closure.class.clone(), None)
    }

    pub(super) fn method_expression(
        &mut self,
        object: &Expr,
        name: &Expr,
        written: &[Argument],
        whole: &Expr,
    ) -> Value {
        let object = self.evaluate(object);
        let name = self.evaluate(name);
        let arguments = self.arguments(written);
        match name.plain() {
            Value::Text(name) => {
                let name = name.clone();
                if let Some(place) = self.trail.last_mut() {
                    place.end_line = place.end_line.max(whole.end_line);
                }
                self.call_method(&object, &name, arguments)
            }
            Value::Closure(closure) => {
                let closure = closure.clone();
                self.call_closure(&closure, arguments)
            }
            _ => self.unknown("a method whose name is not known"),
        }
    }

    /// `$object->method()`.
    pub(crate) fn call_method(&mut self, object: &Value, method: &str, arguments: Arguments) -> Value {
        match object.plain() {
            Value::Object(instance) => {
                let instance = instance.clone();
                self.call_instance(&instance, method, arguments)
            }
            Value::Host(host) => match F::method_call(self, *host, method, arguments) {
                Some(value) => value,
                None => self.unknown(format!("what {method}() of the framework gives is not known")),
            },
            Value::Closure(closure) => {
                let closure = closure.clone();
                match method {
                    "call" | "__invoke" => self.call_closure(&closure, arguments),
                    _ => object.clone(),
                }
            }
            Value::Case(case) => {
                let class = case.class.clone();
                match self.method(&class, method) {
                    Some((declaring, function)) => {
                        self.invoke_method(&declaring, &function, arguments, Some(object.plain().clone()), &class)
                    }
                    None => self.unknown(format!("what {method}() of an enum gives is not known")),
                }
            }
            Value::Unknown(_) => object.clone(),
            _ => self.unknown(format!("{method}() is called on something that is no object")),
        }
    }

    fn call_instance(&mut self, instance: &Rc<Instance>, method: &str, arguments: Arguments) -> Value {
        let class = instance.class.clone();
        if let Some((declaring, function)) = self.method(&class, method) {
            // A copy of the framework inside the application does what the framework does.
            if F::is_own_class(&declaring.name)
                && let Some(value) = F::inherited_call(self, instance, &declaring.name, method, arguments.clone())
            {
                return value;
            }
            return self.invoke_method(&declaring, &function, arguments, Some(Value::Object(instance.clone())), &class);
        }
        let base = self.foreign_base(&class);
        let inherited = base.and_then(|base| F::inherited_call(self, instance, &base, method, arguments.clone()));
        match inherited {
            Some(value) => value,
            None if class.starts_with("class@anonymous") => {
                self.unknown(format!("{method}() of a class without a name is not in the application"))
            }
            None => self.unknown(format!("{class}::{method}() is not in the application")),
        }
    }

    pub(super) fn static_expression(
        &mut self,
        class: &ClassReference,
        name: &Expr,
        written: &[Argument],
        line: u32,
    ) -> Value {
        let Some(target) = self.class_of(class) else {
            self.arguments(written);
            return self.unknown("a method of a class that is not known");
        };
        let Some(name) = self.evaluate(name).as_text() else {
            self.arguments(written);
            return self.unknown("a method whose name is not known");
        };
        let arguments = self.arguments(written);
        let relative = !matches!(class, ClassReference::Named(_) | ClassReference::Value(_));
        self.at_line(line, |machine| {
            let this = machine.frame().this.clone();
            match (relative, this) {
                // `parent::boot()`, `self::map()`: the object stays the same.
                (true, Some(Value::Object(instance))) => machine.call_upwards(&instance, &target, &name, arguments),
                _ => machine.call_static(&target, &name, arguments),
            }
        })
    }

    fn call_upwards(&mut self, instance: &Rc<Instance>, class: &Rc<str>, name: &str, arguments: Arguments) -> Value {
        if let Some((declaring, function)) = self.method(class, name) {
            let this = Some(Value::Object(instance.clone()));
            let called = instance.class.clone();
            return self.invoke_method(&declaring, &function, arguments, this, &called);
        }
        let base = self.foreign_base(class).unwrap_or_else(|| class.clone());
        match F::inherited_call(self, instance, &base, name, arguments) {
            Some(value) => value,
            None => self.unknown(format!("{base}::{name}() is not in the application")),
        }
    }

    /// `Class::method()`.
    pub(crate) fn call_static(&mut self, class: &str, method: &str, arguments: Arguments) -> Value {
        let class = class.trim_start_matches('\\');
        if F::is_ignored(method) && self.program.method_line(class, method).is_none() {
            return Value::Null;
        }
        if let Some((declaring, function)) = self.method(class, method) {
            return self.invoke_method(&declaring, &function, arguments, None, &Rc::from(class));
        }
        if method == "cases"
            && let Some(cases) = self.cases_of(class)
        {
            return cases;
        }
        let base = self.foreign_base(class).unwrap_or_else(|| Rc::from(class));
        match F::inherited_static_call(self, class, &base, method, arguments) {
            Some(value) => value,
            None => self.unknown(format!("what {class}::{method}() gives is not known")),
        }
    }

    fn invoke_method(
        &mut self,
        declaring: &Rc<Class>,
        function: &Rc<Function>,
        arguments: Arguments,
        this: Option<Value>,
        called: &Rc<str>,
    ) -> Value {
        let this = if function.is_static { None } else { this };
        let own = Some(declaring.name.clone());
        self.invoke(function, arguments, FxHashMap::default(), this, own, Some(called.clone()))
    }

    pub(super) fn new_expression(&mut self, class: &ClassReference, written: &[Argument]) -> Value {
        let arguments = self.arguments(written);
        let Some(class) = self.class_of(class) else { return self.unknown("a class that is not known") };
        self.construct(&class, arguments)
    }

    /// `new Class(…)`.
    pub(crate) fn construct(&mut self, class: &str, arguments: Arguments) -> Value {
        let Some(instance) = self.instantiate(class) else {
            return match F::construct(self, class, &arguments) {
                Some(value) => value,
                None => self.unknown(format!("an object of {class}, which is not in the application")),
            };
        };
        if self.method(class, "__construct").is_some() || self.foreign_base(class).is_some() {
            self.call_instance(&instance, "__construct", arguments);
        }
        Value::Object(instance)
    }

    /// Runs a file with variables of its own, as the framework does with route and configuration files.
    pub(crate) fn run_file<const N: usize>(&mut self, path: &Value, variables: [(&str, Value); N]) -> Value {
        let variables = variables.into_iter().map(|(name, value)| (Rc::from(name), value)).collect();
        self.frames.push(Frame { variables, this: None, class: None, called: None, function: None, maybe: None });
        let base = self.doubts.len();
        let value = self.include_file(path);
        self.doubts.truncate(base);
        self.frames.pop();
        value
    }

    fn invoke(
        &mut self,
        function: &Rc<Function>,
        arguments: Arguments,
        captured: FxHashMap<Rc<str>, Value>,
        this: Option<Value>,
        class: Option<Rc<str>>,
        called: Option<Rc<str>>,
    ) -> Value {
        if self.trail.len() >= CALLS_MAX {
            let doubt = self.doubt(format!("calls are nested deeper than is followed, at {}()", function.name));
            let is_told = self.limits.iter().any(|told| told.reason == doubt.reason && told.path == doubt.path);
            if !is_told && self.limits.len() < LIMITS_TOLD_MAX {
                self.limits.push((*doubt).clone());
            }
            return Value::Unknown(doubt);
        }
        let name = Some(function.name.clone());
        let frame = Frame { variables: captured, this: this.clone(), class, called, function: name, maybe: None };
        self.frames.push(frame);
        self.trail.push(Place { path: function.file.clone(), line: function.line, end_line: function.line });
        let base = self.doubts.len();
        self.bind(&function.parameters, arguments, this.as_ref());
        let value = match &function.body {
            Body::Statements(block) => match self.execute(block) {
                Flow::Return(value) => value,
                _ => Value::Null,
            },
            Body::Arrow(expr) => {
                if let Some(place) = self.trail.last_mut() {
                    place.line = expr.line;
                    place.end_line = expr.end_line;
                }
                self.evaluate(expr)
            }
            Body::None => self.unknown(format!("{}() has no body", function.name)),
        };
        let doubt = self.doubts.get(base).cloned();
        self.bypassed = None;
        self.doubts.truncate(base);
        self.trail.pop();
        let maybe = self.frames.pop().and_then(|frame| frame.maybe);
        match (maybe, &value) {
            (Some(other), Value::Null) if !matches!(other.plain(), Value::Null) => other,
            // Another value was returned before, on a condition that is not known.
            (Some(_), _) => value.under(doubt),
            (None, _) => value,
        }
    }

    fn bind(&mut self, parameters: &[Parameter], mut arguments: Arguments, this: Option<&Value>) {
        let mut positional = std::mem::take(&mut arguments.positional).into_iter();
        for parameter in parameters {
            if parameter.variadic {
                let rest = Value::list(positional.by_ref().chain(arguments.named.drain(..).map(|(_, value)| value)));
                self.frame().variables.insert(parameter.name.clone(), rest);
                continue;
            }
            let named = arguments.named.iter().position(|(name, _)| *name == parameter.name);
            let given = positional.next().or_else(|| named.map(|place| arguments.named.remove(place).1));
            let value = match (given, &parameter.default, &parameter.class) {
                (Some(value), _, _) => value,
                (None, Some(default), _) => self.evaluate(default),
                // The container gives what a parameter's type asks for.
                (None, None, Some(class)) => match F::make(self, class) {
                    Some(value) => value,
                    None => self.unknown(format!("an object of {class} given by the container")),
                },
                (None, None, None) => self.unknown(format!("the argument ${} is not known", parameter.name)),
            };
            if parameter.promoted
                && let Some(Value::Object(instance)) = this
            {
                instance.properties.borrow_mut().insert(parameter.name.clone(), value.clone());
            }
            self.frame().variables.insert(parameter.name.clone(), value);
        }
    }
}
