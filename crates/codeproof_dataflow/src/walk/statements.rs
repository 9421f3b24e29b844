//! Statements: branches, loops, exceptions.

use super::{Frame, State, Walker};
use crate::ir::{Block, BodyKind, Constant, Each, ExprId, Loop, Pattern, Place, Stmt, StmtKind, Switch, Try};
use crate::value::{Kind, Move, Reason, Value};

/// Names that stand for another variable, or hold a test, at once.
const ALIASES_MAX: usize = 32;

/// Items of an exact list that a loop goes through one by one.
const UNROLLED_MAX: usize = 8;

/// Variables that are looked at to know what holds where one `try` fails.
const JOINS_MAX: usize = 1_000_000;

/// Rounds of a loop that are walked at most: two, and more while each brings foreign data somewhere new.
const ROUNDS_MAX: usize = 4;

impl<'p> Walker<'p> {
    pub(super) fn block(&mut self, frame: &mut Frame<'p>, state: &mut State, block: &'p Block) {
        for stmt in block {
            if state.is_dead && !matches!(stmt.kind, StmtKind::Label(_)) {
                // Labels below may bring control back; functions defined below are hoisted.
                continue;
            }
            if !self.step() {
                state.die();
                return;
            }
            self.stmt(frame, state, stmt);
        }
    }

    fn stmt(&mut self, frame: &mut Frame<'p>, state: &mut State, stmt: &'p Stmt) {
        match &stmt.kind {
            StmtKind::Assign(place, expr) => {
                let value = self.eval(frame, state, *expr);
                self.assign(frame, state, place, value, stmt.bytes);
                if let Place::Local(local) = place {
                    remember_test(frame, *local, *expr);
                }
            }
            StmtKind::AssignReference(place, expr) => {
                let value = self.eval(frame, state, *expr);
                self.bind(frame, state, place, value, stmt.bytes, false);
                // Two names of one variable from now on.
                let named = match frame.body.expr(*expr) {
                    crate::ir::Expr::Reference(inner) => frame.body.expr(*inner),
                    named => named,
                };
                if let (Place::Local(one), crate::ir::Expr::Local(other)) = (place, named) {
                    let (one, other) = (*one, *other);
                    frame.aliases.retain(|(known, _)| *known != one);
                    if one != other && frame.aliases.len() < ALIASES_MAX {
                        frame.aliases.push((one, other));
                    }
                }
            }
            StmtKind::Declare(local, _, length) => {
                if let Some(length) = length {
                    self.eval(frame, state, *length);
                }
                state.set_local(*local, Value::unknown());
            }
            StmtKind::Eval(expr) => {
                self.eval(frame, state, *expr);
            }
            StmtKind::Output(expr) => {
                let value = self.eval(frame, state, *expr);
                self.output(frame, state, &value, stmt.bytes, frame.body.bytes_of(*expr));
            }
            StmtKind::If(arms, otherwise) => self.branch(frame, state, arms, otherwise),
            StmtKind::Loop(inner) => self.repeat(frame, state, inner),
            StmtKind::Switch(switch) => self.switch(frame, state, switch),
            StmtKind::Try(attempt) => self.attempt(frame, state, attempt),
            StmtKind::With(items, body) => {
                for (manager, place) in items {
                    let value = self.eval(frame, state, *manager);
                    if let Some(place) = place {
                        self.assign(frame, state, place, value, stmt.bytes);
                    }
                }
                self.block(frame, state, body);
            }
            StmtKind::Return(expr) => {
                let value = match expr {
                    Some(expr) => {
                        let value = self.eval(frame, state, *expr);
                        self.returning(frame, state, &value, *expr);
                        value
                    }
                    None => Value::constant(Constant::None),
                };
                let value = if frame.body.is_generator { frame.given_out() } else { value };
                frame.leave(value, state);
                state.die();
            }
            StmtKind::Raise(expr) => {
                if let Some(expr) = expr {
                    self.eval(frame, state, *expr);
                }
                self.raise(frame, state);
            }
            StmtKind::Break(levels) => {
                let at = frame.loops.len().saturating_sub((*levels).max(1) as usize);
                if let Some((breaks, _)) = frame.loops.get_mut(at) {
                    join_into(breaks, state);
                }
                state.die();
            }
            StmtKind::Continue(levels) => {
                let at = frame.loops.len().saturating_sub((*levels).max(1) as usize);
                if let Some((_, continues)) = frame.loops.get_mut(at) {
                    join_into(continues, state);
                }
                state.die();
            }
            StmtKind::Function(body) => self.define(frame, state, *body),
            StmtKind::Class(class) => self.define_class(frame, state, *class),
            StmtKind::Import(number) => self.import(frame, state, *number),
            StmtKind::Delete(place) => match place {
                Place::Local(local) => state.set_local(*local, Value::constant(Constant::None)),
                Place::Index(object, Some(index)) => {
                    let object = self.eval(frame, state, *object);
                    let index = self.eval(frame, state, *index);
                    self.delete_item(state, &object, &index);
                }
                _ => {}
            },
            StmtKind::Assert(test) => {
                self.eval(frame, state, *test);
                self.assume(frame, state, *test, true);
            }
            StmtKind::Label(name) => {
                let sym = frame.file.sym(*name);
                let (here, elsewhere) = std::mem::take(&mut frame.jumps).into_iter().partition(|(to, _)| *to == sym);
                frame.jumps = elsewhere;
                let here: Vec<_> = here;
                for (_, from) in here {
                    state.join(from);
                }
            }
            StmtKind::Goto(name) => {
                if frame.jumps.len() < 64 {
                    frame.jumps.push((frame.file.sym(*name), state.clone()));
                }
                state.die();
            }
        }
    }

