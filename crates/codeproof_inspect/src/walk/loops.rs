//! Loops: how often their bodies run, and whether they end.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt, StmtFor, StmtWhile};
use ruff_text_size::Ranged;

use super::super::rules;
use super::super::value::{Shape, Value};
use super::Walk;
use super::statements::is_literally_false;

/// Rounds of a loop over known elements that are read one by one: a text built letter by letter.
const ROUNDS_MAX: usize = 512;

/// Statements in the body of such a loop.
const ROUND_STATEMENTS_MAX: usize = 4;

impl<'a> Walk<'a> {
    pub(super) fn repeat(&mut self, repeat: &'a StmtFor) {
        let over = self.value(&repeat.iter);
        let elements = over.elements();
        let unrolls = !elements.is_empty()
            && elements.len() <= ROUNDS_MAX
            && repeat.body.len() <= ROUND_STATEMENTS_MAX
            && elements.iter().all(|element| element.is_constant() || element.is_callable())
            && self.may_repeat(elements.len());
        let rounds_before = self.rounds;
        self.rounds = rounds_before.saturating_mul(rounds_of(&over));
        self.loops.push(is_endless_iterable(&over));
        if unrolls {
            for element in elements {
                self.assign(&repeat.target, element.from(over.origins));
                self.block(&repeat.body);
                if self.is_spent() {
                    break;
                }
            }
        } else {
            self.assign(&repeat.target, over.element());
            self.perhaps(|walk| {
                walk.block(&repeat.body);
            });
        }
        self.loops.pop();
        self.rounds = rounds_before;
        self.perhaps(|walk| {
            walk.block(&repeat.orelse);
        });
    }

    pub(super) fn repeat_while(&mut self, repeat: &'a StmtWhile) {
        if is_literally_false(&repeat.test) {
            return;
        }
        let test = self.value(&repeat.test);
        let endless = test.truth() == Some(true);
        let before = self.circumstances;
        self.circumstances = before.with(test.origins);
        self.loops.push(endless);
        self.perhaps(|walk| {
            walk.block(&repeat.body);
        });
        self.loops.pop();
        self.circumstances = before;
        if endless && let Some(verdict) = rules::endless(&LoopBody::of(&repeat.body)) {
            self.report(repeat.test.range(), verdict);
        }
        self.perhaps(|walk| {
            walk.block(&repeat.orelse);
        });
    }
}

/// What stands in a loop that never ends by itself.
#[derive(Default)]
pub(in super::super) struct LoopBody {
    /// A way out, or a pause.
    pub(in super::super) ends_or_waits: bool,
    /// Any call.
    pub(in super::super) calls: bool,
    /// Something that grows.
    pub(in super::super) grows: bool,
}

impl LoopBody {
    fn of(body: &[Stmt]) -> Self {
        let mut seen = Self::default();
        seen.visit_body(body);
        seen
    }
}

impl<'a> Visitor<'a> for LoopBody {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::Break(_) | Stmt::Return(_) | Stmt::Raise(_) => self.ends_or_waits = true,
            Stmt::AugAssign(_) => self.grows = true,
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) => self.ends_or_waits = true,
            Expr::Call(call) => {
                self.calls = true;
                let name = match &*call.func {
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    Expr::Name(name) => name.id.as_str(),
                    _ => "",
                };
                self.ends_or_waits |= matches!(
                    name,
                    "sleep"
                        | "wait"
                        | "join"
                        | "get"
                        | "recv"
                        | "accept"
                        | "exit"
                        | "_exit"
                        | "input"
                        | "run_pending"
                        | "select"
                        | "next"
                        | "readline"
                        | "read"
                        | "poll"
                );
                self.grows |= matches!(name, "append" | "extend" | "add" | "bytearray" | "insert");
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// How often a loop over this runs, as far as it is counted.
fn rounds_of(over: &Value) -> i64 {
    let bounds = match &over.shape {
        Shape::List(values) => return i64::try_from(values.len()).unwrap_or(i64::MAX).max(1),
        Shape::Object(class, arguments) if &**class == "builtins.range" => &arguments.positional,
        _ => return 1,
    };
    let numbers: Vec<i64> = bounds.iter().filter_map(Value::as_integer).collect();
    match *numbers {
        [stop] => stop.max(1),
        [start, stop, ..] => stop.saturating_sub(start).max(1),
        [] => 1,
    }
}

/// `iter(int, 1)`, `itertools.count()`, `itertools.cycle(…)`.
fn is_endless_iterable(over: &Value) -> bool {
    matches!(&over.shape, Shape::Object(class, _) if matches!(&**class, "itertools.count" | "itertools.cycle" | "itertools.repeat"))
}
