//! What one statement reads, binds, changes and mentions.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::Visitor as _;
use ruff_python_ast::{ExceptHandler, Expr, Parameters, Stmt};
use ruff_text_size::{TextRange, TextSize};

use super::eye::Eye;
use super::fields::{Field, Mentions};

/// Ranges of the file that are left out of a slice, sorted, and text that is put somewhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Removed(Vec<TextRange>, Vec<(TextSize, String)>);

impl Removed {
    pub(super) fn add(&mut self, range: TextRange) {
        let at = self.0.partition_point(|known| known.start() < range.start());
        self.0.insert(at, range);
    }

    /// Whether a place is inside one of them.
    pub(super) fn holds(&self, range: TextRange) -> bool {
        let at = self.0.partition_point(|known| known.start() <= range.start());
        self.0[..at].iter().rev().take(8).any(|known| known.contains_range(range))
    }

    /// Whether anything is removed of a range, or all of it.
    pub(super) fn touches(&self, range: TextRange) -> bool {
        let at = self.0.partition_point(|known| known.start() < range.start());
        self.0.get(at).is_some_and(|next| next.start() < range.end()) || self.holds(range)
    }

    /// Puts text somewhere: the comma of a tuple of one element, `None` in the place of what is left out.
    pub(super) fn put(&mut self, at: TextSize, text: impl Into<String>) {
        self.1.push((at, text.into()));
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &(TextSize, String)> {
        self.1.iter()
    }

    pub(super) fn holds_place(&self, at: u32) -> bool {
        self.holds(TextRange::empty(at.into()))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &TextRange> {
        self.0.iter()
    }
}

/// An object, by a name of the scope, that is changed in place.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Effect<'a> {
    pub(super) root: &'a str,
    pub(super) field: Field<'a>,
    /// Whether nothing of what stood there before is left: `cfg.gap = 2`.
    pub(super) whole: bool,
}

/// A call, for what the called function does to its arguments.
#[derive(Clone, Debug)]
pub(super) struct CallSite<'a> {
    pub(super) callee: Callee<'a>,
    /// Names each argument may be (a part of); keywords by their name.
    pub(super) arguments: Vec<(Option<&'a str>, Vec<&'a str>)>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Callee<'a> {
    Name(&'a str),
    /// A method, of an object that may be (a part of) this name.
    Method(Option<&'a str>, &'a str),
    Other,
}

/// What is known of a piece of code, in the names of the scope it stands in.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts<'a> {
    /// Names read when it runs.
    pub(super) loads: BTreeSet<&'a str>,
    /// Names read by functions and lambdas written in it, whenever they run.
    pub(super) later: BTreeSet<&'a str>,
    /// Names read as a whole, not as `name['key']`.
    pub(super) bare: BTreeSet<&'a str>,
    /// Keys by which names are read.
    pub(super) keyed: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Names that are only called.
    pub(super) called: BTreeSet<&'a str>,
    pub(super) binds: BTreeSet<&'a str>,
    /// Names of the module that functions written in it bind.
    pub(super) global_binds: BTreeSet<&'a str>,
    pub(super) mentions: Mentions<'a>,
    pub(super) effects: Vec<Effect<'a>>,
    pub(super) calls: Vec<CallSite<'a>>,
    /// Names that may be (a part of) each other: `a = b`, `for a in b`.
    pub(super) same: Vec<(&'a str, &'a str)>,
    /// Of these, what something new is made of or holds from now on: the first name the second.
    pub(super) holds: Vec<(&'a str, &'a str)>,
    /// Names whose parts somebody may get hold of: elements are taken out, or they are handed to somebody.
    pub(super) opened: BTreeSet<&'a str>,
    /// Names that are bound to what a function of the file gives.
    pub(super) from_calls: Vec<(&'a str, CallSite<'a>)>,
    /// Names that what is returned may be (a part of).
    pub(super) returned: BTreeSet<&'a str>,
    /// Text of calls that read files, and of those that write them.
    pub(super) reads_files: Vec<&'a str>,
    pub(super) writes_files: Vec<&'a str>,
    /// Names that are bound to a new dict.
    pub(super) dicts: BTreeSet<&'a str>,
    /// Names that are bound to what is used up by looking through it.
    pub(super) iterators: BTreeSet<&'a str>,
    /// Names that are looked through.
    pub(super) consumed: BTreeSet<&'a str>,
    /// Something in it that no analysis of names can follow, and where it starts.
    pub(super) dynamic: Option<(&'static str, u32)>,
    /// The first thing that gives something else each time, or changes what the next one gives.
    pub(super) unsteady: Option<&'static str>,
    /// Where rows of a table are looked at with all their columns, or rows that stand beside each other are.
    pub(super) whole_rows: Option<&'a str>,
    pub(super) neighbours: Option<&'a str>,
    /// Whether it asks where the market data is, which nobody knows before the scan begins.
    pub(super) data_folder: bool,
    /// Whether it changes the settings of the process or of a library.
    pub(super) environment: bool,
}

/// The variable in which every template says where the market data is.
pub(super) const DATA_VARIABLE: &str = "SCAN_DATA_DIR";

/// What one statement without its blocks does. Ranges of `removed` are not looked at.
pub(super) fn of_header<'a>(statement: &'a Stmt, removed: &Removed) -> Facts<'a> {
    let mut eye = Eye::new(removed);
    eye.header(statement);
    eye.facts
}

