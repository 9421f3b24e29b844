//! PHP attributes on the classes of models, as Laravel 13 reads them: `#[Table('posts')]`, `#[Fillable(['title'])]`, …

use std::rc::Rc;

use super::bases::Base;
use super::creation::{merge_into, own};
use crate::app::Laravel;
use crate::php::{Arguments, Instance, Machine, Value};

/// Where Eloquent's attributes live.
const NAMESPACE: &str = "Illuminate\\Database\\Eloquent\\Attributes\\";

impl Machine<'_, Laravel> {
    /// Changes a new object as its class's attributes say.
    pub(super) fn apply_attributes(&mut self, model: &Rc<Instance>, base: Base) {
        for (attribute, property) in [
            ("Fillable", "fillable"),
            ("Hidden", "hidden"),
            ("Visible", "visible"),
            ("Appends", "appends"),
            ("Touches", "touches"),
        ] {
            if let Some(given) = self.class_attribute(&model.class, attribute) {
                merge_into(model, property, &columns(&given));
            }
        }
        self.guard(model, base);
        let table = self.class_attribute(&model.class, "Table");
        self.name_table(model, table.as_ref());
        if let Some(given) = self.class_attribute(&model.class, "Connection")
            && matches!(own(model, "connection"), Value::Null)
        {
            set(model, "connection", given.value(0, "name"));
        }
        if self.class_attribute(&model.class, "WithoutTimestamps").is_some() {
            set(model, "timestamps", Value::Boolean(false));
        }
        if self.class_attribute(&model.class, "WithoutIncrementing").is_some() {
            set(model, "incrementing", Value::Boolean(false));
        }
    }

    /// `#[Guarded]` and `#[Unguarded]` count when the class says nothing else.
    fn guard(&mut self, model: &Rc<Instance>, base: Base) {
        let guarded = own(model, "guarded");
        let is_default = guarded.as_array().is_some_and(|list| match base.is_pivot {
            true => list.is_empty(),
            false => list.len() == 1 && list.values().all(|it| it.as_text().as_deref() == Some("*")),
        });
        if !is_default {
            return;
        }
        if self.class_attribute(&model.class, "Unguarded").is_some() {
            set(model, "guarded", Value::list([]));
        } else if let Some(given) = self.class_attribute(&model.class, "Guarded") {
            set(model, "guarded", columns(&given));
        }
    }

    fn name_table(&mut self, model: &Rc<Instance>, table: Option<&Arguments>) {
        let Some(table) = table else { return };
        // A class's own attribute stands above a property that it inherits.
        let own_class = self.program.class(&model.class);
        let declares = own_class.as_ref().is_some_and(|class| class.properties.iter().any(|it| &*it.name == "table"));
        let is_own = own_class.is_some_and(|class| class.attributes.iter().any(|it| is_named(&it.name, "Table")));
        if matches!(own(model, "table"), Value::Null) || is_own && !declares {
            set(model, "table", table.value(0, "name"));
        }
        for (place, argument, property) in [
            (1, "key", "primaryKey"),
            (2, "keyType", "keyType"),
            (3, "incrementing", "incrementing"),
            (4, "timestamps", "timestamps"),
        ] {
            let value = table.value(place, argument);
            if !matches!(value.plain(), Value::Null) {
                set(model, property, value);
            }
        }
    }

    /// What an attribute was given: looked for on the class, its traits, then on its parents.
    fn class_attribute(&mut self, class: &str, name: &str) -> Option<Arguments> {
        for class in self.lineage(class) {
            for part in self.with_traits(&class) {
                if let Some(attribute) = part.attributes.iter().find(|attribute| is_named(&attribute.name, name)) {
                    return Some(self.attribute_arguments(&part, attribute));
                }
            }
        }
        None
    }
}

fn is_named(written: &str, name: &str) -> bool {
    written.strip_prefix(NAMESPACE) == Some(name)
}

fn set(model: &Rc<Instance>, property: &str, value: Value) {
    model.properties.borrow_mut().insert(Rc::from(property), value);
}

/// `#[Fillable(['a', 'b'])]` or `#[Fillable('a', 'b')]`.
fn columns(given: &Arguments) -> Value {
    match given.values().next() {
        Some(first) if first.as_array().is_some() => first.clone(),
        _ => Value::list(given.values().cloned().collect::<Vec<_>>()),
    }
}
