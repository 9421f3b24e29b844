//! Statements with blocks: `if`, loops, `try`, `with`. Their bytes end at the colon of the head.

use super::Lowering;
use super::kinds::Kind;
use crate::ir::{Block, Each, ExprId, Loop, Place, Stmt, StmtKind, Try};

/// The types, the variable and the block of an `except`.
type Handler = (Vec<ExprId>, Option<Place>, Block);

impl Lowering<'_> {
    pub(super) fn if_statement(&mut self) -> Stmt {
        let mut head = self.bytes();
        let mut branches = Vec::with_capacity(1);
        let mut otherwise = Block::default();
        let mut test = None;
        self.each_child(|lowering, kind| match kind {
            Kind::Colon => head.end = lowering.bytes().end,
            Kind::Block => branches.push((test.take(), lowering.block())),
            Kind::ElifClause => branches.push(lowering.elif()),
            Kind::ElseClause => otherwise = lowering.inner_block(),
            _ if kind.is_token() => {}
            _ => test = Some(lowering.expr()),
        });
        let branches =
            branches.into_iter().map(|(test, block)| (test.unwrap_or_else(|| self.nothing(head)), block)).collect();
        StmtKind::If(branches, otherwise).over(head)
    }

    fn elif(&mut self) -> (Option<ExprId>, Block) {
        let mut test = None;
        let mut block = Block::default();
        self.each_child(|lowering, kind| match kind {
            Kind::Block => block = lowering.block(),
            _ if kind.is_token() => {}
            _ => test = Some(lowering.expr()),
        });
        (test, block)
    }

    /// The block of an `else` or `finally`.
    fn inner_block(&mut self) -> Block {
        let mut block = Block::default();
        self.each_child(|lowering, kind| {
            if kind == Kind::Block {
                block = lowering.block();
            }
        });
        block
    }

    pub(super) fn for_statement(&mut self) -> Stmt {
        let mut head = self.bytes();
        let mut items = None;
        let mut value = Place::Unknown;
        let mut is_target = true;
        let (mut body, mut otherwise) = (Block::default(), Block::default());
        self.each_child(|lowering, kind| match kind {
            Kind::In => is_target = false,
            Kind::Colon => head.end = lowering.bytes().end,
            Kind::Block => body = lowering.block(),
            Kind::ElseClause => otherwise = lowering.inner_block(),
            _ if kind.is_token() => {}
            _ if is_target => value = lowering.place(),
            _ => items = Some(lowering.expr()),
        });
        let items = items.unwrap_or_else(|| self.nothing(head));
        let each = Some(Each { key: None, value, items });
        let looped = Loop {
            each,
            first: Block::default(),
            test: None,
            test_is_last: false,
            step: Block::default(),
            body,
            otherwise,
        };
        StmtKind::Loop(Box::new(looped)).over(head)
    }

    pub(super) fn while_statement(&mut self) -> Stmt {
        let mut head = self.bytes();
        let mut test = None;
        let (mut body, mut otherwise) = (Block::default(), Block::default());
        self.each_child(|lowering, kind| match kind {
            Kind::Colon => head.end = lowering.bytes().end,
            Kind::Block => body = lowering.block(),
            Kind::ElseClause => otherwise = lowering.inner_block(),
            _ if kind.is_token() => {}
            _ => test = Some(lowering.expr()),
        });
        let looped = Loop {
            each: None,
            first: Block::default(),
            test,
            test_is_last: false,
            step: Block::default(),
            body,
            otherwise,
        };
        StmtKind::Loop(Box::new(looped)).over(head)
    }

    pub(super) fn try_statement(&mut self) -> Stmt {
        let mut head = self.bytes();
        let mut attempt =
            Try { body: Block::default(), handlers: Vec::new(), otherwise: Block::default(), last: Block::default() };
        self.each_child(|lowering, kind| match kind {
            Kind::Colon => head.end = lowering.bytes().end,
            Kind::Block => attempt.body = lowering.block(),
            Kind::ExceptClause => attempt.handlers.push(lowering.handler()),
            Kind::ElseClause => attempt.otherwise = lowering.inner_block(),
            Kind::FinallyClause => attempt.last = lowering.inner_block(),
            _ => {}
        });
        StmtKind::Try(Box::new(attempt)).over(head)
    }

    fn handler(&mut self) -> Handler {
        let mut types = Vec::new();
        let mut place = None;
        let mut block = Block::default();
        self.each_child(|lowering, kind| match kind {
            Kind::Block => block = lowering.block(),
            Kind::AsPattern => {
                place = lowering.as_pattern(|lowering, kind| lowering.exception_types(kind, &mut types)).1
            }
            _ if kind.is_token() => {}
            _ if lowering.field() == lowering.fields.alias => place = Some(lowering.place()),
            // Python 2's `except E, e:`. Since Python 3.14 this may mean two types, which are not written in lower case.
            Kind::Identifier
                if types.len() == 1 && lowering.source().starts_with(|first: char| first.is_lowercase()) =>
            {
                place = Some(lowering.place());
            }
            _ => lowering.exception_types(kind, &mut types),
        });
        (types, place, block)
    }

    /// The types of an `except`, written as one or as a tuple.
    fn exception_types(&mut self, kind: Kind, types: &mut Vec<ExprId>) {
        if kind == Kind::Tuple {
            self.each_child(|lowering, kind| {
                if !kind.is_token() {
                    types.push(lowering.expr());
                }
            });
        } else {
            types.push(self.expr());
        }
    }

    /// `value as target`: what `value` does at the value, and the target.
    fn as_pattern<T>(&mut self, value: impl FnOnce(&mut Self, Kind) -> T) -> (Option<T>, Option<Place>) {
        let mut value = Some(value);
        let mut result = None;
        let mut place = None;
        self.each_child(|lowering, kind| match value.take_if(|_| !kind.is_token()) {
            Some(value) => result = Some(value(lowering, kind)),
            None if kind.is_token() => {}
            None => place = Some(lowering.place()),
        });
        (result, place)
    }

    pub(super) fn with_statement(&mut self) -> Stmt {
        let mut head = self.bytes();
        let mut items = Vec::new();
        let mut block = Block::default();
        self.each_child(|lowering, kind| match kind {
            Kind::Colon => head.end = lowering.bytes().end,
            Kind::Block => block = lowering.block(),
            Kind::WithClause => lowering.each_child(|lowering, kind| {
                if kind == Kind::WithItem {
                    lowering.each_child(|lowering, kind| lowering.with_item(kind, &mut items));
                }
            }),
            _ => {}
        });
        StmtKind::With(items, block).over(head)
    }

    /// A manager with what it is bound to; `with (a as b, c as d):` may look like a tuple of them.
    fn with_item(&mut self, kind: Kind, items: &mut Vec<(ExprId, Option<Place>)>) {
        match kind {
            _ if kind.is_token() => {}
            Kind::AsPattern => {
                if let (Some(manager), place) = self.as_pattern(|lowering, _| lowering.expr()) {
                    items.push((manager, place));
                }
            }
            Kind::Tuple | Kind::ParenthesizedExpression if self.holds_as_pattern() => {
                self.each_child(|lowering, kind| match kind {
                    Kind::AsPattern => lowering.with_item(kind, items),
                    _ if kind.is_token() => {}
                    _ => items.push((lowering.expr(), None)),
                });
            }
            _ => items.push((self.expr(), None)),
        }
    }

    fn holds_as_pattern(&mut self) -> bool {
        let mut holds = false;
        self.each_child(|_, kind| holds |= kind == Kind::AsPattern);
        holds
    }
}