/// What statements do, with all that is inside them.
pub(super) fn of_all<'a>(statements: &'a [Stmt], removed: &Removed) -> Facts<'a> {
    let mut eye = Eye::new(removed);
    statements.iter().for_each(|statement| eye.visit_stmt(statement));
    eye.facts
}

/// What an expression does that is left of a statement.
pub(super) fn of_part<'a>(expression: &'a Expr, removed: &Removed) -> Facts<'a> {
    let mut eye = Eye::new(removed);
    eye.called_for_its_effect(expression);
    eye.visit_expr(expression);
    eye.facts
}

/// What an expression reads and mentions.
pub(super) fn of_expression(expression: &Expr) -> Facts<'_> {
    let removed = Removed::default();
    let mut eye = Eye::new(&removed);
    eye.visit_expr(expression);
    eye.facts
}

/// Names that are bound in the scope of these statements, and those that `global` and `nonlocal` send elsewhere.
pub(super) fn bound_names(statements: &[Stmt]) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let removed = Removed::default();
    let mut eye = Eye::new(&removed);
    statements.iter().for_each(|statement| eye.visit_stmt(statement));
    let sent = eye.sent;
    (eye.facts.binds.difference(&sent).copied().collect(), sent)
}

/// Names of a function's parameters.
pub(super) fn parameter_names(parameters: &Parameters) -> Vec<&str> {
    parameters.iter().map(|parameter| parameter.as_parameter().name.as_str()).collect()
}

/// Goes through all statements in the order of the file, also those inside others.
pub(super) fn each<'s>(body: &'s [Stmt], look: &mut dyn FnMut(&'s Stmt)) {
    let mut waiting: Vec<&'s Stmt> = body.iter().rev().collect();
    while let Some(statement) = waiting.pop() {
        look(statement);
        let inner: Vec<&[Stmt]> = match statement {
            Stmt::FunctionDef(definition) => vec![&definition.body],
            Stmt::ClassDef(definition) => vec![&definition.body],
            other => blocks(other),
        };
        waiting.extend(inner.into_iter().flatten().rev());
    }
}

/// The blocks of a compound statement, in the order of the file.
pub(super) fn blocks(statement: &Stmt) -> Vec<&[Stmt]> {
    match statement {
        Stmt::For(stmt) => vec![&stmt.body, &stmt.orelse],
        Stmt::While(stmt) => vec![&stmt.body, &stmt.orelse],
        Stmt::If(stmt) => {
            std::iter::once(&*stmt.body).chain(stmt.elif_else_clauses.iter().map(|clause| &*clause.body)).collect()
        }
        Stmt::With(stmt) => vec![&stmt.body],
        Stmt::Try(stmt) => {
            let handlers = stmt.handlers.iter().map(|handler| {
                let ExceptHandler::ExceptHandler(handler) = handler;
                &*handler.body
            });
            std::iter::once(&*stmt.body).chain(handlers).chain([&*stmt.orelse, &*stmt.finalbody]).collect()
        }
        _ => Vec::new(),
    }
}
