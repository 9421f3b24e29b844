//! Expressions.

use super::Lowering;
use super::kinds::Kind;
use super::table::At;
use crate::ir::{Constant, Expr, ExprId};

impl Lowering<'_> {
    /// Lowers an expression.
    pub(super) fn expr(&mut self, at: At) -> ExprId {
        let at = self.table.inside(at);
        let is_broken = self.table.is_broken(at);
        let lowered = match self.table.kind(at) {
            // The most frequent ones, which contain nothing.
            Kind::VariableName => return self.variable_at(at),
            Kind::String => return self.single_quoted(at),
            Kind::Integer => return self.integer(at),
            kind => self.deeper(levels(kind) + usize::from(is_broken), |lowering| lowering.expr_inside(at)),
        };
        match lowered {
            Some(lowered) if is_broken => self.with_broken_parts(lowered, at),
            Some(lowered) => lowered,
            None => self.unknown(at),
        }
    }

    fn expr_inside(&mut self, at: At) -> ExprId {
        match self.table.kind(at) {
            Kind::Name | Kind::QualifiedName | Kind::RelativeName => self.constant(at),
            Kind::Float => self.float(at),
            Kind::Boolean => {
                let is_true = self.text_of(at).eq_ignore_ascii_case("true");
                self.add(Expr::Constant(Constant::Bool(is_true)), at)
            }
            Kind::Null => self.add(Expr::Constant(Constant::None), at),
            Kind::EncapsedString | Kind::Heredoc => self.text(at),
            Kind::Nowdoc => self.nowdoc(at),
            Kind::ShellCommand => self.shell_command(at),
            Kind::Array | Kind::ListLiteral => self.array(at),
            Kind::DynamicVariable => self.dynamic_variable(at),
            Kind::Assignment | Kind::Augmented | Kind::Update | Kind::ReferenceAssignment => self.assigned(at),
            Kind::Binary => self.binary(at),
            Kind::Conditional => self.conditional(at),
            Kind::Unary => self.unary(at),
            Kind::Cast => self.cast(at),
            Kind::Match => self.match_expression(at),
            Kind::Silence => self.wrapped(at, |value| Expr::Unary(crate::ir::UnaryOp::Silence, value)),
            Kind::Include | Kind::IncludeOnce | Kind::Require | Kind::RequireOnce => self.wrapped(at, Expr::Include),
            Kind::Print => self.wrapped(at, Expr::Output),
            Kind::Throw => self.wrapped(at, Expr::Raise),
            Kind::ByReference => self.wrapped(at, Expr::Reference),
            Kind::VariadicUnpacking => self.wrapped(at, Expr::Spread),
            Kind::Clone => self.clone_expression(at),
            Kind::Yield => self.yielded(at),
            Kind::AnonymousFunction => self.closure(at),
            Kind::ArrowFunction => self.arrow_function(at),
            Kind::New => self.creation(at),
            Kind::FunctionCall
            | Kind::MemberCall
            | Kind::NullsafeMemberCall
            | Kind::ScopedCall
            | Kind::MemberAccess
            | Kind::NullsafeMemberAccess
            | Kind::ScopedPropertyAccess
            | Kind::ClassConstantAccess
            | Kind::Subscript => self.chain(at),
            _ => self.unknown(at),
        }
    }

    /// An expression with what stands in it and does not follow the grammar.
    pub(super) fn with_broken_parts(&mut self, lowered: ExprId, at: At) -> ExprId {
        let table = self.table;
        let mut operands = vec![lowered];
        for broken in table.children(at).filter(|child| table.kind(*child) == Kind::Error) {
            self.gather(broken, &mut operands);
        }
        if operands.len() == 1 { lowered } else { self.add(Expr::Unknown(operands.into()), at) }
    }

    /// An expression around its only operand.
    fn wrapped(&mut self, at: At, wrap: impl FnOnce(ExprId) -> Expr) -> ExprId {
        let Some(value) = self.table.first(at) else { return self.unknown(at) };
        let value = self.expr(value);
        self.add(wrap(value), at)
    }

    fn array(&mut self, at: At) -> ExprId {
        let table = self.table;
        let mut items = Vec::new();
        for item in table.children(at) {
            match table.kind(item) {
                Kind::ArrayItem => {
                    let (first, second) = match self.item(item) {
                        (Some(only), None) => match self.spaced_arrow(only) {
                            Some((key, value)) => (key, Some(value)),
                            None => (only, None),
                        },
                        (Some(first), second) => (first, second),
                        (None, _) => continue,
                    };
                    let first = self.expr(first);
                    items.push(match second {
                        Some(second) => (Some(first), self.expr(second)),
                        None => (None, first),
                    });
                }
                Kind::Comma | Kind::Arrow | Kind::Error => {}
                _ => items.push((None, self.expr(item))),
            }
        }
        self.add(Expr::Dict(items.into()), at)
    }

    /// What stands around `= >`, a spelling of `=>` that PHP refuses and people publish.
    pub(super) fn spaced_arrow(&self, at: At) -> Option<(At, At)> {
        let broken = self.table.child(at, Kind::Error).filter(|_| self.table.is_broken(at))?;
        let (left, operator, right) = self.operands(at)?;
        (operator == Kind::Greater && self.text_of(broken) == "=").then_some((left, right))
    }

    /// The one or two parts of an item of an array.
    pub(super) fn item(&self, item: At) -> (Option<At>, Option<At>) {
        let mut parts = self.table.children(item).filter(|part| self.table.kind(*part) != Kind::Error);
        (parts.next(), parts.next())
    }

    fn clone_expression(&mut self, at: At) -> ExprId {
        let Some(value) = self.table.first(at) else { return self.unknown(at) };
        let operands: Box<[ExprId]> = match self.table.kind(value) {
            Kind::Arguments => self.arguments(value).iter().map(|argument| argument.value).collect(),
            _ => Box::new([self.expr(value)]),
        };
        self.add(Expr::Unknown(operands), at)
    }

    fn yielded(&mut self, at: At) -> ExprId {
        self.builder.body().is_generator = true;
        let table = self.table;
        let Some(value) = table.children(at).find(|it| !matches!(table.kind(*it), Kind::YieldFrom | Kind::Error))
        else {
            return self.add(Expr::Yield(None), at);
        };
        let value = if table.kind(value) == Kind::ArrayItem {
            match self.item(value) {
                (_, Some(value)) | (Some(value), None) => self.expr(value),
                (None, None) => return self.unknown(at),
            }
        } else {
            let all = self.expr(value);
            self.add(Expr::Spread(all), value)
        };
        self.add(Expr::Yield(Some(value)), at)
    }

    fn match_expression(&mut self, at: At) -> ExprId {
        let table = self.table;
        let (Some(subject), Some(block)) = (table.child(at, Kind::Parenthesized), table.child(at, Kind::MatchBlock))
        else {
            return self.unknown(at);
        };
        let subject = self.expr(subject);
        let mut arms = Vec::new();
        for arm in table.children(block) {
            let Some(value) = table.last(arm) else { continue };
            let patterns = match (table.kind(arm), table.child(arm, Kind::MatchConditions)) {
                (Kind::MatchArm, Some(conditions)) => {
                    table.children(conditions).map(|condition| self.expr(condition)).collect()
                }
                (Kind::MatchDefault, _) => Vec::new(),
                _ => continue,
            };
            arms.push((patterns, self.expr(value)));
        }
        self.add(Expr::Match(subject, arms.into()), at)
    }
}

/// How many expressions stand in each other in what becomes of a node, its operands not counted.
fn levels(kind: Kind) -> usize {
    match kind {
        Kind::Augmented
        | Kind::Binary
        | Kind::ReferenceAssignment
        | Kind::ShellCommand
        | Kind::Update
        | Kind::Yield => 2,
        _ => 1,
    }
}
