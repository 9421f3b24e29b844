//! The units of a file and what can be seen in each, by one walk over its tree.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{CmpOp, Expr, Operator, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::pattern;
use crate::trace::UnitId;

/// What a unit is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum UnitKind {
    Function,
    Method,
    Class,
    Column,
    Lambda,
    Partial,
    /// What a factory made.
    Closure,
    /// An entry of settings that an engine is run with.
    Entry,
}

impl UnitKind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Class => "class",
            Self::Column => "column",
            Self::Lambda => "lambda",
            Self::Partial => "partial",
            Self::Method => "method",
            Self::Closure => "closure",
            Self::Entry => "config",
        }
    }
}

/// One unit with what was seen in it.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    pub(crate) id: UnitId,
    pub(crate) kind: UnitKind,
    pub(crate) name: String,
    pub(crate) range: TextRange,
    /// Names it calls or mentions.
    pub(crate) names: BTreeSet<String>,
    pub(crate) seen: Seen,
}

/// What was seen inside a unit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Comparisons of data with something, but not of text or identity.
    pub(crate) comparisons: u32,
    /// Comparisons that only concern dates.
    pub(crate) date_comparisons: u32,
    /// Comparisons of a flag column with 0 or 1.
    pub(crate) flag_comparisons: u32,
    /// Columns and attributes of market data, and methods of series.
    pub(crate) market: u32,
    /// Conditions combined with `&` and `|`.
    pub(crate) masks: u32,
    /// Whether it gives back what it was given, with columns added.
    pub(crate) returns_parameter: bool,
    /// Whether it returns anything.
    pub(crate) returns: bool,
    /// Columns it sets.
    pub(crate) columns: u32,
    /// Methods of a class.
    pub(crate) methods: u32,
    /// Text keys of subscripts, for who uses which column.
    pub(crate) keys: BTreeSet<String>,
}

/// All units of a module: functions and classes at its top, and column, lambda and partial assignments anywhere.
pub(crate) fn units(body: &[Stmt]) -> Vec<Unit> {
    let mut found = Vec::new();
    collect(body, &mut found, true, 0);
    found
}

fn collect(body: &[Stmt], found: &mut Vec<Unit>, at_top: bool, levels: u32) {
    if levels > 100 {
        return;
    }
    for statement in body {
        match statement {
            Stmt::FunctionDef(definition) => {
                if at_top {
                    found.push(function(definition));
                }
                collect(&definition.body, found, false, levels + 1);
            }
            Stmt::ClassDef(definition) => {
                if at_top {
                    found.push(class(definition));
                    found.extend(definition.body.iter().filter_map(method));
                }
                collect(&definition.body, found, false, levels + 1);
            }
            Stmt::Assign(assign) => {
                if let [target] = assign.targets.as_slice() {
                    found.extend(assignment(target, &assign.value, assign.range(), at_top));
                }
                if at_top {
                    found.extend(entries(&assign.value));
                }
            }
            Stmt::If(stmt) => {
                collect(&stmt.body, found, at_top, levels + 1);
                stmt.elif_else_clauses.iter().for_each(|clause| collect(&clause.body, found, at_top, levels + 1));
            }
            Stmt::Try(stmt) => collect(&stmt.body, found, at_top, levels + 1),
            Stmt::With(stmt) => collect(&stmt.body, found, at_top, levels + 1),
            Stmt::For(stmt) => collect(&stmt.body, found, false, levels + 1),
            _ => {}
        }
    }
}

fn function(definition: &StmtFunctionDef) -> Unit {
    let names = definition.parameters.iter_non_variadic_params().map(|parameter| parameter.parameter.name.to_string());
    let mut eye = Eye { parameters: names.collect(), ..Eye::default() };
    definition.body.iter().for_each(|statement| eye.visit_stmt(statement));
    unit(definition.range(), UnitKind::Function, definition.name.as_str(), eye)
}

fn method(statement: &Stmt) -> Option<Unit> {
    match statement {
        Stmt::FunctionDef(definition) => Some(Unit { kind: UnitKind::Method, ..function(definition) }),
        _ => None,
    }
}

/// The dicts of a list or dict of settings, each with its key or the name inside it.
fn entries(value: &Expr) -> Vec<Unit> {
    let mut found = Vec::new();
    let mut take = |value: &Expr, key: Option<&Expr>| {
        let Expr::Dict(dict) = value else { return };
        let title = |item: &ruff_python_ast::DictItem| match (&item.key, &item.value) {
            (Some(Expr::StringLiteral(key)), Expr::StringLiteral(name))
                if matches!(key.value.to_str(), "name" | "id" | "title") =>
            {
                Some(name.value.to_str().to_owned())
            }
            _ => None,
        };
        let from_key = key.and_then(|key| key.as_string_literal_expr()).map(|key| key.value.to_str().to_owned());
        let Some(name) = from_key.or_else(|| dict.items.iter().find_map(title)) else { return };
        let start = key.map_or(dict.range().start(), Ranged::start);
        let range = TextRange::new(start, dict.range().end());
        found.push(Unit { id: dict.range().start().to_u32(), ..unit(range, UnitKind::Entry, &name, Eye::default()) });
    };
    match value {
        Expr::List(list) => list.elts.iter().for_each(|element| take(element, None)),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| take(element, None)),
        Expr::Dict(dict) => dict.items.iter().for_each(|item| take(&item.value, item.key.as_ref())),
        _ => {}
    }
    found
}

