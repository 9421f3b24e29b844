//! From the values of one walk to those of another: freezing cells, putting arguments for parameters.

use std::sync::Arc;

use super::arguments::Given;
use super::{Frame, State, Walker};
use crate::ir::ExprId;
use crate::program::{Held, Summary};
use crate::value::{Cell, Key, Kind, Label, Origin, Part, Value, add_label};

/// Cells that one value takes with it from its walk; what is in further ones is told by its taint alone.
const TREE_CELLS_MAX: usize = 256;

impl State {
    /// A value without cells of this walk: as trees of at most `depth`.
    pub(crate) fn frozen(&self, value: &Value, depth: usize) -> Value {
        self.frozen_inside(value, depth, &mut 0)
    }

    /// As [`Self::frozen`]; `count` cells were copied so far.
    fn frozen_inside(&self, value: &Value, depth: usize, count: &mut usize) -> Value {
        match value.kind() {
            Kind::Cell(id) => {
                let Some(cell) = self.cell(*id).filter(|_| depth > 0 && *count < TREE_CELLS_MAX) else {
                    return Value::tainted(self.labels(value));
                };
                *count += 1;
                let mut tree = Cell::clone(cell);
                for (_, inner) in &mut tree.entries {
                    *inner = self.frozen_inside(inner, depth - 1, count);
                }
                tree.rest = self.frozen_inside(&tree.rest, depth - 1, count);
                tree.text = tree.text.map(|text| self.frozen_inside(&text, depth - 1, count));
                value.with_kind(Kind::Tree(Box::new(tree)))
            }
            Kind::Method(..) | Kind::Closure(..) => Value::tainted(self.labels(value)),
            Kind::Function(body, receiver) => {
                let receiver = self.frozen(receiver, 0);
                value.with_kind(Kind::Function(*body, receiver))
            }
            _ => value.clone(),
        }
    }

    /// A value with its trees as cells of this walk.
    pub(crate) fn thawed(&mut self, value: &Value) -> Value {
        match value.kind() {
            Kind::Tree(tree) => {
                let mut cell = Cell::clone(tree);
                for (_, inner) in &mut cell.entries {
                    *inner = self.thawed(inner);
                }
                cell.rest = self.thawed(&cell.rest);
                self.allocate(cell).with_labels(value.labels().to_vec())
            }
            _ => value.clone(),
        }
    }
}

impl<'p> Walker<'p> {
    /// What a call of a function with this summary does and gives.
    pub(super) fn apply_summary(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        summary: &Arc<Summary>,
        bound: &[Given],
        expr: ExprId,
        title: &str,
    ) -> Value {
        self.steps += 1 + summary.sinks.len() as u64;
        if self.is_quiet {
            let value = self.put(state, &summary.returns, bound);
            return state.thawed(&value);
        }
        let is_tainted = bound.iter().any(|given| !state.labels(&given.value).is_empty());
        if is_tainted {
            for held in &summary.sinks {
                let value = self.put(state, &held.value, bound);
                if value.labels().is_empty() {
                    continue;
                }
                // What the function hands on as it was given is judged here, where the text was made.
                match held.value.kind() {
                    Kind::Parameter(number) if held.page.is_none() => {
                        let argument = bound.get(*number as usize).and_then(|given| given.expr).unwrap_or(expr);
                        let beyond = held.beyond.clone().or_else(|| Some((held.spot, held.callee.clone())));
                        let (spot, argument) = (frame.spot_of(expr), frame.spot_of(argument));
                        let callee: Arc<str> = title.into();
                        let here = Held { spot, argument, callee, beyond, ..held.clone() };
                        self.reach(state, &here, &value);
                    }
                    _ => self.reach(state, held, &value),
                }
            }
        }
        for (number, value) in &summary.references {
            let value = self.put(state, value, bound);
            if let Some(target) = bound.get(*number as usize).and_then(|given| given.expr) {
                let value = state.thawed(&value);
                self.put_back(frame, state, target, value);
            }
        }
        if summary.ends {
            state.die();
            return Value::unknown();
        }
        let value = self.put(state, &summary.returns, bound);
        let value = state.thawed(&value);
        self.came_back(frame, &value, expr, title)
    }

    /// A value of a summary with arguments in place of parameters.
    pub(super) fn put(&self, state: &State, value: &Value, bound: &[Given]) -> Value {
        let argument = |number: u32| bound.get(number as usize).map(|given| &given.value);
        match value.kind() {
            Kind::Parameter(number) => {
                let given = argument(*number).cloned().unwrap_or_default();
                // The steps it took inside.
                match value.labels().iter().find(|label| label.origin == Origin::Parameter(*number)) {
                    Some(own) if own.way.is_some() => given.map_labels(&mut |label| own.behind(label)),
                    _ => given,
                }
            }
            Kind::Text(parts) => {
                let parts: Vec<Value> = parts
                    .iter()
                    .map(|part| match part {
                        Part::Known(text) => Value::text(text),
                        Part::Value(value) => self.as_text(state, &self.put(state, value, bound)),
                    })
                    .collect();
                Value::concatenated(&parts)
            }
            Kind::Tree(tree) => {
                let mut tree = Cell::clone(tree);
                for (key, inner) in &mut tree.entries {
                    let _: &Key = key;
                    *inner = self.put(state, inner, bound);
                }
                tree.rest = self.put(state, &tree.rest, bound);
                tree.text = tree.text.map(|text| self.put(state, &text, bound));
                value.with_kind(Kind::Tree(Box::new(tree))).with_labels(self.put_labels(state, value.labels(), bound))
            }
            Kind::Function(body, receiver) => value.with_kind(Kind::Function(*body, self.put(state, receiver, bound))),
            _ if value.labels().is_empty() => value.clone(),
            _ => value.with_labels(self.put_labels(state, value.labels(), bound)),
        }
    }

    fn put_labels(&self, state: &State, labels: &[Label], bound: &[Given]) -> Vec<Label> {
        let mut result = Vec::new();
        for label in labels {
            match &label.origin {
                Origin::Source(_) | Origin::Probe(_) => add_label(&mut result, label),
                Origin::Parameter(number) => {
                    let given = bound.get(*number as usize).map(|given| state.labels(&given.value)).unwrap_or_default();
                    for given in given {
                        add_label(&mut result, &label.behind(&given));
                    }
                }
            }
        }
        result
    }
}
