//! One statement of the module: what it binds, what it reads, and whether it compares data or gives rows.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::mask;
use super::seen::Eye;

/// Names that a statement binds at most; more are data.
const NAMES_MAX: usize = 50;

/// Functions that only put rows into another form.
const WRAPPERS: &[&str] = &["DataFrame", "concat", "sorted", "list", "set", "tuple", "dict", "Series"];

/// Methods that only put rows into another form.
const FORMS: &[&str] = &[
    "reset_index",
    "sort_values",
    "copy",
    "drop_duplicates",
    "rename",
    "astype",
    "round",
    "drop",
    "dropna",
    "assign",
    "to_dict",
    "sort_index",
    "set_index",
    "fillna",
];

pub(super) struct Line<'s> {
    pub(super) statement: &'s Stmt,
    pub(super) range: TextRange,
    /// Names it binds or changes in place; for a loop what it fills, its variables last.
    pub(super) binds: Vec<String>,
    /// Those of them it changes in place.
    pub(super) touches: BTreeSet<String>,
    pub(super) reads: BTreeSet<String>,
    /// Whether it orders values of columns.
    pub(super) compares: bool,
    /// Whether it binds a literal.
    pub(super) is_constant: bool,
    /// Whether it sets a column.
    pub(super) is_flag: bool,
    /// The column it sets.
    pub(super) column: Option<String>,
    /// Whether it sets a column to a condition.
    pub(super) sets_flag: bool,
    /// Columns it mentions.
    pub(super) keys: BTreeSet<String>,
    /// Whether it picks rows by a column that is 0 or 1.
    pub(super) picks_by_flag: bool,
    /// Whether what it binds are rows, not a condition or a number.
    pub(super) gives_rows: bool,
    /// The name it only puts into another form.
    pub(super) wraps: Option<String>,
}

impl<'s> Line<'s> {
    pub(super) fn new(statement: &'s Stmt) -> Self {
        let mut names = Names::default();
        let is_code = !matches!(
            statement,
            Stmt::FunctionDef(_)
                | Stmt::ClassDef(_)
                | Stmt::Import(_)
                | Stmt::ImportFrom(_)
                | Stmt::If(_)
                | Stmt::Try(_)
        );
        names.visit_stmt(statement);
        let mut eye = Eye::default();
        eye.take(statement);
        let value = match statement {
            Stmt::Assign(assign) => Some(&*assign.value),
            Stmt::AnnAssign(assign) => assign.value.as_deref(),
            _ => None,
        };
        let sets_column =
            |stmt: &Stmt| matches!(stmt, Stmt::Assign(assign) if assign.targets.iter().any(Expr::is_subscript_expr));
        // `RESULTS['gap'] = df[…]`: each key is a result of its own.
        let keyed = key_of(statement).filter(|_| value.is_some_and(gives_rows));
        if keyed.is_some() {
            names.filled = Vec::new();
            names.bound = keyed.iter().cloned().collect();
        }
        let mut binds = names.filled.clone();
        binds.extend(names.bound.iter().filter(|name| !names.filled.contains(name)).cloned());
        binds.truncate(if is_code { NAMES_MAX } else { 0 });
        let is_mask = value.is_some_and(|value| mask::is_condition(value, &BTreeSet::new()));
        // A registry of conditions compares nothing by itself.
        let is_registry = value.is_some_and(|value| holds_callables(value, 0));
        Self {
            statement,
            range: statement.range(),
            binds,
            touches: names.filled.into_iter().collect(),
            reads: names.read,
            compares: is_code
                && !is_registry
                && eye.seen.comparisons > 0
                && (eye.seen.column_comparisons > 0 || eye.seen.market > 0),
            is_constant: value.is_some_and(|value| is_literal(value, 0)),
            column: key_of(statement),
            sets_flag: is_mask && sets_column(statement),
            picks_by_flag: is_code && eye.seen.comparisons == 0 && eye.seen.flag_comparisons > 0 && picks_rows(value),
            keys: eye.seen.keys,
            is_flag: sets_column(statement) && keyed.is_none(),
            gives_rows: !is_mask && (value.is_some_and(gives_rows) || value.is_none() && eye.seen.selections > 0),
            wraps: value.and_then(|value| wrapped(value, 0)),
        }
    }

    /// Whether it picks its rows from that name.
    pub(super) fn selects_from(&self, name: &str) -> bool {
        let Stmt::Assign(assign) = self.statement else { return false };
        base(&assign.value, 0).is_some_and(|base| base == name) && self.compares
    }
}

