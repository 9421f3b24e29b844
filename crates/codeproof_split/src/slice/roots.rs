//! What expressions are made of: the names they may be a part of, the columns they name.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, FStringPart, InterpolatedStringElement, Operator, UnaryOp};

use super::fields::Field;
use super::known::{PART_METHODS, PASSING_FUNCTIONS};

/// Names an expression may be, or be a part of; none when it is something new.
pub(super) fn roots(expression: &Expr) -> Vec<&str> {
    let mut found = Vec::new();
    collect_roots(expression, &mut found);
    found
}

/// Whether an expression, or one inside it, is what is asked for.
pub(super) fn any_inside(expression: &Expr, is_it: impl Fn(&Expr) -> bool) -> bool {
    struct Eye<F> {
        is_it: F,
        found: bool,
    }
    impl<'a, F: Fn(&Expr) -> bool> Visitor<'a> for Eye<F> {
        fn visit_expr(&mut self, expression: &'a Expr) {
            self.found |= (self.is_it)(expression);
            if !self.found {
                walk_expr(self, expression);
            }
        }
    }
    let mut eye = Eye { is_it, found: false };
    eye.visit_expr(expression);
    eye.found
}

fn collect_roots<'a>(expression: &'a Expr, found: &mut Vec<&'a str>) {
    match expression {
        Expr::Name(name) => found.push(name.id.as_str()),
        Expr::Attribute(attribute) => collect_roots(&attribute.value, found),
        Expr::Subscript(subscript) if !is_selection(subscript) => collect_roots(&subscript.value, found),
        Expr::If(choice) => {
            collect_roots(&choice.body, found);
            collect_roots(&choice.orelse, found);
        }
        Expr::BoolOp(choice) => choice.values.iter().for_each(|value| collect_roots(value, found)),
        Expr::Named(named) => collect_roots(&named.value, found),
        Expr::Await(awaited) => collect_roots(&awaited.value, found),
        Expr::Starred(starred) => collect_roots(&starred.value, found),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| collect_roots(item, found)),
        Expr::List(list) => list.elts.iter().for_each(|item| collect_roots(item, found)),
        Expr::Dict(dict) => dict.items.iter().for_each(|item| collect_roots(&item.value, found)),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) if PART_METHODS.contains(&method.attr.as_str()) => {
                collect_roots(&method.value, found);
            }
            // An object holds what it is made of.
            Expr::Name(name)
                if PASSING_FUNCTIONS.contains(&name.id.as_str())
                    || name.id.as_str().starts_with(char::is_uppercase) =>
            {
                call.arguments.keywords.iter().for_each(|keyword| collect_roots(&keyword.value, found));
                call.arguments.args.iter().for_each(|argument| collect_roots(argument, found));
            }
            _ => {}
        },
        _ => {}
    }
}

/// Whether a subscript picks rows or columns into a new table: a mask, a list of columns.
fn is_selection(subscript: &ruff_python_ast::ExprSubscript) -> bool {
    let indexed =
        matches!(&*subscript.value, Expr::Attribute(indexer) if matches!(indexer.attr.as_str(), "loc" | "iloc"));
    indexed
        || match &*subscript.slice {
            Expr::Compare(_) | Expr::List(_) => true,
            Expr::BinOp(operation) => matches!(operation.op, Operator::BitAnd | Operator::BitOr),
            Expr::UnaryOp(operation) => operation.op == UnaryOp::Invert,
            _ => false,
        }
}

pub(super) fn is_iterator(value: &Expr) -> bool {
    match value {
        Expr::Generator(_) => true,
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => {
                matches!(name.id.as_str(), "iter" | "map" | "filter" | "zip" | "reversed" | "enumerate" | "open")
            }
            Expr::Attribute(attribute) => {
                matches!(attribute.attr.as_str(), "reader" | "DictReader" | "cycle" | "count")
            }
            _ => false,
        },
        _ => false,
    }
}

pub(super) fn is_new_dict(value: &Expr) -> bool {
    match value {
        Expr::Dict(_) | Expr::DictComp(_) => true,
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => matches!(name.id.as_str(), "dict" | "OrderedDict" | "defaultdict"),
            Expr::Attribute(attribute) => matches!(attribute.attr.as_str(), "OrderedDict" | "defaultdict"),
            _ => false,
        },
        _ => false,
    }
}

pub(super) fn field_of(slice: &Expr) -> Field<'_> {
    match slice {
        Expr::StringLiteral(key) => Field::Name(key.value.to_str()),
        Expr::FString(text) => {
            let (before, behind) = ends_of(text);
            if before.is_empty() && behind.is_empty() { Field::Any } else { Field::Like(before, behind) }
        }
        _ => Field::Any,
    }
}

/// The column of `.loc[rows, column]`.
pub(super) fn column_of(slice: &Expr) -> Field<'_> {
    match slice {
        Expr::Tuple(tuple) => tuple.elts.last().map_or(Field::Any, field_of),
        _ => Field::Any,
    }
}

/// The literal text an f-string begins and ends with.
pub(super) fn ends_of<'t>(text: &'t ruff_python_ast::ExprFString) -> (&'t str, &'t str) {
    let mut parts: Vec<Option<&'t str>> = Vec::new();
    for part in &text.value {
        match part {
            FStringPart::Literal(literal) => parts.push(Some(&literal.value)),
            FStringPart::FString(text) => {
                for element in &text.elements {
                    parts.push(match element {
                        InterpolatedStringElement::Literal(literal) => Some(&literal.value),
                        InterpolatedStringElement::Interpolation(_) => None,
                    });
                }
            }
        }
    }
    match parts.as_slice() {
        [Some(only)] => (only, ""),
        parts => {
            let end = |part: Option<&Option<&'t str>>| part.copied().flatten().unwrap_or("");
            (end(parts.first()), end(parts.last()))
        }
    }
}
