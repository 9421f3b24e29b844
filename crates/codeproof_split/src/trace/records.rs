//! Namespaces and records: modules that were read, `SimpleNamespace`, named tuples, settings of strategies, `vars(…)`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::Kind;
use super::calls::Arguments;
use super::machine::{Machine, named};
use super::options::OPTIONS;
use super::value::{Class, Constant, Data, Dict, Value};

/// Methods of a class that a framework is thought to call.
const METHODS_MAX: usize = 50;

/// Classes of values that a framework of strategies tunes.
const TUNED: &[&str] =
    &["IntParameter", "DecimalParameter", "RealParameter", "CategoricalParameter", "BooleanParameter"];

/// Attributes of its strategies that hold what tuning found.
const OVERRIDES: &[&str] = &["buy_params", "sell_params", "entry_params", "exit_params"];

/// Names with values, by attribute and in order.
pub(super) struct Namespace<'a> {
    pub(super) names: RefCell<Vec<(String, Value<'a>)>>,
    /// Whether it is a tuple, too.
    pub(super) is_tuple: bool,
}

/// What `namedtuple('Limits', 'low high')` gives: fields, and defaults of the last of them.
pub(super) struct RecordType<'a> {
    fields: Vec<String>,
    defaults: Vec<Value<'a>>,
}

