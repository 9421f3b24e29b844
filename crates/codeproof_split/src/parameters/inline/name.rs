//! What a threshold is called that its file gives no name.

use ruff_python_ast::{CmpOp, Expr, Operator};

/// Characters of a name; columns may be called by sentences.
const CHARACTERS_MAX: usize = 40;

/// Levels of an expression that are looked through for what it is about.
const LEVELS_MAX: u32 = 50;

/// Libraries of functions: what a comparison is about is what they are given.
const LIBRARIES: &[&str] = &["np", "numpy", "pd", "pandas", "math"];

/// Functions that give what they are given, as another type or without its sign.
const CONVERTING: &[&str] = &["abs", "float", "int", "round", "len"];

/// What a number is to what stands at the left of it.
pub(super) fn of_right(operator: CmpOp) -> &'static str {
    match operator {
        CmpOp::Gt | CmpOp::GtE => "min",
        CmpOp::Lt | CmpOp::LtE => "max",
        CmpOp::NotEq | CmpOp::IsNot | CmpOp::NotIn => "not",
        CmpOp::Eq | CmpOp::Is | CmpOp::In => "is",
    }
}

/// What a number is to what stands at the right of it.
pub(super) fn of_left(operator: CmpOp) -> &'static str {
    match operator {
        CmpOp::Gt | CmpOp::GtE => "max",
        CmpOp::Lt | CmpOp::LtE => "min",
        other => of_right(other),
    }
}

/// What an expression is about, as a name: the column, attribute or variable that its values come from.
pub(super) fn subject(expression: &Expr) -> String {
    let found = of(expression, 0).unwrap_or_default();
    let plain: String =
        found.chars().map(|char| if char.is_alphanumeric() { char } else { '_' }).take(CHARACTERS_MAX).collect();
    match plain.trim_matches('_') {
        "" => "value".to_owned(),
        name => name.to_lowercase(),
    }
}

fn of(expression: &Expr, levels: u32) -> Option<String> {
    if levels > LEVELS_MAX {
        return None;
    }
    let inner = |expression| of(expression, levels + 1);
    match expression {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) if matches!(attribute.attr.as_str(), "iloc" | "loc" | "values" | "str" | "dt") => {
            inner(&attribute.value)
        }
        Expr::Attribute(attribute) => Some(attribute.attr.to_string()),
        Expr::Subscript(subscript) => match &*subscript.slice {
            Expr::StringLiteral(key) => Some(key.value.to_string()),
            Expr::Tuple(keys) => keys
                .iter()
                .find_map(|key| key.as_string_literal_expr().map(|key| key.value.to_string()))
                .or_else(|| inner(&subscript.value)),
            _ => inner(&subscript.value),
        },
        Expr::Call(call) => {
            let first = call.arguments.args.first();
            match (&*call.func, first) {
                // `row.get('gap')`, `abs(gap)`, `df['gap'].shift(1)`.
                (Expr::Attribute(method), Some(Expr::StringLiteral(key))) if method.attr.as_str() == "get" => {
                    Some(key.value.to_string())
                }
                (Expr::Attribute(method), _) => match inner(&method.value) {
                    Some(library) if LIBRARIES.contains(&library.as_str()) => {
                        first.and_then(inner).or_else(|| Some(method.attr.to_string()))
                    }
                    found => found.or_else(|| Some(method.attr.to_string())),
                },
                (Expr::Name(function), Some(first)) if CONVERTING.contains(&function.id.as_str()) => inner(first),
                (function, _) => inner(function),
            }
        }
        Expr::BinOp(operation) => {
            let between = match operation.op {
                Operator::Div => Some("_to_"),
                Operator::Sub => Some("_minus_"),
                _ => None,
            };
            match (inner(&operation.left), inner(&operation.right), between) {
                (Some(left), Some(right), Some(between)) => Some(left + between + &right),
                (left, right, _) => left.or(right),
            }
        }
        Expr::UnaryOp(operation) => inner(&operation.operand),
        Expr::Await(awaited) => inner(&awaited.value),
        _ => None,
    }
}
