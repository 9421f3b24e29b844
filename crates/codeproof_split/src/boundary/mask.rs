//! Conditions per row: which expressions are some, and which select rows by one.

use std::collections::BTreeSet;

use ruff_python_ast::{Expr, Operator, UnaryOp};

/// Levels of calls and operators around a condition.
const LEVELS_MAX: u32 = 12;

/// Whether an expression is a condition per row: comparisons joined by `&` and `|`, perhaps as a number, or a name that
/// holds one.
pub(super) fn is_condition(value: &Expr, masks: &BTreeSet<String>) -> bool {
    condition(value, masks, 0)
}

fn condition(value: &Expr, masks: &BTreeSet<String>, levels: u32) -> bool {
    if levels > LEVELS_MAX {
        return false;
    }
    let inner = |value: &Expr| condition(value, masks, levels + 1);
    match value {
        Expr::Compare(_) => true,
        Expr::Name(name) => masks.contains(name.id.as_str()),
        Expr::BinOp(operation) => matches!(operation.op, Operator::BitAnd | Operator::BitOr | Operator::BitXor),
        Expr::UnaryOp(operation) => inner(&operation.operand),
        Expr::Call(call) => {
            let first = || call.arguments.args.first();
            match &*call.func {
                Expr::Attribute(method) => match method.attr.as_str() {
                    "astype" | "fillna" | "to_numpy" => inner(&method.value),
                    "between" | "ge" | "gt" | "le" | "lt" => true,
                    // `np.where(mask, 1, 0)` is a flag; `series.where(mask, 0)` and labels are features.
                    "where" => match &*call.arguments.args {
                        [first, yes, no] => inner(first) && is_flag(yes, levels) && is_flag(no, levels),
                        _ => false,
                    },
                    "select" => matches!(first(), Some(Expr::List(list)) if list.elts.iter().any(inner)),
                    "logical_and" | "logical_or" => true,
                    "Series" | "array" | "asarray" => first().is_some_and(inner),
                    _ => false,
                },
                Expr::Name(name) if matches!(name.id.as_str(), "int" | "bool") => first().is_some_and(inner),
                _ => false,
            }
        }
        _ => false,
    }
}

/// What a flag may be: a number, a truth, or another choice of these.
fn is_flag(value: &Expr, levels: u32) -> bool {
    match value {
        Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) => true,
        Expr::Attribute(attribute) => attribute.attr.as_str() == "nan",
        Expr::Call(call) => match &*call.arguments.args {
            [_, yes, no] if levels < LEVELS_MAX => is_flag(yes, levels + 1) && is_flag(no, levels + 1),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a subscript's key picks rows: a condition, its negation, or a condition and columns.
pub(super) fn selects(key: &Expr, masks: &BTreeSet<String>) -> bool {
    match key {
        Expr::Tuple(tuple) => tuple.elts.first().is_some_and(|first| is_condition(first, masks)),
        Expr::UnaryOp(operation) if operation.op == UnaryOp::Invert => true,
        _ => is_condition(key, masks),
    }
}
