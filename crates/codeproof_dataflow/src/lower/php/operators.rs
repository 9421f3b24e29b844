//! Operators with one, two and three operands.

use super::Lowering;
use super::kinds::Kind;
use super::table::At;
use crate::ir::{Argument, BinaryOp, CompareOp, Expr, ExprId, UnaryOp};

impl Lowering<'_> {
    /// The operands of an operator with two, and what it is; `None` when one is missing.
    pub(super) fn operands(&self, at: At) -> Option<(At, Kind, At)> {
        let mut parts = self.table.children(at).filter(|part| self.table.kind(*part) != Kind::Error);
        let (left, operator, right) = (parts.next()?, parts.next()?, parts.next()?);
        Some((left, self.table.kind(operator), right))
    }

    pub(super) fn binary(&mut self, at: At) -> ExprId {
        let Some((left, operator, right)) = self.operands(at) else { return self.unknown(at) };
        if let Some(comparison) = comparison(operator) {
            let (left, right) = (self.expr(left), self.expr(right));
            return self.add(Expr::Compare(comparison, left, right), at);
        }
        if let Some(arithmetic) = arithmetic(operator) {
            return self.arithmetic_chain(at, operator, arithmetic);
        }
        match operator {
            Kind::Concat => self.text(at),
            Kind::And | Kind::AndWord | Kind::Or | Kind::OrWord | Kind::XorWord => {
                let condition = self.condition(at);
                self.truth_of(condition, at)
            }
            Kind::Coalesce => {
                let (left, right) = (self.expr(left), self.expr(right));
                self.add(Expr::Coalesce(left, right), at)
            }
            Kind::InstanceOf => {
                let (left, class) = (self.expr(left), self.class_reference(right));
                self.add(Expr::Compare(CompareOp::InstanceOf, left, class), at)
            }
            Kind::Spaceship => {
                let operands = [self.expr(left), self.expr(right)];
                let compared = self.add(Expr::Unknown(operands.into()), at);
                let int = self.builder.name("int");
                self.add(Expr::Cast(int, compared), at)
            }
            Kind::Pipe => {
                let (value, callee) = (self.expr(left), self.expr(right));
                let argument = Argument { name: None, value, is_mapping: false };
                self.add(Expr::Call(callee, Box::new([argument])), at)
            }
            _ => self.unknown(at),
        }
    }

    /// A value that is true when `condition` holds: PHP's logical operators give no operand.
    fn truth_of(&mut self, condition: ExprId, at: At) -> ExprId {
        let bool = self.builder.name("bool");
        self.add(Expr::Cast(bool, condition), at)
    }

    /// `a - b - c`, from the left.
    fn arithmetic_chain(&mut self, at: At, operator: Kind, arithmetic: BinaryOp) -> ExprId {
        let mut operands = Vec::new();
        let mut rest = at;
        while self.table.kind(rest) == Kind::Binary
            && let Some((left, found, right)) = self.operands(rest)
            && found == operator
        {
            operands.push(right);
            rest = left;
            if operator == Kind::Power {
                break;
            }
        }
        operands.push(rest);
        let operands: Vec<ExprId> = operands.into_iter().rev().map(|operand| self.expr(operand)).collect();
        let expr = match (arithmetic, operands.as_slice()) {
            (BinaryOp::Add, _) => Expr::Chain(arithmetic, operands.into()),
            (_, [left, right]) => Expr::Binary(arithmetic, *left, *right),
            _ => Expr::Chain(arithmetic, operands.into()),
        };
        self.add(expr, at)
    }

    pub(super) fn unary(&mut self, at: At) -> ExprId {
        let mut parts = self.table.children(at).filter(|part| self.table.kind(*part) != Kind::Error);
        let (Some(operator), Some(operand)) = (parts.next(), parts.next()) else { return self.unknown(at) };
        let operator = match self.table.kind(operator) {
            Kind::Not => {
                let operand = self.condition(operand);
                return self.add(Expr::Unary(UnaryOp::Not, operand), at);
            }
            Kind::Minus => UnaryOp::Negate,
            Kind::Plus => UnaryOp::Plus,
            Kind::BitNot => UnaryOp::BitNot,
            _ => return self.unknown(at),
        };
        let operand = self.expr(operand);
        self.add(Expr::Unary(operator, operand), at)
    }

    pub(super) fn cast(&mut self, at: At) -> ExprId {
        let table = self.table;
        let (Some(to), Some(value)) = (table.child(at, Kind::CastType), table.last(at)) else {
            return self.unknown(at);
        };
        let written = self.text_of(to).trim().to_ascii_lowercase();
        let to = match written.as_str() {
            "unset" => return self.add(Expr::Constant(crate::ir::Constant::None), at),
            "integer" => "int",
            "boolean" => "bool",
            "double" | "real" => "float",
            "binary" => "string",
            other => other,
        };
        let value = self.expr(value);
        let to = self.builder.name(to);
        self.add(Expr::Cast(to, value), at)
    }

    pub(super) fn conditional(&mut self, at: At) -> ExprId {
        let mut parts = self.table.children(at).filter(|part| self.table.kind(*part) != Kind::Error);
        let (Some(test), Some(second), third) = (parts.next(), parts.next(), parts.next()) else {
            return self.unknown(at);
        };
        let Some(third) = third else { return self.short_conditional(at) };
        let test = self.condition(test);
        let (holds, fails) = (self.expr(second), self.expr(third));
        self.add(Expr::Conditional(test, holds, fails), at)
    }

    /// `a ?: b ?: c`, from the left.
    fn short_conditional(&mut self, at: At) -> ExprId {
        let mut operands = Vec::new();
        let mut rest = at;
        while self.table.kind(rest) == Kind::Conditional {
            let mut parts = self.table.children(rest).filter(|part| self.table.kind(*part) != Kind::Error);
            let (Some(left), Some(right), None) = (parts.next(), parts.next(), parts.next()) else { break };
            operands.push(right);
            rest = left;
        }
        operands.push(rest);
        let operands = operands.into_iter().rev().map(|operand| self.expr(operand)).collect();
        self.add(Expr::Or(operands), at)
    }
}

