//! Entries of registries and of settings: `{'gap': lambda df: …}`, `('gap', partial(…))`, `{'name': 'gap', 'min': 1}`.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{DictItem, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::mask;
use super::seen::Eye;
use super::structure::{Unit, UnitKind};

/// Containers inside each other that are searched.
const LEVELS_MAX: u32 = 4;

/// The entries of a list, a tuple or a dict that are units of their own.
pub(super) fn entries(value: &Expr) -> Vec<Unit> {
    let mut found = Vec::new();
    search(value, &mut found, 0);
    found
}

/// `register('gap', lambda df: …)`, `BOOK.append(('gap', partial(…)))`.
pub(super) fn of_call(value: &Expr, range: TextRange) -> Vec<Unit> {
    let Expr::Call(call) = value else { return Vec::new() };
    let mut found = Vec::new();
    match &*call.arguments.args {
        [Expr::StringLiteral(name), made] => found.extend(callable(made, name.value.to_str(), range)),
        [Expr::Tuple(tuple)] => found.extend(of_tuple(&tuple.elts, range)),
        _ => {}
    }
    found
}

fn search(value: &Expr, found: &mut Vec<Unit>, levels: u32) {
    if levels > LEVELS_MAX {
        return;
    }
    match value {
        Expr::List(list) => list.elts.iter().for_each(|element| item(element, found, levels)),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| item(element, found, levels)),
        Expr::Dict(dict) => {
            for item in &dict.items {
                let name = item.key.as_ref().and_then(|key| key.as_string_literal_expr());
                let start = item.key.as_ref().map_or(item.value.range().start(), Ranged::start);
                let range = TextRange::new(start, item.value.range().end());
                let name = name.map(|name| name.value.to_str());
                found.extend(condition_of(&item.value, name, range));
                match (settings(&item.value, name, range), name) {
                    (Some(unit), _) => {
                        found.push(unit);
                        if holds_settings(&item.value) {
                            search(&item.value, found, levels + 1);
                        }
                    }
                    (None, Some(name)) => found.extend(callable(&item.value, name, range)),
                    (None, None) => {}
                }
            }
        }
        // `OrderedDict([('gap', …)])`, `dict(gap=…)`
        Expr::Call(call) => {
            for keyword in &call.arguments.keywords {
                let name = keyword.arg.as_ref().map(|name| name.as_str());
                match (settings(&keyword.value, name, keyword.range()), name) {
                    (Some(unit), _) => found.push(unit),
                    (None, Some(name)) => found.extend(callable(&keyword.value, name, keyword.range())),
                    (None, None) => {}
                }
            }
            call.arguments.args.iter().for_each(|argument| search(argument, found, levels + 1));
        }
        _ => {}
    }
}

fn item(element: &Expr, found: &mut Vec<Unit>, levels: u32) {
    match element {
        Expr::Tuple(tuple) => match of_tuple(&tuple.elts, tuple.range()).or_else(|| row_of_settings(tuple)) {
            Some(unit) => found.push(unit),
            None => {
                tuple.elts.iter().filter(|part| !part.is_dict_expr()).for_each(|part| search(part, found, levels + 1))
            }
        },
        _ => {
            found.extend(settings(element, None, element.range()));
            found.extend(condition_of(element, None, element.range()));
        }
    }
}

/// `('gap', 0.05, 20)`: a row of settings, named by its text.
fn row_of_settings(tuple: &ruff_python_ast::ExprTuple) -> Option<Unit> {
    let (first, rest) = tuple.elts.split_first()?;
    let name = first.as_string_literal_expr()?.value.to_str();
    let is_number = |part: &Expr| match part {
        Expr::UnaryOp(operation) => operation.operand.is_number_literal_expr(),
        part => part.is_number_literal_expr() || part.is_boolean_literal_expr() || part.is_none_literal_expr(),
    };
    let is_row = !name.is_empty() && rest.iter().any(Expr::is_number_literal_expr) && rest.iter().all(is_number);
    is_row.then(|| Unit::new(tuple.range(), UnitKind::Entry, name, Eye::default()))
}

/// Whether a dict holds settings by name, not values.
fn holds_settings(value: &Expr) -> bool {
    let Expr::Dict(dict) = value else { return false };
    dict.items.len() > 1 && dict.items.iter().all(|item| item.key.is_some() && item.value.is_dict_expr())
}

