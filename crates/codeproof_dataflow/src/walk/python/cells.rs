//! Methods of lists, mappings, sets and objects of Python's library.

use crate::ir::{Constant, ExprId};
use crate::value::{Cell, CellId, CellKind, Facts, Key, Kind, Label, Move, Traits, Value};
use crate::walk::arguments::Arguments;
use crate::walk::{Frame, State, Walker};

impl<'p> Walker<'p> {
    #[expect(clippy::too_many_lines, reason = "one line for each method")]
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    pub(super) fn cell_method(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        id: CellId,
        object: &Value,
        name: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        let cell = state.cell(id)?.clone();
        let first = arguments.at(0).cloned();
        let nothing = || Some(Value::constant(Constant::None));
        let key = first.as_ref().and_then(Value::as_constant).and_then(|constant| Key::of(constant, false));
        match (cell.kind, name) {
            (CellKind::List, "append" | "appendleft") | (CellKind::Set, "add") => {
                let value = first?;
                let value = self.named(frame, &value, "an item", frame.body.bytes_of(expr));
                state.change(
                    id,
                    |cell| if name == "appendleft" { cell.set_somewhere(&value) } else { cell.push(value) },
                );
                nothing()
            }
            (CellKind::List, "extend") => {
                match self.listed(state, &first?) {
                    Some(listed) => state.change(id, |cell| listed.into_iter().for_each(|(_, value)| cell.push(value))),
                    None => {
                        let any = self.any_of(state, arguments.at(0)?);
                        state.change(id, |cell| cell.set_somewhere(&any));
                    }
                }
                nothing()
            }
            (CellKind::List, "insert") => {
                let value = arguments.at(1)?.clone();
                let at = first?.as_int();
                state.change(id, |cell| insert_at(cell, at, value));
                nothing()
            }
            (CellKind::List, "pop") => {
                let at = match &first {
                    Some(first) => first.as_int(),
                    None => Some(-1),
                };
                let mut popped = None;
                state.change(id, |cell| popped = at.and_then(|at| remove_at(cell, at)));
                if popped.is_none() {
                    state.change(id, Cell::blur);
                }
                Some(popped.unwrap_or_else(|| cell.any()))
            }
            (CellKind::List | CellKind::Set, "remove" | "discard") => {
                let wanted = first?;
                let at = cell.entries.iter().position(|(_, value)| {
                    value.as_constant().is_some() && value.as_constant() == wanted.as_constant()
                });
                match at.and_then(|at| i64::try_from(at).ok()) {
                    Some(at) if cell.is_exact => state.change(id, |cell| {
                        remove_at(cell, at);
                    }),
                    _ => state.change(id, Cell::blur),
                }
                nothing()
            }
            (CellKind::List, "sort" | "reverse") => {
                state.change(id, |cell| match name {
                    "reverse" if cell.is_exact => {
                        let values: Vec<Value> = cell.entries.iter().rev().map(|(_, value)| value.clone()).collect();
                        cell.entries.iter_mut().zip(values).for_each(|(entry, value)| entry.1 = value);
                    }
                    _ => cell.blur(),
                });
                nothing()
            }
            (CellKind::List | CellKind::Dict | CellKind::Set, "clear") => {
                state.change(id, |cell| {
                    cell.entries.clear();
                    (cell.is_exact, cell.rest) = (true, Value::unknown());
                });
                nothing()
            }
            (CellKind::List | CellKind::Dict | CellKind::Set, "copy") => Some(state.allocate(cell.as_ref().clone())),
            (CellKind::List, "index" | "count") => Some(Value::of(Kind::Number)),
            (CellKind::Dict, "get" | "pop" | "setdefault") => {
                let default = arguments.at(1).cloned().unwrap_or_else(|| Value::constant(Constant::None));
                let found = match &key {
                    Some(key) => cell.get(key),
                    None => Some(cell.any().join(&default)),
                };
                if name == "pop"
                    && let Some(key) = &key
                {
                    state.change(id, |cell| cell.entries.retain(|(known, _)| known != key));
                }
                if name == "setdefault"
                    && found.is_none()
                    && let Some(key) = key
                {
                    state.change(id, |cell| cell.set(key, default.clone()));
                }
                Some(found.map_or(default.clone(), |value| if cell.is_exact { value } else { value.join(&default) }))
            }
            (CellKind::Dict, "update") => {
                if let Some((_, more)) = first.as_ref().and_then(|first| state.cell_of(first)) {
                    let more = more.clone();
                    state.change(id, |cell| {
                        more.entries.iter().for_each(|(key, value)| cell.set(key.clone(), value.clone()));
                        if !more.is_exact {
                            cell.set_somewhere(&more.rest);
                        }
                    });
                } else if let Some(first) = first {
                    let any = Value::tainted(first.labels().to_vec());
                    state.change(id, |cell| cell.set_somewhere(&any));
                }
                for (name, given) in &arguments.by_name {
                    let key = Key::Text(self.program.text(*name).into());
                    state.change(id, |cell| cell.set(key, given.value.clone()));
                }
                nothing()
            }
            (CellKind::Dict, "keys") => {
                let mut keys = Cell::new(CellKind::List);
                for (key, _) in &cell.entries {
                    keys.push(key_value(key));
                }
                if !cell.is_exact {
                    keys.set_somewhere(&Value::tainted(cell.rest.labels().to_vec()));
                }
                Some(state.allocate(keys))
            }
            (CellKind::Dict, "values") => {
                let mut values = Cell::new(CellKind::List);
                cell.entries.iter().for_each(|(_, value)| values.push(value.clone()));
                if !cell.is_exact {
                    values.set_somewhere(&cell.rest);
                }
                Some(state.allocate(values))
            }
            (CellKind::Dict, "items") => {
                let mut items = Cell::new(CellKind::List);
                for (key, value) in &cell.entries {
                    let mut pair = Cell::new(CellKind::List);
                    pair.push(key_value(key));
                    pair.push(value.clone());
                    let pair = state.allocate(pair);
                    items.push(pair);
                }
                if !cell.is_exact {
                    let mut pair = Cell::new(CellKind::List);
                    pair.push(Value::tainted(cell.rest.labels().to_vec()));
                    pair.push(cell.rest.clone());
                    let pair = state.allocate(pair);
                    items.set_somewhere(&pair);
                }
                Some(state.allocate(items))
            }
            (CellKind::Foreign(_), "write" | "writelines") if cell.text.is_some() => {
                let added = self.as_text(state, &first?);
                let text = Value::concatenated(&[cell.text.clone()?, added]);
                state.change(id, |cell| cell.text = Some(text));
                Some(Value::of(Kind::Number))
            }
            (CellKind::Foreign(_), "getvalue" | "read" | "readline" | "as_posix" | "__str__")
                if cell.text.is_some() =>
            {
                cell.text.clone()
            }
            (CellKind::Foreign(_), "joinpath" | "with_name" | "with_suffix") if cell.text.is_some() => {
                let mut parts = vec![cell.text.clone()?];
                parts.extend(arguments.by_place.iter().map(|it| self.as_text(state, &it.value)));
                Some(self.path_of(state, &parts))
            }
            (CellKind::Foreign(_), "resolve" | "absolute" | "expanduser") if cell.text.is_some() => {
                let text = cell.text.clone()?;
                let spot = frame.spot_of(expr);
                let what = Move::Through(name.into());
                let text = text.map_labels(&mut |label| {
                    let traits = label.facts.traits.or(Traits::CANONICAL_PATH);
                    let facts = if name == "resolve" { Facts { traits, ..label.facts } } else { label.facts };
                    Label { facts, ..label.clone() }.stepped(spot, what.clone())
                });
                let kind = cell.kind;
                let mut path = Cell::new(kind);
                path.text = Some(text);
                Some(state.allocate(path))
            }
            (CellKind::Foreign(node), "sub" | "match" | "fullmatch" | "search" | "findall") if cell.text.is_some() => {
                let _ = node;
                match name {
                    "sub" => {
                        let (with, text) = (first?, arguments.at(1)?.clone());
                        let pattern = cell.text.clone()?;
                        Some(self.substituted(frame, state, expr, &pattern, &with, &text))
                    }
                    _ => Some(self.through(frame, state, expr, &[first?], name)),
                }
            }
            (
                CellKind::Foreign(Some(node)),
                "set" | "get" | "add_section" | "has_option" | "has_section" | "getint" | "getfloat" | "getboolean",
            ) if self.program.specs.name_of(node).starts_with("configparser.") || is_config(self, node) => {
                let pair = || {
                    let section = arguments.at(0)?.as_str()?;
                    let option = arguments.at(1)?.as_str()?;
                    Some(Key::Text(format!("{section}\0{}", option.to_lowercase()).into()))
                };
                match name {
                    "set" => {
                        let value = arguments.at(2).cloned().unwrap_or_default();
                        let value = self.named(frame, &value, "an option", frame.body.bytes_of(expr));
                        match pair() {
                            Some(key) => state.change(id, |cell| cell.set(key, value)),
                            None => state.change(id, |cell| cell.set_somewhere(&value)),
                        }
                        nothing()
                    }
                    "get" => Some(match pair() {
                        Some(key) => cell.get(&key).unwrap_or_default(),
                        None => cell.any(),
                    }),
                    "getint" | "getfloat" | "getboolean" | "has_option" | "has_section" => {
                        Some(Value::of(Kind::Number))
                    }
                    _ => nothing(),
                }
            }
            _ => {
                let _ = object;
                None
            }
        }
    }
}

