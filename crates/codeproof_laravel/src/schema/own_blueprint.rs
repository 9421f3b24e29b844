//! Blueprints that the application or a package makes its own: classes of their own, macros, and foreign code that is
//! given one.

use std::rc::Rc;

use super::blueprint::Part;
use super::record::Doubts;
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Instance, Machine, Value};

/// The property that leads from an object of the application's own blueprint class to what it collects.
const COLLECTED: &str = "collected by the schema";

impl Machine<'_, Laravel> {
    /// `Blueprint::macro()`.
    pub(crate) fn blueprint_macro(&mut self, arguments: &Arguments) -> Option<Value> {
        let name = arguments.at(0).as_text()?.to_lowercase();
        self.framework.migrating.macros.insert(name, arguments.at(1));
        Some(Value::Null)
    }

    /// `Blueprint::mixin()`: each method of the object gives a macro.
    pub(crate) fn blueprint_mixin(&mut self, object: &Value) -> Option<Value> {
        let Value::Object(instance) = object.plain() else { return None };
        let methods: Vec<Rc<str>> =
            self.lineage(&instance.class).iter().flat_map(|class| class.methods.keys().cloned()).collect();
        for method in methods {
            let made = self.call_method(object, &method, Arguments::default());
            self.framework.migrating.macros.insert(method.to_string(), made);
        }
        Some(Value::Null)
    }

    /// What `blueprintResolver()` makes of a blueprint: an object of a class that extends Laravel's.
    pub(super) fn own_blueprint(&mut self, number: usize, table: &Value) -> Option<Value> {
        let resolver = self.framework.migrating.resolver.clone()?;
        let mut arguments = vec![table.clone(), Value::Null];
        if !self.is_before(12) {
            arguments.insert(0, self.object(Object::Connection(None)));
        }
        let made = self.call_value(&resolver, Arguments::of(arguments));
        let Value::Object(instance) = made.plain() else { return None };
        let collected = self.object(Object::Blueprint(number));
        instance.properties.borrow_mut().insert(Rc::from(COLLECTED), collected);
        Some(made.plain().clone())
    }

    /// A method that an own blueprint inherits from Laravel's.
    pub(crate) fn own_blueprint_call(
        &mut self,
        instance: &Rc<Instance>,
        method: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        let number = self.blueprint_number(&Value::Object(instance.clone()))?;
        self.blueprint_call(number, method, arguments)
    }

    fn blueprint_number(&self, value: &Value) -> Option<usize> {
        let collected = match value.plain() {
            Value::Object(instance) => instance.properties.borrow().get(COLLECTED).cloned()?,
            other => other.clone(),
        };
        let Value::Host(object) = collected else { return None };
        match self.framework.objects.get(object as usize)? {
            Object::Blueprint(number) => Some(*number),
            _ => None,
        }
    }

    /// A blueprint is given to code that is not in the application: what that asks for is not known.
    pub(crate) fn note_foreign_call(&mut self, name: &str, arguments: &Arguments) {
        let Some(number) = arguments.values().find_map(|value| self.blueprint_number(value)) else { return };
        let doubt = self.doubt(format!("what {name}() does to the table is not in the application"));
        let doubts = Doubts { doubts: vec![doubt], is_partial: true, lacks_name: true };
        self.add_part(number, Part::Nothing, doubts);
    }
}
