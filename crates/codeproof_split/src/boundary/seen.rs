//! What can be seen inside a unit by one walk over its tree: conditions, market data, what it gives back.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{BoolOp, CmpOp, Comprehension, Expr, ExprCompare, Operator, Stmt, StmtIf};

use super::answers::{self, Answers};
use super::{mask, pattern};

/// Functions that give a number or a truth.
const NUMBERS: &[&str] = &["round", "float", "int", "abs", "max", "min", "sum", "len", "bool"];

/// What was seen inside a unit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Comparisons of data with something, but not of text, identity, counts or dates.
    pub(crate) comparisons: u32,
    /// Comparisons that only concern dates.
    pub(crate) date_comparisons: u32,
    /// Comparisons of a flag column with 0 or 1.
    pub(crate) flag_comparisons: u32,
    /// Columns and attributes of market data, and methods of series.
    pub(crate) market: u32,
    /// Comparisons of columns and attributes, whatever they are called.
    pub(crate) column_comparisons: u32,
    /// Conditions combined with `&` and `|`.
    pub(crate) masks: u32,
    /// Rows that are picked by a condition: a mask in a subscript, an append below an `if`, a filtered comprehension.
    pub(crate) selections: u32,
    /// Whether it gives back what it was given, with columns added.
    pub(crate) returns_parameter: bool,
    /// Whether it describes a hit below a condition, whatever that compares.
    pub(crate) returns_records: bool,
    /// Whether it returns or yields anything.
    pub(crate) returns: bool,
    /// Columns it sets.
    pub(crate) columns: u32,
    /// Names of a class's bases.
    pub(crate) bases: BTreeSet<String>,
    /// Methods of a class.
    pub(crate) methods: u32,
    /// Text keys of subscripts, for who uses which column.
    pub(crate) keys: BTreeSet<String>,
    /// Functions whose answers must hold together: `a(d) and b(d)`, `a(d) & b(d)`, `if not a(d): continue`.
    pub(crate) conjunctions: BTreeSet<String>,
    /// Functions whose answers are put side by side: `rows.extend(a(d))`, `{'a': a(d)}`, `out['a'] = a(d)`.
    pub(crate) collected: BTreeSet<String>,
    /// Functions of which one is picked and its answer given: `if kind == 'a': return a(d)`.
    pub(crate) dispatched: BTreeSet<String>,
    /// Functions that are asked what a list is to hold, each for its own: `if a(d): first.append(d)`.
    pub(crate) asked: BTreeSet<String>,
}

/// Looks at trees and remembers what it saw.
#[derive(Default)]
pub(super) struct Eye {
    pub(super) seen: Seen,
    /// Names that are called or mentioned.
    pub(super) names: BTreeSet<String>,
    answers: Answers,
    /// Names of the unit's parameters.
    parameters: BTreeSet<String>,
    /// Names that hold conditions per row.
    masks: BTreeSet<String>,
    nested: u32,
    /// Conditions around the present statement that compare data.
    guards: u32,
    /// Conditions of any kind around it.
    branches: u32,
}

