//! What Python's own functions and methods do with values, where computing says more than a spec could.

mod cells;
mod checks;
mod formats;

pub(super) use cells::remove_at;

use super::arguments::Arguments;
use super::{Frame, State, Walker};
use crate::ir::{Constant, Expr, ExprId};
use crate::names::Sym;
use crate::value::{Cell, CellKind, Encoding, Facts, Key, Kind, Label, Move, Value};

impl<'p> Walker<'p> {
    /// A function by its whole name; `None` when nothing is to be said beyond what specs say.
    pub(super) fn python_function(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        name: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        let first = arguments.at(0);
        match name {
            "str" | "repr" | "format" | "ascii" | "bytes" | "bytearray" | "memoryview" | "unicode" => {
                Some(first.map_or_else(|| Value::text(""), |value| self.as_text(state, value)))
            }
            "@str" | "@repr" | "@ascii" => Some(self.as_text(state, first?)),
            "@format" => {
                let is_number = arguments
                    .at(1)
                    .and_then(Value::as_str)
                    .is_some_and(|spec| spec.ends_with(['d', 'f', 'x', 'X', 'e', 'g', 'n', 'o', 'b', '%']));
                let value = first?.clone();
                Some(if is_number { self.number(state, &[value]) } else { self.as_text(state, &value) })
            }
            "int" | "float" if arguments.by_place.len() == 1 && !first?.labels().is_empty() => {
                // It did not fail: what was given is the text of a number.
                let kind = if name == "int" { Encoding::Integer } else { Encoding::Number };
                if let Some(given) = arguments.by_place.first().and_then(|given| given.expr)
                    && matches!(frame.body.expr(given), Expr::Local(_))
                {
                    self.narrow(frame, state, given, kind.apply(Facts::raw()));
                }
                None
            }
            "int" => {
                let constant = super::constants::to_number(first?, true)?;
                Some(Value::constant(constant))
            }
            "len" | "hash" | "ord" | "abs" | "round" | "sum" | "id" => match (name, first.and_then(Value::as_str)) {
                ("len", Some(text)) => Some(Value::constant(Constant::Int(i64::try_from(text.chars().count()).ok()?))),
                ("len", None) => Some(Value::of(Kind::Number)),
                _ => None,
            },
            "bool" | "isinstance" | "issubclass" | "hasattr" | "callable" | "any" | "all" => {
                Some(Value::of(Kind::Number))
            }
            "range" => Some(Value::of(Kind::Number)),
            "list" | "tuple" | "sorted" | "reversed" | "iter" | "copy.copy" | "copy.deepcopy" | "set" | "frozenset" => {
                let Some(first) = first else {
                    return Some(state.allocate(Cell::new(if name == "set" { CellKind::Set } else { CellKind::List })));
                };
                let (_, cell) = state.cell_of(first)?;
                let mut cell = cell.as_ref().clone();
                if matches!(name, "sorted" | "reversed") {
                    cell.blur();
                } else if cell.kind == CellKind::Dict && !name.starts_with("copy") {
                    return None;
                }
                Some(state.allocate(cell).with_labels(first.labels().to_vec()))
            }
            "dict" | "collections.OrderedDict" | "collections.defaultdict" => {
                let mut cell = Cell::new(CellKind::Dict);
                if let Some((_, from)) = first.and_then(|first| state.cell_of(first)) {
                    cell = from.as_ref().clone();
                    cell.kind = CellKind::Dict;
                } else if let Some(first) = first {
                    cell.set_somewhere(&Value::tainted(first.labels().to_vec()));
                }
                for (name, given) in &arguments.by_name {
                    cell.set(Key::Text(self.program.text(*name).into()), given.value.clone());
                }
                Some(state.allocate(cell))
            }
            "enumerate" => {
                let any = self.any_of(state, first?);
                let mut pair = Cell::new(CellKind::List);
                pair.push(Value::of(Kind::Number));
                pair.push(any);
                let pair = state.allocate(pair);
                let mut all = Cell::new(CellKind::List);
                all.set_somewhere(&pair);
                Some(state.allocate(all))
            }
            "setattr" => {
                let name = arguments.at(1)?.as_str().and_then(|name| self.program.names.get(name))?;
                let (object, value) = (first?.clone(), arguments.at(2)?.clone());
                let place = arguments.by_place.first()?.expr?;
                self.set_member(frame, state, &object, name, value, place);
                Some(Value::constant(Constant::None))
            }
            "getattr" => {
                let name = arguments.at(1)?.as_str().and_then(|name| self.program.names.get(name))?;
                let object = first?.clone();
                Some(self.member(frame, state, &object, name, expr))
            }
            "map" | "filter" => {
                let function = first?.clone();
                let item = self.any_of(state, arguments.at(1)?);
                let result = match name {
                    "map" => {
                        let given = Arguments::of(std::slice::from_ref(&item));
                        self.call_value(frame, state, expr, &function, &given, "a function")
                    }
                    _ => item,
                };
                let mut cell = Cell::new(CellKind::List);
                cell.set_somewhere(&result);
                Some(state.allocate(cell))
            }
            "io.StringIO" | "io.BytesIO" | "StringIO.StringIO" | "io.TextIOWrapper" => {
                let node = self.program.specs.node(name);
                let mut cell = Cell::new(CellKind::Foreign(node));
                cell.text = Some(first.cloned().unwrap_or_else(|| Value::text("")));
                Some(state.allocate(cell))
            }
            "pathlib.Path" | "pathlib.PurePath" | "pathlib.PosixPath" | "pathlib.PurePosixPath" => {
                let parts: Vec<Value> = arguments.by_place.iter().map(|it| self.as_text(state, &it.value)).collect();
                Some(self.path_of(state, &parts))
            }
            "os.path.join" | "posixpath.join" => {
                let parts: Vec<Value> = arguments.by_place.iter().map(|it| self.as_text(state, &it.value)).collect();
                let joined = joined_by_slashes(&parts);
                let (spot, what) = (frame.spot_of(expr), Move::Through(name.into()));
                Some(joined.map_labels(&mut |label| label.stepped(spot, what.clone())))
            }
            "configparser.ConfigParser" | "configparser.RawConfigParser" | "configparser.SafeConfigParser" => {
                let node = self.program.specs.node(name);
                Some(state.allocate(Cell::new(CellKind::Foreign(node))))
            }
            "re.compile" => {
                let mut cell = Cell::new(CellKind::Foreign(self.program.specs.node("re.Pattern")));
                cell.text = first.cloned();
                Some(state.allocate(cell))
            }
            "re.sub" | "re.subn" => {
                let (pattern, with, text) = (first?.clone(), arguments.at(1)?.clone(), arguments.at(2)?.clone());
                Some(self.substituted(frame, state, expr, &pattern, &with, &text))
            }
            "base64.b64decode" | "base64.urlsafe_b64decode" | "base64.standard_b64decode" | "codecs.decode" => {
                let carried = self.through(frame, state, expr, &[first?.clone()], name);
                Some(
                    carried
                        .map_labels(&mut |label| Label { facts: Encoding::Decode.apply(label.facts), ..label.clone() }),
                )
            }
            "types.SimpleNamespace" | "argparse.Namespace" => {
                let mut cell = Cell::new(CellKind::Foreign(None));
                for (name, given) in &arguments.by_name {
                    cell.set(Key::Text(self.program.text(*name).into()), given.value.clone());
                }
                Some(state.allocate(cell))
            }
            "django.template.Context" | "django.template.context.Context" => first.cloned(),
            "django.template.RequestContext" | "django.template.context.RequestContext" => arguments.at(1).cloned(),
            _ if name.starts_with(['@', '|']) => self.template_function(frame, state, expr, name, arguments),
            _ => None,
        }
    }

