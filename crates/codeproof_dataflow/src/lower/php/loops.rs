//! Loops, and what leaves them.

use super::Lowering;
use super::kinds::Kind;
use super::statements::{head, is_statement};
use super::table::At;
use crate::ir::{Block, Bytes, Each, Expr, Loop, Place, Stmt, StmtKind};

impl Lowering<'_> {
    pub(super) fn while_loop(&mut self, at: At) {
        let statement = self.table.bytes(at);
        let (test, body) = self.test_and_body(at);
        let end = self.builder.body().bytes_of(test).end;
        let body = self.loop_body(body, statement.end);
        self.push_loop(Loop { test: Some(test), body, ..empty() }, head(statement, end));
    }

    pub(super) fn do_loop(&mut self, at: At) {
        let table = self.table;
        let statement = table.bytes(at);
        let body = table.children(at).find(|child| is_statement(table.kind(*child)));
        let limit = body.map_or(statement.start, |body| table.bytes(body).end);
        let lowered = self.loop_body(body, limit);
        let test = table.child(at, Kind::Parenthesized).map(|test| self.condition(test));
        let end = body.map_or(statement.end, |body| table.bytes(body).start);
        self.push_loop(Loop { test, test_is_last: true, body: lowered, ..empty() }, head(statement, end));
    }

    pub(super) fn for_loop(&mut self, at: At) {
        let table = self.table;
        let statement = table.bytes(at);
        let mut sections: [Vec<At>; 3] = Default::default();
        let mut bodies = Vec::new();
        let mut section = 0;
        let mut end = statement.start;
        for child in table.children(at) {
            match table.kind(child) {
                Kind::Semicolon => section = (section + 1).min(2),
                kind if is_statement(kind) => bodies.push(child),
                Kind::Sequence => sections[section].extend(self.sequence(child)),
                _ => sections[section].push(child),
            }
            if bodies.is_empty() {
                end = table.bytes(child).end;
            }
        }
        let [first, tests, step] = sections;
        let first = self.effects(&first);
        let (test, before) = tests.split_last().map_or((None, &[][..]), |(test, before)| (Some(*test), before));
        let test = test.map(|test| self.condition(test));
        self.scope().loops.push(true);
        let body = self.block_of(|lowering| {
            // `for (; a(), b(); )`: all but the last are run for what they do.
            for effect in before {
                lowering.effect(*effect, table.bytes(*effect));
            }
            for body in bodies {
                lowering.body(Some(body), table.bytes(body).end);
            }
            lowering.output_pieces(statement.end);
        });
        self.scope().loops.pop();
        let step = self.effects(&step);
        self.push_loop(Loop { first, test, step, body: body.unwrap_or_default(), ..empty() }, head(statement, end));
    }

    pub(super) fn foreach_loop(&mut self, at: At) {
        let table = self.table;
        let statement = table.bytes(at);
        let is_body = |child: &At| is_statement(table.kind(*child)) || table.kind(*child) == Kind::ColonBlock;
        let body = table.children(at).find(is_body);
        let mut parts = table.children(at).filter(|child| table.kind(*child) != Kind::Error && Some(*child) != body);
        let (Some(items), Some(target)) = (parts.next(), parts.next()) else {
            self.body(body, statement.end);
            return;
        };
        let (key, value) = match table.kind(target) {
            Kind::Pair => {
                let mut pair = table.children(target).filter(|child| table.kind(*child) != Kind::Error);
                (pair.next(), pair.next().unwrap_or(target))
            }
            _ => (None, target),
        };
        let all = self.expr(items);
        let key = key.map(|key| self.place(key));
        let end = table.bytes(target).end;
        let mut each = Each { key, value: self.place(value), items: all };
        let step = if table.kind(value) == Kind::ByReference { self.write_back(&mut each, items, value) } else { None };
        let body = self.loop_body(body, statement.end);
        let step = step.into_iter().collect();
        self.push_loop(Loop { each: Some(each), step, body, ..empty() }, head(statement, end));
    }

    /// `foreach ($items as &$value)`: after each round, what is in the variable is in the list.
    fn write_back(&mut self, each: &mut Each, items: At, value: At) -> Option<Stmt> {
        let list = self.table.inside(items);
        let is_variable = matches!(
            self.table.kind(list),
            Kind::VariableName | Kind::MemberAccess | Kind::Subscript | Kind::ScopedPropertyAccess
        );
        if !is_variable {
            return None;
        }
        let bytes = self.table.bytes(value);
        let value = self.table.first(value)?;
        let key = match each.key {
            Some(Place::Local(key)) => key,
            Some(_) => return None,
            None => {
                let nameless = self.builder.name("");
                let key = self.builder.fresh_local(nameless);
                each.key = Some(Place::Local(key));
                key
            }
        };
        let key = self.builder.expr(Expr::Local(key), bytes);
        let list = self.expr(list);
        let value = self.expr(value);
        Some(Stmt { bytes, kind: StmtKind::Assign(Place::Index(list, Some(key)), value) })
    }

    fn loop_body(&mut self, body: Option<At>, limit: u32) -> Block {
        self.scope().loops.push(true);
        let block = self.block(body, limit);
        self.scope().loops.pop();
        block
    }

    fn effects(&mut self, expressions: &[At]) -> Block {
        let lowered = self.block_of(|lowering| {
            for at in expressions {
                lowering.effect(*at, lowering.table.bytes(*at));
            }
        });
        lowered.unwrap_or_default()
    }

    fn push_loop(&mut self, lowered: Loop, bytes: Bytes) {
        self.push(StmtKind::Loop(Box::new(lowered)), bytes);
    }

    /// How many loops and switches a `break` or `continue` means.
    pub(super) fn levels(&self, at: At) -> u32 {
        self.table.first(at).and_then(|levels| self.text_of(levels).parse().ok()).unwrap_or(1).max(1)
    }

    /// `continue`, which counts switches: at a switch it is what `break` is.
    pub(super) fn continue_statement(&mut self, at: At) {
        let levels = self.levels(at);
        let around = &self.scope().loops;
        let nearest: Vec<bool> = around.iter().rev().take(levels as usize).copied().collect();
        let kind = if nearest.last() == Some(&false) {
            StmtKind::Break(levels)
        } else {
            let loops = nearest.iter().filter(|is_loop| **is_loop).count();
            StmtKind::Continue(u32::try_from(loops).unwrap_or(u32::MAX).max(1))
        };
        self.push(kind, self.table.bytes(at));
    }
}

fn empty() -> Loop {
    Loop {
        each: None,
        first: Block::default(),
        test: None,
        test_is_last: false,
        step: Block::default(),
        body: Block::default(),
        otherwise: Block::default(),
    }
}
