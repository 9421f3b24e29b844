//! What happens when an object of a model is made: Eloquent's defaults, `casts()`, the initialisers of traits, the class's
//! attributes; and the methods with which a model changes what it says.

use std::rc::Rc;

use super::bases::Base;
use super::naming::{short, small_first};
use crate::app::Laravel;
use crate::php::{Arguments, Instance, Key, Machine, PhpArray, Value};

/// Properties that hold lists.
const LISTS: &[&str] = &["fillable", "hidden", "visible", "appends", "with", "withCount", "touches", "dates", "casts"];

impl Machine<'_, Laravel> {
    /// What `new` does: defaults, `casts()`, the initialisers of traits, the class's attributes.
    pub(super) fn initialise(&mut self, model: &Rc<Instance>, base: Base) {
        for (name, value) in defaults(base) {
            model.properties.borrow_mut().entry(Rc::from(name)).or_insert(value);
        }
        // Laravel 11 was the first to ask the method.
        if self.framework.version == 0 || self.framework.version >= 11 {
            let casts = self.call_method(&Value::Object(model.clone()), "casts", Arguments::default());
            merge_into(model, "casts", &casts);
        }
        for initialiser in self.initialisers(&model.class.clone()) {
            self.call_method(&Value::Object(model.clone()), &initialiser, Arguments::default());
        }
        self.apply_attributes(model, base);
    }

    /// The methods of traits that run for every new object: `initializeHasSlug` of `HasSlug`, and those that say so.
    fn initialisers(&mut self, class: &str) -> Vec<Rc<str>> {
        let mut found: Vec<Rc<str>> = Vec::new();
        for class in self.lineage(class).iter().rev() {
            for part in self.with_traits(class) {
                let by_name = format!("initialize{}", short(&part.name)).to_lowercase();
                let mut methods: Vec<_> = part.methods.iter().collect();
                methods.sort_by_key(|(_, function)| function.line);
                for (key, function) in methods {
                    let is_marked =
                        function.attributes.iter().any(|it| it.name.ends_with("Eloquent\\Attributes\\Initialize"));
                    if (**key == *by_name || is_marked) && !function.is_static && !found.contains(&function.name) {
                        found.push(function.name.clone());
                    }
                }
            }
        }
        found
    }

    /// Methods that change what a model says; false when it is none of them.
    pub(super) fn change_model(&mut self, model: &Rc<Instance>, method: &str, arguments: &Arguments) -> bool {
        let value = arguments.at(0);
        let property = match method {
            "setTable" => "table",
            "setConnection" => "connection",
            "setKeyName" => "primaryKey",
            "setKeyType" => "keyType",
            "setIncrementing" => "incrementing",
            "setHidden" => "hidden",
            "setVisible" => "visible",
            "setAppends" => "appends",
            "fillable" => "fillable",
            "guard" => "guarded",
            "mergeFillable" | "mergeGuarded" | "mergeCasts" | "mergeHidden" | "mergeVisible" | "mergeAppends" => {
                let property = small_first(&method["merge".len()..]);
                merge_into(model, &property, &value);
                return true;
            }
            "append" | "makeHidden" | "addHidden" => {
                let property = if method == "append" { "appends" } else { "hidden" };
                let list = match value.as_array() {
                    Some(_) => value,
                    None => Value::list(arguments.values().cloned().collect::<Vec<_>>()),
                };
                merge_into(model, property, &list);
                return true;
            }
            _ => return false,
        };
        model.properties.borrow_mut().insert(Rc::from(property), value);
        true
    }
}

/// What Eloquent declares.
pub(super) fn defaults(base: Base) -> Vec<(&'static str, Value)> {
    let mut defaults: Vec<(&'static str, Value)> = LISTS.iter().map(|name| (*name, Value::list([]))).collect();
    let guarded = if base.is_unguarded { Value::list([]) } else { Value::list([Value::text("*")]) };
    defaults.extend([
        ("guarded", guarded),
        ("table", base.table.map_or(Value::Null, Value::text)),
        ("connection", Value::Null),
        ("primaryKey", Value::text(base.key)),
        ("keyType", Value::text(if base.key_is_text { "string" } else { "int" })),
        ("incrementing", Value::Boolean(!base.key_is_text)),
        ("timestamps", Value::Boolean(true)),
        ("perPage", Value::Integer(15)),
        ("exists", Value::Boolean(false)),
    ]);
    defaults
}

/// A property of an object as it is now.
pub(super) fn own(model: &Rc<Instance>, name: &str) -> Value {
    model.properties.borrow().get(name).cloned().unwrap_or(Value::Null)
}

/// Puts the elements of a list behind those of a property; texts that are there already are left out, keys replace.
pub(super) fn merge_into(model: &Rc<Instance>, property: &str, more: &Value) {
    let known = own(model, property);
    let mut merged = known.as_array().map(|array| (**array).clone()).unwrap_or_default();
    let Some(more_array) = more.as_array() else {
        let doubt = more.doubt().cloned();
        if doubt.is_some() {
            model.properties.borrow_mut().insert(Rc::from(property), known.under(doubt));
        }
        return;
    };
    let mut new = PhpArray::default();
    for (key, value) in more_array.iter() {
        match key {
            Key::Integer(_) if merged.values().any(|known| known.same(value) == Some(true)) => {}
            _ => new.insert(key.clone(), value.clone()),
        }
    }
    merged.merge(&new);
    let doubt = known.doubt().or(more.doubt()).cloned();
    model.properties.borrow_mut().insert(Rc::from(property), Value::Array(Rc::new(merged)).under(doubt));
}
