//! A slice that keeps the tables in which a flag is set gives what the program finds only when these are all there are: many
//! small ones, which nobody puts together to a large one afterwards.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::super::Question;
use super::super::facts;
use super::super::keep::Keeper;
use super::super::program::{NodeId, Program};
use super::super::roots::any_inside;

/// Functions and methods that make a table of several, or of rows with all their columns.
const JOINING: &[&str] = &["concat", "merge", "from_records", "from_dict", "to_dict", "_asdict", "_append"];

pub(in super::super) fn are_all(
    question: &Question<'_>,
    program: &Program<'_>,
    keeper: &Keeper<'_, '_>,
) -> Result<(), String> {
    let places = (0..program.nodes.len()).map(|id| (program.nodes[id].statement.range().start().to_u32(), id));
    let mut look = Look {
        column: &question.own.entry,
        keeper,
        nodes: places.collect(),
        left_out: false,
        rows: BTreeSet::new(),
        joins: None,
        makes: false,
        keeps_rows: false,
    };
    question.module.parsed.syntax().body.iter().for_each(|statement| look.visit_stmt(statement));
    if let Some(at) = look.joins.or((look.makes && look.keeps_rows).then_some(question.own.unit)) {
        let line = question.module.lines.line(at.into());
        return Err(format!("line {line} may put its flags into another table"));
    }
    let is_repeated = keeper.way.nodes.iter().any(|id| {
        let node = &program.nodes[*id];
        let in_loop = std::iter::once(*id).chain(program.parents(*id)).any(|at| program.nodes[at].is_loop());
        let inside = super::super::runs::heads(node.statement).into_iter().any(repeats);
        keeper.kept[*id] && (in_loop || inside)
    });
    if is_repeated { Ok(()) } else { Err("its flag is set in one table, which may be picked from again".to_owned()) }
}

/// Whether an expression runs something several times.
fn repeats(expression: &Expr) -> bool {
    any_inside(expression, |part| match part {
        Expr::ListComp(_) | Expr::Generator(_) | Expr::SetComp(_) | Expr::DictComp(_) => true,
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => name.id.as_str() == "map",
            Expr::Attribute(method) => super::super::runs::MAPPING.contains(&method.attr.as_str()),
            _ => false,
        },
        _ => false,
    })
}

/// Looks at what a slice leaves out.
struct Look<'l, 'a> {
    column: &'l str,
    keeper: &'l Keeper<'l, 'a>,
    /// Statements that are kept or left out by themselves, by where they start.
    nodes: BTreeMap<u32, NodeId>,
    /// Whether the statement that is looked at is left out, as a whole or a part of it.
    left_out: bool,
    /// Names of rows that are gone through.
    rows: BTreeSet<&'l str>,
    joins: Option<u32>,
    /// Whether a table is made of rows, and rows of a table are kept whole.
    makes: bool,
    keeps_rows: bool,
}

impl<'a, 'l> Visitor<'a> for Look<'l, '_>
where
    'a: 'l,
{
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let before = self.left_out;
        if let Some(id) = self.nodes.get(&statement.range().start().to_u32()) {
            self.left_out = !self.keeper.kept[*id] || self.keeper.way.tails.left(statement).is_some();
        }
        if let (Stmt::For(stmt), true) = (statement, self.left_out) {
            let words = facts::of_expression(&stmt.iter).mentions;
            if words.has("iterrows") || words.has("itertuples") {
                self.rows.extend(facts::of_expression(&stmt.target).binds);
            }
        }
        walk_stmt(self, statement);
        self.left_out = before;
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let (Expr::Call(call), true) = (expression, self.left_out) {
            let name = match &*call.func {
                Expr::Name(name) => name.id.as_str(),
                Expr::Attribute(method) => method.attr.as_str(),
                _ => "",
            };
            if JOINING.contains(&name) {
                self.joins.get_or_insert(expression.range().start().to_u32());
            }
            self.makes |= name == "DataFrame";
            let is_row = |value: &Expr| matches!(value, Expr::Name(row) if self.rows.contains(row.id.as_str()));
            self.keeps_rows |= matches!(name, "append" | "extend" | "add" | "insert" | "dict" | "DataFrame")
                && call.arguments.args.iter().any(is_row);
        }
        if let (Expr::Dict(dict), true) = (expression, self.left_out) {
            let column = self.column;
            let has_flag = dict.items.iter().any(|item| {
                matches!(&item.key, Some(Expr::StringLiteral(key)) if key.value.to_str() == column)
                    || item.key.is_none()
            });
            self.keeps_rows |= has_flag;
        }
        walk_expr(self, expression);
    }
}
