//! Assignments.

use super::Lowering;
use super::kinds::Kind;
use super::operators::arithmetic_assignment;
use super::table::At;
use crate::ir::{BinaryOp, Constant, Expr, ExprId, Place};

impl Lowering<'_> {
    /// Where an assignment of any operator but `=&` puts what; `None` when a part is missing.
    pub(super) fn assignment(&mut self, at: At) -> Option<(Place, ExprId)> {
        let table = self.table;
        match table.kind(at) {
            Kind::Assignment => {
                let (left, right) = self.item(at);
                let (left, right) = (left?, right?);
                let mut value = self.expr(right);
                if table.is_broken(at) {
                    value = self.with_broken_parts(value, at);
                }
                Some((self.place(left), value))
            }
            Kind::Augmented => {
                let (left, operator, right) = self.operands(at)?;
                self.augmented(at, left, operator, right)
            }
            Kind::Update => {
                let operator =
                    table.children(at).find(|it| matches!(table.kind(*it), Kind::Increment | Kind::Decrement))?;
                let target = table.children(at).find(|it| *it != operator)?;
                let old = self.expr(target);
                let one = self.add(Expr::Constant(Constant::Int(1)), operator);
                let changed = arithmetic_assignment(table.kind(operator))?;
                let value = self.add(two(changed, old, one), at);
                Some((self.place(target), value))
            }
            _ => None,
        }
    }

    fn augmented(&mut self, at: At, left: At, operator: Kind, right: At) -> Option<(Place, ExprId)> {
        let old = self.expr(left);
        let expr = match operator {
            Kind::ConcatAssign => {
                let mut parts = vec![old];
                self.text_parts(right, &mut parts);
                Expr::Text(parts.into())
            }
            Kind::CoalesceAssign => Expr::Coalesce(old, self.expr(right)),
            _ => two(arithmetic_assignment(operator)?, old, self.expr(right)),
        };
        let value = self.add(expr, at);
        Some((self.place(left), value))
    }

    /// `$a = &$b`.
    pub(super) fn reference_assignment(&mut self, at: At) -> Option<(Place, ExprId)> {
        let (left, right) = self.item(at);
        let (left, value) = (left?, self.expr(right?));
        Some((self.place(left), value))
    }

    /// An assignment as a value.
    pub(super) fn assigned(&mut self, at: At) -> ExprId {
        let assigned = match self.table.kind(at) {
            Kind::ReferenceAssignment => self.reference_assignment(at).map(|(place, value)| {
                let value = self.add(Expr::Reference(value), at);
                (place, value)
            }),
            _ => self.assignment(at),
        };
        match assigned {
            Some((place, value)) => self.add(Expr::Assign(Box::new(place), value), at),
            None => self.unknown(at),
        }
    }
}

fn two(operator: BinaryOp, left: ExprId, right: ExprId) -> Expr {
    match operator {
        BinaryOp::Add => Expr::Chain(operator, Box::new([left, right])),
        _ => Expr::Binary(operator, left, right),
    }
}