    pub(super) fn raise(&mut self, frame: &mut Frame<'p>, state: &mut State) {
        if let Some(raised) = frame.raised.last_mut() {
            join_into(raised, state);
        }
        state.die();
    }

    /// Charges a copy of the state to the budget.
    fn copy(&mut self, state: &State) -> State {
        self.steps += (state.size() / 16) as u64;
        state.clone()
    }

    fn branch(&mut self, frame: &mut Frame<'p>, state: &mut State, arms: &'p [(ExprId, Block)], otherwise: &'p Block) {
        let mut joined: Option<State> = None;
        for (test, block) in arms {
            if state.is_dead || !self.step() {
                break;
            }
            let value = self.eval(frame, state, *test);
            self.decides(&value);
            match self.truth(state, &value) {
                Some(true) => {
                    let reason = self.decided(frame, state, *test, true);
                    self.assume(frame, state, *test, true);
                    let before = state.locals().to_vec();
                    self.block(frame, state, block);
                    explain(state, &before, reason.as_ref());
                    join_option(&mut joined, state);
                    state.die();
                }
                Some(false) => {
                    if let Some(reason) = self.decided(frame, state, *test, false) {
                        for local in assigned(block) {
                            let value = state.local(local);
                            if value.is_harmless() && value.reason().is_none() {
                                state.set_local(local, value.because(reason.clone()));
                            }
                        }
                    }
                }
                None => {
                    let mut taken = self.copy(state);
                    self.assume(frame, &mut taken, *test, true);
                    self.block(frame, &mut taken, block);
                    join_option(&mut joined, &taken);
                    self.assume(frame, state, *test, false);
                }
            }
        }
        if !state.is_dead {
            self.block(frame, state, otherwise);
        }
        if let Some(joined) = joined {
            state.join(joined);
        }
    }

    /// Why a branch is taken, unless the test is a plain constant.
    fn decided(&self, frame: &Frame<'p>, state: &State, test: ExprId, outcome: bool) -> Option<Reason> {
        let is_plain = matches!(frame.body.expr(test), crate::ir::Expr::Constant(_)) || state.is_dead;
        (!is_plain).then(|| Reason::Decided(frame.spot_of(test), outcome))
    }

