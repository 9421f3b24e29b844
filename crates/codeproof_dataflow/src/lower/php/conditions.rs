//! Expressions that are asked only whether they hold: there, `&&` and `||` keep their operands for the engine to see.

use super::Lowering;
use super::kinds::Kind;
use super::table::At;
use crate::ir::{CompareOp, Expr, ExprId};

impl Lowering<'_> {
    /// Lowers an expression that is asked only whether it holds.
    pub(super) fn condition(&mut self, at: At) -> ExprId {
        let at = self.table.inside(at);
        let operator = match self.table.kind(at) {
            Kind::Binary => self.operands(at).map(|(_, operator, _)| operator),
            _ => None,
        };
        let lowered = match operator {
            Some(Kind::And | Kind::AndWord) => self.deeper(1, |it| it.logical(at, is_and, Expr::And)),
            Some(Kind::Or | Kind::OrWord) => self.deeper(1, |it| it.logical(at, is_or, Expr::Or)),
            Some(Kind::XorWord) => self.deeper(2, |it| it.exclusive(at)),
            _ => return self.expr(at),
        };
        lowered.unwrap_or_else(|| self.unknown(at))
    }

    /// `a && b && c`, whichever way it is put in parentheses.
    fn logical(&mut self, at: At, is_same: fn(Kind) -> bool, make: fn(Box<[ExprId]>) -> Expr) -> ExprId {
        let mut operands = Vec::new();
        let mut rest = vec![at];
        while let Some(next) = rest.pop() {
            let next = self.table.inside(next);
            match (self.table.kind(next) == Kind::Binary).then(|| self.operands(next)).flatten() {
                Some((left, operator, right)) if is_same(operator) => rest.extend([right, left]),
                _ => operands.push(self.condition(next)),
            }
        }
        self.add(make(operands.into()), at)
    }

    /// `a xor b`: the truth of one is not that of the other.
    fn exclusive(&mut self, at: At) -> ExprId {
        let Some((left, _, right)) = self.operands(at) else { return self.unknown(at) };
        let bool = self.builder.name("bool");
        let [left, right] = [left, right].map(|operand| {
            let truth = self.condition(operand);
            self.add(Expr::Cast(bool, truth), operand)
        });
        self.add(Expr::Compare(CompareOp::NotIdentical, left, right), at)
    }
}

fn is_and(operator: Kind) -> bool {
    matches!(operator, Kind::And | Kind::AndWord)
}

fn is_or(operator: Kind) -> bool {
    matches!(operator, Kind::Or | Kind::OrWord)
}
