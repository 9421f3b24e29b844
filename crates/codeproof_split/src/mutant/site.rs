//! Where in an expression the one literal stands that a mutant changes.

use ruff_python_ast::Expr;
use ruff_python_parser::parse_expression;
use ruff_text_size::Ranged;
use serde_json::Value as Json;

use super::moves::{self, Scalar};
use crate::trace::Kind;
use crate::{Impact, Parameter};

/// Levels of lists within lists that are looked into.
const LEVELS_MAX: usize = 4;

/// A literal of an expression.
#[derive(Debug)]
pub(super) struct Site {
    /// Byte range within the expression.
    pub(super) start: usize,
    pub(super) end: usize,
    scalar: Scalar,
    /// Indexes from the parameter's value to the literal's.
    path: Vec<usize>,
    /// How the number stands there.
    form: Form,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Form {
    /// As Python writes it.
    Plain,
    /// As text of digits: the default of an environment variable. The parameter may be a number or text.
    Quoted { is_text: bool },
    /// As JSON writes it, inside text.
    Json,
}

/// The literal of a parameter; `None` when there is none that can be changed.
pub(super) fn find(expression: &str, parameter: &Parameter) -> Option<Site> {
    let whole = |scalar, form| Site { start: 0, end: expression.len(), scalar, path: Vec::new(), form };
    if parameter.kind == Kind::Json {
        return in_json(expression, parameter);
    }
    // Brackets, because a literal may go over several lines inside brackets that are not its own.
    let parsed = parse_expression(&format!("({expression})")).ok()?;
    let tree = parsed.expr();
    if let Expr::StringLiteral(literal) = tree {
        let text = literal.value.to_str();
        let is_text = parameter.value.is_string();
        let of = scalar(&serde_json::from_str(text).ok()?)?;
        // Text of digits that was converted on its way, or is going to be.
        let same = scalar(&parameter.value).is_some_and(|value| of.number() == value.number());
        let is_number = text.trim() == text && of.number().is_some();
        return (is_number && (same || is_text && parameter.kind == Kind::Environment))
            .then(|| whole(of, Form::Quoted { is_text }));
    }
    let mut path = Vec::new();
    let element = first_scalar(tree, &parameter.value, &mut path)?;
    let value = path.iter().try_fold(&parameter.value, |value, at| value.get(*at))?;
    let scalar = written_there(element, scalar(value)?)?;
    // One for the bracket before the expression.
    let range = element.range();
    let (start, end) = match path.is_empty() {
        true => (0, expression.len()),
        false => (range.start().to_usize() - 1, range.end().to_usize() - 1),
    };
    Some(Site { start, end, scalar, path, form: Form::Plain })
}

impl Site {
    /// Values to try; the last one of what is compared with data is beyond all data.
    pub(super) fn moves(&self, impact: Impact) -> Vec<Scalar> {
        let beyond = moves::beyond(self.scalar).filter(|_| impact == Impact::High);
        moves::moves(self.scalar).into_iter().chain(beyond).collect()
    }

    /// What stands in the literal's place.
    pub(super) fn written(&self, to: Scalar) -> String {
        let number = moves::written(to);
        match (self.form, to) {
            (Form::Quoted { .. }, _) => format!("'{number}'"),
            (Form::Json, Scalar::Bool(_)) => number.to_lowercase(),
            _ => number,
        }
    }

    /// The parameter's value with the change.
    pub(super) fn value(&self, from: &Json, to: Scalar) -> Option<Json> {
        let scalar = match to {
            Scalar::Bool(is) => Json::from(is),
            Scalar::Int(value) => Json::from(value),
            Scalar::Float(value) => Json::from(value),
        };
        if self.form == (Form::Quoted { is_text: true }) {
            return Some(Json::from(moves::written(to)));
        }
        let mut value = from.clone();
        let place = self.path.iter().try_fold(&mut value, |value, at| value.get_mut(*at))?;
        *place = scalar;
        Some(value)
    }

    /// The parameter's value as Python writes it, in one line.
    pub(super) fn argument(&self, expression: &str, to: Scalar, text: &str) -> String {
        if self.path.is_empty() {
            return match self.form {
                Form::Plain | Form::Quoted { is_text: true } => text.to_owned(),
                Form::Json | Form::Quoted { is_text: false } => moves::written(to),
            };
        }
        let before = expression.get(..self.start).unwrap_or_default();
        let after = expression.get(self.end..).unwrap_or_default();
        format!("{before}{text}{after}").split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The element whose value is a number or a truth value, first in order; the path says where it is.
fn first_scalar<'e>(tree: &'e Expr, value: &Json, path: &mut Vec<usize>) -> Option<&'e Expr> {
    let Json::Array(values) = value else { return scalar(value).is_some().then_some(tree) };
    let elements = match tree {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return None,
    };
    if path.len() == LEVELS_MAX || elements.len() != values.len() {
        return None;
    }
    for (at, (element, value)) in elements.iter().zip(values).enumerate() {
        path.push(at);
        if let Some(found) = first_scalar(element, value, path) {
            return Some(found);
        }
        path.pop();
    }
    None
}

fn scalar(value: &Json) -> Option<Scalar> {
    match value {
        Json::Bool(is) => Some(Scalar::Bool(*is)),
        Json::Number(number) => number.as_i64().map(Scalar::Int).or_else(|| number.as_f64().map(Scalar::Float)),
        _ => None,
    }
}

/// What an expression is that has this value: a literal must say so itself (it may have been converted since), anything
/// else that computes is replaced as a whole. A call or a lambda is where a value is made, not the value.
fn written_there(expression: &Expr, scalar: Scalar) -> Option<Scalar> {
    match expression {
        Expr::NumberLiteral(literal) => {
            let int = literal.value.as_int().and_then(|int| int.as_i64()).map(Scalar::Int);
            let own = int.or_else(|| literal.value.as_float().map(|float| Scalar::Float(*float)))?;
            (own.number() == scalar.number()).then_some(own)
        }
        Expr::BooleanLiteral(literal) => (Scalar::Bool(literal.value) == scalar).then_some(scalar),
        Expr::UnaryOp(_) | Expr::BinOp(_) | Expr::Name(_) | Expr::Compare(_) | Expr::BoolOp(_) => Some(scalar),
        _ => None,
    }
}

/// A number or truth value behind its keys in JSON text: behind the first of each, in their order.
fn in_json(expression: &str, parameter: &Parameter) -> Option<Site> {
    let mut keys: Vec<&str> = parameter.name.split('.').collect();
    let last = keys.pop()?;
    let mut behind = expression;
    // The first part may be the name that holds it all.
    for key in keys {
        behind = behind_key(behind, key).unwrap_or(behind);
    }
    let value = behind_key(behind, last)?.trim_start();
    let start = expression.len() - value.len();
    let length = value.find([',', '}', ']', ' ', '\t', '\r', '\n', '\\']).unwrap_or(value.len());
    let scalar = scalar(&parameter.value)?;
    let is_it = serde_json::from_str::<Json>(value.get(..length)?).ok()? == parameter.value;
    is_it.then_some(Site { start, end: start + length, scalar, path: Vec::new(), form: Form::Json })
}

fn behind_key<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let quoted = format!("\"{key}\"");
    let behind = text.get(text.find(&quoted)? + quoted.len()..)?;
    behind.trim_start().strip_prefix(':')
}