    fn repeat(&mut self, frame: &mut Frame<'p>, state: &mut State, inner: &'p Loop) {
        self.block(frame, state, &inner.first);
        if state.is_dead {
            return;
        }
        match &inner.each {
            Some(each) => self.repeat_each(frame, state, inner, each),
            None => self.repeat_while(frame, state, inner),
        }
    }

    fn repeat_each(&mut self, frame: &mut Frame<'p>, state: &mut State, inner: &'p Loop, each: &'p Each) {
        let items = self.eval(frame, state, each.items);
        let bytes = frame.body.bytes_of(each.items);
        let listed = self.listed(state, &items).filter(|listed| listed.len() <= UNROLLED_MAX);
        let mut breaks: Option<State> = None;
        match listed {
            Some(listed) => {
                for (key, value) in listed {
                    if state.is_dead {
                        break;
                    }
                    self.round(frame, state, inner, Some((each, key, value, bytes)), &mut breaks);
                }
            }
            None => {
                let (key, value) = self.item_of(state, &items);
                for turn in 0..ROUNDS_MAX {
                    let before = state.clone();
                    let mut round = self.copy(state);
                    let item = Some((each, key.clone(), value.clone(), bytes));
                    self.round(frame, &mut round, inner, item, &mut breaks);
                    state.join(round);
                    if turn > 0 && !state.widen(&before) {
                        break;
                    }
                }
            }
        }
        self.block(frame, state, &inner.otherwise);
        if let Some(breaks) = breaks {
            state.join(breaks);
        }
    }

    fn repeat_while(&mut self, frame: &mut Frame<'p>, state: &mut State, inner: &'p Loop) {
        let mut breaks: Option<State> = None;
        let mut left: Option<State> = None;
        for turn in 0..ROUNDS_MAX {
            if state.is_dead {
                break;
            }
            let before = state.clone();
            let mut round = self.copy(state);
            // Whether every way here goes through the round.
            let mut is_certain = inner.test_is_last || inner.test.is_none();
            if let Some(test) = inner.test.filter(|_| !inner.test_is_last) {
                let truth = self.leave_by(frame, &mut round, test, &mut left);
                if truth == Some(false) {
                    state.die();
                    break;
                }
                is_certain = truth == Some(true);
            }
            self.round(frame, &mut round, inner, None, &mut breaks);
            if let Some(test) = inner.test.filter(|_| inner.test_is_last)
                && !round.is_dead
                && self.leave_by(frame, &mut round, test, &mut left) == Some(false)
            {
                state.die();
                break;
            }
            if turn == 0 && is_certain {
                *state = round;
            } else {
                state.join(round);
            }
            if turn > 0 && !state.widen(&before) {
                break;
            }
        }
        // More rounds are like the last one: leaving is as after it.
        if !state.is_dead {
            let mut done = state.clone();
            match inner.test {
                Some(test) if !inner.test_is_last => {
                    self.eval(frame, &mut done, test);
                    self.assume(frame, &mut done, test, false);
                    join_option(&mut left, &done);
                }
                Some(_) => join_option(&mut left, &done),
                None => {}
            }
        }
        match left {
            Some(left) => *state = left,
            None => state.die(),
        }
        if !state.is_dead {
            self.block(frame, state, &inner.otherwise);
        }
        if let Some(breaks) = breaks {
            state.join(breaks);
        }
    }

    /// The test of a loop: `round` goes on where it may hold, `left` is where it may not.
    fn leave_by(
        &mut self,
        frame: &mut Frame<'p>,
        round: &mut State,
        test: ExprId,
        left: &mut Option<State>,
    ) -> Option<bool> {
        let value = self.eval(frame, round, test);
        let truth = self.truth(round, &value);
        if truth != Some(true) {
            let mut done = round.clone();
            self.assume(frame, &mut done, test, false);
            join_option(left, &done);
        }
        if truth != Some(false) {
            self.assume(frame, round, test, true);
        }
        truth
    }