    /// A path as an object: its text with what is known of it.
    fn path_of(&mut self, state: &mut State, parts: &[Value]) -> Value {
        let mut cell = Cell::new(CellKind::Foreign(self.program.specs.node("pathlib.Path")));
        cell.text = Some(joined_by_slashes(parts));
        state.allocate(cell)
    }

    /// `path / name`.
    pub(super) fn joined_path(&mut self, state: &mut State, values: &[Value]) -> Option<Value> {
        let is_path = |value: &Value| {
            state.cell_of(value).is_some_and(|(_, cell)| {
                matches!(cell.kind, CellKind::Foreign(Some(node)) if self.program.specs.name_of(node).starts_with("pathlib."))
            }) || matches!(value.kind(), Kind::Node(node) if self.program.specs.name_of(*node).starts_with("pathlib."))
        };
        if !values.iter().any(is_path) {
            return None;
        }
        let parts: Vec<Value> = values.iter().map(|value| self.as_text(state, value)).collect();
        Some(self.path_of(state, &parts))
    }

    /// A method of a text, list or mapping; `None` when nothing is to be said beyond what specs say.
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    pub(super) fn python_method(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        object: &Value,
        place: Option<(ExprId, ExprId)>,
        name: Sym,
        arguments: &Arguments,
    ) -> Option<Value> {
        let name = self.program.text(name);
        if let Kind::Cell(id) = object.kind() {
            return self.cell_method(frame, state, expr, *id, object, name, arguments);
        }
        let _ = place;
        if matches!(object.kind(), Kind::Node(_) | Kind::Instance(_) | Kind::Class(_) | Kind::Module(_)) {
            return None;
        }
        self.text_method(frame, state, expr, object, name, arguments)
    }

