//! What assignments bind: names, parts, attributes, elements.

use std::rc::Rc;

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::super::rules::{Verdict, credential, stores};
use super::super::value::{Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::Walk;

/// Elements of a list or dictionary that are known while it grows.
const ELEMENTS_MAX: usize = 256;

impl<'a> Walk<'a> {
    /// `target = value` for every kind of target.
    pub(super) fn assign(&mut self, target: &'a Expr, value: Value) {
        let value = value.bounded();
        let name = match target {
            Expr::Name(name) => Some(name.id.as_str()),
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            _ => None,
        };
        if let Some(verdict) = name.and_then(|name| credential::held(name, &value)) {
            self.report(target.range(), verdict);
        }
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), value),
            Expr::Starred(starred) => self.assign(&starred.value, value),
            Expr::Tuple(tuple) => self.assign_each(&tuple.elts, &value),
            Expr::List(list) => self.assign_each(&list.elts, &value),
            Expr::Attribute(attribute) => {
                let owner = self.value(&attribute.value);
                self.assign_attribute(&owner, attribute.attr.as_str(), value, target);
            }
            Expr::Subscript(subscript) => {
                let owner = self.value(&subscript.value);
                let key = self.value(&subscript.slice);
                self.assign_item(subscript, &owner, key, value);
            }
            _ => {
                self.value(target);
            }
        }
    }

    fn assign_each(&mut self, targets: &'a [Expr], value: &Value) {
        let starred = targets.iter().any(Expr::is_starred_expr);
        for (at, target) in targets.iter().enumerate() {
            let parts = value.alternatives().iter().map(|single| match &single.shape {
                Shape::List(values) if !starred && values.len() == targets.len() => values[at].clone(),
                _ => single.element(),
            });
            let part = Value::choice(parts.collect::<Vec<_>>());
            self.assign(target, part);
        }
    }

    fn assign_attribute(&mut self, owner: &Value, name: &'a str, value: Value, target: &'a Expr) {
        for single in owner.alternatives() {
            match &single.shape {
                _ if name == "__code__" => self.report(
                    target.range(),
                    Verdict::new(
                        ThreatType::MaliciousCode,
                        Level::Critical,
                        "replaces the code of a function",
                        "write the function you want to run",
                    ),
                ),
                Shape::Instance(class) | Shape::Class(class) => {
                    let attributes = &mut self.classes[*class].attributes;
                    let value = match attributes.remove(name) {
                        Some(old) => Value::choice([old, value.clone()]),
                        None => value.clone(),
                    };
                    attributes.insert(name.to_owned(), value);
                }
                Shape::Name(path) => {
                    if let Some(verdict) = stores::attribute(path, name, &value) {
                        self.report(target.range(), verdict);
                    }
                }
                Shape::Object(..) | Shape::Unknown if unchecks(name, &value) => {
                    let why = "switches off TLS checks";
                    self.report(
                        target.range(),
                        Verdict::new(ThreatType::ApiAbuse, Level::Medium, why, "leave the checks on"),
                    );
                }
                _ => {}
            }
        }
    }

    fn assign_item(&mut self, subscript: &'a ruff_python_ast::ExprSubscript, owner: &Value, key: Value, value: Value) {
        for single in owner.alternatives() {
            if let Shape::Name(path) = &single.shape
                && let Some(verdict) = stores::item(path, &key, &value)
            {
                self.report(subscript.range(), verdict);
            }
        }
        if let Expr::Name(name) = &*subscript.value {
            self.add_to(name.id.as_str(), owner, Some(key), value);
        }
    }

    /// Something more in a container that has a name.
    pub(super) fn add_to(&mut self, name: &'a str, container: &Value, key: Option<Value>, value: Value) {
        let origins = container.origins.with(value.origins);
        let shape = match (&container.shape, key) {
            (Shape::Dictionary(items), Some(key)) => Shape::Dictionary(grown(items, (key, value.clone()), &value)),
            (Shape::List(values), None) => Shape::List(grown(values, value.clone(), &value)),
            (shape, _) => shape.clone(),
        };
        if self.is_bound(name) {
            self.rebind(name, Some(Value { shape, origins }));
        }
    }
}

/// A container with one more element. A full one takes only functions: a harmful one must not get lost in a crowd.
fn grown<Element: Clone>(elements: &[Element], added: Element, value: &Value) -> Rc<[Element]> {
    let kept = match elements.len() < ELEMENTS_MAX {
        true => elements,
        false if value.is_callable() => &elements[1..],
        false => return elements.into(),
    };
    kept.iter().cloned().chain([added]).collect()
}

/// `session.verify = False`, `context.check_hostname = False`, `context.verify_mode = ssl.CERT_NONE`.
fn unchecks(name: &str, value: &Value) -> bool {
    let none = matches!(&value.shape, Shape::Name(path) if path.ends_with("CERT_NONE"));
    matches!(name, "verify" | "check_hostname") && value.truth() == Some(false) || name == "verify_mode" && none
}
