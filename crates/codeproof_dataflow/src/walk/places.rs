//! Putting values at places: variables, members, items.

use super::{Frame, State, Walker};
use crate::ir::{Bytes, Constant, Expr, ExprId, Place};
use crate::names::Sym;
use crate::program::Store;
use crate::value::{Cell, CellKind, Key, Kind, Value};
use std::sync::Arc;

impl<'p> Walker<'p> {
    /// Puts a value at a place, as a name for it; PHP's arrays are copied.
    pub(super) fn assign(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        place: &'p Place,
        value: Value,
        bytes: Bytes,
    ) {
        let copied = match state.cell_of(&value) {
            Some((_, cell)) if cell.kind == CellKind::Array => {
                let cell = cell.as_ref().clone();
                state.allocate(cell).with_labels(value.labels().to_vec())
            }
            _ => value,
        };
        self.bind(frame, state, place, copied, bytes, true);
    }

    /// Puts a value at a place.
    pub(super) fn bind(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        place: &'p Place,
        value: Value,
        bytes: Bytes,
        is_step: bool,
    ) {
        match place {
            Place::Local(local) => {
                let name = frame.name_of(*local);
                let value = self.probed(frame, state, value, name, bytes);
                let value = if is_step { self.named(frame, &value, name, bytes) } else { value };
                if state.has_places() {
                    state.forget_places(name);
                }
                for (one, other) in &frame.aliases {
                    if one == local || other == local {
                        state.set_local(if one == local { *other } else { *one }, value.clone());
                    }
                }
                state.set_local(*local, value);
            }
            Place::Outer(body, local) => {
                let name = frame.file.module.body(*body).locals.get(local.index()).copied();
                let name = name.map_or("", |name| frame.file.module.name(name).trim_end());
                let value = self.named(frame, &value, name, bytes);
                if let Some(known) = Arc::make_mut(&mut frame.outer)
                    .iter_mut()
                    .find(|(of, _)| of == body)
                    .and_then(|(_, locals)| locals.get_mut(local.index()))
                {
                    *known = known.join(&value);
                }
                if frame.changed.len() < 64 {
                    frame.changed.push((*body, *local, value));
                }
            }
            Place::Global(name) => {
                let sym = frame.file.sym(*name);
                let file = if self.program.is_php() { u32::MAX } else { frame.at.file };
                let value = self.named(frame, &value, frame.file.module.name(*name), bytes);
                self.store(Store::Global(file, sym), state.frozen(&value, 2));
            }
            Place::Attribute(object, name) => {
                let holder = self.eval(frame, state, *object);
                let sym = frame.file.sym(*name);
                let value = self.probed(frame, state, value, frame.file.module.name(*name), bytes);
                let value = self.named(frame, &value, frame.file.module.name(*name), bytes);
                self.set_member(frame, state, &holder, sym, value, *object);
            }
            Place::Index(object, index) => {
                let container = self.eval(frame, state, *object);
                let key = index.map(|index| self.eval(frame, state, index));
                self.set_item(frame, state, *object, &container, key.as_ref(), value, bytes);
            }
            Place::Slice(object) => {
                let container = self.eval(frame, state, *object);
                if let Some((id, _)) = state.cell_of(&container) {
                    let any = self.any_of(state, &value);
                    state.change(id, |cell| cell.set_somewhere(&any));
                }
            }
            Place::Destructure(items) => {
                let listed = self.listed(state, &value);
                let any = self.any_of(state, &value);
                let rest_at = items.iter().position(|item| item.is_rest);
                for (number, item) in items.iter().enumerate() {
                    let Some(place) = &item.place else { continue };
                    // Places behind the one that takes the rest count from the end.
                    let behind = items.len() - number;
                    let part = match (&item.key, &listed) {
                        (Some(key), _) => {
                            let key = self.eval(frame, state, *key);
                            let container = value.clone();
                            let key = key.as_constant().and_then(|key| Key::of(key, self.program.is_php()));
                            match (state.cell_of(&container), key) {
                                (Some((_, cell)), Some(key)) => cell.get(&key).unwrap_or_default(),
                                _ => any.clone(),
                            }
                        }
                        (None, Some(listed)) if rest_at.is_none_or(|rest| number < rest) => {
                            listed.get(number).map_or_else(Value::unknown, |(_, value)| value.clone())
                        }
                        (None, Some(listed)) if item.is_rest => {
                            let mut rest = Cell::new(CellKind::List);
                            let taken = (listed.len() + 1).saturating_sub(number + behind);
                            let items = listed.iter().skip(number).take(taken);
                            items.for_each(|(_, value)| rest.push(value.clone()));
                            state.allocate(rest)
                        }
                        (None, Some(listed)) => listed
                            .len()
                            .checked_sub(behind)
                            .and_then(|at| listed.get(at))
                            .map_or_else(Value::unknown, |(_, value)| value.clone()),
                        _ => any.clone(),
                    };
                    self.bind(frame, state, place, part, bytes, is_step);
                }
            }
            Place::Unknown => {}
        }
    }

