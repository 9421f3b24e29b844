//! Items of lists, mappings and texts: one, several, whichever.

use super::places::place_key;
use super::{Frame, State, Walker};
use crate::ir::{Constant, ExprId};
use crate::specs::NodeId;
use crate::value::{Cell, CellKind, Key, Kind, Value};

impl<'p> Walker<'p> {
    /// The items of a collection as one text, with `separator` between them.
    pub(super) fn joined_text(
        &mut self,
        frame: &Frame<'p>,
        state: &State,
        expr: ExprId,
        separator: &Value,
        items: &Value,
    ) -> Value {
        let mut parts = Vec::new();
        match self.listed(state, items) {
            Some(listed) => {
                for (number, (_, value)) in listed.iter().enumerate() {
                    if number > 0 {
                        parts.push(separator.clone());
                    }
                    parts.push(self.as_text(state, value));
                }
            }
            None => {
                let any = self.as_text(state, &self.any_of(state, items));
                parts.extend([any.clone(), separator.clone(), any]);
            }
        }
        self.combined(frame, Value::concatenated(&parts), expr)
    }

    /// An item of a value.
    pub(super) fn item(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        object: &Value,
        index: &Value,
        expr: ExprId,
    ) -> Value {
        if state.has_places()
            && let Some(key) = place_key(frame, expr)
            && let Some(value) = state.place(&key)
        {
            return value.clone();
        }
        let key = index.as_constant().and_then(|constant| Key::of(constant, self.program.is_php()));
        match object.kind() {
            Kind::Cell(id) => {
                let Some(cell) = state.cell(*id).cloned() else { return Value::tainted(object.labels().to_vec()) };
                let found = match &key {
                    Some(Key::Int(at)) if *at < 0 && cell.kind == CellKind::List && cell.is_exact => {
                        let at = i64::try_from(cell.entries.len()).unwrap_or(i64::MAX) + at;
                        cell.get(&Key::Int(at))
                    }
                    Some(key) => cell.get(key),
                    None => {
                        // Any of them: what is chosen by foreign data among the program's own values is the program's.
                        let any = cell.any();
                        return any;
                    }
                };
                if let CellKind::Foreign(Some(node)) = cell.kind
                    && found.is_none()
                {
                    return self.node_item(frame, state, node, &key, object, expr);
                }
                let value = found.unwrap_or_else(|| Value::constant(Constant::None));
                self.with_more_labels(&value, object.labels())
            }
            Kind::Node(node) => self.node_item(frame, state, *node, &key, object, expr),
            Kind::Constants(_) if object.as_str().is_some() => {
                let text = object.as_str().unwrap_or_default();
                let at = index.as_int().and_then(|at| {
                    let count = i64::try_from(text.chars().count()).ok()?;
                    usize::try_from(if at < 0 { at + count } else { at }).ok()
                });
                match at.and_then(|at| text.chars().nth(at)) {
                    Some(char) => Value::text(char.encode_utf8(&mut [0; 4])),
                    None => Value::of(Kind::Harmless),
                }
            }
            Kind::Parameter(_) => {
                self.walked.summary.is_sensitive = true;
                Value::tainted(object.labels().to_vec())
            }
            Kind::Harmless | Kind::Constants(_) if object.labels().is_empty() => Value::of(Kind::Harmless),
            _ => Value::tainted(state.labels(object)),
        }
    }

    pub(super) fn node_item(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        node: NodeId,
        key: &Option<Key>,
        object: &Value,
        expr: ExprId,
    ) -> Value {
        let child = match key {
            Some(Key::Text(text)) => match self.program.names.get(text) {
                Some(sym) => self.program.specs.child(node, sym),
                None => self.program.specs.any_child(node),
            },
            _ => self.program.specs.any_child(node),
        };
        match child {
            // What a spec says of one key of a source replaces what it says of the whole.
            Some(child) if self.program.specs.reads(child).is_empty() => {
                Value::of(Kind::Node(child)).with_labels(state.labels(object))
            }
            Some(child) => self.read_node(frame, state, child, expr),
            // The server's table holds the environment, too.
            None if self.program.specs.name_of(node) == "$_SERVER" && is_environment(key.as_ref()) => {
                Value::of(Kind::Harmless)
            }
            None => Value::tainted(state.labels(object)),
        }
    }

