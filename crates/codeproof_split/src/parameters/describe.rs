//! What the text around a value says about it: its comment, how much hangs on it, why it is the effective one.
//!
//! Impact is a rule, not a guess: `high` when the value is compared with data (a threshold decides which rows are hits),
//! `medium` when it sizes a window or takes part in arithmetic, `low` when it only labels, limits or formats.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{CmpOp, Expr, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextSize};

use super::{Impact, Parameter};
use crate::boundary::Boundary;
use crate::trace::Kind;
use codeproof_python::Module;

/// Characters of a comment that are kept.
const DESCRIPTION_MAX: usize = 200;

/// Assignments of one name that are listed.
const LINES_MAX: usize = 5;

/// What was learned about a file's text by one walk.
pub(super) struct Text<'m> {
    module: &'m Module,
    /// Comments by line: the text, and whether the line holds nothing else.
    comments: BTreeMap<u32, (String, bool)>,
    eye: Eye<'m>,
}

impl<'m> Text<'m> {
    pub(super) fn new(module: &'m Module) -> Self {
        let mut eye = Eye::empty(module);
        module.parsed.syntax().body.iter().for_each(|statement| eye.visit_stmt(statement));
        Self { module, comments: comments(module), eye }
    }

    /// Fills in description, impact and why.
    pub(super) fn describe(&self, parameter: &mut Parameter, boundary: &Boundary, others: usize) {
        parameter.description = self.description(parameter);
        parameter.impact = self.impact(parameter);
        parameter.why = self.why(parameter, boundary);
        parameter.confidence = if others > 1 { 0.6 } else { 0.99 };
        if others > 1 {
            parameter.why.push_str("; it had other values in other calls, this is the last");
        }
    }

    fn description(&self, parameter: &Parameter) -> Option<String> {
        let last = self.module.lines.line(TextSize::new(parameter.range.1.saturating_sub(1)));
        let beside = self.comments.get(&last).filter(|(_, alone)| !alone);
        let above = || {
            let line = parameter.line.checked_sub(1)?;
            // A comment above the first of several lines names the group.
            self.comments.get(&line).filter(|(_, alone)| *alone)
        };
        let (text, _) = beside.or_else(above)?;
        let clean =
            text.trim_matches(|char: char| matches!(char, '#' | '-' | '=' | '*' | '~' | '_') || char.is_whitespace());
        let says_something = clean.chars().any(char::is_alphabetic);
        says_something.then(|| clean.chars().take(DESCRIPTION_MAX).collect())
    }

    fn impact(&self, parameter: &Parameter) -> Impact {
        let name = last_part(&parameter.name).to_lowercase();
        if parameter.kind == Kind::Inline || self.eye.compared.contains(&name) {
            return Impact::High;
        }
        if parameter.value.is_string() || parameter.value.is_null() {
            return Impact::Low;
        }
        if self.eye.computed.contains(&name) { Impact::Medium } else { Impact::Low }
    }

    fn why(&self, parameter: &Parameter, boundary: &Boundary) -> String {
        let (line, scanner) = (parameter.line, &boundary.entry);
        let late = line > boundary.end_line;
        let defined = boundary.start_line;
        match parameter.kind {
            Kind::Inline => format!("a threshold written where it is used, on line {line}"),
            // The name is a parameter's, the value another name's: it was taken over when the function was defined.
            Kind::Module if !self.is_assigned(&parameter.name, line) => {
                format!(
                    "captured as the default when {scanner} was defined on line {defined}; the value is of line {line}"
                )
            }
            Kind::Module if late => format!(
                "last assigned on line {line}, after {scanner} was defined on line {defined}: looked up when it runs"
            ),
            Kind::Module => self.of_module(parameter, scanner),
            Kind::Local => format!("set once inside {scanner}, on line {line}"),
            Kind::Global => format!("set on line {line} by code of a function, before {scanner} reads it"),
            Kind::Default => format!("captured as the default when its function was defined; written on line {line}"),
            Kind::Dict => self.of_dict(parameter, scanner),
            Kind::Class => format!("the attribute of the class on line {line}, by the order of its bases"),
            Kind::Dataclass => format!("the field of the settings object, written on line {line}"),
            Kind::Attr => format!("the attribute was last set on line {line} before {scanner} ran"),
            Kind::Environment => {
                format!("the default on line {line}, as no environment variable, option or setting is given")
            }
            Kind::Argument => format!("passed by a call; written on line {line}"),
            Kind::Decorator => format!("passed by the decorator on line {line}"),
            Kind::Partial => format!("bound by partial on line {line}"),
            Kind::Json => format!("read from the JSON text that begins on line {line}"),
        }
    }

    fn is_assigned(&self, name: &str, line: u32) -> bool {
        self.eye.assigned.get(name).is_some_and(|lines| lines.iter().any(|known| known.abs_diff(line) <= 1))
    }

    fn of_module(&self, parameter: &Parameter, scanner: &str) -> String {
        let line = parameter.line;
        let all = self.eye.assigned.get(parameter.name.as_str()).cloned().unwrap_or_default();
        let others: Vec<String> =
            all.iter().filter(|other| **other != line).take(LINES_MAX).map(u32::to_string).collect();
        if others.is_empty() {
            return format!("assigned once, on line {line}");
        }
        format!("assigned on line {line} when {scanner} runs; not what line {} says", others.join(", "))
    }

