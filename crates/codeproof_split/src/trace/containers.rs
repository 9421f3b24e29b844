//! Lists, tuples, dicts and text: how they are made, and what their methods do.

use std::rc::Rc;

use super::calls::Arguments;
use super::expressions::copy_of;
use super::machine::{Machine, named};
use super::value::{Constant, Data, Dict, Value};
use super::{Kind, fold};

/// Parts of a text that are told apart.
const PARTS_MAX: usize = 1_000;

/// Items a container may grow to.
const ITEMS_MAX: usize = 10_000;

impl<'a> Machine<'a, '_> {
    /// `list(…)`, `zip(…)` and the like.
    pub(super) fn call_container(&mut self, path: &str, arguments: Arguments<'a>) -> Value<'a> {
        let first = arguments.positional.first().cloned();
        match (path, first) {
            ("list" | "tuple" | "sorted" | "reversed" | "set" | "frozenset", first) => match &first {
                None => Value::list(Vec::new()),
                Some(value) if arguments.keywords.is_empty() => match self.items_of(value) {
                    Some(items) => Value::list(items),
                    None => Value::from_all([value]),
                },
                Some(_) => self.unknown_call(&Value::opaque(), &arguments),
            },
            ("zip", Some(_)) => {
                let columns: Option<Vec<_>> = arguments.positional.iter().map(|value| self.items_of(value)).collect();
                match columns {
                    Some(columns) => {
                        let rows = columns.iter().map(Vec::len).min().unwrap_or(0);
                        let row = |at: usize| columns.iter().filter_map(|column| column.get(at).cloned()).collect();
                        Value::list((0..rows).map(|at| tuple(row(at))).collect())
                    }
                    None => Value::from_all(&arguments.positional),
                }
            }
            ("enumerate", Some(value)) => match self.items_of(&value) {
                Some(items) => {
                    let numbered = items
                        .into_iter()
                        .zip(0..)
                        .map(|(item, at)| tuple(vec![Value::constant(Constant::Int(at)), item]));
                    Value::list(numbered.collect())
                }
                None => Value::from_all([&value]),
            },
            _ => self.unknown_call(&Value::opaque(), &arguments),
        }
    }

    pub(super) fn new_dict(&mut self, arguments: Arguments<'a>) -> Value<'a> {
        let dict = match arguments.positional.first() {
            Some(Value { data: Data::Dict(old), .. }) => copy_of(old),
            Some(pairs) => {
                let dict = Dict::default();
                match self.items_of(pairs) {
                    Some(pairs) => pairs.iter().for_each(|pair| match self.items_of(pair).as_deref() {
                        Some([key, value]) if key.as_constant().is_some() => {
                            key.as_constant().into_iter().for_each(|key| dict.set(key.clone(), value.clone()));
                        }
                        _ => dict.open.set(true),
                    }),
                    None => dict.open.set(true),
                }
                dict
            }
            None => Dict::default(),
        };
        if let Some(first) = arguments.positional.first() {
            self.merge_entries(&dict, first);
        }
        if let Some(entry) = arguments.entry.filter(|entry| self.entries.contains_key(entry)) {
            dict.made_of.borrow_mut().insert(entry);
        }
        for (name, value) in arguments.keywords {
            dict.set(Constant::Text(Rc::from(name.as_str())), value);
        }
        Value::new(Data::Dict(Rc::new(dict)))
    }

    pub(super) fn container_method(&mut self, base: &Value<'a>, method: &str, arguments: Arguments<'a>) -> Value<'a> {
        match &base.data {
            Data::Dict(dict) => self.dict_method(base, dict, method, arguments),
            Data::List(items) => {
                match method {
                    "append" | "add" if items.borrow().len() < ITEMS_MAX => {
                        items.borrow_mut().extend(arguments.positional.into_iter().take(1));
                    }
                    "extend" | "update" if items.borrow().len() < ITEMS_MAX => {
                        let more = arguments
                            .positional
                            .first()
                            .map(|value| self.items_of(value).unwrap_or_else(|| vec![Value::from_all([value])]));
                        items.borrow_mut().extend(more.into_iter().flatten());
                    }
                    "copy" => return Value::list(items.borrow().clone()),
                    "clear" => items.borrow_mut().clear(),
                    "append" | "add" | "extend" | "update" => {}
                    _ => return self.unknown_call(base, &arguments),
                }
                Value::constant(Constant::None)
            }
            Data::Constant(Constant::Text(text)) if method == "split" && arguments.positional.len() <= 1 => {
                match split(text, arguments.positional.first()) {
                    Some(parts) => {
                        let part = |part: &str| Value {
                            tags: None,
                            ..Value { origin: base.origin.clone(), ..Value::text(part) }
                        };
                        let list = Value::list(parts.into_iter().map(part).collect());
                        Value { origin: base.origin.clone(), ..list }
                    }
                    None => self.unknown_call(base, &arguments),
                }
            }
            Data::Constant(Constant::Text(text)) => {
                let plain: Option<Vec<Rc<str>>> = arguments.positional.iter().map(Value::as_text).collect();
                match plain.and_then(|plain| fold::text_method(text, method, &plain)) {
                    // What the environment says stays that, however it is trimmed.
                    Some(constant @ Constant::Text(_)) if is_environment(base) => {
                        Value { origin: base.origin.clone(), ..Value::constant(constant) }
                    }
                    Some(constant) => Value::constant(constant),
                    None => self.unknown_call(base, &arguments),
                }
            }
            Data::Class(class) => {
                let unit = class.unit;
                let of_class = self.subclasses.iter().filter(|(base, _)| *base == unit);
                Value::list(of_class.map(|(_, heir)| Value::new(Data::Class(Rc::clone(heir)))).collect())
            }
            // Names that were there when the program asked.
            Data::Globals if matches!(method, "items" | "values" | "keys" | "copy" | "get") => {
                let dict = Dict::default();
                for (name, value) in self.globals.names.borrow().iter() {
                    dict.set(Constant::Text(Rc::from(name.as_str())), value.clone());
                }
                self.dict_method(base, &Rc::new(dict), method, arguments)
            }
            Data::Globals if method == "update" => {
                if let Data::Dict(more) = self.new_dict(arguments).data {
                    let items = more.items.borrow().clone();
                    items.into_iter().for_each(|(key, value)| self.bind_global(&key.to_key(), value));
                }
                Value::constant(Constant::None)
            }
            Data::Namespace(_) | Data::Instance(_) if method == "_replace" => {
                self.with_fields(base, arguments.keywords)
            }
            Data::Namespace(_) | Data::Instance(_) => self.attributes_as_dict(base).unwrap_or_else(Value::opaque),
            _ => self.unknown_call(base, &arguments),
        }
    }

    fn dict_method(
        &mut self,
        base: &Value<'a>,
        dict: &Rc<Dict<'a>>,
        method: &str,
        arguments: Arguments<'a>,
    ) -> Value<'a> {
        let first = arguments.positional.first().cloned();
        let key = first.as_ref().and_then(|key| key.as_constant().cloned());
        match (method, key) {
            ("get" | "setdefault" | "pop", Some(key)) => match dict.get(&key) {
                Some(found) => {
                    if method == "pop" {
                        dict.remove(&key);
                    }
                    if let Some(first) = &first {
                        self.choose(first, &found);
                    }
                    self.entry(base, dict, &key, found)
                }
                None if dict.open.get() => Value::opaque(),
                None => {
                    let default =
                        arguments.positional.into_iter().nth(1).unwrap_or_else(|| Value::constant(Constant::None));
                    if method == "setdefault" {
                        dict.set(key, default.clone());
                        return default;
                    }
                    let name = key.to_key();
                    let default = named(default, &name, Kind::Default);
                    self.read(&name, &default, 0);
                    default
                }
            },
            ("copy", _) => {
                let copy = copy_of(dict);
                self.merge_entries(&copy, base);
                Value::new(Data::Dict(Rc::new(copy)))
            }
            ("keys", _) => match self.items_of(base) {
                Some(keys) => Value::list(keys),
                None => Value::from_all([base]),
            },
            ("values", _) if !dict.open.get() => {
                Value::list(dict.items.borrow().iter().map(|(_, value)| value.clone()).collect())
            }
            ("items", _) if !dict.open.get() => {
                let pairs = dict
                    .items
                    .borrow()
                    .iter()
                    .map(|(key, value)| tuple(vec![Value::constant(key.clone()), value.clone()]))
                    .collect();
                Value::list(pairs)
            }
            ("update", _) => {
                let label = dict.label.borrow().clone().unwrap_or_default();
                let more = self.new_dict(arguments);
                self.merge_entries(dict, &more);
                if let Data::Dict(more) = &more.data {
                    for (key, value) in more.items.borrow().iter() {
                        let value = named(value.clone(), &format!("{label}.{}", key.to_key()), Kind::Dict);
                        dict.set(key.clone(), value);
                    }
                    dict.open.set(dict.open.get() || more.open.get());
                }
                self.note_binding(&label);
                Value::constant(Constant::None)
            }
            _ => Value::from_all([base]),
        }
    }
}

/// The parts of a text, as Python's `split` gives them.
fn split<'t>(text: &'t str, separator: Option<&Value<'_>>) -> Option<Vec<&'t str>> {
    let parts: Vec<&str> = match separator {
        None => text.split_whitespace().collect(),
        Some(separator) => {
            let separator = separator.as_text().filter(|separator| !separator.is_empty())?;
            text.split(&*separator).collect()
        }
    };
    (parts.len() < PARTS_MAX).then_some(parts)
}

fn is_environment(value: &Value<'_>) -> bool {
    value.origin.as_deref().is_some_and(|origin| origin.kind == Kind::Environment)
}

pub(super) fn tuple<'a>(items: Vec<Value<'a>>) -> Value<'a> {
    Value::new(Data::Tuple(Rc::new(items)))
}