impl<'a> Visitor<'a> for Eye {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Return(stmt) if self.nested == 0 => {
                self.seen.returns |= stmt.value.is_some();
                if let Some(Expr::Name(name)) = stmt.value.as_deref() {
                    self.seen.returns_parameter |= self.parameters.contains(name.id.as_str());
                }
                if self.branches > 0 {
                    self.seen.dispatched.extend(stmt.value.as_deref().and_then(answers::callee));
                }
                self.seen.returns_records |= self.branches > 0 && stmt.value.as_deref().is_some_and(is_record);
                self.seen.selections += u32::from(self.guards > 0 && stmt.value.as_deref().is_some_and(is_record));
            }
            Stmt::Assign(stmt) => {
                self.answers.note(stmt, &mut self.seen);
                let is_column =
                    |target: &Expr| matches!(target, Expr::Subscript(subscript) if !subscript.slice.is_slice_expr());
                self.seen.columns += u32::from(stmt.targets.iter().any(is_column));
                if let [Expr::Name(name)] = stmt.targets.as_slice()
                    && mask::is_condition(&stmt.value, &self.masks)
                {
                    self.masks.insert(name.id.to_string());
                }
            }
            Stmt::AugAssign(stmt) => self.answers.collect(&stmt.value, &mut self.seen),
            Stmt::If(stmt) => return self.branch(stmt),
            // `while page < pages`: how long a loop runs says nothing about rows.
            Stmt::While(stmt) => {
                let seen = self.seen.clone();
                self.visit_expr(&stmt.test);
                self.seen.comparisons = seen.comparisons;
                self.seen.column_comparisons = seen.column_comparisons;
                stmt.body.iter().chain(&stmt.orelse).for_each(|statement| self.visit_stmt(statement));
                return;
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
                self.seen.masks += 1;
                if operation.op == Operator::BitAnd {
                    self.answers.conjunction([&*operation.left, &*operation.right], &mut self.seen);
                }
            }
            Expr::BoolOp(operation) if operation.op == BoolOp::And => {
                self.answers.conjunction(&operation.values, &mut self.seen)
            }
            Expr::Name(name) => drop(self.names.insert(name.id.to_string())),
            Expr::Call(call) => {
                if let Expr::Attribute(method) = &*call.func {
                    self.method(method.attr.as_str(), call.arguments.args.first());
                    self.names.insert(method.attr.to_string());
                    self.visit_expr(&method.value);
                    self.visit_arguments(&call.arguments);
                    return;
                }
                if matches!(&*call.func, Expr::Name(name) if matches!(name.id.as_str(), "all" | "any" | "sum" | "min"))
                {
                    self.answers.held_together(call.arguments.args.first(), &mut self.seen);
                }
            }
            Expr::Attribute(attribute) => {
                let word = attribute.attr.as_str();
                self.seen.market += u32::from(pattern::is_market_word(word) && word.len() > 1);
                self.names.insert(word.to_owned());
            }
            Expr::Subscript(subscript) => {
                if let Expr::StringLiteral(key) = &*subscript.slice {
                    self.seen.market += u32::from(pattern::is_market_word(key.value.to_str()));
                    self.seen.keys.insert(key.value.to_str().to_owned());
                }
                self.seen.selections += u32::from(mask::selects(&subscript.slice, &self.masks));
            }
            Expr::Dict(dict) => dict.items.iter().for_each(|item| self.answers.collect(&item.value, &mut self.seen)),
            Expr::List(list) => list.elts.iter().for_each(|item| self.answers.collect(item, &mut self.seen)),
            Expr::Yield(_) | Expr::YieldFrom(_) if self.nested == 0 => {
                self.seen.returns = true;
                self.seen.selections += u32::from(self.guards > 0);
            }
            _ => {}
        }
        walk_expr(self, expression);
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        let compares = comprehension.ifs.iter().any(compares_data);
        self.seen.selections += u32::from(compares);
        ruff_python_ast::visitor::walk_comprehension(self, comprehension);
    }
}

impl Eye {
    /// Looks at a function with these parameters.
    pub(super) fn with_parameters(parameters: BTreeSet<String>) -> Self {
        Self { parameters, ..Self::default() }
    }

    /// Looks at one statement.
    pub(super) fn take(&mut self, statement: &Stmt) {
        self.visit_stmt(statement);
    }

    fn branch(&mut self, stmt: &StmtIf) {
        self.visit_expr(&stmt.test);
        let guards = u32::from(compares_data(&stmt.test));
        let leaves = matches!(stmt.body.last(), Some(Stmt::Continue(_) | Stmt::Return(_)));
        self.answers.branch(stmt, leaves, &mut self.seen);
        // What comes behind `if x < 5: continue` is below that condition, too.
        self.guards += guards;
        self.branches += 1;
        stmt.body.iter().for_each(|statement| self.visit_stmt(statement));
        for clause in &stmt.elif_else_clauses {
            clause.test.iter().for_each(|test| self.visit_expr(test));
            clause.body.iter().for_each(|statement| self.visit_stmt(statement));
        }
        if !leaves {
            self.guards -= guards;
            self.branches -= 1;
        }
    }