    fn of_dict(&self, parameter: &Parameter, scanner: &str) -> String {
        let line = parameter.line;
        let name = parameter.name.split('.').next().unwrap_or_default();
        match self.eye.changes.range(..=parameter.range.0).next_back().filter(|(_, (end, _))| parameter.range.1 <= *end)
        {
            Some((_, (_, Change::Entry))) => {
                format!("set on line {line}, after {name} was made and before {scanner} reads it")
            }
            Some((_, (_, Change::Update))) => format!("overridden by {name}.update on line {line}"),
            Some((_, (_, Change::Rebuilt))) => format!("set when {name} was made anew on line {line}"),
            None => format!("the entry of {name} on line {line}, as it is when {scanner} reads it"),
        }
    }
}

/// How a dict was changed.
#[derive(Clone, Copy)]
enum Change {
    Entry,
    Update,
    Rebuilt,
}

struct Eye<'m> {
    module: &'m Module,
    /// Names, attributes and keys inside comparisons that order.
    compared: BTreeSet<String>,
    /// Those that are arguments of calls or operands.
    computed: BTreeSet<String>,
    /// Lines on which names are assigned.
    assigned: BTreeMap<String, Vec<u32>>,
    /// Statements that change dicts, by where they start: their end, and how.
    changes: BTreeMap<u32, (u32, Change)>,
}

impl<'m> Eye<'m> {
    fn empty(module: &'m Module) -> Self {
        let (compared, computed) = (BTreeSet::new(), BTreeSet::new());
        Self { module, compared, computed, assigned: BTreeMap::new(), changes: BTreeMap::new() }
    }

    fn change(&mut self, statement: &Stmt, change: Change) {
        let range = statement.range();
        self.changes.insert(range.start().to_u32(), (range.end().to_u32(), change));
    }
}

impl<'a> Visitor<'a> for Eye<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) if assign.targets.iter().any(Expr::is_subscript_expr) => {
                self.change(statement, Change::Entry);
            }
            Stmt::Assign(assign) if is_rebuilt(&assign.value) => self.change(statement, Change::Rebuilt),
            Stmt::AugAssign(_) => self.change(statement, Change::Update),
            Stmt::Expr(stmt) => {
                if let Expr::Call(call) = &*stmt.value
                    && matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "update")
                {
                    self.change(statement, Change::Update);
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Compare(compare) => {
                let orders = |op: &CmpOp| matches!(op, CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE);
                if compare.ops.iter().any(orders) {
                    names(&compare.left, &mut self.compared, 0);
                    compare.comparators.iter().for_each(|side| names(side, &mut self.compared, 0));
                }
            }
            Expr::BinOp(operation) => {
                names(&operation.left, &mut self.computed, 0);
                names(&operation.right, &mut self.computed, 0);
            }
            Expr::Call(call) => {
                let compares = matches!(&*call.func, Expr::Attribute(method)
                    if matches!(method.attr.as_str(), "between" | "ge" | "gt" | "le" | "lt"));
                let into = if compares { &mut self.compared } else { &mut self.computed };
                call.arguments.args.iter().for_each(|argument| names(argument, into, 0));
                call.arguments.keywords.iter().for_each(|keyword| names(&keyword.value, into, 0));
            }
            Expr::Name(name) if name.ctx == ExprContext::Store => {
                let line = self.module.lines.line(name.range().start());
                self.assigned.entry(name.id.to_string()).or_default().push(line);
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// `dict(P, …)`, `{**P, …}`, `P | {…}`.
fn is_rebuilt(value: &Expr) -> bool {
    match value {
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "dict") && !call.arguments.args.is_empty()
        }
        Expr::Dict(dict) => dict.items.iter().any(|item| item.key.is_none()),
        Expr::BinOp(operation) => operation.op == ruff_python_ast::Operator::BitOr,
        _ => false,
    }
}

/// Last parts of the names an operand is made of.
fn names(operand: &Expr, into: &mut BTreeSet<String>, levels: u32) {
    if levels > 50 {
        return;
    }
    match operand {
        Expr::Name(name) => drop(into.insert(name.id.to_lowercase())),
        Expr::Attribute(attribute) => drop(into.insert(attribute.attr.to_lowercase())),
        Expr::Subscript(subscript) => {
            if let Expr::StringLiteral(key) = &*subscript.slice {
                into.insert(key.value.to_str().to_lowercase());
            }
        }
        Expr::BinOp(operation) => {
            names(&operation.left, into, levels + 1);
            names(&operation.right, into, levels + 1);
        }
        Expr::UnaryOp(operation) => names(&operation.operand, into, levels + 1),
        // `P.get('gap', 0)`
        Expr::Call(call) => {
            if let Some(Expr::StringLiteral(key)) = call.arguments.args.first() {
                into.insert(key.value.to_str().to_lowercase());
            }
        }
        Expr::Starred(starred) => names(&starred.value, into, levels + 1),
        _ => {}
    }
}

fn comments(module: &Module) -> BTreeMap<u32, (String, bool)> {
    let tokens = module.parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Comment);
    let comment = |range: ruff_text_size::TextRange| {
        let line = module.lines.line(range.start());
        let start = module.lines.start(line) as usize;
        let before = module.text.get(start..range.start().to_usize()).unwrap_or_default();
        let text = module.text.get(range.to_std_range()).unwrap_or_default();
        (line, (text.to_owned(), before.trim().is_empty()))
    };
    tokens.map(|token| comment(token.range())).collect()
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}
