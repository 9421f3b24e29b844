//! Thresholds without a name: numbers in comparisons, but not arguments of calls, not subscripts. They are given one by
//! what they are compared with and their line: `gap >= 0.05` on line 12 has `gap_min_12`.

mod name;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{CmpOp, Expr, ExprCompare, Number, Operator, Stmt, UnaryOp};
use ruff_text_size::{Ranged, TextRange};
use serde_json::Value as Json;

use super::{Parameter, type_name};
use crate::trace::Kind;
use codeproof_python::Module;

/// Which comparisons hold thresholds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Where {
    /// All: the range is one condition.
    Condition,
    /// Those that order values of data, in code that compares other things, too: counts of rows, states, signs.
    Code,
}

/// Thresholds of one scanner's code that are given at most; more are a table of scores, not settings.
const CODE_MAX: usize = 60;

/// The thresholds inside a range of bytes, in the order of the file.
pub(crate) fn thresholds(module: &Module, range: (u32, u32), which: Where) -> Vec<Parameter> {
    let mut eye = Eye { module, range, which, found: Vec::new() };
    module.parsed.syntax().body.iter().for_each(|statement| eye.visit_stmt(statement));
    eye.found
}

struct Eye<'m> {
    module: &'m Module,
    range: (u32, u32),
    which: Where,
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
            && (self.which == Where::Condition || orders_data(compare))
        {
            let sides: Vec<&Expr> = std::iter::once(&*compare.left).chain(&compare.comparators).collect();
            for (at, side) in sides.iter().enumerate() {
                // `0.1 < x < 0.5`: each end is compared with what stands in the middle.
                let (role, other) = match (at.checked_sub(1).and_then(|before| compare.ops.get(before)), at) {
                    (Some(operator), _) => (name::of_right(*operator), sides[at - 1]),
                    (None, _) => (name::of_left(compare.ops.first().copied().unwrap_or(CmpOp::Eq)), sides[1]),
                };
                self.operand(side, &Place { other, role }, 0);
            }
        }
        walk_expr(self, expression);
    }
}

/// What a number stands against, and as what.
struct Place<'e> {
    other: &'e Expr,
    role: &'static str,
}

impl Eye<'_> {
    fn operand(&mut self, side: &Expr, place: &Place<'_>, levels: u32) {
        match side {
            Expr::NumberLiteral(literal) => self.threshold(&literal.value, false, literal.range(), place),
            Expr::UnaryOp(unary) if unary.op == UnaryOp::USub => match &*unary.operand {
                Expr::NumberLiteral(literal) => self.threshold(&literal.value, true, unary.range(), place),
                other => self.operand(other, place, levels + 1),
            },
            Expr::BinOp(operation) if levels < 200 => {
                let (left, right) = match operation.op {
                    Operator::Mult => ("factor", "factor"),
                    Operator::Div | Operator::FloorDiv | Operator::Mod => ("dividend", "divisor"),
                    Operator::Pow => ("base", "power"),
                    _ => ("offset", "offset"),
                };
                self.operand(&operation.left, &Place { other: &operation.right, role: left }, levels + 1);
                self.operand(&operation.right, &Place { other: &operation.left, role: right }, levels + 1);
            }
            _ => {}
        }
    }

    fn threshold(&mut self, number: &Number, negative: bool, range: TextRange, place: &Place<'_>) {
        let value = match number {
            Number::Int(value) => value.as_i64().map(|value| Json::from(if negative { -value } else { value })),
            Number::Float(value) => Some(Json::from(if negative { -value } else { *value })),
            Number::Complex { .. } => None,
        };
        let Some(value) = value else { return };
        // `x > 0` asks for a sign; `x / y - 1` and `* 100` only make a share or a percentage.
        let means_nothing = match value.as_f64() {
            Some(0.0) => true,
            Some(1.0) => place.role == "offset",
            Some(100.0) => place.role == "factor",
            _ => false,
        };
        if self.which == Where::Code && (means_nothing || self.found.len() >= CODE_MAX) {
            return;
        }
        let line = self.module.lines.line(range.start());
        let whole = format!("{}_{}_{line}", name::subject(place.other), place.role);
        let is_known = |name: &String| self.found.iter().any(|known| known.line == line && known.name == *name);
        let numbered = (2..).map(|number| format!("{whole}_{number}"));
        let name = std::iter::once(whole.clone()).chain(numbered).find(|name| !is_known(name)).unwrap_or(whole);
        self.found.push(Parameter {
            name,
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

/// Whether a comparison orders values that are no counts of rows.
fn orders_data(compare: &ExprCompare) -> bool {
    let orders = |op: &CmpOp| matches!(op, CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE);
    let sides = || std::iter::once(&*compare.left).chain(&compare.comparators);
    compare.ops.iter().all(orders) && !sides().any(|side| counts(side, 0))
}

/// `len(df)`, `df.shape[0]`, `mask.sum()`, `df.index.size`.
fn counts(side: &Expr, levels: u32) -> bool {
    match side {
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => matches!(name.id.as_str(), "len" | "enumerate"),
            Expr::Attribute(method) => matches!(method.attr.as_str(), "count" | "nunique"),
            _ => false,
        },
        Expr::Subscript(subscript) => counts(&subscript.value, levels + 1),
        Expr::Attribute(attribute) => matches!(attribute.attr.as_str(), "shape" | "size"),
        Expr::BinOp(operation) if levels < 50 => {
            counts(&operation.left, levels + 1) || counts(&operation.right, levels + 1)
        }
        _ => false,
    }
}
