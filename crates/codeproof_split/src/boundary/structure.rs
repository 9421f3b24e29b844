//! The units of a file: definitions, methods, flag columns, lambdas, partials, closures, entries of registries and of
//! settings, and runs of statements that build one result.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Expr, Stmt, StmtAssign, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::seen::{Eye, Seen};
use super::{flags, mask, registry};
use crate::trace::UnitId;

/// Blocks inside each other that are searched; Python allows 100.
const LEVELS_MAX: u32 = 100;

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
    /// A condition that is an entry: `{'gap': (df['gap'] > 1) & …}`.
    Mask,
    /// Statements of the module that build one result.
    Section,
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
            Self::Mask => "expression",
            Self::Section => "section",
        }
    }
}

/// One unit with what was seen in it.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// What the followed program calls it by: the byte its definition or expression starts at.
    pub(crate) id: UnitId,
    pub(crate) kind: UnitKind,
    pub(crate) name: String,
    /// What it is registered as by a decorator: `@register('gap')`.
    pub(crate) title: Option<String>,
    pub(crate) range: TextRange,
    /// Names it calls or mentions.
    pub(crate) names: BTreeSet<String>,
    pub(crate) seen: Seen,
}

impl Unit {
    pub(super) fn new(range: TextRange, kind: UnitKind, name: &str, eye: Eye) -> Self {
        let (id, name, title) = (range.start().to_u32(), name.to_owned(), None);
        Self { id, kind, name, title, range, names: eye.names, seen: eye.seen }
    }
}

/// All units of a module: functions and classes at its top, and column, lambda and partial assignments anywhere.
pub(crate) fn units(body: &[Stmt]) -> Vec<Unit> {
    let mut found = Vec::new();
    collect(body, &mut found, true, 0);
    found
}

/// The units that are entries of settings, with where they end.
pub(crate) fn settings(units: &[Unit]) -> BTreeMap<UnitId, u32> {
    let entries = units.iter().filter(|unit| unit.kind == UnitKind::Entry);
    entries.map(|unit| (unit.id, unit.range.end().to_u32())).collect()
}

fn collect(body: &[Stmt], found: &mut Vec<Unit>, at_top: bool, levels: u32) {
    if levels > LEVELS_MAX {
        return;
    }
    let mut masks = BTreeSet::new();
    let first = found.len();
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
                found.extend(flags::of_statement(assign, &masks));
                if at_top {
                    found.extend(made(assign));
                    found.extend(registry::entries(&assign.value));
                }
                note_mask(assign, &mut masks);
            }
            Stmt::AnnAssign(assign) if at_top => {
                found.extend(assign.value.iter().flat_map(|value| registry::entries(value)));
            }
            Stmt::Expr(stmt) if at_top => found.extend(registry::of_call(&stmt.value, stmt.range())),
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
    flags::reach_back(body, &mut found[first..]);
}

fn note_mask(assign: &StmtAssign, masks: &mut BTreeSet<String>) {
    if let [Expr::Name(name)] = assign.targets.as_slice() {
        let is_mask = mask::is_condition(&assign.value, masks);
        if is_mask {
            masks.insert(name.id.to_string());
        } else {
            masks.remove(name.id.as_str());
        }
    }
}

fn function(definition: &StmtFunctionDef) -> Unit {
    let names = definition.parameters.iter_non_variadic_params().map(|parameter| parameter.parameter.name.to_string());
    let mut eye = Eye::with_parameters(names.collect());
    definition.body.iter().for_each(|statement| eye.visit_stmt(statement));
    let title = definition.decorator_list.iter().find_map(|decorator| registered_as(&decorator.expression));
    Unit { title, ..Unit::new(definition.range(), UnitKind::Function, definition.name.as_str(), eye) }
}

/// The text a decorator is given first.
fn registered_as(decorator: &Expr) -> Option<String> {
    let text = decorator.as_call_expr()?.arguments.args.first()?.as_string_literal_expr()?;
    Some(text.value.to_str().to_owned()).filter(|text| !text.is_empty() && text.len() <= 100)
}

fn method(statement: &Stmt) -> Option<Unit> {
    match statement {
        Stmt::FunctionDef(definition) => Some(Unit { kind: UnitKind::Method, ..function(definition) }),
        _ => None,
    }
}

fn class(definition: &StmtClassDef) -> Unit {
    let mut eye = Eye::default();
    definition.body.iter().for_each(|statement| eye.visit_stmt(statement));
    let mut bases = Eye::default();
    definition.bases().iter().for_each(|base| bases.visit_expr(base));
    eye.seen.bases = bases.names;
    eye.seen.methods = u32::try_from(definition.body.iter().filter(|stmt| does_work(stmt)).count()).unwrap_or(u32::MAX);
    let title = definition.decorator_list.iter().find_map(|decorator| registered_as(&decorator.expression));
    Unit { title, ..Unit::new(definition.range(), UnitKind::Class, definition.name.as_str(), eye) }
}

/// Whether a statement of a class's body is a method that does more than to set up an object or show it.
fn does_work(statement: &Stmt) -> bool {
    let Stmt::FunctionDef(method) = statement else { return false };
    !method.name.starts_with("__") || matches!(method.name.as_str(), "__call__" | "__iter__")
}

/// `name = lambda …`, `name = partial(…)`, `name = make(…)`; `BOOK['name'] = lambda …` and `… = partial(…)`.
fn made(assign: &StmtAssign) -> Option<Unit> {
    let [target] = assign.targets.as_slice() else { return None };
    let (name, in_registry) = match target {
        Expr::Name(name) => (name.id.as_str(), false),
        Expr::Subscript(subscript) => match &*subscript.slice {
            Expr::StringLiteral(key) => (key.value.to_str(), true),
            _ => return None,
        },
        _ => return None,
    };
    let kind = match &*assign.value {
        Expr::Lambda(_) => UnitKind::Lambda,
        Expr::Call(call) if registry::is_partial(&call.func) => UnitKind::Partial,
        Expr::Call(_) if !in_registry => UnitKind::Closure,
        _ => return None,
    };
    let mut eye = Eye::default();
    match &*assign.value {
        Expr::Lambda(lambda) => eye.visit_expr(&lambda.body),
        other => eye.visit_expr(other),
    }
    Some(Unit::new(assign.range(), kind, name, eye))
}
