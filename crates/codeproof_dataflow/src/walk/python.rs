//! What Python's own functions and methods do with values, where computing says more than a spec could.

use super::arguments::Arguments;
use super::conditions::Change;
use super::{Frame, State, Walker};
use crate::ir::{Argument, Constant, Expr, ExprId};
use crate::names::Sym;
use crate::value::regex::{self, Anchoring, Dialect};
use crate::value::{Cell, CellId, CellKind, Chars, Encoding, Facts, Key, Kind, Label, Move, Part, Reason, Traits, Value};

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
                let is_number = arguments.at(1).and_then(Value::as_str).is_some_and(|spec| {
                    spec.ends_with(['d', 'f', 'x', 'X', 'e', 'g', 'n', 'o', 'b', '%'])
                });
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
            "bool" | "isinstance" | "issubclass" | "hasattr" | "callable" | "any" | "all" => Some(Value::of(Kind::Number)),
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
                Some(carried.map_labels(&mut |label| Label { facts: Encoding::Decode.apply(label.facts), ..label.clone() }))
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

    #[expect(clippy::too_many_lines, reason = "one line for each method")]
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
                let joined = match self.listed(state, &items) {
                    Some(listed) => {
                        let mut parts = Vec::new();
                        for (number, (_, value)) in listed.iter().enumerate() {
                            if number > 0 {
                                parts.push(separator.clone());
                            }
                            parts.push(self.as_text(state, value));
                        }
                        Value::concatenated(&parts)
                    }
                    None => {
                        let any = self.any_of(state, &items);
                        let any = self.as_text(state, &any);
                        Value::concatenated(&[any.clone(), separator, any])
                    }
                };
                let spot = frame.spot_of(expr);
                Some(joined.map_labels(&mut |label| label.stepped(spot, Move::Combined)))
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
                let part = if object.labels().is_empty() { Value::of(Kind::Harmless) } else { Value::tainted(object.labels().to_vec()) };
                cell.set_somewhere(&part);
                Some(state.allocate(cell))
            }
            "startswith" | "endswith" | "isdigit" | "isalpha" | "isalnum" | "isnumeric" | "isdecimal" | "isspace"
            | "isidentifier" | "islower" | "isupper" => {
                match (is_constant, first.and_then(Value::as_str), name) {
                    (Some(text), Some(start), "startswith") => Some(Value::bool(text.starts_with(start))),
                    (Some(text), Some(end), "endswith") => Some(Value::bool(text.ends_with(end))),
                    _ => Some(Value::of(Kind::Number)),
                }
            }
            "find" | "index" | "rfind" | "rindex" | "count" if is_constant.is_some() || !object.labels().is_empty() => {
                Some(Value::of(Kind::Number))
            }
            _ => None,
        }
    }

    /// A text with `from` replaced by `to`.
    pub(super) fn replaced(&self, state: &State, object: &Value, from: &str, to: &Value) -> Value {
        let known = to.as_str();
        let parts: Vec<Value> = object
            .parts()
            .iter()
            .map(|part| match (part, known) {
                (Part::Known(text), Some(to)) if !from.is_empty() => Value::text(&text.replace(from, to)),
                (Part::Known(text), _) => Value::text(text),
                (Part::Value(value), _) => value.map_labels(&mut |label| {
                    let mut facts = label.facts;
                    if from.chars().count() == 1 {
                        let escapes = known.is_some_and(|to| to.strip_suffix(from).is_some_and(|before| before == "\\"));
                        let doubles = known.is_some_and(|to| to == format!("{from}{from}"));
                        if escapes {
                            facts.backslashed.0 = facts.backslashed.0.or(Chars::of(from));
                        } else if doubles {
                            facts.doubled.0 = facts.doubled.0.or(Chars::of(from));
                        } else if known.is_some_and(|to| !to.contains(from)) {
                            facts = facts.removing(Chars::of(from));
                            let entity = known.is_some_and(|to| to.starts_with('&') && to.ends_with(';'));
                            if entity {
                                facts.traits = facts.traits.or(Traits::HTML_ENTITIES);
                            }
                        }
                    }
                    Label { facts, ..label.clone() }
                }),
            })
            .collect();
        let mut text = Value::concatenated(&parts);
        // What is put in may be foreign as well.
        let more = state.labels(to);
        if !more.is_empty() {
            let mut labels = text.labels().to_vec();
            more.iter().for_each(|label| crate::value::add_label(&mut labels, label));
            text = Value::tainted(labels);
        }
        text
    }

    /// `re.sub(pattern, with, text)`.
    fn substituted(
        &mut self,
        frame: &Frame<'p>,
        state: &State,
        expr: ExprId,
        pattern: &Value,
        with: &Value,
        text: &Value,
    ) -> Value {
        let removed = pattern.as_str().map_or(Chars::NONE, |pattern| regex::removed(pattern, Dialect::Python));
        let put_in = with.as_str().map_or(Chars::ALL, Chars::of);
        let carried = self.through(frame, state, expr, &[text.clone(), with.clone()], "re.sub");
        let removed = removed.without(put_in);
        if removed == Chars::NONE {
            return carried;
        }
        let (spot, what) = (frame.spot_of(expr), Move::Cleaned("re.sub".into()));
        carried.map_labels(&mut |label| {
            Label { facts: label.facts.removing(removed), ..label.clone() }.stepped(spot, what.clone())
        })
    }

    #[expect(clippy::too_many_lines, reason = "one line for each method")]
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    fn cell_method(
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
                state.change(id, |cell| if name == "appendleft" { cell.set_somewhere(&value) } else { cell.push(value) });
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
                let at = cell.entries.iter().position(|(_, value)| value.as_constant().is_some() && value.as_constant() == wanted.as_constant());
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
                if name == "setdefault" && found.is_none()
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
            (CellKind::Foreign(_), "getvalue" | "read" | "readline" | "as_posix" | "__str__") if cell.text.is_some() => {
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
            (CellKind::Foreign(Some(node)), "set" | "get" | "add_section" | "has_option" | "has_section" | "getint" | "getfloat" | "getboolean")
                if self.program.specs.name_of(node).starts_with("configparser.") || is_config(self, node) =>
            {
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
                    "getint" | "getfloat" | "getboolean" | "has_option" | "has_section" => Some(Value::of(Kind::Number)),
                    _ => nothing(),
                }
            }
            _ => {
                let _ = object;
                None
            }
        }
    }

    /// `"… %s …" % values`.
    pub(super) fn percent_format(&mut self, state: &State, template: &Value, given: &Value) -> Value {
        let Some(text) = template.as_str() else {
            let mut parts = vec![template.clone()];
            parts.push(self.as_text(state, given));
            return Value::concatenated(&parts);
        };
        let listed = match state.cell_of(given) {
            Some((_, cell)) if cell.kind == CellKind::List => self.listed(state, given),
            Some(_) => None,
            None => Some(vec![(Value::unknown(), given.clone())]),
        };
        let mut values = listed.into_iter().flatten().map(|(_, value)| value);
        let mut parts: Vec<Value> = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            parts.push(Value::text(&rest[..at]));
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('%') {
                parts.push(Value::text("%"));
                rest = after;
                continue;
            }
            let mut name = None;
            if let Some(after) = rest.strip_prefix('(')
                && let Some(end) = after.find(')')
            {
                name = Some(&after[..end]);
                rest = &after[end + 1..];
            }
            let end = rest.find(|char: char| char.is_ascii_alphabetic()).unwrap_or(rest.len());
            let conversion = rest[end..].chars().next();
            rest = rest.get(end + 1..).unwrap_or_default();
            let value = match name {
                Some(name) => match state.cell_of(given) {
                    Some((_, cell)) => cell.get(&Key::Text(name.into())).unwrap_or_default(),
                    None => self.any_of(state, given),
                },
                None => values.next().unwrap_or_else(|| self.any_of(state, given)),
            };
            let is_number = matches!(conversion, Some('d' | 'i' | 'u' | 'f' | 'F' | 'e' | 'g' | 'x' | 'X' | 'o'));
            parts.push(if is_number { self.number(state, &[value]) } else { self.as_text(state, &value) });
        }
        parts.push(Value::text(rest));
        Value::concatenated(&parts)
    }

    /// `"… {} …".format(values)`.
    fn braces_format(&mut self, state: &State, template: &str, arguments: &Arguments) -> Value {
        let mut parts: Vec<Value> = Vec::new();
        let mut rest = template;
        let mut next = 0;
        while let Some(at) = rest.find(['{', '}']) {
            parts.push(Value::text(&rest[..at]));
            let is_open = rest[at..].starts_with('{');
            rest = &rest[at + 1..];
            if rest.starts_with(if is_open { '{' } else { '}' }) {
                parts.push(Value::text(if is_open { "{" } else { "}" }));
                rest = &rest[1..];
                continue;
            }
            if !is_open {
                continue;
            }
            let Some(end) = rest.find('}') else { break };
            let field = &rest[..end];
            rest = &rest[end + 1..];
            let (name, format) = field.split_once(':').unwrap_or((field, ""));
            let name = name.split('!').next().unwrap_or(name);
            let first_end = name.find(['.', '[']).unwrap_or(name.len());
            let (first, path) = name.split_at(first_end);
            let given = match first.parse::<usize>() {
                Ok(place) => arguments.at(place).cloned(),
                Err(_) if first.is_empty() => {
                    next += 1;
                    arguments.at(next - 1).cloned()
                }
                Err(_) => self.program.names.get(first).and_then(|name| arguments.named(name)).cloned(),
            };
            let mut value = given.or_else(|| arguments.rest.as_ref().map(|rest| rest.value.clone())).unwrap_or_default();
            for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
                let key = step.trim_end_matches(']');
                let key = key.parse().map_or_else(|_| Key::Text(key.into()), Key::Int);
                value = match state.cell_of(&value) {
                    Some((_, cell)) => cell.get(&key).unwrap_or_default(),
                    None => value.with_kind(Kind::Unknown),
                };
            }
            let is_number = format.ends_with(['d', 'f', 'x', 'e', 'g', 'n', 'o', 'b']);
            parts.push(if is_number { self.number(state, &[value]) } else { self.as_text(state, &value) });
        }
        parts.push(Value::text(rest));
        Value::concatenated(&parts)
    }

    /// What the language's own tests tell; `true` when nothing more is to be asked.
    pub(super) fn assume_built_in(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        test: ExprId,
        callee: ExprId,
        given: &'p [Argument],
        outcome: bool,
    ) -> bool {
        if self.program.is_php() {
            return self.assume_php(frame, state, test, callee, given, outcome);
        }
        let spot = frame.spot_of(test);
        match frame.body.expr(callee) {
            Expr::Attribute(object, name) => {
                let object = *object;
                let name = frame.file.module.name(*name);
                let first = given.first().map(|argument| argument.value);
                match name {
                    "startswith" if outcome => {
                        let Some(first) = first else { return true };
                        let start = self.quietly(frame, state, first);
                        self.assume_start(frame, state, object, &start);
                        true
                    }
                    "isdigit" | "isdecimal" | "isnumeric" if outcome => {
                        self.narrow(frame, state, object, Encoding::Integer.apply(Facts::raw()));
                        true
                    }
                    "isalnum" | "isalpha" | "isidentifier" if outcome => {
                        self.narrow(frame, state, object, Encoding::Word.apply(Facts::raw()));
                        true
                    }
                    "match" | "fullmatch" | "search" => {
                        self.assume_pattern(frame, state, object, name, given, outcome);
                        false
                    }
                    "get" | "is_valid" => false,
                    _ => false,
                }
            }
            Expr::Global(name) if frame.file.module.name(*name) == "isinstance" && outcome => {
                let (Some(subject), Some(class)) = (given.first(), given.get(1)) else { return true };
                let is_number = matches!(frame.body.expr(class.value),
                    Expr::Global(name) if matches!(frame.file.module.name(*name), "int" | "float" | "bool"));
                if is_number {
                    let facts = Encoding::Number.apply(Facts::raw());
                    self.narrow(frame, state, subject.value, facts);
                    let change: &mut Change<'_> = &mut |value| {
                        if value.labels().is_empty() { value.clone() } else { value.because(Reason::Checked(spot)) }
                    };
                    self.refine(frame, state, subject.value, change);
                }
                true
            }
            _ => false,
        }
    }

    /// The text of `expr` begins with `start`.
    pub(super) fn assume_start(&mut self, frame: &mut Frame<'p>, state: &mut State, expr: ExprId, start: &Value) {
        if !state.labels(start).is_empty() {
            return;
        }
        let mut facts = Facts::raw();
        match start.as_str() {
            Some("'" | "\"") => facts.traits = Traits::BEGINS_WITH_QUOTE,
            Some(text) if text.len() > 1 && text.starts_with('/') && !text.starts_with("//") => {
                facts.traits = Traits::LOCAL_URL.or(Traits::INSIDE_FOLDER);
            }
            Some("/") => {}
            Some(text) if text.split_once("://").is_some_and(|(_, rest)| rest.contains('/')) => {
                facts.traits = Traits::LOCAL_URL;
            }
            Some(text) if text.len() > 1 => facts.traits = Traits::INSIDE_FOLDER,
            Some(_) => {}
            None => facts.traits = Traits::INSIDE_FOLDER.or(Traits::LOCAL_URL),
        }
        if facts != Facts::raw() {
            self.narrow(frame, state, expr, facts);
        }
    }

    /// `re.match(pattern, text)` or `pattern.match(text)` came out as `outcome`.
    fn assume_pattern(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        object: ExprId,
        method: &str,
        given: &'p [Argument],
        outcome: bool,
    ) {
        let holder = self.quietly(frame, state, object);
        let is_module = matches!(holder.kind(), Kind::Node(node) if self.program.specs.name_of(*node) == "re");
        let (pattern, subject) = if is_module {
            let pattern = given.first().map(|argument| self.quietly(frame, state, argument.value));
            (pattern, given.get(1))
        } else {
            let pattern = match frame.body.expr(object) {
                Expr::Local(local) => state.local(*local),
                _ => holder,
            };
            let pattern = state.collection(&pattern).and_then(|cell| cell.text.clone());
            (pattern, given.first())
        };
        let (Some(pattern), Some(subject)) = (pattern, subject) else { return };
        let Some(pattern) = pattern.as_str() else { return };
        let anchoring = match method {
            "match" => Anchoring::Match,
            "fullmatch" => Anchoring::FullMatch,
            _ => Anchoring::Search,
        };
        let chars = if outcome {
            regex::allowed(pattern, Dialect::Python, anchoring)
        } else if method == "search" {
            regex::forbidden(pattern, Dialect::Python).map(Chars::complement)
        } else {
            None
        };
        if let Some(chars) = chars {
            self.narrow(frame, state, subject.value, Facts { chars, ..Facts::raw() });
        }
    }
}

