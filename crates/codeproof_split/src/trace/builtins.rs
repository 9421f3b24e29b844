//! What functions and methods of outside do to known values; everything else gives something unknown.

use std::rc::Rc;

use super::calls::Arguments;
use super::expressions::copy_of;
use super::machine::{Machine, named};
use super::value::{Constant, Data, Dict, Value};
use super::{Kind, fold};

/// What `parse_args` gives.
pub(super) const OPTIONS: &str = "argparse.options";

/// Items a container may grow to.
const ITEMS_MAX: usize = 10_000;

impl<'a> Machine<'a, '_> {
    pub(super) fn call_outside(&mut self, path: &str, mut arguments: Arguments<'a>) -> Value<'a> {
        let first = arguments.positional.first().cloned();
        match (path, first) {
            ("functools.partial" | "partial", Some(_)) => self.partial(arguments),
            ("functools.wraps" | "wraps", _) => Value::new(Data::Outside(Rc::from("identity"))),
            ("identity" | "copy.copy" | "copy.deepcopy" | "deepcopy" | "copy", Some(value)) => copied(&value),
            ("dataclasses.field" | "field" | "pydantic.Field" | "attr.ib" | "attrs.field", _) => self.field(arguments),
            ("dataclasses.replace" | "replace", _) if !arguments.positional.is_empty() => {
                self.replaced(&arguments).unwrap_or_else(|| Value::from_all(&arguments.positional))
            }
            ("dict" | "collections.OrderedDict" | "OrderedDict" | "types.MappingProxyType", _) => {
                self.new_dict(arguments)
            }
            ("types.SimpleNamespace" | "SimpleNamespace" | "argparse.Namespace", _) => self.simple_namespace(arguments),
            ("collections.ChainMap" | "ChainMap", Some(_)) => self.chained(&arguments),
            ("collections.namedtuple" | "namedtuple", _) => self.named_tuple(&arguments).unwrap_or_else(Value::opaque),
            ("vars" | "dataclasses.asdict" | "asdict", Some(value)) => {
                self.attributes_as_dict(&value).unwrap_or_else(|| Value::from_all([&value]))
            }
            ("collections.defaultdict" | "defaultdict", _) => {
                Value::new(Data::Dict(Rc::new(Dict { open: true.into(), ..Dict::default() })))
            }
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
            ("globals" | "vars", None) => Value::new(Data::Globals),
            ("super", _) => match self.frames.last().and_then(|frame| frame.this.clone()) {
                Some((class, this)) => Value::new(Data::Super(class, Rc::new(this))),
                None => Value::opaque(),
            },
            ("getattr", Some(base)) => match arguments.positional.get(1).and_then(Value::as_text) {
                Some(name) => {
                    let found = self.attribute(&base, &name);
                    self.read(&name, &found, base.given);
                    found
                }
                None => Value::from_all([&base]),
            },
            ("setattr", Some(base)) => {
                let value = arguments.positional.pop().unwrap_or_else(Value::opaque);
                if let Some(name) = arguments.positional.get(1).and_then(Value::as_text) {
                    self.set_attribute(&base, &name, value);
                }
                Value::constant(Constant::None)
            }
            ("os.environ.get" | "os.getenv" | "environ.get" | "getenv", _) => {
                let default =
                    arguments.positional.into_iter().nth(1).unwrap_or_else(|| Value::constant(Constant::None));
                as_kind(default, Kind::Environment)
            }
            ("int" | "float" | "str" | "bool" | "abs" | "round", Some(value)) => {
                convert(path, &value, arguments.positional.len())
            }
            ("json.loads" | "loads", Some(value)) => {
                match value.as_text().and_then(|text| serde_json::from_str(&text).ok()) {
                    Some(json) => {
                        let origin =
                            value.origin.as_deref().map(|origin| super::Origin { kind: Kind::Json, ..origin.clone() });
                        fold::from_json(&json, 8, origin.as_ref())
                    }
                    None => Value::from_all([&value]),
                }
            }
            ("argparse.ArgumentParser" | "ArgumentParser", _) => Value::new(Data::Outside(Rc::from("argparse.parser"))),
            ("argparse.parser.add_argument", _) => self.add_option(&arguments),
            ("argparse.parser.set_defaults", _) => {
                for (name, value) in arguments.keywords {
                    let value = named(value, &name, Kind::Environment);
                    self.options.insert(name, value);
                }
                Value::constant(Constant::None)
            }
            ("argparse.parser.parse_args", first) => {
                self.given_options(first.and_then(|list| self.items_of(&list)).unwrap_or_default());
                Value::new(Data::Outside(Rc::from(OPTIONS)))
            }
            ("argparse.parser.parse_known_args", _) => {
                tuple(vec![Value::new(Data::Outside(Rc::from(OPTIONS))), Value::list(Vec::new())])
            }
            ("argparse.parser.add_argument_group", _) => Value::new(Data::Outside(Rc::from("argparse.parser"))),
            ("isinstance" | "hasattr" | "callable" | "len", Some(_)) => Value::opaque(),
            _ => self.unknown_call(&Value::opaque(), &arguments),
        }
    }

    /// `add_argument('--min-gap', default=…)`: nobody gives options, so the default is what is used.
    fn add_option(&mut self, arguments: &Arguments<'a>) -> Value<'a> {
        let keyword =
            |name: &str| arguments.keywords.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let texts: Vec<Rc<str>> = arguments.positional.iter().filter_map(Value::as_text).collect();
        let long = texts.iter().find(|text| text.starts_with("--")).or(texts.first());
        let name = keyword("dest").and_then(|value| value.as_text()).or_else(|| long.cloned());
        let stored = keyword("action").and_then(|value| value.as_text()).filter(|action| &**action == "store_true");
        let default = keyword("default").or_else(|| stored.map(|_| Value::constant(Constant::Bool(false))));
        let made = keyword("type").and_then(|value| match value.data {
            Data::Outside(path) => Some(path),
            _ => None,
        });
        // Text is read as the option's own would be.
        let default = match (default, made) {
            (Some(text), Some(made)) if text.as_text().is_some() => Some(convert(&made, &text, 1)),
            (default, _) => default,
        };
        if let (Some(name), Some(default)) = (name, default) {
            let name = name.trim_start_matches('-').replace('-', "_");
            let value = named(default, &name, Kind::Environment);
            self.options.insert(name, value);
        }
        Value::opaque()
    }

    /// `field(default=…, default_factory=…)`: a factory is kept as a partial, to be called for each object.
    fn field(&mut self, arguments: Arguments<'a>) -> Value<'a> {
        if let Some(default) = arguments.positional.into_iter().next() {
            return default;
        }
        for (name, value) in arguments.keywords {
            match name.as_str() {
                "default" => return value,
                "default_factory" => {
                    return self.partial(Arguments { positional: vec![value], ..Arguments::default() });
                }
                _ => {}
            }
        }
        Value::opaque()
    }

    fn new_dict(&mut self, arguments: Arguments<'a>) -> Value<'a> {
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
            Data::Constant(Constant::Text(text)) => {
                let plain: Option<Vec<Rc<str>>> = arguments.positional.iter().map(Value::as_text).collect();
                match plain.and_then(|plain| fold::text_method(text, method, &plain)) {
                    Some(constant) => Value::constant(constant),
                    None => self.unknown_call(base, &arguments),
                }
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
        let key = arguments.positional.first().and_then(|key| key.as_constant().cloned());
        match (method, key) {
            ("get" | "setdefault" | "pop", Some(key)) => match dict.get(&key) {
                Some(found) => {
                    if method == "pop" {
                        dict.remove(&key);
                    }
                    self.entry(base, dict, &key, found)
                }
                None if dict.open.get() => Value::opaque(),
                None => {
                    let default =
                        arguments.positional.into_iter().nth(1).unwrap_or_else(|| Value::constant(Constant::None));
                    if method == "setdefault" {
                        dict.set(key, default.clone());
                    }
                    default
                }
            },
            ("copy", _) => Value::new(Data::Dict(Rc::new(copy_of(dict)))),
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

fn tuple<'a>(items: Vec<Value<'a>>) -> Value<'a> {
    Value::new(Data::Tuple(Rc::new(items)))
}

fn copied<'a>(value: &Value<'a>) -> Value<'a> {
    match &value.data {
        Data::Dict(dict) => Value { data: Data::Dict(Rc::new(copy_of(dict))), ..value.clone() },
        Data::List(items) => Value { data: Data::List(Rc::new(items.borrow().clone().into())), ..value.clone() },
        Data::Instance(old) => {
            let attributes = old.attributes.borrow().clone().into();
            let made = super::value::Instance { class: Rc::clone(&old.class), attributes };
            Value { data: Data::Instance(Rc::new(made)), ..value.clone() }
        }
        _ => value.clone(),
    }
}

fn as_kind(mut value: Value<'_>, kind: Kind) -> Value<'_> {
    if let Some(origin) = value.origin.as_deref() {
        // Stays without a name, so that the name it is bound to becomes its own.
        value.origin = Some(Rc::new(super::Origin {
            kind: if origin.kind == Kind::Inline { Kind::Inline } else { kind },
            ..origin.clone()
        }));
    }
    value
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "as Python's int() and float() do")]
pub(super) fn convert<'a>(function: &str, value: &Value<'a>, arguments: usize) -> Value<'a> {
    let constant = match (function, value.as_constant()) {
        ("int", Some(Constant::Int(value))) => Some(Constant::Int(*value)),
        ("int", Some(Constant::Float(value))) if value.abs() < 9e15 => Some(Constant::Int(value.trunc() as i64)),
        ("int", Some(Constant::Text(text))) => text.trim().replace('_', "").parse().ok().map(Constant::Int),
        ("float", Some(Constant::Int(value))) => Some(Constant::Float(*value as f64)),
        ("float", Some(Constant::Float(value))) => Some(Constant::Float(*value)),
        ("float", Some(Constant::Text(text))) => {
            text.trim().parse().ok().filter(|value: &f64| value.is_finite()).map(Constant::Float)
        }
        ("str", Some(constant @ (Constant::Text(_) | Constant::Int(_)))) => {
            Some(Constant::Text(Rc::from(constant.to_key())))
        }
        ("abs", Some(Constant::Int(value))) => value.checked_abs().map(Constant::Int),
        ("abs", Some(Constant::Float(value))) => Some(Constant::Float(value.abs())),
        ("bool", Some(_)) => value.truth().map(Constant::Bool),
        ("round", Some(Constant::Float(value))) if arguments == 1 && value.abs() < 9e15 => {
            Some(Constant::Int(value.round() as i64))
        }
        _ => None,
    };
    match constant {
        Some(constant) => Value { data: Data::Constant(constant), ..value.clone() },
        None => Value::from_all([value]),
    }
}
