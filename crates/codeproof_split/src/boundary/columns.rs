//! Which columns the program selects rows by, outside the assignments of flags.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{CmpOp, Expr, Stmt};
use ruff_text_size::Ranged;

use super::consensus::ColumnUses;
use super::structure::{Unit, UnitKind};

/// Looks at every statement that is not itself a flag's assignment.
pub(crate) fn uses(body: &[Stmt], units: &[Unit]) -> ColumnUses {
    let flags = units.iter().filter(|unit| unit.kind == UnitKind::Column).map(|unit| unit.id).collect();
    let mut eye = Eye { flags, uses: ColumnUses::default(), in_slice: 0 };
    body.iter().for_each(|statement| eye.visit_stmt(statement));
    eye.uses
}

struct Eye {
    flags: BTreeSet<u32>,
    uses: ColumnUses,
    in_slice: u32,
}

impl Eye {
    fn select(&mut self, expression: &Expr) {
        if let Expr::Subscript(subscript) = expression
            && let Expr::StringLiteral(key) = &*subscript.slice
        {
            self.uses.selected.insert(key.value.to_str().to_owned());
        }
    }
}

impl<'a> Visitor<'a> for Eye {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !self.flags.contains(&statement.range().start().to_u32()) {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Compare(compare) if compare.ops.iter().all(|op| matches!(op, CmpOp::Eq | CmpOp::Gt)) => {
                let is_flag = |side: &Expr| side.is_number_literal_expr() || side.is_boolean_literal_expr();
                if compare.comparators.iter().any(is_flag) {
                    self.select(&compare.left);
                }
            }
            Expr::List(list) if self.in_slice == 0 => names(&list.elts, &mut self.uses.selected),
            Expr::Tuple(tuple) if self.in_slice == 0 => names(&tuple.elts, &mut self.uses.selected),
            Expr::Set(set) => names(&set.elts, &mut self.uses.selected),
            Expr::Subscript(subscript) => {
                self.visit_expr(&subscript.value);
                self.select(&subscript.slice);
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

fn names(elements: &[Expr], into: &mut BTreeSet<String>) {
    let text = |element: &Expr| match element {
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
        _ => None,
    };
    into.extend(elements.iter().filter_map(text));
}