    fn text_method(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        object: &Value,
        name: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        let first = arguments.at(0);
        let is_constant = object.as_str();
        match name {
            "format" => {
                let template = is_constant?.to_owned();
                let text = self.braces_format(state, &template, arguments);
                let spot = frame.spot_of(expr);
                Some(text.map_labels(&mut |label| label.stepped(spot, Move::Combined)))
            }
            "join" => {
                let separator = self.as_text(state, object);
                let items = first?.clone();
                Some(self.joined_text(frame, state, expr, &separator, &items))
            }
            "upper" | "lower" | "title" | "capitalize" | "swapcase" | "casefold" | "strip" | "lstrip" | "rstrip"
            | "encode" | "decode" | "expandtabs" | "removeprefix" | "removesuffix" | "zfill" | "ljust" | "rjust"
            | "center" | "translate" | "strip_tags" => match is_constant {
                Some(text) => Some(match name {
                    "upper" => Value::text(&text.to_uppercase()),
                    "lower" | "casefold" => Value::text(&text.to_lowercase()),
                    "strip" if arguments.by_place.is_empty() => Value::text(text.trim()),
                    "lstrip" if arguments.by_place.is_empty() => Value::text(text.trim_start()),
                    "rstrip" if arguments.by_place.is_empty() => Value::text(text.trim_end()),
                    "encode" | "decode" => Value::text(text),
                    _ => Value::of(Kind::Harmless),
                }),
                None if matches!(object.kind(), Kind::Text(_)) || !object.labels().is_empty() => {
                    let is_own = name != "translate";
                    is_own.then(|| object.clone())
                }
                None if object.is_harmless() => Some(object.clone()),
                None => None,
            },
            "replace" => {
                let (from, to) = (first?.as_str()?.to_owned(), arguments.at(1)?.clone());
                Some(self.replaced(state, object, &from, &to))
            }
            "split" | "rsplit" | "splitlines" | "partition" | "rpartition" => {
                if let (Some(text), "split", Some(separator)) = (is_constant, name, first.and_then(Value::as_str))
                    && !separator.is_empty()
                {
                    let mut cell = Cell::new(CellKind::List);
                    text.split(separator).for_each(|part| cell.push(Value::text(part)));
                    return Some(state.allocate(cell));
                }
                if object.labels().is_empty() && !object.is_harmless() {
                    return None;
                }
                let mut cell = Cell::new(CellKind::List);
                let part = if object.labels().is_empty() {
                    Value::of(Kind::Harmless)
                } else {
                    Value::tainted(object.labels().to_vec())
                };
                cell.set_somewhere(&part);
                Some(state.allocate(cell))
            }
            "startswith" | "endswith" | "isdigit" | "isalpha" | "isalnum" | "isnumeric" | "isdecimal" | "isspace"
            | "isidentifier" | "islower" | "isupper" => match (is_constant, first.and_then(Value::as_str), name) {
                (Some(text), Some(start), "startswith") => Some(Value::bool(text.starts_with(start))),
                (Some(text), Some(end), "endswith") => Some(Value::bool(text.ends_with(end))),
                _ => Some(Value::of(Kind::Number)),
            },
            "find" | "index" | "rfind" | "rindex" | "count" if is_constant.is_some() || !object.labels().is_empty() => {
                Some(Value::of(Kind::Number))
            }
            _ => None,
        }
    }
}

fn joined_by_slashes(parts: &[Value]) -> Value {
    let mut joined: Vec<Value> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            joined.push(Value::text("/"));
        }
        joined.push(part.clone());
    }
    Value::concatenated(&joined)
}