fn comparison(operator: Kind) -> Option<CompareOp> {
    Some(match operator {
        Kind::Equal => CompareOp::Equal,
        Kind::NotEqual | Kind::NotEqualOld => CompareOp::NotEqual,
        Kind::Identical => CompareOp::Identical,
        Kind::NotIdentical => CompareOp::NotIdentical,
        Kind::Less => CompareOp::Less,
        Kind::LessOrEqual => CompareOp::LessOrEqual,
        Kind::Greater => CompareOp::Greater,
        Kind::GreaterOrEqual => CompareOp::GreaterOrEqual,
        _ => return None,
    })
}

fn arithmetic(operator: Kind) -> Option<BinaryOp> {
    Some(match operator {
        Kind::Plus => BinaryOp::Add,
        Kind::Minus => BinaryOp::Subtract,
        Kind::Multiply => BinaryOp::Multiply,
        Kind::Divide => BinaryOp::Divide,
        Kind::Remainder => BinaryOp::Remainder,
        Kind::Power => BinaryOp::Power,
        Kind::ShiftLeft => BinaryOp::ShiftLeft,
        Kind::ShiftRight => BinaryOp::ShiftRight,
        Kind::BitAnd => BinaryOp::BitAnd,
        Kind::BitOr => BinaryOp::BitOr,
        Kind::BitXor => BinaryOp::BitXor,
        _ => return None,
    })
}

/// What `+=` and its like do; `.=` and `??=` are none of these.
pub(super) fn arithmetic_assignment(operator: Kind) -> Option<BinaryOp> {
    Some(match operator {
        Kind::PlusAssign | Kind::Increment => BinaryOp::Add,
        Kind::MinusAssign | Kind::Decrement => BinaryOp::Subtract,
        Kind::MultiplyAssign => BinaryOp::Multiply,
        Kind::DivideAssign => BinaryOp::Divide,
        Kind::RemainderAssign => BinaryOp::Remainder,
        Kind::PowerAssign => BinaryOp::Power,
        Kind::ShiftLeftAssign => BinaryOp::ShiftLeft,
        Kind::ShiftRightAssign => BinaryOp::ShiftRight,
        Kind::BitAndAssign => BinaryOp::BitAnd,
        Kind::BitOrAssign => BinaryOp::BitOr,
        Kind::BitXorAssign => BinaryOp::BitXor,
        _ => return None,
    })
}