    pub(super) fn set_member(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        holder: &Value,
        name: Sym,
        value: Value,
        object: ExprId,
    ) {
        let text = self.program.text(name);
        let class = match holder.kind() {
            Kind::Cell(id) => {
                let key = Key::Text(text.into());
                let class = match state.cell(*id).map(|cell| cell.kind) {
                    Some(CellKind::Object(class)) => Some(class),
                    _ => None,
                };
                state.change(*id, |cell| cell.set(key, value.clone()));
                class
            }
            Kind::Instance(class) | Kind::Class(class) => Some(*class),
            Kind::Parameter(_) => {
                self.walked.summary.is_sensitive = true;
                None
            }
            _ => None,
        };
        // What callers hand in belongs to one object, which is followed by itself; what the class takes in on its own may
        // be in any.
        if let Some(class) = class.filter(|_| frame.depth == 0) {
            self.store(Store::Field(class, name), state.frozen(&value, 2));
        }
        if !matches!(holder.kind(), Kind::Cell(_))
            && let Some(key) = place_key(frame, object)
        {
            state.set_place(&format!("{key}.{text}"), value);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one assignment")]
    pub(super) fn set_item(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        object: ExprId,
        container: &Value,
        key: Option<&Value>,
        value: Value,
        bytes: Bytes,
    ) {
        let is_php = self.program.is_php();
        let name = key.and_then(Value::as_str).unwrap_or("an item");
        let value = self.named(frame, &value, name, bytes);
        self.item_sink(frame, state, container, key, &value, bytes);
        if let Some(held_in) = last_name(frame, object) {
            self.kept_as(frame, &value, held_in, bytes);
        }
        let exact = key.and_then(Value::as_constant).and_then(|constant| Key::of(constant, is_php));
        match state.cell_of(container) {
            Some((id, _)) => {
                let key_labels = key.map(|key| state.labels(key)).unwrap_or_default();
                state.change(id, |cell| match (key, exact) {
                    (None, _) => cell.push(value),
                    (Some(_), Some(Key::Int(at))) if cell.kind == CellKind::List && at < 0 => {
                        cell.set_somewhere(&value)
                    }
                    (Some(_), Some(key)) => cell.set(key, value),
                    (Some(_), None) => {
                        cell.set_somewhere(&value);
                        if !key_labels.is_empty() {
                            cell.set_somewhere(&Value::tainted(key_labels));
                        }
                    }
                });
            }
            // PHP makes an array of what was nothing; elsewhere the thing carries what is put into it.
            None if is_php && is_variable(frame, object) => {
                let mut cell = Cell::new(CellKind::Array);
                if !container.labels().is_empty() || !matches!(container.kind(), Kind::Unknown | Kind::Constants(_)) {
                    cell.set_somewhere(&container.with_kind(Kind::Unknown));
                }
                match (key, exact) {
                    (None, _) => cell.push(value),
                    (_, Some(key)) => cell.set(key, value),
                    (_, None) => cell.set_somewhere(&value),
                }
                cell.is_exact &= frame.depth == 0 || container.as_constant().is_some();
                let made = state.allocate(cell);
                self.put_back(frame, state, object, made);
            }
            None => {
                if matches!(container.kind(), Kind::Parameter(_)) {
                    self.walked.summary.is_sensitive = true;
                }
                if let (Some(place), Some(key)) = (place_key(frame, object), key.and_then(Value::as_constant)) {
                    state.set_place(&format!("{place}[{}]", key_text(key)), value);
                } else if !value.labels().is_empty() {
                    let carried = self.with_more_labels(container, value.labels());
                    self.put_back(frame, state, object, carried);
                }
            }
        }
    }

    /// Puts a changed container back where it came from.
    pub(super) fn put_back(&mut self, frame: &mut Frame<'p>, state: &mut State, object: ExprId, value: Value) {
        match frame.body.expr(object) {
            Expr::Local(local) => state.set_local(*local, value),
            Expr::Attribute(holder, name) => {
                let (holder_expr, name) = (*holder, frame.file.sym(*name));
                let holder = self.quietly(frame, state, holder_expr);
                self.set_member(frame, state, &holder, name, value, holder_expr);
            }
            Expr::Index(holder, index) => {
                let (holder_expr, index) = (*holder, *index);
                let holder = self.eval(frame, state, holder_expr);
                let index = self.eval(frame, state, index);
                if let Some((id, _)) = state.cell_of(&holder) {
                    let key = index.as_constant().and_then(|constant| Key::of(constant, self.program.is_php()));
                    state.change(id, |cell| match key {
                        Some(key) => cell.set(key, value),
                        None => cell.set_somewhere(&value),
                    });
                }
            }
            _ => {}
        }
    }

    pub(super) fn delete_item(&mut self, state: &mut State, object: &Value, index: &Value) {
        let key = index.as_constant().and_then(|constant| Key::of(constant, self.program.is_php()));
        let Some((id, cell)) = state.cell_of(object) else { return };
        let is_list = cell.kind == CellKind::List;
        state.change(id, |cell| match key {
            Some(Key::Int(at)) if is_list => {
                super::python::remove_at(cell, at);
            }
            Some(key) => cell.entries.retain(|(known, _)| *known != key),
            None => {}
        });
    }
}

/// The text of a place that is no variable, when its parts are names and constants: `self.path`, `$_GET[id]`.
pub(super) fn place_key(frame: &Frame<'_>, expr: ExprId) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut at = expr;
    for _ in 0..6 {
        match frame.body.expr(at) {
            Expr::Local(local) => {
                let mut key = frame.file.module.name(frame.body.locals[local.index()]).to_owned();
                parts.iter().rev().for_each(|part| key.push_str(part));
                return Some(key);
            }
            Expr::Global(name) => {
                let mut key = frame.file.module.name(*name).to_owned();
                parts.iter().rev().for_each(|part| key.push_str(part));
                return Some(key);
            }
            Expr::Attribute(object, name) => {
                parts.push(format!(".{}", frame.file.module.name(*name)));
                at = *object;
            }
            Expr::Index(object, index) => {
                let Expr::Constant(constant) = frame.body.expr(*index) else { return None };
                parts.push(format!("[{}]", key_text(constant)));
                at = *object;
            }
            _ => return None,
        }
    }
    None
}

pub(super) fn key_text(constant: &Constant) -> String {
    match constant {
        Constant::Str(text) | Constant::Bytes(text) => text.to_string(),
        Constant::Int(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

/// The last name of a variable or member.
pub(super) fn last_name<'f>(frame: &Frame<'f>, expr: ExprId) -> Option<&'f str> {
    match frame.body.expr(expr) {
        Expr::Local(local) => Some(frame.name_of(*local)),
        Expr::Global(name) | Expr::Attribute(_, name) => Some(frame.file.module.name(*name)),
        _ => None,
    }
}

pub(super) fn is_variable(frame: &Frame<'_>, expr: ExprId) -> bool {
    matches!(frame.body.expr(expr), Expr::Local(_) | Expr::Attribute(..) | Expr::Index(..))
}