fn is_config(walker: &Walker<'_>, node: crate::specs::NodeId) -> bool {
    walker.program.specs.name_of(node).contains("ConfigParser")
}

fn key_value(key: &Key) -> Value {
    match key {
        Key::Int(number) => Value::constant(Constant::Int(*number)),
        Key::Text(text) => Value::text(text),
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

/// Removes the item at a place of an exact list; the items behind it move up.
pub(super) fn remove_at(cell: &mut Cell, at: i64) -> Option<Value> {
    let count = i64::try_from(cell.entries.len()).ok()?;
    let at = usize::try_from(if at < 0 { at + count } else { at }).ok().filter(|at| *at < cell.entries.len())?;
    if !cell.is_exact {
        return None;
    }
    let (_, removed) = cell.entries.remove(at);
    renumber(cell);
    Some(removed)
}

fn insert_at(cell: &mut Cell, at: Option<i64>, value: Value) {
    let place = at.and_then(|at| usize::try_from(at).ok());
    match place.filter(|place| cell.is_exact && *place <= cell.entries.len()) {
        Some(place) => {
            cell.entries.insert(place, (Key::Int(0), value));
            renumber(cell);
        }
        None => cell.set_somewhere(&value),
    }
}

fn renumber(cell: &mut Cell) {
    for (number, entry) in (0i64..).zip(&mut cell.entries) {
        entry.0 = Key::Int(number);
    }
}