    fn method(&mut self, name: &str, first: Option<&Expr>) {
        let text = first.and_then(|first| first.as_string_literal_expr()).map(|text| text.value.to_str());
        self.seen.market += u32::from(pattern::is_series_method(name));
        match name {
            "between" | "ge" | "gt" | "le" | "lt" => {
                self.seen.comparisons += 1;
                self.seen.column_comparisons += 1;
            }
            "query" => {
                let orders = text.is_none_or(|text| text.contains(['<', '>']));
                self.seen.selections += 1;
                self.seen.comparisons += u32::from(orders);
                self.seen.column_comparisons += u32::from(orders);
                self.seen.market += u32::from(text.is_some_and(|text| words(text).any(pattern::is_market_word)));
                self.names.extend(text.into_iter().flat_map(words).map(str::to_owned));
            }
            // `row.get('peg')`
            "get" => {
                self.seen.market += u32::from(text.is_some_and(pattern::is_market_word));
                self.seen.keys.extend(text.map(str::to_owned));
            }
            // Polars: `df.filter(pl.col('gap') > 0.05)`.
            "col" => {
                self.seen.market += u32::from(text.is_some_and(pattern::is_market_word));
                self.seen.keys.extend(text.map(str::to_owned));
            }
            "filter" => {
                self.seen.selections += u32::from(first.is_some_and(|first| mask::is_condition(first, &self.masks)));
            }
            "append" | "add" | "extend" | "update" => {
                first.into_iter().for_each(|first| self.answers.collect(first, &mut self.seen));
                self.seen.selections += u32::from(self.guards > 0 && name != "update");
            }
            _ => {}
        }
    }

    fn visit_arguments(&mut self, arguments: &ruff_python_ast::Arguments) {
        arguments.args.iter().for_each(|argument| self.visit_expr(argument));
        arguments.keywords.iter().for_each(|keyword| self.visit_expr(&keyword.value));
    }

    fn comparison(&mut self, compare: &ExprCompare) {
        let orders = |op: &CmpOp| matches!(op, CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE);
        let sides = || std::iter::once(&*compare.left).chain(&compare.comparators);
        if sides().any(mentions_date) {
            self.seen.date_comparisons += 1;
        } else if compare.ops.iter().any(orders) && !sides().any(is_count) {
            self.seen.comparisons += 1;
            self.seen.column_comparisons += u32::from(sides().any(|side| is_column(side, 0)));
        } else if sides().any(Expr::is_number_literal_expr) {
            self.seen.flag_comparisons += 1;
        }
    }
}

/// The words of a condition that is text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_alphanumeric() && char != '_').filter(|word| !word.is_empty())
}

/// Whether a condition orders values that are no counts and no dates.
fn compares_data(test: &Expr) -> bool {
    let mut eye = Eye::default();
    eye.visit_expr(test);
    eye.seen.comparisons > 0
}

/// Something that describes a hit: a dict, a tuple, an object, but not a truth or a number.
fn is_record(value: &Expr) -> bool {
    match value {
        Expr::Call(call) => !matches!(&*call.func, Expr::Name(name) if NUMBERS.contains(&name.id.as_str())),
        other => matches!(other, Expr::Dict(_) | Expr::Tuple(_) | Expr::List(_)),
    }
}

fn is_count(side: &Expr) -> bool {
    match side {
        Expr::Call(call) => matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "len"),
        Expr::BinOp(operation) => [&operation.left, &operation.right].into_iter().any(
            |part| matches!(&**part, Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "len")),
        ),
        _ => false,
    }
}

/// Whether a side of a comparison is made of columns or attributes of rows.
fn is_column(side: &Expr, levels: u32) -> bool {
    match side {
        Expr::Subscript(_) | Expr::Attribute(_) => true,
        Expr::BinOp(operation) if levels < 50 => {
            is_column(&operation.left, levels + 1) || is_column(&operation.right, levels + 1)
        }
        Expr::Call(call) if levels < 50 => is_column(&call.func, levels + 1),
        _ => false,
    }
}

fn mentions_date(side: &Expr) -> bool {
    match side {
        Expr::Subscript(subscript) => match &*subscript.slice {
            Expr::StringLiteral(key) => key.value.to_str().to_lowercase().contains("date"),
            _ => false,
        },
        Expr::Attribute(attribute) => {
            matches!(attribute.attr.as_str(), "index" | "days") || attribute.attr.as_str().contains("date")
        }
        _ => false,
    }
}
