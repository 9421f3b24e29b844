//! Statements. A condition that is known decides; one that is not runs both ways, and what happens there is in doubt.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::array::Key;
use super::ast::{Block, Expr, Statement, StatementKind};
use super::machine::{Framework, Machine, TURNS_MAX};
use super::value::{Doubt, Value};

/// How a statement ended.
#[derive(Debug)]
pub(super) enum Flow {
    Next,
    Break(u32),
    Continue(u32),
    Return(Value),
    /// Thrown, or the program ended.
    Thrown,
    /// The budget is spent.
    Stopped,
}

impl<F: Framework> Machine<'_, F> {
    /// Runs statements in order until one leaves.
    pub(super) fn execute(&mut self, block: &Block) -> Flow {
        self.execute_from(block, 0)
    }

    fn execute_from(&mut self, block: &Block, start: usize) -> Flow {
        for (number, statement) in block.iter().enumerate().skip(start) {
            if !self.step() {
                return Flow::Stopped;
            }
            if let Some(place) = self.trail.last_mut() {
                place.line = statement.line;
                place.end_line = statement.end_line;
            }
            let flow = self.statement(statement);
            if !matches!(flow, Flow::Next) {
                if let Some(doubt) = self.bypassed.take() {
                    self.unlikely(doubt.clone(), |machine| machine.execute_from(block, number + 1));
                    self.bypassed = Some(doubt);
                }
                return flow;
            }
        }
        Flow::Next
    }

    fn statement(&mut self, statement: &Statement) -> Flow {
        match &statement.kind {
            StatementKind::Expression(expr) => self.expression_statement(expr),
            StatementKind::If(branches, otherwise) => self.branch(branches, otherwise.as_ref()),
            StatementKind::Foreach { subject, key, value, body } => self.foreach(subject, key.as_ref(), value, body),
            StatementKind::Loop { start, condition, step, body, body_first } => {
                self.counted_loop(start, condition.as_ref(), step, body, *body_first)
            }
            StatementKind::Switch(subject, cases) => self.switch(subject, cases),
            StatementKind::Try { body, catches, finally } => {
                let mut flow = self.execute(body);
                if matches!(flow, Flow::Thrown) {
                    flow = catches.first().map_or(Flow::Next, |caught| self.execute(caught));
                }
                match finally.as_ref().map(|finally| self.execute(finally)) {
                    None | Some(Flow::Next) => flow,
                    Some(left) => left,
                }
            }
            StatementKind::Return(value) => {
                let value = value.as_ref().map_or(Value::Null, |value| self.evaluate(value));
                Flow::Return(value)
            }
            StatementKind::Break(levels) => Flow::Break(*levels),
            StatementKind::Continue(levels) => Flow::Continue(*levels),
            StatementKind::Block(block) => self.execute(block),
            StatementKind::Broken(block) => {
                let base = self.doubts.len();
                let doubt = self.doubt("the code here does not follow PHP's grammar");
                self.doubts.push(doubt);
                let flow = self.execute(block);
                self.doubts.truncate(base);
                flow
            }
            StatementKind::Function(_) | StatementKind::Class(_) => Flow::Next,
            StatementKind::Constants(constants) => {
                for (name, value) in constants {
                    let value = self.evaluate(value);
                    self.constants.insert(name.clone(), value);
                }
                Flow::Next
            }
            StatementKind::StaticVariables(variables) => {
                for (name, value) in variables {
                    let value = value.as_ref().map_or(Value::Null, |value| self.evaluate(value));
                    self.frame().variables.insert(name.clone(), value);
                }
                Flow::Next
            }
            StatementKind::Unset(targets) => {
                for target in targets {
                    self.unset(target);
                }
                Flow::Next
            }
        }
    }

    fn expression_statement(&mut self, expr: &Expr) -> Flow {
        use super::ast::ExprKind;
        match &expr.kind {
            ExprKind::Throw(_) | ExprKind::Exit => Flow::Thrown,
            _ => {
                self.evaluate(expr);
                Flow::Next
            }
        }
    }

    fn branch(&mut self, branches: &[(Expr, Block)], otherwise: Option<&Block>) -> Flow {
        for (place, (condition, body)) in branches.iter().enumerate() {
            let value = self.evaluate(condition);
            let doubt = value.doubt().cloned();
            let Some(doubt) = doubt else {
                if value.truth() == Some(true) {
                    return self.execute(body);
                }
                continue;
            };
            let rest = &branches[place + 1..];
            return self.both_ways(
                &doubt,
                value.truth(),
                |machine| machine.execute(body),
                |machine| machine.branch(rest, otherwise),
            );
        }
        otherwise.map_or(Flow::Next, |otherwise| self.execute(otherwise))
    }

    /// Runs two ways under a doubt. The way taken by default (`truth`) decides how the statement ends; when nothing is
    /// known about it, a way that goes on is preferred, and what follows is in doubt if the other one left.
    pub(super) fn both_ways(
        &mut self,
        doubt: &Rc<Doubt>,
        truth: Option<bool>,
        first: impl FnOnce(&mut Self) -> Flow,
        second: impl FnOnce(&mut Self) -> Flow,
    ) -> Flow {
        let before = self.frame().variables.clone();
        let base = self.doubts.len();
        let unlikely = self.unlikely;
        self.doubts.push(doubt.clone());
        self.unlikely = unlikely + u32::from(truth == Some(false));
        let first_flow = first(self);
        self.doubts.truncate(base);
        let after_first = std::mem::replace(&mut self.frame().variables, before);
        self.doubts.push(doubt.clone());
        self.unlikely = unlikely + u32::from(truth != Some(false));
        let second_flow = second(self);
        self.doubts.truncate(base);
        self.unlikely = unlikely;
        let after_second = std::mem::take(&mut self.frame().variables);

        let first_decides = match truth {
            Some(truth) => truth,
            None => matches!(first_flow, Flow::Next) && !matches!(second_flow, Flow::Next),
        };
        let (flow, left, kept, other) = if first_decides {
            (first_flow, second_flow, after_first, after_second)
        } else {
            (second_flow, first_flow, after_second, after_first)
        };
        let other_left = !matches!(left, Flow::Next);
        self.frame().variables = if other_left { kept } else { merged(kept, other, doubt) };
        if let Flow::Return(value) = left
            && self.frame().maybe.is_none()
        {
            self.frame().maybe = Some(value);
        }
        if other_left && matches!(flow, Flow::Next) {
            // The rest of this function happens only when the other way was not taken.
            self.doubts.push(doubt.clone());
        }
        if !other_left && matches!(flow, Flow::Return(_) | Flow::Thrown) && F::follows_alternatives(self) {
            self.bypassed = Some(doubt.clone());
        }
        match flow {
            Flow::Return(value) => Flow::Return(value.under(Some(doubt.clone()))),
            flow => flow,
        }
    }

    fn foreach(&mut self, subject: &Expr, key: Option<&Expr>, value: &Expr, body: &Block) -> Flow {
        let mut subject = self.evaluate(subject);
        if let Value::Host(object) = subject.plain()
            && let Some(elements) = F::elements(self, *object)
        {
            subject = elements.under(subject.doubt().cloned());
        }
        if let (Value::Array(array), Value::Assumed(inner)) = (subject.plain(), &subject)
            && array.is_empty()
            && F::follows_alternatives(self)
        {
            let doubt = inner.1.clone();
            return self.assumed_loop(&doubt, key, value, body);
        }
        let doubt = subject.doubt().cloned();
        let entries: Vec<(Value, Value)> = match subject.plain() {
            Value::Array(array) => array.iter().map(|(key, value)| (key.to_value(), value.clone())).collect(),
            Value::Unknown(doubt) => {
                // One turn with what is not known stands for all.
                vec![(Value::Unknown(doubt.clone()), Value::Unknown(doubt.clone()))]
            }
            Value::Object(_) | Value::Host(_) => {
                let unknown = self.unknown("the elements of an object are not known");
                vec![(unknown.clone(), unknown)]
            }
            _ => Vec::new(),
        };
        let base = self.doubts.len();
        self.doubts.extend(doubt);
        let mut end = Flow::Next;
        for (number, (entry_key, entry)) in entries.into_iter().enumerate() {
            if number >= TURNS_MAX {
                let doubt = self.doubt("a loop takes more turns than are followed");
                self.limits.push((*doubt).clone());
                break;
            }
            if let Some(key) = key {
                self.assign(key, entry_key);
            }
            self.assign(value, entry);
            match turn(self.execute(body)) {
                Turn::Again => {}
                Turn::Leave(flow) => {
                    end = flow;
                    break;
                }
            }
        }
        self.doubts.truncate(base);
        end
    }

    /// One turn with what is not known stands for all those that may happen.
    fn assumed_loop(&mut self, doubt: &Rc<Doubt>, key: Option<&Expr>, value: &Expr, body: &Block) -> Flow {
        let unknown = Value::Unknown(doubt.clone());
        self.both_ways(
            doubt,
            Some(false),
            |machine| {
                if let Some(key) = key {
                    machine.assign(key, unknown.clone());
                }
                machine.assign(value, unknown);
                match turn(machine.execute(body)) {
                    Turn::Again => Flow::Next,
                    Turn::Leave(flow) => flow,
                }
            },
            |_| Flow::Next,
        )
    }

    fn counted_loop(
        &mut self,
        start: &[Expr],
        condition: Option<&Expr>,
        step: &[Expr],
        body: &Block,
        body_first: bool,
    ) -> Flow {
        for expr in start {
            self.evaluate(expr);
        }
        for number in 0..TURNS_MAX {
            let value = match condition {
                Some(condition) if !(body_first && number == 0) => self.evaluate(condition),
                _ => Value::Boolean(true),
            };
            if value.truth() == Some(false) {
                return Flow::Next;
            }
            let doubt = value.doubt().cloned();
            let unknown = value.truth().is_none();
            let base = self.doubts.len();
            self.doubts.extend(doubt);
            let turn = turn(self.execute(body));
            self.doubts.truncate(base);
            match turn {
                Turn::Again if unknown => return Flow::Next,
                Turn::Again => {}
                Turn::Leave(flow) => return flow,
            }
            for expr in step {
                self.evaluate(expr);
            }
        }
        let doubt = self.doubt("a loop takes more turns than are followed");
        self.limits.push((*doubt).clone());
        Flow::Next
    }

    fn switch(&mut self, subject: &Expr, cases: &[(Option<Expr>, Block)]) -> Flow {
        let subject = self.evaluate(subject);
        let mut chosen = None;
        for (place, (value, _)) in cases.iter().enumerate() {
            let Some(value) = value else { continue };
            let value = self.evaluate(value);
            match subject.equal(&value) {
                Some(true) => {
                    chosen = Some(place);
                    break;
                }
                Some(false) => {}
                None => return self.every_case(&subject, cases),
            }
        }
        let chosen = chosen.or_else(|| cases.iter().position(|(value, _)| value.is_none()));
        let base = self.doubts.len();
        self.doubts.extend(subject.doubt().cloned());
        let mut end = Flow::Next;
        for (_, body) in chosen.map(|chosen| &cases[chosen..]).unwrap_or_default() {
            match turn(self.execute(body)) {
                Turn::Again => {}
                Turn::Leave(flow) => {
                    end = flow;
                    self.doubts.truncate(base);
                    return end;
                }
            }
        }
        self.doubts.truncate(base);
        std::mem::replace(&mut end, Flow::Next)
    }

    fn every_case(&mut self, subject: &Value, cases: &[(Option<Expr>, Block)]) -> Flow {
        let doubt = subject.doubt().cloned().unwrap_or_else(|| self.doubt("which case is taken is not known"));
        for (_, body) in cases {
            let left = self.both_ways(&doubt, Some(false), |machine| machine.execute(body), |_| Flow::Next);
            if matches!(left, Flow::Stopped) {
                return left;
            }
        }
        Flow::Next
    }
}