impl<'a> Namespace<'a> {
    pub(super) fn value(names: Vec<(String, Value<'a>)>, is_tuple: bool) -> Value<'a> {
        Value::new(Data::Namespace(Rc::new(Self { names: RefCell::new(names), is_tuple })))
    }

    pub(super) fn get(&self, name: &str) -> Option<Value<'a>> {
        self.names.borrow().iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    pub(super) fn set(&self, name: &str, value: Value<'a>) {
        let mut names = self.names.borrow_mut();
        match names.iter_mut().find(|(known, _)| known == name) {
            Some((_, held)) => *held = value,
            None => names.push((name.to_owned(), value)),
        }
    }
}

impl<'a> Machine<'a, '_> {
    /// `SimpleNamespace(low=1)`, also from a dict.
    pub(super) fn simple_namespace(&mut self, arguments: Arguments<'a>) -> Value<'a> {
        let positional = arguments.positional.into_iter().next();
        let first = positional.iter().flat_map(|value| match &value.data {
            Data::Dict(dict) => dict.items.borrow().iter().map(|(key, item)| (key.to_key(), item.clone())).collect(),
            _ => Vec::new(),
        });
        let names = first.chain(arguments.keywords);
        let take = |(name, value): (String, Value<'a>)| {
            let value = named(value, &name, Kind::Attr);
            (name, value)
        };
        Namespace::value(names.map(take).collect(), false)
    }

    /// `namedtuple('Limits', 'low high', defaults=(1, 2))`.
    pub(super) fn named_tuple(&mut self, arguments: &Arguments<'a>) -> Option<Value<'a>> {
        let names = arguments.positional.get(1)?;
        let fields: Vec<String> = match names.as_text() {
            Some(text) => text.replace(',', " ").split_whitespace().map(str::to_owned).collect(),
            None => self.items_of(names)?.iter().filter_map(Value::as_text).map(|text| text.to_string()).collect(),
        };
        let defaults = arguments.keywords.iter().find(|(name, _)| name == "defaults");
        let defaults = defaults.and_then(|(_, value)| self.items_of(value)).unwrap_or_default();
        Some(Value::new(Data::RecordType(Rc::new(RecordType { fields, defaults }))))
    }

    pub(super) fn make_record(&mut self, kind: &RecordType<'a>, arguments: Arguments<'a>) -> Value<'a> {
        let plain = kind.fields.len().saturating_sub(kind.defaults.len());
        let mut positional = arguments.positional.into_iter();
        let field = |(at, field): (usize, &String)| {
            let keyword = || arguments.keywords.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone());
            let default = || at.checked_sub(plain).and_then(|at| kind.defaults.get(at)).cloned();
            let value = positional.next().or_else(keyword).or_else(default).unwrap_or_else(Value::opaque);
            (field.clone(), named(value, field, Kind::Dataclass))
        };
        Namespace::value(kind.fields.iter().enumerate().map(field).collect(), true)
    }

    /// `limits._replace(low=1)`.
    pub(super) fn with_fields(&mut self, base: &Value<'a>, fields: Vec<(String, Value<'a>)>) -> Value<'a> {
        match &base.data {
            Data::Namespace(old) => {
                let made = Namespace { names: old.names.borrow().clone().into(), is_tuple: old.is_tuple };
                for (name, value) in fields {
                    made.set(&name, named(value, &name, Kind::Dataclass));
                }
                Value::new(Data::Namespace(Rc::new(made)))
            }
            _ => {
                let arguments = Arguments { positional: vec![base.clone()], keywords: fields, ..Arguments::default() };
                self.replaced(&arguments).unwrap_or_else(Value::opaque)
            }
        }
    }

    /// `ChainMap(first, second)`: the first that has a key counts.
    pub(super) fn chained(&mut self, arguments: &Arguments<'a>) -> Value<'a> {
        let made = Dict::default();
        for value in arguments.positional.iter().rev() {
            match &value.data {
                Data::Dict(dict) => {
                    dict.items.borrow().iter().for_each(|(key, item)| made.set(key.clone(), item.clone()));
                    made.open.set(made.open.get() || dict.open.get());
                }
                _ => made.open.set(true),
            }
        }
        Value::new(Data::Dict(Rc::new(made)))
    }

    /// `vars(options)`, `asdict(settings)`: attributes as a dict.
    pub(super) fn attributes_as_dict(&mut self, value: &Value<'a>) -> Option<Value<'a>> {
        let names: Vec<(String, Value<'a>)> = match &value.data {
            Data::Namespace(namespace) => namespace.names.borrow().clone(),
            Data::Instance(instance) => {
                let own = instance.attributes.borrow();
                own.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
            }
            Data::Outside(path) if &**path == OPTIONS => {
                self.options.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
            }
            _ => return None,
        };
        let dict = Dict::default();
        names.into_iter().for_each(|(name, value)| dict.set(Constant::Text(Rc::from(name.as_str())), value));
        Some(Value { given: value.given, ..Value::new(Data::Dict(Rc::new(dict))) })
    }

    /// `self.params.period` of a framework's strategy: `params = (('period', 20),)` of the class and all its bases.
    pub(super) fn strategy_settings(&mut self, class: &Rc<Class<'a>>) -> Option<Value<'a>> {
        let is_run_by_framework = class.order().iter().any(|class| class.has_unknown_base);
        self.settings_of_class(class).filter(|_| is_run_by_framework)
    }

    /// What `params` of a class and all its bases say.
    pub(super) fn settings_of_class(&mut self, class: &Rc<Class<'a>>) -> Option<Value<'a>> {
        let order = class.order();
        let mut names: BTreeMap<String, Value<'a>> = BTreeMap::new();
        for class in order.iter().rev() {
            let Some(settings) = class.attributes.borrow().get("params").cloned() else { continue };
            names.extend(self.pairs(&settings)?);
        }
        let take = |(name, value): (String, Value<'a>)| {
            let value = named(value, &name, Kind::Class);
            (name, value)
        };
        Some(Namespace::value(names.into_iter().map(take).collect(), false)).filter(|_| order.len() < 64)
    }

    /// A class that is handed to a framework: an object is made with these settings, and its methods are called.
    pub(super) fn run_by_framework(&mut self, class: &Rc<Class<'a>>, settings: &[(String, Value<'a>)]) -> Value<'a> {
        let keywords = settings.to_vec();
        let made = self.instantiate(class, Arguments { keywords, ..Arguments::default() });
        if let Data::Namespace(params) = self.attribute(&made, "params").data {
            for (name, value) in settings {
                params.set(name, named(value.clone(), name, Kind::Attr));
            }
            self.set_attribute(&made, "p", Value::new(Data::Namespace(params)));
        }
        let methods: Vec<_> = class
            .order()
            .iter()
            .flat_map(|class| class.attributes.borrow().clone())
            .filter_map(|(name, value)| match value.data {
                Data::Function(function) if !name.starts_with('_') && !function.is_property => Some(function),
                _ => None,
            })
            .take(METHODS_MAX)
            .collect();
        let mut results = vec![made.clone()];
        for method in methods {
            let open = Arguments { open: true, ..Arguments::default() };
            results.push(self.call_function(&method, Some(made.clone()), open, false));
        }
        Value::from_all(&results)
    }

    /// `IntParameter(1, 15, default=7)`: what a framework may tune begins with its default.
    pub(super) fn tuned(&self, path: &str, arguments: &Arguments<'a>) -> Option<Value<'a>> {
        let made = path.rsplit('.').next().unwrap_or(path);
        if !TUNED.contains(&made) {
            return None;
        }
        arguments.keywords.iter().find(|(name, _)| name == "default").map(|(_, value)| value.clone())
    }

    /// `buy_params = {'low': 7}` of a strategy says what its attribute of that name is, whatever its default.
    pub(super) fn overridden(&self, attributes: &mut BTreeMap<String, Value<'a>>) {
        for settings in OVERRIDES {
            let Some(Data::Dict(dict)) = attributes.get(*settings).map(|value| value.data.clone()) else { continue };
            for (key, value) in dict.items.borrow().iter() {
                let name = key.to_key();
                if attributes.contains_key(&name) {
                    let value = named(value.clone(), &format!("{settings}.{name}"), Kind::Dict);
                    attributes.insert(name, value);
                }
            }
        }
    }

    fn pairs(&self, settings: &Value<'a>) -> Option<Vec<(String, Value<'a>)>> {
        if let Data::Dict(dict) = &settings.data {
            return Some(dict.items.borrow().iter().map(|(key, item)| (key.to_key(), item.clone())).collect());
        }
        let pair = |item: &Value<'a>| match self.items_of(item)?.as_slice() {
            [name, value] => Some((name.as_text()?.to_string(), value.clone())),
            _ => None,
        };
        self.items_of(settings)?.iter().map(pair).collect()
    }
}