    /// One round of a loop.
    fn round(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        inner: &'p Loop,
        item: Option<(&'p Each, Value, Value, crate::ir::Bytes)>,
        breaks: &mut Option<State>,
    ) {
        if let Some((each, key, value, bytes)) = item {
            if let Some(place) = &each.key {
                self.assign(frame, state, place, key, bytes);
            }
            self.assign(frame, state, &each.value, value, bytes);
        }
        frame.loops.push((None, None));
        self.block(frame, state, &inner.body);
        let (broken, continued) = frame.loops.pop().unwrap_or_default();
        if let Some(continued) = continued {
            state.join(continued);
        }
        if !state.is_dead {
            self.block(frame, state, &inner.step);
        }
        if let Some(broken) = broken {
            join_option(breaks, &broken);
        }
    }

    fn switch(&mut self, frame: &mut Frame<'p>, state: &mut State, switch: &'p Switch) {
        let subject = self.eval(frame, state, switch.subject);
        self.decides(&subject);
        let mut joined: Option<State> = None;
        // Control that runs on from the case before.
        let mut falling: Option<State> = None;
        frame.loops.push((None, None));
        // `default` stands anywhere and is taken last.
        let is_default = |case: &crate::ir::Case| case.patterns.is_empty();
        let mut rest = self.copy(state);
        let mut entries: Vec<Option<State>> = Vec::with_capacity(switch.cases.len());
        for case in &switch.cases {
            if is_default(case) {
                entries.push(None);
                continue;
            }
            if rest.is_dead || !self.step() {
                entries.push(None);
                continue;
            }
            let mut taken = self.copy(&rest);
            let mut outcome = Some(false);
            let mut constants: Vec<Constant> = Vec::new();
            let mut only_constants = true;
            for pattern in &case.patterns {
                match pattern {
                    Pattern::Equal(expr) => {
                        let value = self.eval(frame, &mut rest, *expr);
                        match value.as_constants() {
                            Some(values) => constants.extend(values.iter().cloned()),
                            None => only_constants = false,
                        }
                        let equal = match subject.as_constant() {
                            // `switch (true)`: the cases are tests.
                            Some(Constant::Bool(wanted)) => {
                                let truth = self.truth(&rest, &value);
                                if truth.is_none() && case.patterns.len() == 1 {
                                    self.assume(frame, &mut taken, *expr, *wanted);
                                    self.assume(frame, &mut rest, *expr, !*wanted);
                                }
                                truth.map(|truth| truth == *wanted)
                            }
                            _ => self.equal(&subject, &value),
                        };
                        outcome = either(outcome, equal);
                    }
                    Pattern::Any(place) => {
                        only_constants = false;
                        if let Some(place) = place {
                            self.assign(frame, &mut taken, place, subject.clone(), frame.body.bytes_of(switch.subject));
                        }
                        outcome = Some(true);
                    }
                    Pattern::Structure(places) => {
                        only_constants = false;
                        let part = Value::tainted(state.labels(&subject));
                        for place in places {
                            self.assign(frame, &mut taken, place, part.clone(), frame.body.bytes_of(switch.subject));
                        }
                        outcome = either(outcome, None);
                    }
                }
            }
            if let Some(guard) = case.guard {
                self.eval(frame, &mut taken, guard);
                self.assume(frame, &mut taken, guard, true);
                outcome = if outcome == Some(false) { outcome } else { None };
            }
            match outcome {
                Some(false) => taken.die(),
                Some(true) => rest.die(),
                None => {}
            }
            if only_constants && !taken.is_dead && self.truth_known(&subject).is_none() {
                let spot = frame.spot_of(switch.subject);
                let value = Value::of(Kind::Constants(constants.into())).because(Reason::Compared(spot));
                self.refine(frame, &mut taken, switch.subject, &mut |_| value.clone());
            }
            entries.push(Some(taken));
        }
        for (case, entry) in switch.cases.iter().zip(entries) {
            let mut here = match entry {
                Some(entry) => entry,
                None if is_default(case) => std::mem::replace(&mut rest, {
                    let mut dead = state.clone();
                    dead.die();
                    dead
                }),
                None => {
                    let mut dead = state.clone();
                    dead.die();
                    dead
                }
            };
            if let Some(falling) = falling.take() {
                here.join(falling);
            }
            if here.is_dead {
                continue;
            }
            self.block(frame, &mut here, &case.body);
            if case.falls_through {
                falling = (!here.is_dead).then_some(here);
            } else {
                join_option(&mut joined, &here);
            }
        }
        let (broken, continued) = frame.loops.pop().unwrap_or_default();
        *state = rest;
        for other in [joined, falling, broken, continued].into_iter().flatten() {
            state.join(other);
        }
    }

    fn attempt(&mut self, frame: &mut Frame<'p>, state: &mut State, attempt: &'p Try) {
        let mut failing = self.copy(state);
        frame.raised.push(None);
        // In a very long one with very many variables not after every statement.
        let stride = 1 + attempt.body.len() * state.size() / JOINS_MAX;
        for (number, stmt) in attempt.body.iter().enumerate() {
            if state.is_dead || !self.step() {
                break;
            }
            self.stmt(frame, state, stmt);
            if number % stride == 0 || number + 1 == attempt.body.len() {
                failing.join(state.clone());
            }
        }
        if let Some(Some(raised)) = frame.raised.pop() {
            failing.join(raised);
        }
        if !state.is_dead {
            self.block(frame, state, &attempt.otherwise);
        }
        for (types, place, block) in &attempt.handlers {
            if !self.step() {
                break;
            }
            let mut handled = self.copy(&failing);
            for class in types {
                self.eval(frame, &mut handled, *class);
            }
            if let Some(place) = place {
                self.assign(frame, &mut handled, place, Value::of(Kind::Harmless), crate::ir::Bytes::default());
            }
            self.block(frame, &mut handled, block);
            state.join(handled);
        }
        if attempt.handlers.is_empty() && !attempt.last.is_empty() && state.is_dead {
            // The last part runs on the way out.
            let mut leaving = failing;
            self.block(frame, &mut leaving, &attempt.last);
            return;
        }
        if !state.is_dead {
            self.block(frame, state, &attempt.last);
        }
    }

    fn define(&mut self, frame: &mut Frame<'p>, state: &mut State, body: crate::ir::BodyId) {
        let of = frame.file.module.body(body);
        for decorator in &of.decorators {
            self.eval(frame, state, *decorator);
        }
        for default in of.parameters.iter().filter_map(|parameter| parameter.default) {
            self.eval(frame, state, default);
        }
        if of.class.is_some() || of.kind != BodyKind::Function || self.program.is_php() {
            return;
        }
        let at = crate::value::BodyRef { file: frame.at.file, body };
        let value = if frame.body.kind == BodyKind::File {
            Value::of(Kind::Function(at, Value::unknown()))
        } else {
            Value::of(Kind::Closure(at, self.captured(frame, state)))
        };
        if let Some(local) = frame.body.locals.iter().position(|name| *name == of.name) {
            state.set_local(crate::ir::Local(u32::try_from(local).unwrap_or(u32::MAX)), value);
        }
    }

    fn define_class(&mut self, frame: &mut Frame<'p>, state: &mut State, class: crate::ir::ClassId) {
        let of = &frame.file.module.classes[class.index()];
        if of.parent != frame.at.body {
            return;
        }
        for expr in
            of.bases.iter().chain(&of.decorators).chain(of.fields.iter().filter_map(|(_, value, _)| value.as_ref()))
        {
            self.eval(frame, state, *expr);
        }
        if self.program.is_php() {
            return;
        }
        let value = Value::of(Kind::Class(crate::value::ClassRef { file: frame.at.file, class }));
        if let Some(local) = frame.body.locals.iter().position(|name| *name == of.name) {
            state.set_local(crate::ir::Local(u32::try_from(local).unwrap_or(u32::MAX)), value);
        }
    }

    fn import(&mut self, frame: &mut Frame<'p>, state: &mut State, number: u32) {
        let Some(import) = frame.file.module.imports.get(number as usize) else { return };
        let Some(value) = frame.file.imports.get(number as usize) else { return };
        // A variable of another file: as that file left it.
        let value = match value.kind() {
            Kind::Method(module, name) if matches!(module.kind(), Kind::Module(_)) => {
                self.variable_of(state, module, *name)
            }
            _ => value.clone(),
        };
        if let Some(local) = frame.body.locals.iter().position(|name| *name == import.binds) {
            state.set_local(crate::ir::Local(u32::try_from(local).unwrap_or(u32::MAX)), value.clone());
        }
    }

    /// The labels of a value after it was put under a name.
    pub(super) fn named(&mut self, frame: &Frame<'p>, value: &Value, name: &str, bytes: crate::ir::Bytes) -> Value {
        if value.labels().is_empty() {
            return value.clone();
        }
        self.kept_as(frame, value, name, bytes);
        let what = Move::Stored(name.into());
        let spot = frame.spot(bytes);
        value.map_labels(&mut |label| label.stepped(spot, what.clone()))
    }
}

/// `ok = is_name(x)`: what `ok` tells later, it tells of `x`, until either is set again.
fn remember_test(frame: &mut Frame<'_>, local: crate::ir::Local, expr: ExprId) {
    use crate::ir::Expr;
    let body = frame.body;
    let is_about = |test: ExprId| match body.expr(test) {
        Expr::Call(callee, arguments) => {
            let receiver = match body.expr(*callee) {
                Expr::Attribute(object, _) => Some(*object),
                _ => None,
            };
            let operands = arguments.iter().map(|argument| argument.value).chain(receiver);
            operands.into_iter().any(|operand| matches!(body.expr(operand), Expr::Local(known) if *known == local))
        }
        Expr::Compare(_, left, right) => {
            [left, right].into_iter().any(|side| matches!(body.expr(*side), Expr::Local(known) if *known == local))
        }
        _ => false,
    };
    frame.tests.retain(|(known, test)| *known != local && !is_about(*test));
    let is_test = matches!(body.expr(expr), Expr::Call(..) | Expr::Compare(..)) && !is_about(expr);
    if is_test && frame.tests.len() < ALIASES_MAX {
        frame.tests.push((local, expr));
    }
}

/// The locals that a block assigns directly or in blocks inside it.
fn assigned(block: &Block) -> Vec<crate::ir::Local> {
    let mut found = Vec::new();
    let mut open: Vec<&Block> = vec![block];
    while let Some(block) = open.pop() {
        for stmt in block {
            match &stmt.kind {
                StmtKind::Assign(Place::Local(local), _) if found.len() < 32 => found.push(*local),
                StmtKind::If(arms, otherwise) => {
                    open.extend(arms.iter().map(|(_, block)| block));
                    open.push(otherwise);
                }
                _ => {}
            }
        }
    }
    found
}

/// Gives values that a decided branch assigned their reason.
fn explain(state: &mut State, before: &[Value], reason: Option<&Reason>) {
    let Some(reason) = reason.filter(|_| !state.is_dead) else { return };
    for (number, before) in (0u32..).zip(before) {
        let local = crate::ir::Local(number);
        let after = state.local(local);
        if after != *before && after.is_harmless() && after.reason().is_none() {
            state.set_local(local, after.because(reason.clone()));
        }
    }
}

fn join_option(joined: &mut Option<State>, state: &State) {
    if state.is_dead {
        return;
    }
    match joined {
        Some(joined) => joined.join(state.clone()),
        None => *joined = Some(state.clone()),
    }
}

fn join_into(joined: &mut Option<State>, state: &State) {
    join_option(joined, state);
}

/// Whether one of two tests holds.
fn either(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}
