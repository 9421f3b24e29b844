//! Assignments: to variables, elements, properties and patterns.

use std::rc::Rc;

use super::array::{Key, PhpArray};
use super::ast::{ClassReference, Element, Expr, ExprKind};
use super::execute::key_of;
use super::machine::{Framework, Machine};
use super::value::Value;

impl<F: Framework> Machine<'_, F> {
    /// Gives a target its value.
    pub(super) fn assign(&mut self, target: &Expr, value: Value) {
        match &target.kind {
            ExprKind::Variable(name) => {
                self.frame().variables.insert(name.clone(), value);
            }
            ExprKind::Index(..) => self.assign_element(target, value),
            ExprKind::Property(object, name) => {
                let object = self.evaluate(object);
                let name = self.evaluate(name).as_text();
                if let (Value::Object(instance), Some(name)) = (object.plain(), name) {
                    instance.properties.borrow_mut().insert(name, value);
                }
            }
            ExprKind::StaticProperty(class, name) => self.assign_static(class, name, value),
            ExprKind::Array(pattern) => self.destructure(pattern, &value),
            _ => {}
        }
    }

    fn assign_static(&mut self, class: &ClassReference, name: &Rc<str>, value: Value) {
        let Some(class) = self.class_of(class) else { return };
        let owner = self.static_owner(&class, name);
        self.statics.insert((owner, name.clone()), value);
    }

    fn destructure(&mut self, pattern: &[Element], value: &Value) {
        for (place, element) in pattern.iter().enumerate() {
            if matches!(element.value.kind, ExprKind::Opaque(_)) {
                continue;
            }
            let key = match &element.key {
                Some(key) => key_of(&self.evaluate(key)),
                None => i64::try_from(place).ok().map(Key::Integer),
            };
            let part = match (value.plain(), key) {
                (Value::Array(array), Some(key)) => array.get(&key).cloned().unwrap_or(Value::Null),
                (Value::Unknown(doubt), _) => Value::Unknown(doubt.clone()),
                _ => Value::Null,
            };
            self.assign(&element.value, part.under(value.doubt().cloned()));
        }
    }

    /// `$a['x'][] = …`: walks down from the variable or property, making arrays on the way.
    fn assign_element(&mut self, target: &Expr, value: Value) {
        let mut keys = Vec::new();
        let mut base = target;
        while let ExprKind::Index(inner, key) = &base.kind {
            keys.push(match key {
                Some(key) => match key_of(&self.evaluate(key)) {
                    Some(key) => Some(key),
                    None => return self.forget(base_of(inner)),
                },
                None => None,
            });
            base = inner;
        }
        keys.reverse();
        let mut holder = match &base.kind {
            ExprKind::Variable(name) => self.frame().variables.remove(name).unwrap_or(Value::Null),
            _ => self.evaluate(base),
        };
        if matches!(holder, Value::Host(_) | Value::Object(_)) {
            return self.assign(base, holder);
        }
        put(&mut holder, &keys, value);
        self.assign(base, holder);
    }

    /// An element under a key that is not known was written: the whole is not known any more.
    fn forget(&mut self, base: &Expr) {
        let unknown = self.unknown("an element is written under a key that is not known");
        self.assign(base, unknown);
    }

    pub(super) fn unset(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Variable(name) => {
                self.frame().variables.remove(name);
            }
            ExprKind::Index(base, Some(key)) => {
                let key = key_of(&self.evaluate(key));
                let holder = self.evaluate(base);
                if let (Value::Array(array), Some(key)) = (holder.plain(), key) {
                    let mut array = (**array).clone();
                    array.remove(&key);
                    self.assign(base, Value::Array(Rc::new(array)).under(holder.doubt().cloned()));
                }
            }
            _ => {}
        }
    }
}

fn base_of(expr: &Expr) -> &Expr {
    let mut base = expr;
    while let ExprKind::Index(inner, _) = &base.kind {
        base = inner;
    }
    base
}

fn put(holder: &mut Value, keys: &[Option<Key>], value: Value) {
    let mut holder = holder;
    for key in keys {
        if let Value::Assumed(inner) = holder {
            *holder = inner.0.clone();
        }
        if !matches!(holder, Value::Array(_)) {
            if matches!(holder, Value::Unknown(_)) {
                return;
            }
            *holder = Value::Array(Rc::new(PhpArray::default()));
        }
        let Value::Array(array) = holder else { return };
        let array = Rc::make_mut(array);
        holder = match key {
            Some(key) => array.entry(key.clone()),
            None => array.grow(),
        };
    }
    *holder = value;
}