fn class(definition: &StmtClassDef) -> Unit {
    let mut eye = Eye::default();
    definition.body.iter().for_each(|statement| eye.visit_stmt(statement));
    definition.bases().iter().for_each(|base| eye.visit_expr(base));
    eye.seen.methods =
        u32::try_from(definition.body.iter().filter(|stmt| stmt.is_function_def_stmt()).count()).unwrap_or(u32::MAX);
    unit(definition.range(), UnitKind::Class, definition.name.as_str(), eye)
}

fn assignment(target: &Expr, value: &Expr, range: TextRange, at_top: bool) -> Option<Unit> {
    let mut eye = Eye::default();
    match (target, value) {
        (Expr::Subscript(subscript), value) => {
            let Expr::StringLiteral(column) = &*subscript.slice else { return None };
            if !is_condition(value, 0) {
                return None;
            }
            eye.visit_expr(value);
            Some(unit(range, UnitKind::Column, column.value.to_str(), eye))
        }
        (Expr::Name(name), Expr::Lambda(lambda)) if at_top => {
            eye.visit_expr(&lambda.body);
            Some(unit(range, UnitKind::Lambda, name.id.as_str(), eye))
        }
        (Expr::Name(name), Expr::Call(call)) if at_top && is_partial(&call.func) => {
            eye.visit_expr(value);
            Some(unit(range, UnitKind::Partial, name.id.as_str(), eye))
        }
        (Expr::Name(name), Expr::Call(_)) if at_top => Some(unit(range, UnitKind::Closure, name.id.as_str(), eye)),
        _ => None,
    }
}

fn is_partial(callee: &Expr) -> bool {
    match callee {
        Expr::Name(name) => name.id.as_str() == "partial",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "partial",
        _ => false,
    }
}

fn unit(range: TextRange, kind: UnitKind, name: &str, eye: Eye) -> Unit {
    Unit { id: range.start().to_u32(), kind, name: name.to_owned(), range, names: eye.names, seen: eye.seen }
}

/// Whether an expression is a condition per row: comparisons joined by `&` and `|`, perhaps as a number.
fn is_condition(value: &Expr, levels: u32) -> bool {
    if levels > 8 {
        return false;
    }
    match value {
        Expr::Compare(_) => true,
        Expr::BinOp(operation) if matches!(operation.op, Operator::BitAnd | Operator::BitOr) => true,
        Expr::UnaryOp(operation) => is_condition(&operation.operand, levels + 1),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) if matches!(method.attr.as_str(), "astype" | "fillna") => {
                is_condition(&method.value, levels + 1)
            }
            Expr::Attribute(method) if matches!(method.attr.as_str(), "where" | "select") => {
                call.arguments.args.first().is_some_and(|first| is_condition(first, levels + 1))
            }
            _ => false,
        },
        _ => false,
    }
}

#[derive(Default)]
struct Eye {
    seen: Seen,
    names: BTreeSet<String>,
    parameters: BTreeSet<String>,
    nested: u32,
}

impl<'a> Visitor<'a> for Eye {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Return(stmt) if self.nested == 0 => {
                self.seen.returns |= stmt.value.is_some();
                if let Some(Expr::Name(name)) = stmt.value.as_deref() {
                    self.seen.returns_parameter |= self.parameters.contains(name.id.as_str());
                }
            }
            Stmt::Assign(stmt) => {
                let is_column =
                    |target: &Expr| matches!(target, Expr::Subscript(subscript) if !subscript.slice.is_slice_expr());
                self.seen.columns += u32::from(stmt.targets.iter().any(is_column));
            }
            _ => {}
        }
        let inner = matches!(statement, Stmt::FunctionDef(_));
        self.nested += u32::from(inner);
        walk_stmt(self, statement);
        self.nested -= u32::from(inner);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Compare(compare) => self.comparison(compare),
            Expr::BinOp(operation) if matches!(operation.op, Operator::BitAnd | Operator::BitOr) => {
                self.seen.masks += 1
            }
            Expr::Name(name) => drop(self.names.insert(name.id.to_string())),
            Expr::Attribute(attribute) => {
                let word = attribute.attr.as_str();
                self.seen.market +=
                    u32::from(pattern::is_series_method(word) || pattern::is_market_word(word) && word.len() > 1);
                self.names.insert(word.to_owned());
                if word == "between" {
                    self.seen.comparisons += 1;
                }
            }
            Expr::Subscript(subscript) => {
                if let Expr::StringLiteral(key) = &*subscript.slice {
                    self.seen.market += u32::from(pattern::is_market_word(key.value.to_str()));
                    self.seen.keys.insert(key.value.to_str().to_owned());
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

impl Eye {
    fn comparison(&mut self, compare: &ruff_python_ast::ExprCompare) {
        let orders = |op: &CmpOp| matches!(op, CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE);
        let sides = || std::iter::once(&*compare.left).chain(&compare.comparators);
        if sides().any(mentions_date) {
            self.seen.date_comparisons += 1;
        } else if compare.ops.iter().any(orders) {
            self.seen.comparisons += 1;
        } else if sides().any(Expr::is_number_literal_expr) {
            self.seen.flag_comparisons += 1;
        }
    }
}

fn mentions_date(side: &Expr) -> bool {
    match side {
        Expr::Subscript(subscript) => match &*subscript.slice {
            Expr::StringLiteral(key) => key.value.to_str().to_lowercase().contains("date"),
            _ => false,
        },
        Expr::Attribute(attribute) => attribute.attr.as_str() == "index" || attribute.attr.as_str().contains("date"),
        _ => false,
    }
}
