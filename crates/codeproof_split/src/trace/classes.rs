//! Classes and objects: bases in order, dataclass fields, attributes that are read and set.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt, StmtClassDef};
use ruff_text_size::Ranged;

use super::Kind;
use super::calls::Arguments;
use super::machine::{Machine, named};
use super::options::OPTIONS;
use super::value::{Class, Data, Function, Instance, Scope, Value};

impl<'a> Machine<'a, '_> {
    pub(super) fn define_class(&mut self, definition: &'a StmtClassDef) {
        let decorators: Vec<Value<'a>> =
            definition.decorator_list.iter().map(|decorator| self.value(&decorator.expression)).collect();
        let mut bases = Vec::new();
        let mut has_unknown_base = false;
        for base in definition.bases() {
            match self.value(base).data {
                Data::Class(class) => bases.push(class),
                _ => has_unknown_base |= last_name(base) != "object",
            }
        }
        let is_dataclass = has_fields(definition);
        let scope = Rc::new(Scope { parent: Some(self.scope()), is_class: true, ..Scope::default() });
        self.frames.last_mut().expect("the module's frame is never left").scope = Rc::clone(&scope);
        self.statements(&definition.body);
        let outer = scope.parent.clone().unwrap_or_else(|| Rc::clone(&self.globals));
        self.frames.last_mut().expect("the module's frame is never left").scope = outer;
        let kind = if is_dataclass { Kind::Dataclass } else { Kind::Class };
        let mut attributes: BTreeMap<String, Value<'a>> =
            scope.names.borrow().iter().map(|(name, value)| (name.clone(), of_kind(value.clone(), kind))).collect();
        if has_unknown_base {
            self.overridden(&mut attributes);
        }
        let fields = is_dataclass.then(|| fields_of(definition, &bases));
        let class = Rc::new(Class {
            unit: definition.range().start().to_u32(),
            definition,
            bases,
            has_unknown_base,
            attributes: RefCell::new(attributes),
            fields,
        });
        for value in class.attributes.borrow().values() {
            if let Data::Function(function) = &value.data {
                for function in std::iter::once(function).chain(&function.setter) {
                    *function.class.borrow_mut() = Some(Rc::clone(&class));
                }
            }
        }
        let value = Value::new(Data::Class(Rc::clone(&class)));
        self.bind(definition.name.as_str(), value.clone());
        self.subclasses.extend(class.bases.iter().map(|base| (base.unit, Rc::clone(&class))));
        // A decorator of the file may put the class into a registry; what it gives back is still the class.
        let of_file =
            |decorator: &Value<'a>| matches!(decorator.data, Data::Function(_) | Data::Method(..) | Data::Partial(_));
        for decorator in decorators.iter().rev().filter(|decorator| of_file(decorator)) {
            self.call(decorator, Arguments { positional: vec![value.clone()], ..Arguments::default() });
        }
        let begin = class.bases.iter().find_map(|base| base.find("__init_subclass__"));
        if let Some(Data::Function(begin)) = begin.map(|begin| begin.data) {
            self.call_function(&begin, Some(value), Arguments::default(), false);
        }
    }

    /// An instance nothing was done to.
    pub(super) fn bare_instance(&mut self, class: &Rc<Class<'a>>) -> Value<'a> {
        Value::new(Data::Instance(Rc::new(Instance {
            class: Rc::clone(class),
            attributes: RefCell::default(),
            made_of: RefCell::default(),
        })))
    }

    /// The object on which methods are called that nobody calls: begun with nothing known, once per class.
    pub(super) fn assumed_instance(&mut self, class: &Rc<Class<'a>>) -> Value<'a> {
        if let Some(made) = self.assumed.get(&class.unit) {
            return made.clone();
        }
        let made = self.bare_instance(class);
        self.assumed.insert(class.unit, made.clone());
        if let Some(Data::Function(begin)) = class.find("__init__").map(|value| value.data) {
            let open = Arguments { open: true, ..Arguments::default() };
            self.call_function(&begin, Some(made.clone()), open, true);
        }
        made
    }

    pub(super) fn instantiate(&mut self, class: &Rc<Class<'a>>, arguments: Arguments<'a>) -> Value<'a> {
        self.trace.instantiated.insert(class.unit);
        let made = self.bare_instance(class);
        if let (Data::Instance(instance), Some(entry)) = (&made.data, arguments.entry) {
            instance.made_of.borrow_mut().extend(Some(entry).filter(|entry| self.entries.contains_key(entry)));
        }
        if let Some(fields) = class.order().iter().find_map(|class| class.fields.clone()) {
            self.fill_fields(&made, class, &fields, arguments);
            if let Some(Data::Function(after)) = class.find("__post_init__").map(|value| value.data) {
                self.call_function(&after, Some(made.clone()), Arguments::default(), false);
            }
            return made;
        }
        if let Some(Data::Function(begin)) = class.find("__init__").map(|value| value.data) {
            self.call_function(&begin, Some(made.clone()), arguments, false);
        }
        made
    }

    fn fill_fields(&mut self, made: &Value<'a>, class: &Rc<Class<'a>>, fields: &[&'a str], arguments: Arguments<'a>) {
        let Data::Instance(instance) = &made.data else { return };
        let mut positional = arguments.positional.into_iter();
        for field in fields {
            let given = positional.next();
            let keyword = arguments.keywords.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone());
            let value = match given.or(keyword) {
                Some(value) => named(value, field, Kind::Dataclass),
                None => named(self.fresh(class.find(field)), field, Kind::Dataclass),
            };
            instance.attributes.borrow_mut().insert((*field).to_owned(), value);
        }
    }

    /// A field's default; `field(default_factory=…)` is called for each object.
    fn fresh(&mut self, default: Option<Value<'a>>) -> Value<'a> {
        match default {
            Some(Value { data: Data::Partial(partial), origin, .. }) => {
                let factory = partial.function.clone();
                let value = self.call(&factory, Arguments::default());
                Value { tags: None, origin: value.origin.clone().or(origin), ..value }
            }
            Some(value) => value,
            None => Value::opaque(),
        }
    }

    /// `dataclasses.replace(object, field=…)`.
    pub(super) fn replaced(&mut self, arguments: &Arguments<'a>) -> Option<Value<'a>> {
        let Data::Instance(old) = &arguments.positional.first()?.data else { return None };
        let attributes = RefCell::new(old.attributes.borrow().clone());
        for (name, value) in &arguments.keywords {
            attributes.borrow_mut().insert(name.clone(), named(value.clone(), name, Kind::Dataclass));
        }
        Some(Value::new(Data::Instance(Rc::new(Instance {
            class: Rc::clone(&old.class),
            attributes,
            made_of: old.made_of.clone(),
        }))))
    }

    pub(super) fn attribute(&mut self, base: &Value<'a>, name: &str) -> Value<'a> {
        match &base.data {
            Data::Instance(instance) => {
                let instance = Rc::clone(instance);
                self.attribute_of_instance(base, &instance, name)
            }
            Data::Class(class) => match name {
                "__name__" => Value::text(class.definition.name.as_str()),
                "__subclasses__" => Value::new(Data::ContainerMethod(Rc::new(base.clone()), Rc::from(name))),
                _ => match class.find(name) {
                    Some(Value { data: Data::Function(function), .. }) if function.is_class_method => {
                        Value::new(Data::Method(Rc::new(base.clone()), function))
                    }
                    found => found.unwrap_or_else(Value::opaque),
                },
            },
            Data::Function(function) => match name {
                "__name__" | "__qualname__" => Value::text(function.name),
                _ => function.attributes.borrow().get(name).cloned().unwrap_or_else(Value::opaque),
            },
            Data::Method(_, function) if name == "__name__" => Value::text(function.name),
            Data::Outside(path) if &**path == OPTIONS => self.options.get(name).cloned().unwrap_or_else(Value::opaque),
            Data::Super(class, this) => {
                let own = match &this.data {
                    Data::Instance(instance) => Some(Rc::clone(&instance.class)),
                    Data::Class(class) => Some(Rc::clone(class)),
                    _ => None,
                };
                match own.and_then(|own| own.find_behind(class, name)) {
                    Some(Value { data: Data::Function(function), .. }) => self.bound_method(this, function),
                    found => found.unwrap_or_else(Value::opaque),
                }
            }
            Data::Namespace(namespace) => match (namespace.get(name), name) {
                (Some(found), _) => found,
                (None, "_asdict" | "__dict__" | "_replace") => {
                    Value::new(Data::ContainerMethod(Rc::new(base.clone()), Rc::from(name)))
                }
                _ => Value::opaque(),
            },
            // The value of an `Enum`'s member is what the class body says.
            Data::Constant(_)
                if name == "value"
                    && base.origin.as_deref().is_some_and(|origin| matches!(origin.kind, Kind::Class | Kind::Dict)) =>
            {
                base.clone()
            }
            Data::Outside(path) if path.len() < 200 => Value::new(Data::Outside(Rc::from(format!("{path}.{name}")))),
            Data::List(_)
            | Data::Tuple(_)
            | Data::Dict(_)
            | Data::Globals
            | Data::Constant(super::value::Constant::Text(_)) => {
                Value::new(Data::ContainerMethod(Rc::new(base.clone()), Rc::from(name)))
            }
            _ => Value::from_all([base]),
        }
    }

    fn attribute_of_instance(&mut self, base: &Value<'a>, instance: &Rc<Instance<'a>>, name: &str) -> Value<'a> {
        let own = instance.attributes.borrow().get(name).cloned();
        if own.is_none()
            && matches!(name, "params" | "p")
            && let Some(settings) = self.strategy_settings(&instance.class)
        {
            instance.attributes.borrow_mut().insert(name.to_owned(), settings.clone());
            return settings;
        }
        // A function that was put into the object itself is not bound to it.
        if let Some(found) = own {
            return found;
        }
        match instance.class.find(name) {
            Some(Value { data: Data::Function(function), .. }) => self.bound_method(base, function),
            Some(found) => found,
            None if name == "__dict__" => self.attributes_as_dict(base).unwrap_or_else(Value::opaque),
            None if name == "_replace" => Value::new(Data::ContainerMethod(Rc::new(base.clone()), Rc::from(name))),
            None if name == "__class__" => Value::new(Data::Class(Rc::clone(&instance.class))),
            // Nothing in the file sets it: a metaclass or a decorator makes attributes of `params`.
            None => match self.settings_of_class(&instance.class).map(|settings| settings.data) {
                Some(Data::Namespace(settings)) => settings.get(name).unwrap_or_else(Value::opaque),
                _ => Value::opaque(),
            },
        }
    }

    fn bound_method(&mut self, base: &Value<'a>, function: Rc<Function<'a>>) -> Value<'a> {
        if function.is_property {
            return self.call_function(&function, Some(base.clone()), Arguments::default(), false);
        }
        Value::new(Data::Method(Rc::new(base.clone()), function))
    }

    pub(super) fn set_attribute(&mut self, base: &Value<'a>, name: &str, value: Value<'a>) {
        if let Data::Instance(instance) = &base.data
            && let Some(Data::Function(property)) = instance.class.find(name).map(|found| found.data)
            && let Some(setter) = &property.setter
        {
            let arguments = Arguments { positional: vec![value], ..Arguments::default() };
            self.call_function(setter, Some(base.clone()), arguments, false);
            return;
        }
        let value = named(of_object(value, name), name, Kind::Attr);
        self.time += 1;
        let entry = self.bound.entry(name.to_owned()).or_default();
        *entry = (self.time, entry.1 + 1);
        match &base.data {
            Data::Instance(instance) => drop(instance.attributes.borrow_mut().insert(name.to_owned(), value)),
            Data::Class(class) => drop(class.attributes.borrow_mut().insert(name.to_owned(), value)),
            Data::Function(function) => drop(function.attributes.borrow_mut().insert(name.to_owned(), value)),
            Data::Namespace(namespace) => namespace.set(name, value),
            Data::Outside(path) if &**path == OPTIONS => drop(self.options.insert(name.to_owned(), value)),
            Data::Opaque(cell) => {
                // The value may hold what it is put into.
                let tags = value.all_tags();
                cell.borrow_mut().extend(tags);
            }
            _ => {}
        }
    }
}

/// Whether annotated names of a class's body are fields: dataclasses and their like, named tuples, models of settings.
fn has_fields(definition: &StmtClassDef) -> bool {
    let callee = |expression: &Expr| match expression {
        Expr::Call(call) => last_name(&call.func).to_owned(),
        other => last_name(other).to_owned(),
    };
    let by_decorator = definition.decorator_list.iter().any(|decorator| {
        matches!(callee(&decorator.expression).as_str(), "dataclass" | "define" | "frozen" | "mutable" | "attrs")
    });
    let by_base = |base: &Expr| matches!(last_name(base), "NamedTuple" | "BaseModel" | "BaseSettings");
    by_decorator || definition.bases().iter().any(by_base)
}

/// The last part of a dotted name.
fn last_name(expression: &Expr) -> &str {
    match expression {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    }
}

/// What only passed through a local name belongs to the object it ends up in.
fn of_object<'a>(mut value: Value<'a>, name: &str) -> Value<'a> {
    if let Some(origin) = value.origin.as_deref().filter(|origin| origin.kind == Kind::Local) {
        value.origin = Some(Rc::new(super::Origin { kind: Kind::Attr, name: name.to_owned(), ..origin.clone() }));
    }
    value
}

fn of_kind(mut value: Value<'_>, kind: Kind) -> Value<'_> {
    if let Some(origin) = value.origin.as_deref().filter(|origin| origin.kind == Kind::Class) {
        value.origin = Some(Rc::new(super::Origin { kind, ..origin.clone() }));
    }
    value
}

/// The annotated names of a dataclass's body, those of its bases first.
fn fields_of<'a>(definition: &'a StmtClassDef, bases: &[Rc<Class<'a>>]) -> Vec<&'a str> {
    let mut fields: Vec<&'a str> = bases.iter().flat_map(|base| base.fields.clone().unwrap_or_default()).collect();
    for statement in &definition.body {
        if let Stmt::AnnAssign(stmt) = statement
            && let Expr::Name(name) = &*stmt.target
            && !fields.contains(&name.id.as_str())
        {
            fields.push(name.id.as_str());
        }
    }
    fields
}
