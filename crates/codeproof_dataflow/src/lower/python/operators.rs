//! Operators: chains of any length become flat lists, without recursion along the chain.

use super::kinds::Kind;
use super::{LEVELS_MAX, Lowering};
use crate::ir::{BinaryOp, Bytes, CompareOp, Constant, Expr, ExprId, UnaryOp};

/// What joins the operands of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
    Binary(BinaryOp),
    /// `@`, and what is no operator.
    Unknown,
}

impl Joint {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::And => Self::And,
            Kind::Or => Self::Or,
            _ => binary_operator(kind).map_or(Self::Unknown, Self::Binary),
        }
    }

    fn join(self, operands: Box<[ExprId]>) -> Expr {
        match (self, &*operands) {
            (Self::And, _) => Expr::And(operands),
            (Self::Or, _) => Expr::Or(operands),
            (Self::Binary(operator), [left, right]) if operator != BinaryOp::Add => {
                Expr::Binary(operator, *left, *right)
            }
            (Self::Binary(operator), _) => Expr::Chain(operator, operands),
            (Self::Unknown, _) => Expr::Unknown(operands),
        }
    }
}

/// The operator of a token, also of its `=` form.
pub(super) fn binary_operator(kind: Kind) -> Option<BinaryOp> {
    Some(match kind {
        Kind::Add | Kind::AddAssign => BinaryOp::Add,
        Kind::Subtract | Kind::SubtractAssign => BinaryOp::Subtract,
        Kind::Multiply | Kind::MultiplyAssign => BinaryOp::Multiply,
        Kind::Divide | Kind::DivideAssign => BinaryOp::Divide,
        Kind::FloorDivide | Kind::FloorDivideAssign => BinaryOp::FloorDivide,
        Kind::Remainder | Kind::RemainderAssign => BinaryOp::Remainder,
        Kind::DoubleStar | Kind::PowerAssign => BinaryOp::Power,
        Kind::ShiftLeft | Kind::ShiftLeftAssign => BinaryOp::ShiftLeft,
        Kind::ShiftRight | Kind::ShiftRightAssign => BinaryOp::ShiftRight,
        Kind::BitAnd | Kind::BitAndAssign => BinaryOp::BitAnd,
        Kind::BitOr | Kind::BitOrAssign => BinaryOp::BitOr,
        Kind::BitXor | Kind::BitXorAssign => BinaryOp::BitXor,
        _ => return None,
    })
}

fn comparison_operator(kind: Kind) -> Option<CompareOp> {
    Some(match kind {
        Kind::EqualTo => CompareOp::Equal,
        Kind::NotEqual | Kind::LessOrGreater => CompareOp::NotEqual,
        Kind::Less => CompareOp::Less,
        Kind::LessOrEqual => CompareOp::LessOrEqual,
        Kind::Greater => CompareOp::Greater,
        Kind::GreaterOrEqual => CompareOp::GreaterOrEqual,
        Kind::Is => CompareOp::Identical,
        Kind::IsNot => CompareOp::NotIdentical,
        Kind::In => CompareOp::In,
        Kind::NotIn => CompareOp::NotIn,
        _ => return None,
    })
}

