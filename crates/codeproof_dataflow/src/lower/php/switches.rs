//! `switch`.

use super::Lowering;
use super::kinds::Kind;
use super::statements::head;
use super::table::At;
use crate::ir::{Block, Case, Expr, ExprId, Pattern, Stmt, StmtKind, Switch};

impl Lowering<'_> {
    pub(super) fn switch(&mut self, at: At) {
        let table = self.table;
        let statement = table.bytes(at);
        let (subject, end) = match table.child(at, Kind::Parenthesized) {
            Some(subject) => (self.expr(subject), table.bytes(subject).end),
            None => (self.unknown(at), statement.end),
        };
        let entries: Vec<At> = table.child(at, Kind::SwitchBlock).map_or_else(Vec::new, |block| {
            let is_case = |at: &At| matches!(table.kind(*at), Kind::Case | Kind::Default);
            table.children(block).filter(is_case).collect()
        });
        self.scope().loops.push(false);
        let mut cases: Vec<Case> = Vec::new();
        let mut patterns = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let limit = entries.get(index + 1).map_or(statement.end, |next| table.bytes(*next).start);
            self.skip_pieces(table.bytes(*entry).start);
            let is_default = table.kind(*entry) == Kind::Default;
            if is_default && !patterns.is_empty() {
                let patterns = std::mem::take(&mut patterns);
                cases.push(Case { patterns, guard: None, body: Block::default(), falls_through: true });
            }
            let body = self.block_of(|lowering| {
                let value = lowering.case(*entry, is_default);
                patterns.extend(value.map(Pattern::Equal));
                lowering.output_pieces(limit);
            });
            let body = body.unwrap_or_default();
            // `case 1: case 2:` are one case.
            let is_last = index + 1 == entries.len();
            if is_default || !body.is_empty() || is_last {
                let falls_through = !is_last && !body.iter().any(|statement| self.ends(statement));
                cases.push(Case { patterns: std::mem::take(&mut patterns), guard: None, body, falls_through });
            }
        }
        self.scope().loops.pop();
        let switch = Switch { subject, cases };
        self.push(StmtKind::Switch(Box::new(switch)), head(statement, end));
    }

    /// The statements of a case, and its value.
    fn case(&mut self, at: At, is_default: bool) -> Option<ExprId> {
        let table = self.table;
        let value = if is_default { None } else { table.first(at) };
        let lowered = value.map(|value| self.expr(value));
        for child in table.children(at).filter(|child| Some(*child) != value) {
            self.statement(child);
        }
        lowered
    }

    /// Whether nothing runs behind this statement.
    fn ends(&mut self, statement: &Stmt) -> bool {
        match statement.kind {
            StmtKind::Break(_)
            | StmtKind::Continue(_)
            | StmtKind::Return(_)
            | StmtKind::Raise(_)
            | StmtKind::Goto(_) => true,
            StmtKind::Eval(value) => matches!(self.builder.body().expr(value), Expr::Exit(_)),
            _ => false,
        }
    }
}
