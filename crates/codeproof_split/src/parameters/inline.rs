//! Thresholds without a name: numbers in comparisons, but not arguments of calls, not subscripts.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Number, Stmt, UnaryOp};
use ruff_text_size::{Ranged, TextRange};
use serde_json::Value as Json;

use super::{Parameter, type_name};
use crate::python::Module;
use crate::trace::Kind;

/// The thresholds inside a range of bytes, in the order of the file.
pub(crate) fn thresholds(module: &Module, range: (u32, u32)) -> Vec<Parameter> {
    let mut eye = Eye { module, range, found: Vec::new() };
    module.parsed.syntax().body.iter().for_each(|statement| eye.visit_stmt(statement));
    eye.found
}

struct Eye<'m> {
    module: &'m Module,
    range: (u32, u32),
    found: Vec<Parameter>,
}

impl<'a> Visitor<'a> for Eye<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let range = statement.range();
        if range.start().to_u32() < self.range.1 && self.range.0 < range.end().to_u32() {
            ruff_python_ast::visitor::walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        let inside = |range: TextRange| self.range.0 <= range.start().to_u32() && range.end().to_u32() <= self.range.1;
        if let Expr::Compare(compare) = expression
            && inside(compare.range())
        {
            self.operand(&compare.left, 0);
            compare.comparators.iter().for_each(|side| self.operand(side, 0));
        }
        walk_expr(self, expression);
    }
}

impl Eye<'_> {
    fn operand(&mut self, side: &Expr, levels: u32) {
        match side {
            Expr::NumberLiteral(literal) => self.threshold(&literal.value, false, literal.range()),
            Expr::UnaryOp(unary) if unary.op == UnaryOp::USub => match &*unary.operand {
                Expr::NumberLiteral(literal) => self.threshold(&literal.value, true, unary.range()),
                other => self.operand(other, levels + 1),
            },
            Expr::BinOp(operation) if levels < 200 => {
                self.operand(&operation.left, levels + 1);
                self.operand(&operation.right, levels + 1);
            }
            _ => {}
        }
    }

    fn threshold(&mut self, number: &Number, negative: bool, range: TextRange) {
        let value = match number {
            Number::Int(value) => value.as_i64().map(|value| Json::from(if negative { -value } else { value })),
            Number::Float(value) => Some(Json::from(if negative { -value } else { *value })),
            Number::Complex { .. } => None,
        };
        let Some(value) = value else { return };
        let (line, column) = self.module.lines.place(range.start());
        self.found.push(Parameter {
            name: format!("@{line}:{}", column - 1),
            type_name: type_name(&value),
            value,
            line,
            kind: Kind::Inline,
            expression: self.module.text.get(range.to_std_range()).unwrap_or_default().to_owned(),
            why: String::new(),
            impact: super::Impact::High,
            description: None,
            confidence: 1.0,
            shared: false,
            range: (range.start().to_u32(), range.end().to_u32()),
            rank: 0,
        });
    }
}
