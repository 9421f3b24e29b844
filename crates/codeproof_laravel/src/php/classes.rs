//! Names of classes, and what is asked of them: constants, static properties, cases of enums.

use std::rc::Rc;

use super::ast::{Class, ClassReference, Expr};
use super::machine::{Framework, Machine};
use super::value::{EnumCase, Value};

impl<F: Framework> Machine<'_, F> {
    /// The name of the class a reference means.
    pub(super) fn class_of(&mut self, class: &ClassReference) -> Option<Rc<str>> {
        match class {
            ClassReference::Named(name) => Some(name.clone()),
            ClassReference::Itself => self.frame().class.clone(),
            ClassReference::Static => self.frame().called.clone().or_else(|| self.frame().class.clone()),
            ClassReference::Parent => {
                let own = self.frame().class.clone()?;
                self.program.class(&own)?.parent.clone()
            }
            ClassReference::Value(expr) => {
                let value = self.evaluate(expr);
                match value.plain() {
                    Value::Text(name) => Some(Rc::from(name.trim_start_matches('\\'))),
                    Value::Object(instance) => Some(instance.class.clone()),
                    Value::Case(case) => Some(case.class.clone()),
                    _ => None,
                }
            }
        }
    }

    /// The class that declares a static property.
    pub(super) fn static_owner(&mut self, class: &str, name: &str) -> Rc<str> {
        for class in self.lineage(class) {
            if class.properties.iter().any(|property| property.is_static && &*property.name == name) {
                return class.name.clone();
            }
        }
        Rc::from(class)
    }

    pub(super) fn static_property(&mut self, class: &ClassReference, name: &Rc<str>) -> Value {
        let Some(class) = self.class_of(class) else { return self.unknown("a property of a class that is not known") };
        let owner = self.static_owner(&class, name);
        if let Some(value) = self.statics.get(&(owner.clone(), name.clone())) {
            return value.clone();
        }
        let Some(declared) = self.program.class(&owner) else {
            return self.unknown(format!("{owner}::${name} is not in the application"));
        };
        let default = declared.properties.iter().find(|property| property.is_static && property.name == *name);
        match default.and_then(|property| property.default.as_ref()) {
            Some(default) => self.in_class(&declared.name, &declared.file, |machine| machine.evaluate(default)),
            None => Value::Null,
        }
    }

    pub(super) fn class_constant(&mut self, class: &ClassReference, name: &Rc<str>) -> Value {
        if name.eq_ignore_ascii_case("class") {
            return match self.class_of(class) {
                Some(class) => Value::Text(class),
                None => self.unknown("the name of a class that is not known"),
            };
        }
        let Some(class) = self.class_of(class) else { return self.unknown("a constant of a class that is not known") };
        self.constant_of(&class, name)
    }

    /// `Class::NAME`, or the case of an enum.
    pub(crate) fn constant_of(&mut self, class: &str, name: &Rc<str>) -> Value {
        let mut open: Vec<Rc<Class>> = self.lineage(class);
        let mut place = 0;
        while let Some(declared) = open.get(place).cloned() {
            place += 1;
            if declared.cases.contains_key(name) {
                return self.case_of(&declared, name);
            }
            if let Some(value) = declared.constants.get(name) {
                let key = (declared.name.clone(), name.clone());
                if !self.running_constants.insert(key.clone()) {
                    return self.unknown(format!("the constant {class}::{name} is defined by itself"));
                }
                let value = self.in_class(&declared.name, &declared.file, |machine| machine.evaluate(value));
                self.running_constants.remove(&key);
                return value;
            }
            for name in declared.interfaces.iter().chain(&declared.traits) {
                if open.len() < 100
                    && let Some(more) = self.program.class(name)
                {
                    open.push(more);
                }
            }
        }
        if let Some(value) = foreign_constant(class, name) {
            return Value::text(value);
        }
        self.unknown(format!("the constant {class}::{name} is not in the application"))
    }

    fn case_of(&mut self, declared: &Rc<Class>, name: &Rc<str>) -> Value {
        let value = match declared.cases.get(name) {
            Some(Some(value)) => Some(self.in_class(&declared.name, &declared.file, |machine| machine.evaluate(value))),
            _ => None,
        };
        Value::Case(Rc::new(EnumCase { class: declared.name.clone(), name: name.clone(), value }))
    }

    /// All cases of an enum, in order.
    pub(super) fn cases_of(&mut self, class: &str) -> Option<Value> {
        let declared = self.program.class(class)?;
        let names = declared.case_order.clone();
        Some(Value::list(names.iter().map(|name| self.case_of(&declared, name)).collect::<Vec<_>>()))
    }

    pub(super) fn constant(&mut self, name: &Rc<str>) -> Value {
        let short = name.rsplit('\\').next().unwrap_or_default();
        let place = self.place();
        match short {
            "__DIR__" => {
                let folder = place.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                return Value::text(format!("/{folder}").trim_end_matches('/'));
            }
            "__FILE__" => return Value::text(format!("/{}", place.path)),
            "__LINE__" => return Value::Integer(i64::from(place.line)),
            "__CLASS__" => return self.frame().class.clone().map_or_else(|| Value::text(""), Value::Text),
            "__FUNCTION__" => {
                let running = self.running_functions().next().cloned();
                return running.map_or_else(|| Value::text(""), Value::Text);
            }
            "__NAMESPACE__" => {
                let class = self.frame().class.clone();
                let namespace = class.as_ref().and_then(|class| class.rsplit_once('\\')).map_or("", |(space, _)| space);
                return Value::text(namespace);
            }
            "DIRECTORY_SEPARATOR" => return Value::text("/"),
            "PHP_EOL" => return Value::text("\n"),
            "PHP_INT_MAX" => return Value::Integer(i64::MAX),
            _ => {}
        }
        if let Some(value) = self.constants.get(name).or_else(|| self.constants.get(short)) {
            return value.clone();
        }
        self.unknown(format!("the constant {short} is given nowhere that was read"))
    }

    pub(super) fn instance_of(&mut self, object: &Expr, class: &ClassReference) -> Value {
        let object = self.evaluate(object);
        let Some(wanted) = self.class_of(class) else { return self.unknown("a class that is not known") };
        let own = match object.plain() {
            Value::Object(instance) => instance.class.clone(),
            Value::Closure(_) => return Value::Boolean(wanted.eq_ignore_ascii_case("Closure")),
            Value::Unknown(_) | Value::Host(_) => return self.unknown("the class of an object is not known"),
            Value::Case(case) => case.class.clone(),
            _ => return Value::Boolean(false),
        };
        let lineage = self.lineage(&own);
        let known = lineage.iter().any(|class| {
            class.name.eq_ignore_ascii_case(&wanted)
                || class.parent.as_ref().is_some_and(|parent| parent.eq_ignore_ascii_case(&wanted))
                || class.interfaces.iter().any(|interface| interface.eq_ignore_ascii_case(&wanted))
        });
        if known { Value::Boolean(true) } else { Value::Boolean(false).under(object.doubt().cloned()) }
    }
}

/// Constants of the framework that applications use.
fn foreign_constant(class: &str, name: &str) -> Option<&'static str> {
    match (class.rsplit('\\').next()?, name) {
        ("RouteServiceProvider", "HOME") => Some("/home"),
        ("PDO", "ATTR_DRIVER_NAME") => Some("ATTR_DRIVER_NAME"),
        // Of every model.
        (_, "CREATED_AT") => Some("created_at"),
        (_, "UPDATED_AT") => Some("updated_at"),
        (_, "DELETED_AT") => Some("deleted_at"),
        _ => None,
    }
}