/// `df[…]`, perhaps copied or sorted.
fn picks_rows(value: Option<&Expr>) -> bool {
    match value {
        Some(Expr::Subscript(subscript)) => subscript.slice.is_compare_expr() || subscript.slice.is_bin_op_expr(),
        Some(Expr::Call(call)) => match &*call.func {
            Expr::Attribute(method) => {
                matches!(&*method.value, Expr::Subscript(inner) if inner.slice.is_compare_expr())
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether a container holds lambdas.
fn holds_callables(value: &Expr, levels: u32) -> bool {
    let inner = |value: &Expr| value.is_lambda_expr() || levels < 4 && holds_callables(value, levels + 1);
    match value {
        Expr::Dict(dict) => dict.items.iter().any(|item| inner(&item.value)),
        Expr::List(list) => list.elts.iter().any(inner),
        Expr::Tuple(tuple) => tuple.elts.iter().any(inner),
        _ => false,
    }
}

/// The text key of the only target.
fn key_of(statement: &Stmt) -> Option<String> {
    let Stmt::Assign(assign) = statement else { return None };
    let [Expr::Subscript(target)] = assign.targets.as_slice() else { return None };
    Some(target.slice.as_string_literal_expr()?.value.to_str().to_owned())
}

/// Names, by what happens to them.
#[derive(Default)]
struct Names {
    bound: Vec<String>,
    filled: Vec<String>,
    read: BTreeSet<String>,
}

impl Names {
    fn fill(&mut self, target: &Expr) {
        if let Some(name) = base(target, 0)
            && !self.filled.iter().any(|known| known == name)
        {
            self.filled.push(name.to_owned());
        }
    }
}

impl<'a> Visitor<'a> for Names {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::AugAssign(assign) => self.fill(&assign.target),
            Stmt::Assign(assign) => {
                assign.targets.iter().filter(|target| target.is_subscript_expr()).for_each(|target| self.fill(target));
            }
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if name.ctx == ExprContext::Store => {
                let known = self.bound.iter().any(|known| known == name.id.as_str());
                self.bound.extend(Some(name.id.to_string()).filter(|_| !known));
            }
            Expr::Name(name) => drop(self.read.insert(name.id.to_string())),
            Expr::Call(call) => {
                if let Expr::Attribute(method) = &*call.func
                    && matches!(method.attr.as_str(), "append" | "extend" | "add" | "update" | "insert")
                {
                    // What is appended to is the result, rather than the columns that are set on the way.
                    let before = self.filled.len();
                    self.fill(&method.value);
                    let new = self.filled.len() - before;
                    self.filled.rotate_right(new);
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// The name a chain of attributes, subscripts and calls begins with.
fn base(expression: &Expr, levels: u32) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        _ if levels > 50 => None,
        Expr::Attribute(attribute) => base(&attribute.value, levels + 1),
        Expr::Subscript(subscript) => base(&subscript.value, levels + 1),
        Expr::Call(call) if call.func.is_attribute_expr() => base(&call.func, levels + 1),
        _ => None,
    }
}

fn is_literal(value: &Expr, levels: u32) -> bool {
    match value {
        Expr::UnaryOp(operation) => operation.operand.is_literal_expr(),
        Expr::List(list) => {
            !list.elts.is_empty() && levels < 4 && list.elts.iter().all(|item| is_literal(item, levels + 1))
        }
        Expr::Tuple(tuple) => levels < 4 && tuple.elts.iter().all(|item| is_literal(item, levels + 1)),
        Expr::Dict(dict) => {
            !dict.items.is_empty() && levels < 4 && dict.items.iter().all(|item| is_literal(&item.value, levels + 1))
        }
        Expr::Call(call) => matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "dict"),
        other => other.is_literal_expr(),
    }
}

/// Whether a value is rows: a selection, a filtered comprehension, a table made of something.
fn gives_rows(value: &Expr) -> bool {
    let mut rows = Rows(false);
    rows.visit_expr(value);
    rows.0
}

struct Rows(bool);

impl<'a> Visitor<'a> for Rows {
    fn visit_expr(&mut self, expression: &'a Expr) {
        self.0 |= match expression {
            Expr::Subscript(subscript) => !subscript.slice.is_literal_expr() || subscript.slice.is_list_expr(),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => true,
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) => {
                    matches!(method.attr.as_str(), "query" | "nlargest") || WRAPPERS.contains(&method.attr.as_str())
                }
                Expr::Name(name) => WRAPPERS.contains(&name.id.as_str()),
                _ => false,
            },
            _ => false,
        };
        if !self.0 {
            walk_expr(self, expression);
        }
    }
}

/// The name whose rows a value only puts into another form.
fn wrapped(value: &Expr, levels: u32) -> Option<String> {
    match value {
        Expr::Name(name) if levels > 0 => Some(name.id.to_string()),
        _ if levels > 20 => None,
        Expr::Subscript(subscript) if subscript.slice.is_list_expr() => wrapped(&subscript.value, levels + 1),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) if FORMS.contains(&method.attr.as_str()) => wrapped(&method.value, levels + 1),
            Expr::Attribute(method) if WRAPPERS.contains(&method.attr.as_str()) => {
                wrapped(call.arguments.args.first()?, levels + 1)
            }
            Expr::Name(name) if WRAPPERS.contains(&name.id.as_str()) => {
                wrapped(call.arguments.args.first()?, levels + 1)
            }
            _ => None,
        },
        _ => None,
    }
}
