//! What functions of outside do to known values; everything else gives something unknown.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Kind;
use super::calls::Arguments;
use super::expressions::copy_of;
use super::machine::{Machine, named};
use super::records::Namespace;
use super::value::{Constant, Data, Dict, Instance, Value};

/// Containers inside each other that a deep copy copies.
const COPY_LEVELS_MAX: u32 = 6;

impl<'a> Machine<'a, '_> {
    pub(super) fn call_outside(&mut self, path: &str, mut arguments: Arguments<'a>) -> Value<'a> {
        let first = arguments.positional.first().cloned();
        match (path, first) {
            ("functools.partial" | "partial", Some(_)) => self.partial(arguments),
            ("functools.wraps" | "wraps", _) => Value::new(Data::Outside(Rc::from("identity"))),
            ("identity", Some(value)) => value,
            ("copy.copy" | "copy", Some(value)) => copied(&value, 0),
            ("copy.deepcopy" | "deepcopy", Some(value)) => copied(&value, COPY_LEVELS_MAX),
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
            ("globals" | "vars" | "locals", None) => Value::new(Data::Globals),
            // Text that is only a name.
            ("eval", Some(value)) => match value.as_text().and_then(|name| self.lookup(&name)) {
                Some((found, _)) => found,
                None => Value::from_all([&value]),
            },
            // A class made of a dict, whose objects are asked for its entries.
            ("type", Some(_)) if arguments.positional.len() == 3 => {
                let entries = arguments.positional.swap_remove(2);
                self.simple_namespace(Arguments { positional: vec![entries], ..Arguments::default() })
            }
            ("super", _) => match self.frames.last().and_then(|frame| frame.this.clone()) {
                Some((class, this)) => Value::new(Data::Super(class, Rc::new(this))),
                None => Value::opaque(),
            },
            ("getattr", Some(base)) => match arguments.positional.get(1).and_then(Value::as_text) {
                Some(name) if matches!(base.data, Data::Globals) => self.item(&base, &Value::text(&name)),
                Some(name) => {
                    let found = self.attribute(&base, &name);
                    let is_known = matches!(base.data, Data::Instance(_) | Data::Namespace(_) | Data::Class(_));
                    let found = match arguments.positional.into_iter().nth(2) {
                        Some(default) if is_known && matches!(found.data, Data::Opaque(_)) => {
                            named(default, &name, Kind::Default)
                        }
                        _ => found,
                    };
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
            ("int" | "float" | "str" | "bool" | "abs" | "round", Some(value)) => {
                convert(path, &value, arguments.positional.len())
            }
            ("isinstance" | "hasattr" | "callable" | "len", Some(_)) => Value::opaque(),
            ("list" | "tuple" | "sorted" | "reversed" | "set" | "frozenset" | "zip" | "enumerate", _) => {
                self.call_container(path, arguments)
            }
            _ => match self.tuned(path, &arguments) {
                Some(default) => default,
                None => self.call_settings(path, arguments),
            },
        }
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
}

/// A copy; a deep one copies what containers hold, too.
fn copied<'a>(value: &Value<'a>, levels: u32) -> Value<'a> {
    let inner = |item: &Value<'a>| if levels == 0 { item.clone() } else { copied(item, levels - 1) };
    let data = match &value.data {
        Data::Dict(dict) => {
            let copy = copy_of(dict);
            copy.items.borrow_mut().iter_mut().for_each(|(_, item)| *item = inner(item));
            Data::Dict(Rc::new(copy))
        }
        Data::List(items) => Data::List(Rc::new(items.borrow().iter().map(inner).collect::<Vec<_>>().into())),
        Data::Instance(old) => {
            let attributes = old.attributes.borrow();
            let attributes: BTreeMap<_, _> =
                attributes.iter().map(|(name, item)| (name.clone(), inner(item))).collect();
            Data::Instance(Rc::new(Instance {
                class: Rc::clone(&old.class),
                attributes: attributes.into(),
                made_of: old.made_of.clone(),
            }))
        }
        Data::Namespace(old) => {
            let names = old.names.borrow().iter().map(|(name, item)| (name.clone(), inner(item))).collect();
            Namespace::value(names, old.is_tuple).data
        }
        other => other.clone(),
    };
    Value { data, ..value.clone() }
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
        ("str", Some(Constant::Float(value))) if (1e-4..1e15).contains(&value.abs()) || *value == 0.0 => {
            Some(Constant::Text(Rc::from(format!("{value:?}"))))
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