    pub(super) fn slice(&self, state: &mut State, value: &Value, start: Option<&Value>, stop: Option<&Value>) -> Value {
        let bound = |bound: Option<&Value>, count: i64, missing: i64| match bound {
            None => Some(missing),
            Some(value) => {
                let at = match value.as_constant()? {
                    Constant::None => missing,
                    _ => value.as_int()?,
                };
                Some(if at < 0 { (at + count).max(0) } else { at.min(count) })
            }
        };
        if let Some(text) = value.as_str() {
            let count = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            if let (Some(start), Some(stop)) = (bound(start, count, 0), bound(stop, count, count)) {
                let (start, stop) = (usize::try_from(start).unwrap_or(0), usize::try_from(stop).unwrap_or(0));
                let part: String = text.chars().skip(start).take(stop.saturating_sub(start)).collect();
                return Value::text(&part);
            }
        }
        match state.cell_of(value) {
            Some((_, cell)) if cell.kind == CellKind::List => {
                let count = i64::try_from(cell.entries.len()).unwrap_or(i64::MAX);
                let mut part = Cell::new(CellKind::List);
                match (bound(start, count, 0), bound(stop, count, count)) {
                    (Some(start), Some(stop)) if cell.is_exact => {
                        let (start, stop) = (usize::try_from(start).unwrap_or(0), usize::try_from(stop).unwrap_or(0));
                        let items = cell.entries.iter().skip(start).take(stop.saturating_sub(start));
                        items.for_each(|(_, value)| part.push(value.clone()));
                    }
                    _ => part.set_somewhere(&cell.any()),
                }
                state.allocate(part).with_labels(value.labels().to_vec())
            }
            Some((_, cell)) => {
                let any = cell.any();
                Value::tainted(state.labels(&any))
            }
            None if value.labels().is_empty() && value.is_harmless() => Value::of(Kind::Harmless),
            None => Value::tainted(value.labels().to_vec()),
        }
    }

    /// The items of a list or mapping that is wholly known, keys first.
    pub(super) fn listed(&self, state: &State, value: &Value) -> Option<Vec<(Value, Value)>> {
        let (_, cell) = state.cell_of(value)?;
        let is_mapping = cell.kind == CellKind::Dict;
        let is_listed = matches!(cell.kind, CellKind::List | CellKind::Array | CellKind::Dict) && cell.is_exact;
        is_listed.then(|| {
            let one = |(key, value): &(Key, Value)| {
                let key = match key {
                    Key::Int(number) => Value::constant(Constant::Int(*number)),
                    Key::Text(text) => Value::text(text),
                };
                // Going through a mapping gives its keys.
                if is_mapping { (Value::unknown(), key) } else { (key, value.clone()) }
            };
            cell.entries.iter().map(one).collect()
        })
    }

    /// Key and value for whatever a loop over `items` binds.
    pub(super) fn item_of(&mut self, state: &State, items: &Value) -> (Value, Value) {
        let labels = state.labels(items);
        match state.cell_of(items) {
            Some((_, cell)) => {
                let value = self.with_more_labels(&cell.any(), items.labels());
                let key = if cell.is_exact { Value::of(Kind::Harmless) } else { Value::tainted(labels) };
                (key, value)
            }
            None if labels.is_empty() && items.is_harmless() => (Value::of(Kind::Number), Value::of(Kind::Harmless)),
            None => (Value::tainted(labels.clone()), Value::tainted(labels)),
        }
    }

    /// One value for whatever is in `value`.
    pub(super) fn any_of(&self, state: &State, value: &Value) -> Value {
        match state.cell_of(value) {
            Some((_, cell)) => cell.any(),
            None => value.with_kind(if value.is_harmless() { Kind::Harmless } else { Kind::Unknown }),
        }
    }
}

/// Whether a key of `$_SERVER` names a variable of the environment: what a request can set has one of the beginnings that
/// the CGI specification (RFC 3875, 4.1) and PHP's manual list.
pub(super) fn is_environment(key: Option<&Key>) -> bool {
    let Some(Key::Text(key)) = key else { return false };
    let begins = [
        "HTTP_",
        "PHP_",
        "REQUEST_",
        "QUERY_",
        "PATH_",
        "ORIG_",
        "REDIRECT_",
        "SERVER_",
        "REMOTE_",
        "CONTENT_",
        "AUTH_",
        "argv",
        "UNENCODED_",
        "DOCUMENT_",
    ];
    !begins.iter().any(|begin| key.starts_with(begin))
}