impl Lowering<'_> {
    /// `a + b - c`, `a and b or c`: goes down the left operands, then adds one operand for each node on the way up. Nodes
    /// with the same operator make one list; each change of the operator is one level of the IR.
    pub(super) fn chain(&mut self, kind: Kind, bytes: Bytes) -> ExprId {
        let mut nodes = 0_usize;
        let mut lists = 0_usize;
        let mut last = None;
        while self.kind() == kind {
            let joint = self.joint();
            if last != Some(joint) {
                last = Some(joint);
                lists += 1;
            }
            if !self.goto_first_part() {
                lists = LEVELS_MAX;
                break;
            }
            nodes += 1;
        }
        let levels = lists.saturating_sub(1);
        if self.levels + levels > LEVELS_MAX {
            (0..nodes).for_each(|_| _ = self.cursor.goto_parent());
            return self.unknown(bytes);
        }
        self.levels += levels;
        let chain = self.chain_upwards(nodes, bytes);
        self.levels -= levels;
        chain
    }

    /// From the leftmost operand up through `nodes` nodes.
    fn chain_upwards(&mut self, nodes: usize, bytes: Bytes) -> ExprId {
        let start = self.operands.len();
        let mut list: Option<Joint> = None;
        let mut list_bytes = bytes;
        let first = self.expr();
        self.operands.push(first);
        for _ in 0..nodes {
            let (joint, right) = self.right_side();
            self.cursor.goto_parent();
            if let Some(before) = list.replace(joint).filter(|before| *before != joint) {
                let operands = self.operands_since(start);
                let left = self.add(before.join(operands), list_bytes);
                self.operands.push(left);
            }
            self.operands.extend(right);
            list_bytes = self.bytes();
        }
        let operands = self.operands_since(start);
        self.add(list.unwrap_or(Joint::Unknown).join(operands), bytes)
    }

    /// The operator behind the cursor's node and the operand behind that; leaves the cursor at the operand.
    fn right_side(&mut self) -> (Joint, Option<ExprId>) {
        let mut joint = Joint::Unknown;
        while self.cursor.goto_next_sibling() {
            match self.kind() {
                Kind::Comment | Kind::LineContinuation => {}
                kind if kind.is_token() => joint = Joint::of(kind),
                _ => return (joint, Some(self.expr())),
            }
        }
        (joint, None)
    }

    fn joint(&self) -> Joint {
        self.node()
            .child_by_field_id(self.fields.operator)
            .map_or(Joint::Unknown, |operator| Joint::of(self.kind_of(operator)))
    }

    /// Moves to the first child that is no token or comment; stays when there is none.
    fn goto_first_part(&mut self) -> bool {
        if !self.cursor.goto_first_child() {
            return false;
        }
        while self.kind().is_token() {
            if !self.cursor.goto_next_sibling() {
                self.cursor.goto_parent();
                return false;
            }
        }
        true
    }

    /// `a < b`, and `a < b < c` as `a < b and b < c`.
    pub(super) fn comparison(&mut self, bytes: Bytes) -> ExprId {
        let mut operands: Vec<(ExprId, Bytes)> = Vec::with_capacity(2);
        let mut operators = Vec::with_capacity(1);
        self.each_child(|lowering, kind| match comparison_operator(kind) {
            Some(operator) => operators.push(operator),
            None if kind.is_token() => {}
            None => operands.push((lowering.expr_below(1), lowering.bytes())),
        });
        let mut comparisons = Vec::with_capacity(operators.len());
        for (operator, pair) in operators.into_iter().zip(operands.windows(2)) {
            let [(left, left_bytes), (right, right_bytes)] = pair else { continue };
            let bytes = Bytes { start: left_bytes.start, end: right_bytes.end };
            comparisons.push(self.add(Expr::Compare(operator, *left, *right), bytes));
        }
        match comparisons.as_slice() {
            [comparison] => *comparison,
            [] => self.add(Expr::Unknown(operands.iter().map(|(operand, _)| *operand).collect()), bytes),
            _ => self.add(Expr::And(comparisons.into()), bytes),
        }
    }

    pub(super) fn unary(&mut self) -> Expr {
        let mut operator = None;
        let mut operand = None;
        self.each_child(|lowering, kind| match kind {
            Kind::Add => operator = Some(UnaryOp::Plus),
            Kind::Subtract => operator = Some(UnaryOp::Negate),
            Kind::Tilde => operator = Some(UnaryOp::BitNot),
            _ if kind.is_token() => {}
            Kind::Integer | Kind::Float if operator == Some(UnaryOp::Negate) => operand = Some(Err(lowering.negated())),
            _ => operand = Some(Ok(lowering.expr())),
        });
        match (operator, operand) {
            (_, Some(Err(constant))) => constant,
            (Some(operator), Some(Ok(operand))) => Expr::Unary(operator, operand),
            (_, operand) => Expr::Unknown(operand.and_then(Result::ok).into_iter().collect()),
        }
    }

    /// The number at the cursor with a minus before it.
    pub(super) fn negated(&mut self) -> Expr {
        let number = if self.kind() == Kind::Integer { self.integer() } else { self.float() };
        match number {
            Expr::Constant(Constant::Int(number)) => Expr::Constant(Constant::Int(number.wrapping_neg())),
            Expr::Constant(Constant::Float(number)) => Expr::Constant(Constant::Float(-number)),
            other => other,
        }
    }
}
