//! Expressions.

use std::rc::Rc;

use super::array::PhpArray;
use super::ast::{ClassReference, Element, Expr, ExprKind, MatchArm};
use super::execute::key_of;
use super::machine::{DEPTH_MAX, Framework, Machine};
use super::memory;
use super::operators::{doubt_of, stronger};
use super::value::{Closure, Doubt, UNKNOWN_PART, Value};

impl<F: Framework> Machine<'_, F> {
    /// The value of an expression. Never fails: what cannot be known is an unknown value that says why.
    pub(super) fn evaluate(&mut self, expr: &Expr) -> Value {
        if !self.step() {
            return self.unknown("this takes more steps than are followed");
        }
        if self.depth >= DEPTH_MAX {
            return self.unknown("expressions are nested deeper than is followed");
        }
        self.depth += 1;
        let value = self.evaluate_kind(expr);
        self.depth -= 1;
        value
    }

    fn evaluate_kind(&mut self, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Text(text) => Value::Text(text.clone()),
            ExprKind::Integer(value) => Value::Integer(*value),
            ExprKind::Float(value) => Value::Float(*value),
            ExprKind::Boolean(value) => Value::Boolean(*value),
            ExprKind::Null => Value::Null,
            ExprKind::Variable(name) => self.read_variable(name),
            ExprKind::Interpolated(parts) => self.interpolated(parts),
            ExprKind::Array(elements) => self.array_literal(elements),
            ExprKind::Binary(operator, left, right) => self.binary_expression(operator, left, right),
            ExprKind::Not(inner) => {
                let value = self.evaluate(inner);
                match value.truth() {
                    Some(truth) => Value::Boolean(!truth).under(value.doubt().cloned()),
                    None => value,
                }
            }
            ExprKind::Negative(inner) => {
                let value = self.evaluate(inner);
                self.binary("-", &Value::Integer(0), &value)
            }
            ExprKind::Ternary(condition, then, otherwise) => self.ternary(condition, then.as_deref(), otherwise),
            ExprKind::Assign(target, value) => {
                let value = self.evaluate(value);
                self.assign(target, value.clone());
                value
            }
            ExprKind::AssignWith(operator, target, value) => self.assign_with(operator, target, value),
            ExprKind::Step(target, step, gives_new) => {
                let old = self.evaluate(target);
                let new = self.binary("+", &old, &Value::Integer(*step));
                self.assign(target, new.clone());
                if *gives_new { new } else { old }
            }
            ExprKind::Index(base, key) => self.index(base, key.as_deref()),
            ExprKind::Property(object, name) => {
                let object = self.evaluate(object);
                let name = self.evaluate(name).as_text();
                match name {
                    Some(name) => self.property(&object, &name),
                    None => self.unknown("a property whose name is not known"),
                }
            }
            ExprKind::StaticProperty(class, name) => self.static_property(class, name),
            ExprKind::ClassConstant(class, name) => self.class_constant(class, name),
            ExprKind::Constant(name) => self.constant(name),
            ExprKind::Call(callee, arguments) => self.call_expression(callee, arguments, expr.line),
            ExprKind::MethodCall(object, name, arguments) => self.method_expression(object, name, arguments, expr),
            ExprKind::StaticCall(class, name, arguments) => self.static_expression(class, name, arguments, expr.line),
            ExprKind::New(class, arguments) => self.new_expression(class, arguments),
            ExprKind::NewAnonymous(class, arguments) => {
                self.program.declare_class(class);
                self.new_expression(&ClassReference::Named(class.name.clone()), arguments)
            }
            ExprKind::Closure(function) => self.closure(function),
            ExprKind::Match(subject, arms) => self.match_expression(subject, arms),
            ExprKind::Include(path, kind) => {
                let path = self.evaluate(path);
                self.include(&path, *kind)
            }
            ExprKind::Cast(target, inner) => {
                let value = self.evaluate(inner);
                self.cast(target, value)
            }
            ExprKind::Isset(inner) => self.isset(inner),
            ExprKind::Empty(inner) => {
                let value = self.evaluate(inner);
                match value.truth() {
                    Some(truth) => Value::Boolean(!truth).under(value.doubt().cloned()),
                    None => value,
                }
            }
            ExprKind::InstanceOf(object, class) => self.instance_of(object, class),
            ExprKind::Throw(_) | ExprKind::Exit => self.unknown("the program ends here"),
            ExprKind::Opaque(what) => self.unknown(format!("{} is not followed", what.replace('_', " "))),
        }
    }

    fn read_variable(&mut self, name: &Rc<str>) -> Value {
        if &**name == "this" {
            return self.frame().this.clone().unwrap_or(Value::Null);
        }
        match self.frame().variables.get(name) {
            Some(value) => value.clone(),
            None if name.starts_with('_') && name.chars().nth(1).is_some_and(char::is_uppercase) => {
                self.unknown(format!("${name} depends on the request or the environment"))
            }
            None => Value::Null.under(Some(self.doubt(format!("${name} is given nowhere that was read")))),
        }
    }

    fn interpolated(&mut self, parts: &[Expr]) -> Value {
        let mut text = String::new();
        let mut doubt = None;
        let mut missing: Option<Rc<Doubt>> = None;
        for part in parts {
            let value = self.evaluate(part);
            match (value.plain(), self.text_of(&value)) {
                (Value::Unknown(unknown), _) => {
                    text.push_str(unknown.known.as_deref().unwrap_or(UNKNOWN_PART));
                    missing.get_or_insert_with(|| unknown.clone());
                }
                (_, Some(part)) if text.len() < 1 << 20 => text.push_str(&part),
                _ => return self.unknown("the text of an object is not known"),
            }
            doubt = stronger(doubt, value.doubt());
        }
        match missing {
            Some(missing) => {
                memory::more_bytes(text.len());
                Value::Unknown(Rc::new(Doubt { known: Some(Rc::from(text)), ..(*missing).clone() }))
            }
            None => Value::text(text).under(doubt),
        }
    }

    fn array_literal(&mut self, elements: &[Element]) -> Value {
        let mut array = PhpArray::default();
        let mut doubt = None;
        for element in elements {
            if element.spread {
                let value = self.evaluate(&element.value);
                match value.as_array() {
                    Some(more) => array.merge(more),
                    None => doubt = doubt.or_else(|| value.doubt().cloned()),
                }
                continue;
            }
            let key = element.key.as_ref().map(|key| self.evaluate(key));
            let value = self.evaluate(&element.value);
            match key {
                None => array.push(value),
                Some(key) => match key_of(&key) {
                    Some(key) => array.insert(key, value),
                    None => doubt = doubt.or_else(|| key.doubt().cloned()),
                },
            }
        }
        Value::Array(Rc::new(array)).under(doubt)
    }

    fn binary_expression(&mut self, operator: &str, left: &Expr, right: &Expr) -> Value {
        match operator {
            "??" => {
                let value = self.evaluate_quietly(left);
                match value.plain() {
                    Value::Null => {
                        let doubt = value.doubt().cloned();
                        let other = self.evaluate(right);
                        // A variable that is given nowhere is no doubt here: `??` asks for exactly that.
                        if matches!(left.kind, ExprKind::Variable(_)) { other } else { other.under(doubt) }
                    }
                    Value::Unknown(doubt) => {
                        let other = self.evaluate(right);
                        other.under(Some(doubt.clone()))
                    }
                    _ => value,
                }
            }
            "&&" | "and" | "||" | "or" | "xor" => {
                let first = self.evaluate(left);
                let decided = match operator {
                    "&&" | "and" => first.truth() == Some(false),
                    "||" | "or" => first.truth() == Some(true),
                    _ => false,
                };
                if decided {
                    return Value::Boolean(first.truth() == Some(true)).under(first.doubt().cloned());
                }
                let second = self.evaluate(right);
                let decides = match operator {
                    "&&" | "and" => second.truth() == Some(false),
                    "||" | "or" => second.truth() == Some(true),
                    _ => false,
                };
                if decides && second.doubt().is_none() {
                    return Value::Boolean(second.truth() == Some(true));
                }
                for side in [&first, &second] {
                    if matches!(side.plain(), Value::Unknown(_)) {
                        return side.clone();
                    }
                }
                let (one, two) = (first.truth() == Some(true), second.truth() == Some(true));
                let result = match operator {
                    "&&" | "and" => one && two,
                    "xor" => one != two,
                    _ => one || two,
                };
                Value::Boolean(result).under(doubt_of([&first, &second]))
            }
            _ => {
                let left = self.evaluate(left);
                let right = self.evaluate(right);
                self.binary(operator, &left, &right)
            }
        }
    }

    /// Evaluates where a missing variable or element is allowed.
    fn evaluate_quietly(&mut self, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Variable(name) if &**name != "this" && !name.starts_with('_') => {
                self.frame().variables.get(name).cloned().unwrap_or(Value::Null)
            }
            _ => self.evaluate(expr),
        }
    }

    fn ternary(&mut self, condition: &Expr, then: Option<&Expr>, otherwise: &Expr) -> Value {
        let value = self.evaluate(condition);
        let doubt = value.doubt().cloned();
        let chosen = match value.truth() {
            Some(true) => then.map_or_else(|| value.clone(), |then| self.evaluate(then)),
            Some(false) => self.evaluate(otherwise),
            None => {
                // Both are evaluated for what they register; the second is what holds when nothing is set.
                if let Some(then) = then {
                    let base = self.doubts.len();
                    self.doubts.extend(doubt.clone());
                    self.evaluate(then);
                    self.doubts.truncate(base);
                }
                let base = self.doubts.len();
                self.doubts.extend(doubt.clone());
                let other = self.evaluate(otherwise);
                self.doubts.truncate(base);
                other
            }
        };
        chosen.under(doubt)
    }

    fn assign_with(&mut self, operator: &str, target: &Expr, value: &Expr) -> Value {
        let old = self.evaluate_quietly(target);
        if operator == "??" {
            if !matches!(old.plain(), Value::Null) {
                return old;
            }
            let new = self.evaluate(value);
            self.assign(target, new.clone());
            return new;
        }
        let value = self.evaluate(value);
        let new = self.binary(operator, &old, &value);
        self.assign(target, new.clone());
        new
    }

    fn index(&mut self, base: &Expr, key: Option<&Expr>) -> Value {
        let holder = self.evaluate_quietly(base);
        let Some(key) = key else { return Value::Null };
        let key = self.evaluate(key);
        if matches!(&base.kind, ExprKind::Variable(name) if &**name == "_SERVER")
            && key.as_text().as_deref() == Some("REQUEST_METHOD")
            && let Value::Unknown(doubt) = &holder
        {
            // Where routes are listed there is no request: Laravel makes one up, with this method.
            return Value::text("GET").under(Some(doubt.clone()));
        }
        let doubt = doubt_of([&holder, &key]);
        match (holder.plain(), key_of(&key)) {
            (Value::Array(array), Some(key)) => array.get(&key).cloned().unwrap_or(Value::Null).under(doubt),
            (Value::Host(object), Some(_)) => {
                let name = key.as_text().unwrap_or_default();
                match F::property(self, *object, &name) {
                    Some(value) => value,
                    None => self.unknown(format!("what the container holds as '{name}'")),
                }
            }
            (Value::Unknown(_), _) => holder,
            (_, None) => key,
            (Value::Null, _) => Value::Null.under(doubt),
            _ => self.unknown("an element of something that is no array"),
        }
    }

    /// `$object->name`.
    pub(crate) fn property(&mut self, object: &Value, name: &str) -> Value {
        match object.plain() {
            Value::Object(instance) => {
                let own = instance.properties.borrow().get(name).cloned();
                match own.or_else(|| F::inherited_property(self, instance, name)) {
                    Some(value) => value,
                    None => self.unknown(format!("the property ${name} is given nowhere that was read")),
                }
            }
            Value::Case(case) if name == "value" => case.value.clone().unwrap_or(Value::Null),
            Value::Case(case) if name == "name" => Value::Text(case.name.clone()),
            Value::Host(host) => match F::property(self, *host, name) {
                Some(value) => value,
                None => self.unknown(format!("the property ${name} of an object of the framework")),
            },
            Value::Unknown(_) => object.clone(),
            Value::Null => Value::Null.under(object.doubt().cloned()),
            _ => self.unknown(format!("the property ${name} of something that is no object")),
        }
    }

    fn closure(&mut self, function: &Rc<super::ast::Function>) -> Value {
        let frame = self.frame();
        let captured = match &function.body {
            super::ast::Body::Arrow(_) => frame.variables.clone(),
            _ => function
                .uses
                .iter()
                .filter_map(|name| Some((name.clone(), frame.variables.get(name)?.clone())))
                .collect(),
        };
        let this = if function.is_static { None } else { frame.this.clone() };
        let class = frame.class.clone();
        Value::Closure(Rc::new(Closure { function: function.clone(), captured, this, class }))
    }

    fn match_expression(&mut self, subject: &Expr, arms: &[MatchArm]) -> Value {
        let subject = self.evaluate(subject);
        let mut doubt = subject.doubt().cloned();
        for arm in arms.iter().filter(|arm| !arm.conditions.is_empty()) {
            for condition in &arm.conditions {
                let value = self.evaluate(condition);
                doubt = stronger(doubt, value.doubt());
                if subject.same(&value) == Some(true) {
                    return self.evaluate(&arm.result).under(doubt);
                }
            }
        }
        match arms.iter().find(|arm| arm.conditions.is_empty()) {
            Some(arm) => self.evaluate(&arm.result).under(doubt),
            None => self.unknown("no arm of a match is known to be taken"),
        }
    }

    fn cast(&mut self, target: &str, value: Value) -> Value {
        let doubt = value.doubt().cloned();
        if let Value::Unknown(_) = value.plain() {
            return value;
        }
        let result = match target {
            "string" | "binary" => self.text_of(&value).map(Value::Text),
            "int" | "integer" => value.as_text().map(|text| Value::Integer(text.trim().parse().unwrap_or(0))),
            "bool" | "boolean" => value.truth().map(Value::Boolean),
            "array" => Some(match value.plain() {
                Value::Array(_) => value.plain().clone(),
                Value::Null => Value::list([]),
                other => Value::list([other.clone()]),
            }),
            _ => Some(value.clone()),
        };
        match result {
            Some(result) => result.under(doubt),
            None => self.unknown("the result of a conversion is not known"),
        }
    }

    fn isset(&mut self, inner: &[Expr]) -> Value {
        for expr in inner {
            let value = self.evaluate_quietly(expr);
            match value.plain() {
                Value::Unknown(_) => return value,
                Value::Null => return Value::Boolean(false).under(value.doubt().cloned()),
                _ if value.doubt().is_some() => return Value::Boolean(true).under(value.doubt().cloned()),
                _ => {}
            }
        }
        Value::Boolean(true)
    }
}
