//! Calls of bodies of the program: walked here, or known by their summaries; files that are included.

use super::arguments::Arguments;
use super::{CallSite, Frame, INLINE_DEPTH_MAX, INLINE_STEPS_MAX, State, Walker};
use crate::ir::{BodyId, BodyKind, Constant, ExprId, Local};
use crate::kinds::SinkKind;
use crate::names::Sym;
use crate::value::{BodyRef, Kind, Move, Value};
use std::sync::Arc;

/// What a closure sees of the bodies around it.
type Outer = Arc<Vec<(BodyId, Vec<Value>)>>;

impl<'p> Walker<'p> {
    /// Calls a body of the program.
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    pub(super) fn invoke(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        at: BodyRef,
        receiver: Value,
        arguments: &Arguments,
        expr: ExprId,
        outer: Option<Outer>,
    ) -> Value {
        let (file, body) = (self.program.file(at.file), self.program.body(at));
        let is_method = body.class.is_some() && !body.is_static && !self.program.is_php();
        let known_receiver = receiver != Value::unknown() || body.is_class_method;
        let first = (is_method && known_receiver).then(|| receiver.clone());
        let mut bound = self.bind_parameters(state, body, file, first, arguments);
        for (given, parameter) in bound.iter_mut().zip(&body.parameters) {
            if !given.value.labels().is_empty() {
                let spot = frame.spot_of(given.expr.unwrap_or(expr));
                let what = Move::Passed(file.module.name(parameter.name).into());
                given.value = given.value.map_labels(&mut |label| label.stepped(spot, what.clone()));
            }
        }
        if self.watched == Some(at) {
            let call = frame.spot_of(expr);
            for (number, given) in (0u32..).zip(&bound) {
                let labels = state.labels(&given.value).into_iter().map(|label| (number, call, label));
                self.walked.given.extend(labels);
            }
        }
        let summary = self.world.summary(at).cloned();
        let title = self.program.title(at);
        if self.is_inlined(state, frame, at, summary.as_deref(), &bound, &receiver, outer.is_some()) {
            return self.walk_inside(frame, state, at, receiver, &bound, expr, outer, &title);
        }
        match summary {
            Some(summary) => self.apply_summary(frame, state, &summary, &bound, expr, &title),
            None => {
                let values: Vec<Value> = bound.iter().map(|given| given.value.clone()).collect();
                if let Some((id, _)) = state.cell_of(&receiver) {
                    let given = self.mixed(state, &values);
                    state.change(id, |cell| cell.set_somewhere(&given));
                }
                self.through(frame, state, expr, &values, &title)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what the decision depends on")]
    pub(super) fn is_inlined(
        &self,
        state: &State,
        frame: &Frame<'p>,
        at: BodyRef,
        summary: Option<&crate::program::Summary>,
        bound: &[super::arguments::Given],
        receiver: &Value,
        is_closure: bool,
    ) -> bool {
        if frame.depth + 1 > INLINE_DEPTH_MAX || self.stack.contains(&at) || self.steps > self.steps_max / 2 {
            return false;
        }
        let own = u32::try_from(self.program.body(at).exprs.len()).unwrap_or(u32::MAX);
        if own > INLINE_STEPS_MAX {
            return false;
        }
        let Some(summary) = summary else { return !self.is_quiet && own <= INLINE_STEPS_MAX };
        if summary.steps > INLINE_STEPS_MAX * 4 {
            return false;
        }
        let tells = |value: &Value| {
            matches!(
                value.kind(),
                Kind::Constants(_)
                    | Kind::Cell(_)
                    | Kind::Node(_)
                    | Kind::Function(..)
                    | Kind::Closure(..)
                    | Kind::Class(_)
                    | Kind::Instance(_)
                    | Kind::Method(..)
            )
        };
        is_closure
            || state.cell_of(receiver).is_some()
            || summary.is_sensitive && bound.iter().any(|given| tells(&given.value))
            || summary.emits
            || summary.is_deciding
                && bound.iter().any(|given| matches!(given.value.kind(), Kind::Constants(_)))
                && bound.iter().any(|given| !given.value.labels().is_empty())
    }

    /// Walks a body in place of the call.
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    pub(super) fn walk_inside(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        at: BodyRef,
        receiver: Value,
        bound: &[super::arguments::Given],
        expr: ExprId,
        outer: Option<Outer>,
        title: &str,
    ) -> Value {
        let mut inner = Frame::new(self.program, at, frame.depth + 1);
        let mut inside = state.entering(inner.body.locals.len());
        inner.this = receiver;
        let is_own = outer
            .as_ref()
            .and_then(|outer| outer.first())
            .is_some_and(|(of, _)| at.file == frame.at.file && *of == frame.at.body);
        if let Some(outer) = outer {
            for (local, from, by_reference) in &inner.body.captures {
                if *by_reference && is_own {
                    inside.set_local(*local, state.local(*from));
                } else if let Some((_, locals)) = outer.first() {
                    inside.set_local(*local, locals.get(from.index()).cloned().unwrap_or_default());
                }
            }
            inner.outer = outer;
        }
        for (number, given) in (0u32..).zip(bound) {
            let parameter = &inner.body.parameters[number as usize];
            let declared = parameter.declared_type.zip(inner.body.parent);
            let declared = declared.and_then(|(declared, parent)| self.declared(at.file, parent, declared));
            inside.set_local(Local(number), super::entry::typed(&given.value, declared));
        }
        self.stack.push(at);
        let given = (0u32..)
            .zip(bound)
            .map(|(number, given)| (inside.local(Local(number)), frame.spot_of(given.expr.unwrap_or(expr))));
        let given = given.filter(|(value, _)| !value.labels().is_empty()).collect();
        self.calls.push(CallSite { spot: frame.spot_of(expr), given, title: title.to_owned() });
        let body = inner.body;
        self.block(&mut inner, &mut inside, &body.code);
        self.calls.pop();
        self.stack.pop();
        let last = if inner.body.is_generator { inner.given_out() } else { Value::constant(Constant::None) };
        inner.leave(last, &inside);
        let Some((value, left)) = inner.returned.take() else {
            state.die();
            return Value::unknown();
        };
        let references: Vec<(ExprId, Value)> = (0u32..)
            .zip(bound)
            .filter(|(number, _)| inner.body.parameters[*number as usize].by_reference)
            .filter_map(|(number, given)| Some((given.expr?, left.local(Local(number)))))
            .collect();
        let captures = inner.body.captures.iter().filter(|(_, _, by_reference)| *by_reference && is_own);
        for (local, from, _) in captures {
            state.set_local(*from, left.local(*local));
        }
        for (body, local, value) in std::mem::take(&mut inner.changed) {
            if at.file != frame.at.file {
                continue;
            }
            if body == frame.at.body {
                state.set_local(local, state.local(local).join(&value));
            } else {
                frame.changed.push((body, local, value));
            }
        }
        state.returning(left);
        let value = state.thawed(&value);
        for (to, value) in references {
            self.put_back(frame, state, to, value);
        }
        self.came_back(frame, &value, expr, title)
    }

    /// The labels of a value that a function of the program gave.
    pub(super) fn came_back(&self, frame: &Frame<'p>, value: &Value, expr: ExprId, title: &str) -> Value {
        if value.labels().is_empty() {
            return value.clone();
        }
        let (spot, what) = (frame.spot_of(expr), Move::Returned(title.into()));
        value.map_labels(&mut |label| label.stepped(spot, what.clone()))
    }

    /// `include`: the file is named by data, or it is walked here with the variables of this body.
    pub(super) fn include(&mut self, frame: &mut Frame<'p>, state: &mut State, expr: ExprId, path: ExprId) -> Value {
        let value = self.eval(frame, state, path);
        self.sink(frame, state, expr, SinkKind::Inclusion, &[], &value, Some(path), "include");
        let parts = value.parts();
        let Some(crate::value::Part::Known(end)) = parts.last() else { return Value::unknown() };
        let wanted = end.trim_start_matches(['.', '/']);
        if wanted.is_empty() || !wanted.contains('.') || frame.depth + 1 > INLINE_DEPTH_MAX {
            return Value::unknown();
        }
        let Some(file) = self.included_file(frame, wanted) else { return Value::unknown() };
        let at = BodyRef { file, body: BodyId(0) };
        if self.stack.contains(&at) || self.program.body(at).exprs.len() > 4 * INLINE_STEPS_MAX as usize {
            return Value::unknown();
        }
        self.walk_page(frame, state, at, &[])
    }

    /// The nearest file whose path ends so.
    pub(super) fn included_file(&self, frame: &Frame<'p>, wanted: &str) -> Option<u32> {
        let own = frame.file.path.as_str();
        let folder = own.rsplit_once('/').map_or("", |(folder, _)| folder);
        let direct = if folder.is_empty() { wanted.to_owned() } else { format!("{folder}/{wanted}") };
        let paths = &self.program.files;
        let at = |path: &str| paths.binary_search_by(|file| file.path.as_str().cmp(path)).ok();
        let found = at(&direct).or_else(|| at(wanted)).or_else(|| {
            let mut ending = paths
                .iter()
                .enumerate()
                .filter(|(_, file)| file.path.as_str().strip_suffix(wanted).is_some_and(|rest| rest.ends_with('/')));
            let first = ending.next()?.0;
            ending.next().is_none().then_some(first)
        })?;
        u32::try_from(found).ok()
    }

    /// Walks a file's statements here, sharing variables by name; `extra` are more of them.
    pub(super) fn walk_page(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        at: BodyRef,
        extra: &[(Sym, Value)],
    ) -> Value {
        let mut inner = Frame::new(self.program, at, frame.depth + 1);
        inner.this = frame.this.clone();
        let mut inside = state.entering(inner.body.locals.len());
        let mut shared = Vec::new();
        let is_same_scope = extra.is_empty() && inner.body.kind == BodyKind::File;
        for (number, name) in (0u32..).zip(&inner.body.locals) {
            let sym = inner.file.sym(*name);
            if let Some((_, value)) = extra.iter().find(|(known, _)| *known == sym) {
                inside.set_local(Local(number), value.clone());
            } else if is_same_scope
                && let Some(own) = frame.body.locals.iter().position(|name| frame.file.sym(*name) == sym)
            {
                let own = Local(u32::try_from(own).unwrap_or(u32::MAX));
                inside.set_local(Local(number), state.local(own));
                shared.push((own, Local(number)));
            }
        }
        self.stack.push(at);
        let body = inner.body;
        self.block(&mut inner, &mut inside, &body.code);
        self.stack.pop();
        inner.leave(Value::constant(Constant::Int(1)), &inside);
        let Some((value, left)) = inner.returned.take() else {
            state.die();
            return Value::unknown();
        };
        for (own, inner) in shared {
            state.set_local(own, left.local(inner));
        }
        state.returning(left);
        value
    }
}