pub(super) fn is_config(walker: &Walker<'_>, node: crate::specs::NodeId) -> bool {
    walker.program.specs.name_of(node).contains("ConfigParser")
}

pub(super) fn key_value(key: &Key) -> Value {
    match key {
        Key::Int(number) => Value::constant(Constant::Int(*number)),
        Key::Text(text) => Value::text(text),
    }
}

/// Removes the item at a place of an exact list; the items behind it move up.
pub(in crate::walk) fn remove_at(cell: &mut Cell, at: i64) -> Option<Value> {
    let count = i64::try_from(cell.entries.len()).ok()?;
    let at = usize::try_from(if at < 0 { at + count } else { at }).ok().filter(|at| *at < cell.entries.len())?;
    if !cell.is_exact {
        return None;
    }
    let (_, removed) = cell.entries.remove(at);
    renumber(cell);
    Some(removed)
}

pub(super) fn insert_at(cell: &mut Cell, at: Option<i64>, value: Value) {
    let place = at.and_then(|at| usize::try_from(at).ok());
    match place.filter(|place| cell.is_exact && *place <= cell.entries.len()) {
        Some(place) => {
            cell.entries.insert(place, (Key::Int(0), value));
            renumber(cell);
        }
        None => cell.set_somewhere(&value),
    }
}

pub(super) fn renumber(cell: &mut Cell) {
    for (number, entry) in (0i64..).zip(&mut cell.entries) {
        entry.0 = Key::Int(number);
    }
}
