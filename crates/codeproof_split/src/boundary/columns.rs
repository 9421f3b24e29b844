//! Which columns the program selects rows by, outside the assignments of flags.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{CmpOp, Expr, Operator, Stmt};
use ruff_text_size::Ranged;

use super::pattern;
use super::seen::words;
use super::structure::{Unit, UnitKind};

/// Names of a container that are looked at.
const GROUP_MAX: usize = 500;

/// How the whole file uses columns.
#[derive(Debug, Default)]
pub(crate) struct ColumnUses {
    /// Names of columns in conditions on rows and in lists of names, outside the assignments of flags.
    pub(crate) selected: BTreeSet<String>,
    /// Words of market data among the columns of the file.
    columns: BTreeSet<&'static str>,
    /// The same among its attributes; files and sockets have `open` and `close`, too.
    attributes: BTreeSet<&'static str>,
    /// Names that stand in one container together: a registry of functions is one.
    pub(super) groups: Vec<BTreeSet<String>>,
    /// Whether methods of time series are called: `rolling`, `pct_change`.
    has_series: bool,
    /// Functions that statements of the module ask what a list is to hold.
    pub(super) asked: BTreeSet<String>,
}

impl ColumnUses {
    /// Whether the file works on market data at all; tools that scan disks or ports do not.
    pub(crate) fn is_market(&self) -> bool {
        !self.columns.is_empty() || self.attributes.len() + usize::from(self.has_series) >= 4
    }
}

/// Looks at every statement; those that set flags do not say that these are selected.
pub(crate) fn uses(body: &[Stmt], units: &[Unit]) -> ColumnUses {
    let columns = units.iter().filter(|unit| unit.kind == UnitKind::Column);
    let flags = columns.map(|unit| unit.range.end().to_u32()).collect();
    let mut eye = Eye { flags, uses: ColumnUses::default(), in_slice: 0, in_flag: 0 };
    body.iter().for_each(|statement| eye.visit_stmt(statement));
    eye.uses.asked = asked(body);
    eye.uses
}

fn asked(body: &[Stmt]) -> BTreeSet<String> {
    let mut eye = super::seen::Eye::default();
    let runs = |statement: &&Stmt| !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_));
    body.iter().filter(runs).for_each(|statement| eye.take(statement));
    eye.seen.asked
}

struct Eye {
    /// Where the assignments of flags end.
    flags: BTreeSet<u32>,
    uses: ColumnUses,
    in_slice: u32,
    in_flag: u32,
}

impl Eye {
    fn list(&mut self, elements: &[Expr]) {
        if self.in_flag > 0 {
            return;
        }
        let text = |element: &Expr| element.as_string_literal_expr().map(|literal| literal.value.to_str().to_owned());
        self.uses.selected.extend(elements.iter().filter_map(text));
    }

    /// Names in one container; in tuples of a list and values of a dict, too.
    fn group<'e>(&mut self, parts: impl Iterator<Item = &'e Expr>) {
        let names = parts.flat_map(|part| match part {
            Expr::Tuple(tuple) => tuple.elts.iter().filter_map(|part| part.as_name_expr()).collect(),
            Expr::Dict(dict) => dict.items.iter().filter_map(|item| item.value.as_name_expr()).collect(),
            part => part.as_name_expr().into_iter().collect::<Vec<_>>(),
        });
        let names: BTreeSet<String> = names.take(GROUP_MAX).map(|name| name.id.to_string()).collect();
        if names.len() > 1 {
            self.uses.groups.push(names);
        }
    }

    /// Columns a condition is made of: `df['x']`, `df.x`, `df['x'] | ~df['y']`.
    fn select(&mut self, expression: &Expr, levels: u32) {
        if self.in_flag > 0 || levels > 200 {
            return;
        }
        match expression {
            Expr::Subscript(subscript) => {
                if let Expr::StringLiteral(key) = &*subscript.slice {
                    self.uses.selected.insert(key.value.to_str().to_owned());
                }
            }
            Expr::Attribute(attribute) => drop(self.uses.selected.insert(attribute.attr.to_string())),
            Expr::UnaryOp(operation) => self.select(&operation.operand, levels + 1),
            Expr::BinOp(operation) if matches!(operation.op, Operator::BitAnd | Operator::BitOr) => {
                self.select(&operation.left, levels + 1);
                self.select(&operation.right, levels + 1);
            }
            _ => {}
        }
    }

    /// `df.query('x == 1 or y == 1')`, `pl.col('x')`: words of the text may be columns.
    fn text_of(&mut self, method: &str, first: Option<&Expr>) {
        let Some(Expr::StringLiteral(text)) = first.filter(|_| matches!(method, "query" | "col")) else { return };
        let text = text.value.to_str();
        self.uses.columns.extend(words(text).filter_map(pattern::market_word));
        if method == "query" && self.in_flag == 0 {
            self.uses.selected.extend(words(text).map(str::to_owned));
        }
    }
}

impl<'a> Visitor<'a> for Eye {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let sets_flag = statement.is_assign_stmt() && self.flags.contains(&statement.range().end().to_u32());
        self.in_flag += u32::from(sets_flag);
        walk_stmt(self, statement);
        self.in_flag -= u32::from(sets_flag);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::List(list) => self.group(list.elts.iter()),
            Expr::Tuple(tuple) => self.group(tuple.elts.iter()),
            Expr::Dict(dict) => self.group(dict.items.iter().map(|item| &item.value)),
            _ => {}
        }
        match expression {
            Expr::Compare(compare) if compare.ops.iter().all(|op| matches!(op, CmpOp::Eq | CmpOp::Gt)) => {
                let is_flag = |side: &Expr| side.is_number_literal_expr() || side.is_boolean_literal_expr();
                if compare.comparators.iter().any(is_flag) {
                    self.select(&compare.left, 0);
                }
            }
            Expr::List(list) if self.in_slice == 0 => self.list(&list.elts),
            Expr::Tuple(tuple) if self.in_slice == 0 => self.list(&tuple.elts),
            Expr::Set(set) => self.list(&set.elts),
            Expr::Attribute(attribute) => self.uses.attributes.extend(pattern::market_word(attribute.attr.as_str())),
            // `signal.alarm()`, `file.close()`: methods are no columns.
            Expr::Call(call) => {
                if let Expr::Attribute(method) = &*call.func {
                    self.uses.has_series |= pattern::is_series_method(method.attr.as_str());
                    self.text_of(method.attr.as_str(), call.arguments.args.first());
                    self.visit_expr(&method.value);
                    call.arguments.args.iter().for_each(|argument| self.visit_expr(argument));
                    call.arguments.keywords.iter().for_each(|keyword| self.visit_expr(&keyword.value));
                    return;
                }
            }
            Expr::Subscript(subscript) => {
                if let Expr::StringLiteral(key) = &*subscript.slice {
                    self.uses.columns.extend(pattern::market_word(key.value.to_str()));
                }
                self.visit_expr(&subscript.value);
                self.select(&subscript.slice, 0);
                self.in_slice += 1;
                self.visit_expr(&subscript.slice);
                self.in_slice -= 1;
                return;
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}
