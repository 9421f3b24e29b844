//! Computing with constants.

use std::cmp::Ordering;

use crate::ir::{BinaryOp, CompareOp, Constant};
use crate::value::Value;

/// Bytes of text that computing with constants may make.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// The result of a chain of one operator over constants.
pub(super) fn fold(op: BinaryOp, values: &[Value], is_php: bool) -> Option<Value> {
    let mut values = values.iter();
    let mut result = values.next()?.as_constant()?.clone();
    for value in values {
        result = apply(op, &result, value.as_constant()?, is_php)?;
    }
    Some(Value::constant(result))
}

fn apply(op: BinaryOp, left: &Constant, right: &Constant, is_php: bool) -> Option<Constant> {
    match (left, right) {
        (Constant::Int(left), Constant::Int(right)) => integers(op, *left, *right, is_php),
        (Constant::Int(_) | Constant::Float(_), Constant::Int(_) | Constant::Float(_)) => {
            floats(op, as_float(left)?, as_float(right)?)
        }
        (Constant::Str(left), Constant::Str(right)) if op == BinaryOp::Add && !is_php => {
            let is_short = left.len() + right.len() <= TEXT_BYTES_MAX;
            is_short.then(|| Constant::Str(format!("{left}{right}").into()))
        }
        (Constant::Str(text), Constant::Int(times)) if op == BinaryOp::Multiply && !is_php => {
            let times = usize::try_from(*times).unwrap_or(0);
            (text.len().checked_mul(times)? <= TEXT_BYTES_MAX).then(|| Constant::Str(text.repeat(times).into()))
        }
        _ => None,
    }
}

fn integers(op: BinaryOp, left: i64, right: i64, is_php: bool) -> Option<Constant> {
    let value = match op {
        BinaryOp::Add => left.checked_add(right)?,
        BinaryOp::Subtract => left.checked_sub(right)?,
        BinaryOp::Multiply => left.checked_mul(right)?,
        BinaryOp::Divide if is_php && right != 0 && left % right == 0 => left.checked_div(right)?,
        BinaryOp::Divide if right != 0 => {
            #[expect(clippy::cast_precision_loss, reason = "as the languages divide")]
            return Some(Constant::Float(left as f64 / right as f64));
        }
        BinaryOp::FloorDivide => left.checked_div_euclid(right).filter(|_| right > 0)?,
        BinaryOp::Remainder if is_php => left.checked_rem(right)?,
        BinaryOp::Remainder => left.checked_rem_euclid(right).filter(|_| right > 0)?,
        BinaryOp::Power => left.checked_pow(u32::try_from(right).ok()?)?,
        BinaryOp::ShiftLeft => left.checked_shl(u32::try_from(right).ok().filter(|by| *by < 62)?)?,
        BinaryOp::ShiftRight => left.checked_shr(u32::try_from(right).ok()?)?,
        BinaryOp::BitAnd => left & right,
        BinaryOp::BitOr => left | right,
        BinaryOp::BitXor => left ^ right,
        BinaryOp::Divide => return None,
    };
    Some(Constant::Int(value))
}

fn floats(op: BinaryOp, left: f64, right: f64) -> Option<Constant> {
    Some(Constant::Float(match op {
        BinaryOp::Add => left + right,
        BinaryOp::Subtract => left - right,
        BinaryOp::Multiply => left * right,
        BinaryOp::Divide if right != 0.0 => left / right,
        _ => return None,
    }))
}

fn as_float(constant: &Constant) -> Option<f64> {
    match constant {
        #[expect(clippy::cast_precision_loss, reason = "as the languages convert")]
        Constant::Int(value) => Some(*value as f64),
        Constant::Float(value) => Some(*value),
        _ => None,
    }
}

/// The number a constant is converted to.
pub(super) fn to_number(value: &Value, is_integer: bool) -> Option<Constant> {
    let number = match value.as_constant()? {
        Constant::Int(value) => return Some(Constant::Int(*value)),
        Constant::Bool(value) => return Some(Constant::Int(i64::from(*value))),
        Constant::Float(value) => *value,
        Constant::Str(text) => text.trim().parse().ok()?,
        Constant::None | Constant::Bytes(_) => return None,
    };
    #[expect(clippy::cast_possible_truncation, reason = "conversions to integers cut the fraction")]
    Some(if is_integer { Constant::Int(number as i64) } else { Constant::Float(number) })
}

/// The outcome of a comparison by size.
pub(super) fn ordered(op: CompareOp, left: &Constant, right: &Constant) -> Option<bool> {
    let order = match (left, right) {
        (Constant::Str(left), Constant::Str(right)) => left.cmp(right),
        _ => as_float(left)?.partial_cmp(&as_float(right)?)?,
    };
    Some(match op {
        CompareOp::Less => order == Ordering::Less,
        CompareOp::LessOrEqual => order != Ordering::Greater,
        CompareOp::Greater => order == Ordering::Greater,
        CompareOp::GreaterOrEqual => order != Ordering::Less,
        _ => return None,
    })
}

/// Whether constants are equal, as far as the languages agree.
pub(super) fn equal(left: &Constant, right: &Constant) -> Option<bool> {
    match (left, right) {
        (Constant::Str(left) | Constant::Bytes(left), Constant::Str(right) | Constant::Bytes(right)) => {
            Some(left == right)
        }
        (Constant::None, Constant::None) => Some(true),
        (Constant::Bool(left), Constant::Bool(right)) => Some(left == right),
        (Constant::Int(_) | Constant::Float(_), Constant::Int(_) | Constant::Float(_)) => {
            Some(as_float(left)? == as_float(right)?)
        }
        // PHP compares across types; nothing is decided by that.
        _ => None,
    }
}

/// Whether a constant counts as true.
pub(super) fn truth(constant: &Constant, is_php: bool) -> bool {
    match constant {
        Constant::None => false,
        Constant::Bool(value) => *value,
        Constant::Int(value) => *value != 0,
        Constant::Float(value) => *value != 0.0,
        Constant::Str(text) | Constant::Bytes(text) => !(text.is_empty() || is_php && &**text == "0"),
    }
}