enum Turn {
    Again,
    Leave(Flow),
}

/// What the end of a loop's body means for the loop.
fn turn(flow: Flow) -> Turn {
    match flow {
        Flow::Next | Flow::Continue(0 | 1) => Turn::Again,
        Flow::Break(0 | 1) => Turn::Leave(Flow::Next),
        Flow::Break(levels) => Turn::Leave(Flow::Break(levels - 1)),
        Flow::Continue(levels) => Turn::Leave(Flow::Continue(levels - 1)),
        other => Turn::Leave(other),
    }
}

/// Variables after two ways: what both agree on stays; the rest keeps the preferred value, in doubt.
fn merged(
    mut kept: FxHashMap<Rc<str>, Value>,
    other: FxHashMap<Rc<str>, Value>,
    doubt: &Rc<Doubt>,
) -> FxHashMap<Rc<str>, Value> {
    for (name, value) in other {
        match kept.get_mut(&name) {
            Some(known) if unchanged(known, &value) => {}
            Some(known) => {
                let taken = std::mem::replace(known, Value::Null);
                *known = taken.under(Some(doubt.clone()));
            }
            None => {
                kept.insert(name, value.under(Some(doubt.clone())));
            }
        }
    }
    kept
}

fn unchanged(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) if Rc::ptr_eq(left, right) => true,
        (Value::Unknown(_), Value::Unknown(_)) => true,
        (Value::Assumed(left), Value::Assumed(right)) if Rc::ptr_eq(left, right) => true,
        _ => left.same(right) == Some(true),
    }
}

/// The key of an element that a value names.
pub(super) fn key_of(value: &Value) -> Option<Key> {
    value.as_key()
}
