//! Arithmetic, comparisons and text on constants.

use std::rc::Rc;

use ruff_python_ast::{CmpOp, Operator, UnaryOp};
use serde_json::Value as Json;

use super::Origin;
use super::value::{Constant, Data, Dict, Value};

/// Characters of text that arithmetic may make.
const TEXT_MAX: usize = 100_000;

pub(super) fn arithmetic(left: &Constant, operator: Operator, right: &Constant) -> Option<Constant> {
    match (left, right) {
        (Constant::Text(left), Constant::Text(right)) if operator == Operator::Add => {
            (left.len() + right.len() < TEXT_MAX).then(|| Constant::Text(Rc::from(format!("{left}{right}"))))
        }
        (Constant::Int(left), Constant::Int(right)) => whole(*left, operator, *right),
        _ => broken(number(left)?, operator, number(right)?).map(Constant::Float),
    }
}

fn whole(left: i64, operator: Operator, right: i64) -> Option<Constant> {
    Some(Constant::Int(match operator {
        Operator::Add => left.checked_add(right)?,
        Operator::Sub => left.checked_sub(right)?,
        Operator::Mult => left.checked_mul(right)?,
        Operator::FloorDiv => left.checked_div_euclid(right).filter(|_| right > 0)?,
        Operator::Mod => left.checked_rem_euclid(right).filter(|_| right > 0)?,
        Operator::Pow if right >= 0 => left.checked_pow(u32::try_from(right).ok()?)?,
        Operator::BitOr => left | right,
        Operator::BitAnd => left & right,
        Operator::BitXor => left ^ right,
        #[expect(clippy::cast_precision_loss, reason = "Python divides whole numbers as floats, too")]
        _ => return broken(left as f64, operator, right as f64).map(Constant::Float),
    }))
}

fn broken(left: f64, operator: Operator, right: f64) -> Option<f64> {
    let value = match operator {
        Operator::Add => left + right,
        Operator::Sub => left - right,
        Operator::Mult => left * right,
        Operator::Div if right != 0.0 => left / right,
        Operator::FloorDiv if right != 0.0 => (left / right).floor(),
        Operator::Pow => left.powf(right),
        _ => return None,
    };
    value.is_finite().then_some(value)
}

#[expect(clippy::cast_precision_loss, reason = "as Python does when it mixes them")]
pub(super) fn number(constant: &Constant) -> Option<f64> {
    match constant {
        Constant::Int(value) => Some(*value as f64),
        Constant::Float(value) => Some(*value),
        Constant::Bool(value) => Some(f64::from(u8::from(*value))),
        Constant::None | Constant::Text(_) => None,
    }
}

pub(super) fn unary(operator: UnaryOp, value: &Constant) -> Option<Constant> {
    Some(match (operator, value) {
        (UnaryOp::USub, Constant::Int(value)) => Constant::Int(value.checked_neg()?),
        (UnaryOp::USub, Constant::Float(value)) => Constant::Float(-value),
        (UnaryOp::UAdd, Constant::Int(_) | Constant::Float(_)) => value.clone(),
        _ => return None,
    })
}

pub(super) fn compare(left: &Constant, operator: CmpOp, right: &Constant) -> Option<bool> {
    let equal = match (number(left), number(right)) {
        (Some(left), Some(right)) => left.total_cmp(&right).is_eq(),
        _ => left == right,
    };
    let order = match (left, right) {
        (Constant::Text(left), Constant::Text(right)) => Some(left.cmp(right)),
        _ => number(left).zip(number(right)).and_then(|(left, right)| left.partial_cmp(&right)),
    };
    match operator {
        CmpOp::Eq => Some(equal),
        CmpOp::NotEq => Some(!equal),
        CmpOp::Is => Some(left == right),
        CmpOp::IsNot => Some(left != right),
        CmpOp::Lt => order.map(|order| order.is_lt()),
        CmpOp::LtE => order.map(|order| order.is_le()),
        CmpOp::Gt => order.map(|order| order.is_gt()),
        CmpOp::GtE => order.map(|order| order.is_ge()),
        CmpOp::In | CmpOp::NotIn => match (left, right) {
            (Constant::Text(left), Constant::Text(right)) => Some(right.contains(&**left) == (operator == CmpOp::In)),
            _ => None,
        },
    }
}

/// Methods of text that take text and give text (or a truth).
pub(super) fn text_method(text: &str, method: &str, arguments: &[Rc<str>]) -> Option<Constant> {
    let made = match (method, arguments) {
        ("lower", []) => text.to_lowercase(),
        ("upper", []) => text.to_uppercase(),
        ("strip", []) => text.trim().to_owned(),
        ("title", []) => title(text),
        ("replace", [from, to]) if !from.is_empty() && text.len() < 10_000 && to.len() < 100 => {
            text.replace(&**from, to)
        }
        ("removeprefix", [prefix]) => text.strip_prefix(&**prefix).unwrap_or(text).to_owned(),
        ("removesuffix", [suffix]) => text.strip_suffix(&**suffix).unwrap_or(text).to_owned(),
        ("lstrip", [set]) => text.trim_start_matches(|char| set.contains(char)).to_owned(),
        ("rstrip", [set]) => text.trim_end_matches(|char| set.contains(char)).to_owned(),
        ("startswith", [prefix]) => return Some(Constant::Bool(text.starts_with(&**prefix))),
        ("endswith", [suffix]) => return Some(Constant::Bool(text.ends_with(&**suffix))),
        _ => return None,
    };
    Some(Constant::Text(Rc::from(made)))
}

fn title(text: &str) -> String {
    let mut after_letter = false;
    let mut made = String::new();
    for char in text.chars() {
        made.extend(if after_letter { char.to_lowercase().collect::<Vec<_>>() } else { char.to_uppercase().collect() });
        after_letter = char.is_alphabetic();
    }
    made
}

/// Python's `text[low:high]` with a step of one.
pub(super) fn slice_bounds(length: usize, low: Option<i64>, high: Option<i64>) -> (usize, usize) {
    let place = |at: i64| {
        let whole = i64::try_from(length).unwrap_or(i64::MAX);
        let at = if at < 0 { at.saturating_add(whole) } else { at };
        usize::try_from(at.clamp(0, whole)).unwrap_or(0)
    };
    let low = low.map_or(0, place);
    (low, high.map_or(length, place).max(low))
}

/// JSON as a value; all of it was written at one place.
pub(super) fn from_json<'a>(json: &Json, levels: u32, origin: Option<&Origin>) -> Value<'a> {
    if levels == 0 {
        return Value::opaque();
    }
    let value = match json {
        Json::Null => Value::constant(Constant::None),
        Json::Bool(value) => Value::constant(Constant::Bool(*value)),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => Value::constant(Constant::Int(value)),
            (None, Some(value)) => Value::constant(Constant::Float(value)),
            _ => Value::opaque(),
        },
        Json::String(text) => Value::text(text),
        Json::Array(items) => Value::list(items.iter().map(|item| from_json(item, levels - 1, origin)).collect()),
        Json::Object(entries) => {
            let dict = Dict::default();
            for (key, item) in entries {
                dict.set(Constant::Text(Rc::from(key.as_str())), from_json(item, levels - 1, origin));
            }
            Value::new(Data::Dict(Rc::new(dict)))
        }
    };
    match origin {
        Some(origin) => value.at(origin.clone()),
        None => value,
    }
}