/// `{'name': 'gap', 'check': lambda df: …}`: settings with the one thing that is run are that thing.
fn condition_of(value: &Expr, key: Option<&str>, range: TextRange) -> Option<Unit> {
    let Expr::Dict(dict) = value else { return None };
    let name = key.map(str::to_owned).or_else(|| dict.items.iter().find_map(title))?;
    let is_run = |item: &&DictItem| {
        item.value.is_lambda_expr() || matches!(&item.value, Expr::Call(call) if !is_conversion(&call.func))
    };
    let mut run = dict.items.iter().filter(is_run);
    let only = run.next().filter(|_| run.next().is_none())?;
    callable(&only.value, &name, range)
}

/// Functions that only make a plain value of another.
fn is_conversion(callee: &Expr) -> bool {
    let names = ["dict", "list", "tuple", "set", "int", "float", "str", "bool", "range", "round"];
    matches!(callee, Expr::Name(name) if names.contains(&name.id.as_str()))
}

/// The name a dict of settings says itself.
fn title(item: &DictItem) -> Option<String> {
    match (&item.key, &item.value) {
        (Some(Expr::StringLiteral(key)), Expr::StringLiteral(name))
            if matches!(key.value.to_str(), "name" | "id" | "title" | "scanner" | "scan" | "label" | "key") =>
        {
            Some(name.value.to_str().to_owned())
        }
        _ => None,
    }
}

/// `('gap', lambda df: …)`: named by its text.
fn of_tuple(parts: &[Expr], range: TextRange) -> Option<Unit> {
    let name = parts.iter().find_map(|part| part.as_string_literal_expr())?.value.to_str();
    parts.iter().find_map(|part| callable(part, name, range))
}

/// A lambda or a partial that is an entry.
fn callable(value: &Expr, name: &str, range: TextRange) -> Option<Unit> {
    let mut eye = Eye::default();
    let kind = match value {
        Expr::Lambda(lambda) => {
            eye.visit_expr(&lambda.body);
            UnitKind::Lambda
        }
        Expr::Call(call) if is_partial(&call.func) => {
            eye.visit_expr(value);
            UnitKind::Partial
        }
        Expr::Call(call) if matches!(&*call.func, Expr::Name(_)) => UnitKind::Closure,
        Expr::Compare(_) | Expr::BinOp(_) if mask::is_condition(value, &BTreeSet::new()) => {
            eye.visit_expr(value);
            UnitKind::Mask
        }
        _ => return None,
    };
    Some(Unit { id: value.range().start().to_u32(), ..Unit::new(range, kind, name, eye) })
}

/// A dict of settings, with its key or the name inside it.
fn settings(value: &Expr, key: Option<&str>, range: TextRange) -> Option<Unit> {
    if is_period(value) {
        return None;
    }
    let name = match value {
        Expr::Dict(dict) => key.map(str::to_owned).or_else(|| dict.items.iter().find_map(title))?,
        // `dict(name='gap', min=1)`
        Expr::Call(call) if call.func.is_name_expr() => {
            let named = call.arguments.keywords.iter().find_map(|keyword| {
                let is_title = keyword.arg.as_ref().is_some_and(|arg| matches!(arg.as_str(), "name" | "id" | "title"));
                keyword.value.as_string_literal_expr().filter(|_| is_title)
            });
            // `Config('gap', min=1)`: what is no object of settings is never given to an engine.
            let is_dict = matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "dict");
            let first = call.arguments.args.first().and_then(|first| first.as_string_literal_expr());
            let named = named.or(first.filter(|_| !is_dict)).map(|name| name.value.to_str().to_owned());
            let key = key.filter(|_| is_dict || !call.arguments.keywords.is_empty()).map(str::to_owned);
            key.or(named)?
        }
        _ => return None,
    };
    let id = value.range().start().to_u32();
    Some(Unit { id, ..Unit::new(range, UnitKind::Entry, &name, Eye::default()) })
}

/// `{'start': '2022-05-01', 'end': '2022-06-15'}`: when to look, not what for.
fn is_period(value: &Expr) -> bool {
    let Expr::Dict(dict) = value else { return false };
    let is_date = |text: &str| {
        let bytes = text.as_bytes();
        bytes.len() >= 7 && bytes[..4].iter().all(u8::is_ascii_digit) && matches!(bytes[4], b'-' | b'/')
    };
    let texts = || dict.items.iter().filter_map(|item| item.value.as_string_literal_expr());
    texts().count() == dict.items.len() && texts().any(|text| is_date(text.value.to_str()))
}

pub(super) fn is_partial(callee: &Expr) -> bool {
    match callee {
        Expr::Name(name) => name.id.as_str() == "partial",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "partial",
        _ => false,
    }
}
