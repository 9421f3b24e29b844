//! Operators on values. What is in doubt on either side leaves the result in doubt.

use std::rc::Rc;

use super::machine::{Framework, Machine};
use super::value::{Doubt, UNKNOWN_PART, Value};

/// The first doubt of several values; a real one before a default.
pub(super) fn doubt_of<'v>(values: impl IntoIterator<Item = &'v Value>) -> Option<Rc<Doubt>> {
    values.into_iter().fold(None, |found, value| stronger(found, value.doubt()))
}

/// The first of two doubts, unless only the other is more than a default.
pub(super) fn stronger(first: Option<Rc<Doubt>>, second: Option<&Rc<Doubt>>) -> Option<Rc<Doubt>> {
    match (first, second) {
        (Some(first), Some(second)) if first.has_default && !second.has_default => Some(second.clone()),
        (Some(first), _) => Some(first),
        (None, second) => second.cloned(),
    }
}

/// A text of which a part is not known.
pub(super) fn joined_in_part(left: &Value, right: &Value, doubt: &Rc<Doubt>) -> Value {
    let part = |value: &Value| match value.plain() {
        Value::Unknown(doubt) => doubt.known.clone().unwrap_or_else(|| Rc::from(UNKNOWN_PART)),
        other => other.as_text().unwrap_or_else(|| Rc::from(UNKNOWN_PART)),
    };
    let known = format!("{}{}", part(left), part(right)).replace(&UNKNOWN_PART.repeat(2), UNKNOWN_PART);
    // What grows without bound is no URI.
    let known = (known.len() < 1 << 10).then(|| Rc::from(known));
    Value::Unknown(Rc::new(Doubt { known, ..(**doubt).clone() }))
}

impl<F: Framework> Machine<'_, F> {
    /// `left operator right` for operators that always need both sides.
    pub(super) fn binary(&mut self, operator: &str, left: &Value, right: &Value) -> Value {
        for side in [left, right] {
            if let Value::Unknown(doubt) = side.plain() {
                return if operator == "." { joined_in_part(left, right, doubt) } else { side.clone() };
            }
        }
        let doubt = doubt_of([left, right]);
        let result = match operator {
            "." => self.concatenated(left, right),
            "==" => truth(left.equal(right)),
            "!=" | "<>" => truth(left.equal(right).map(|same| !same)),
            "===" => truth(left.same(right)),
            "!==" => truth(left.same(right).map(|same| !same)),
            "+" if left.as_array().is_some() => union(left, right),
            "+" | "-" | "*" | "**" | "<<" | "%" | "/" | "<" | ">" | "<=" | ">=" | "<=>" | "|" | "&" => {
                arithmetic(operator, left, right)
            }
            _ => None,
        };
        match result {
            Some(value) => value.under(doubt),
            None => self.unknown(format!("the result of `{operator}` is not known")),
        }
    }

    fn concatenated(&mut self, left: &Value, right: &Value) -> Option<Value> {
        let (left, right) = (self.text_of(left)?, self.text_of(right)?);
        // Texts that double in a loop must not eat the memory.
        if left.len() + right.len() > 1 << 20 {
            return None;
        }
        Some(Value::text(format!("{left}{right}")))
    }

    /// The text of a value, `__toString()` of the application's objects included.
    pub(crate) fn text_of(&mut self, value: &Value) -> Option<Rc<str>> {
        match value.plain() {
            Value::Object(instance) => {
                let class = instance.class.clone();
                self.method(&class, "__toString")?;
                let text = self.call_method(value.plain(), "__toString", super::call::Arguments::default());
                text.as_text()
            }
            Value::Host(object) => F::text(self, *object),
            plain => plain.as_text(),
        }
    }
}

fn truth(known: Option<bool>) -> Option<Value> {
    known.map(Value::Boolean)
}

fn union(left: &Value, right: &Value) -> Option<Value> {
    let mut array = (**left.as_array()?).clone();
    for (key, value) in right.as_array()?.iter() {
        if array.get(key).is_none() {
            array.insert(key.clone(), value.clone());
        }
    }
    Some(Value::Array(Rc::new(array)))
}

fn number(value: &Value) -> Option<f64> {
    match value.plain() {
        #[expect(clippy::cast_precision_loss, reason = "only order and small sums are asked for")]
        Value::Integer(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        Value::Boolean(value) => Some(f64::from(u8::from(*value))),
        Value::Null => Some(0.0),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn arithmetic(operator: &str, left: &Value, right: &Value) -> Option<Value> {
    if let (Value::Integer(left), Value::Integer(right)) = (left.plain(), right.plain()) {
        let result = match operator {
            "+" => left.checked_add(*right),
            "-" => left.checked_sub(*right),
            "*" => left.checked_mul(*right),
            "%" => left.checked_rem(*right),
            "**" => u32::try_from(*right).ok().and_then(|power| left.checked_pow(power)),
            "<<" => u32::try_from(*right).ok().and_then(|bits| left.checked_shl(bits)),
            "|" => Some(left | right),
            "&" => Some(left & right),
            "/" if left.checked_rem(*right) == Some(0) => left.checked_div(*right),
            _ => None,
        };
        if result.is_some() {
            return result.map(Value::Integer);
        }
    }
    let (left, right) = (number(left)?, number(right)?);
    Some(match operator {
        "+" => Value::Float(left + right),
        "-" => Value::Float(left - right),
        "*" => Value::Float(left * right),
        "/" if right != 0.0 => Value::Float(left / right),
        "<" => Value::Boolean(left < right),
        ">" => Value::Boolean(left > right),
        "<=" => Value::Boolean(left <= right),
        ">=" => Value::Boolean(left >= right),
        "<=>" => Value::Integer(left.partial_cmp(&right)? as i64),
        _ => return None,
    })
}
