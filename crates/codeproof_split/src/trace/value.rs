//! Values of the followed program: constants, containers, functions, objects, and what is not known.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use ruff_python_ast::{Expr, Parameters, Stmt, StmtClassDef};
use ruff_text_size::TextRange;
use serde_json::{Map, Number, Value as Json};

use super::records::{Namespace, RecordType};
use super::{Origin, UnitId};

/// Units whose results are in a value.
pub(super) type Tags = BTreeSet<UnitId>;

/// Units remembered per value; more say nothing about where results go.
const TAGS_MAX: usize = 64;

/// Levels of containers that are turned into JSON or searched for results.
const LEVELS_MAX: u32 = 6;

/// Entries a dict keeps; finding one is linear in them, and settings have far fewer.
const ENTRIES_MAX: usize = 4_000;

/// Items of a container that are turned into JSON.
const ITEMS_MAX: usize = 4_000;

/// A constant of Python.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Rc<str>),
}

/// A value with where it was written, whose result it is, and who handed it down.
#[derive(Clone)]
pub(super) struct Value<'a> {
    pub(super) data: Data<'a>,
    pub(super) origin: Option<Rc<Origin>>,
    pub(super) tags: Option<Rc<Tags>>,
    pub(super) given: usize,
}

#[derive(Clone)]
pub(super) enum Data<'a> {
    /// Not known; the cell holds the units that wrote into it in place (columns of a frame).
    Opaque(Rc<RefCell<Tags>>),
    Constant(Constant),
    List(Rc<RefCell<Vec<Value<'a>>>>),
    Tuple(Rc<Vec<Value<'a>>>),
    Dict(Rc<Dict<'a>>),
    Function(Rc<Function<'a>>),
    Method(Rc<Value<'a>>, Rc<Function<'a>>),
    Class(Rc<Class<'a>>),
    Instance(Rc<Instance<'a>>),
    Partial(Rc<Partial<'a>>),
    Namespace(Rc<Namespace<'a>>),
    RecordType(Rc<RecordType<'a>>),
    /// What `super()` gives: the class the method stands in, and what it runs on.
    Super(Rc<Class<'a>>, Rc<Value<'a>>),
    /// Something of outside, by its dotted name: `pandas.DataFrame`, `len`.
    Outside(Rc<str>),
    /// A method of a container or of text: `out.append`.
    ContainerMethod(Rc<Value<'a>>, Rc<str>),
    /// What `globals()` gives.
    Globals,
}

#[derive(Default)]
pub(super) struct Dict<'a> {
    pub(super) items: RefCell<Vec<(Constant, Value<'a>)>>,
    /// Whether there may be more items than `items`.
    pub(super) open: Cell<bool>,
    pub(super) label: RefCell<Option<String>>,
    /// Entries of registries that were merged into it.
    pub(super) made_of: RefCell<BTreeSet<UnitId>>,
}

pub(super) struct Function<'a> {
    pub(super) unit: UnitId,
    pub(super) name: &'a str,
    pub(super) parameters: Option<&'a Parameters>,
    pub(super) body: Body<'a>,
    pub(super) defaults: Vec<(&'a str, Value<'a>)>,
    pub(super) scope: Rc<Scope<'a>>,
    pub(super) attributes: RefCell<BTreeMap<String, Value<'a>>>,
    pub(super) is_property: bool,
    /// What is called when the property is set.
    pub(super) setter: Option<Rc<Function<'a>>>,
    pub(super) is_static: bool,
    pub(super) is_class_method: bool,
    /// The class it was defined in.
    pub(super) class: RefCell<Option<Rc<Class<'a>>>>,
}

#[derive(Clone, Copy)]
pub(super) enum Body<'a> {
    Statements(&'a [Stmt]),
    Expression(&'a Expr),
}

pub(super) struct Class<'a> {
    pub(super) unit: UnitId,
    pub(super) definition: &'a StmtClassDef,
    pub(super) bases: Vec<Rc<Class<'a>>>,
    pub(super) attributes: RefCell<BTreeMap<String, Value<'a>>>,
    /// Whether a base is nothing that was followed: a class of a framework.
    pub(super) has_unknown_base: bool,
    /// Fields of a dataclass in order, inherited ones first.
    pub(super) fields: Option<Vec<&'a str>>,
}

pub(super) struct Instance<'a> {
    pub(super) class: Rc<Class<'a>>,
    pub(super) attributes: RefCell<BTreeMap<String, Value<'a>>>,
    /// Entries of registries that it was made from: `Engine(**entry)`.
    pub(super) made_of: RefCell<BTreeSet<UnitId>>,
}

pub(super) struct Partial<'a> {
    pub(super) function: Value<'a>,
    pub(super) arguments: Vec<Value<'a>>,
    pub(super) keywords: Vec<(String, Value<'a>)>,
    pub(super) unit: UnitId,
}

/// Names of a function, a class body or the module.
#[derive(Default)]
pub(super) struct Scope<'a> {
    pub(super) names: RefCell<BTreeMap<String, Value<'a>>>,
    pub(super) parent: Option<Rc<Scope<'a>>>,
    /// Names that `global` or `nonlocal` sends elsewhere: the name and whether it is the module's.
    pub(super) elsewhere: RefCell<BTreeMap<String, bool>>,
    pub(super) is_class: bool,
}

impl<'a> Value<'a> {
    pub(super) fn new(data: Data<'a>) -> Self {
        Self { data, origin: None, tags: None, given: 0 }
    }

    pub(super) fn opaque() -> Self {
        Self::new(Data::Opaque(Rc::default()))
    }

    /// Something unknown that came from these values: their results are in it.
    pub(super) fn from_all<'v>(values: impl IntoIterator<Item = &'v Value<'a>>) -> Self
    where
        'a: 'v,
    {
        let mut tags = Tags::new();
        for value in values {
            value.collect(&mut tags, LEVELS_MAX);
        }
        Self { tags: (!tags.is_empty()).then(|| Rc::new(tags)), ..Self::opaque() }
    }

    pub(super) fn constant(constant: Constant) -> Self {
        Self::new(Data::Constant(constant))
    }

    pub(super) fn text(text: &str) -> Self {
        Self::constant(Constant::Text(Rc::from(text)))
    }

    pub(super) fn list(items: Vec<Value<'a>>) -> Self {
        Self::new(Data::List(Rc::new(RefCell::new(items))))
    }

    pub(super) fn tagged(mut self, unit: UnitId) -> Self {
        let mut tags = self.tags.as_deref().cloned().unwrap_or_default();
        if tags.len() < TAGS_MAX {
            tags.insert(unit);
        }
        self.tags = Some(Rc::new(tags));
        self
    }

    pub(super) fn with_tags_of(mut self, other: &Value<'a>) -> Self {
        if let Some(more) = &other.tags {
            let mut tags = self.tags.as_deref().cloned().unwrap_or_default();
            tags.extend(more.iter().take(TAGS_MAX));
            self.tags = Some(Rc::new(tags));
        }
        self
    }

    pub(super) fn at(mut self, origin: Origin) -> Self {
        self.origin = Some(Rc::new(origin));
        self
    }

    pub(super) fn all_tags(&self) -> Tags {
        let mut tags = Tags::new();
        self.collect(&mut tags, LEVELS_MAX);
        tags
    }

    /// Results in the value itself and in the items of a list, but not who added columns to a table.
    pub(super) fn results(&self) -> Tags {
        let mut tags = self.tags.as_deref().cloned().unwrap_or_default();
        let of_items = |items: &[Value<'a>]| -> Vec<UnitId> {
            items
                .iter()
                .take(ITEMS_MAX)
                .filter_map(|item| item.tags.as_deref())
                .flatten()
                .copied()
                .take(TAGS_MAX)
                .collect()
        };
        match &self.data {
            Data::List(items) => tags.extend(of_items(&items.borrow())),
            Data::Tuple(items) => tags.extend(of_items(items)),
            Data::Dict(dict) => {
                let items = dict.items.borrow();
                tags.extend(items.iter().filter_map(|(_, item)| item.tags.as_deref()).flatten().take(TAGS_MAX));
            }
            _ => {}
        }
        tags
    }

    pub(super) fn as_text(&self) -> Option<Rc<str>> {
        match &self.data {
            Data::Constant(Constant::Text(text)) => Some(Rc::clone(text)),
            _ => None,
        }
    }

    pub(super) fn as_constant(&self) -> Option<&Constant> {
        match &self.data {
            Data::Constant(constant) => Some(constant),
            _ => None,
        }
    }

    /// Whether Python would take it as true, where that is known.
    pub(super) fn truth(&self) -> Option<bool> {
        match &self.data {
            Data::Constant(constant) => Some(match constant {
                Constant::None => false,
                Constant::Bool(value) => *value,
                Constant::Int(value) => *value != 0,
                Constant::Float(value) => *value != 0.0,
                Constant::Text(text) => !text.is_empty(),
            }),
            Data::List(items) => known_if_full(items.borrow().len()),
            Data::Tuple(items) => Some(!items.is_empty()),
            Data::Dict(dict) if !dict.open.get() => known_if_full(dict.items.borrow().len()),
            Data::Function(_) | Data::Method(..) | Data::Class(_) | Data::Instance(_) | Data::Partial(_) => Some(true),
            Data::Namespace(_) | Data::RecordType(_) => Some(true),
            _ => None,
        }
    }

    fn collect(&self, tags: &mut Tags, levels: u32) {
        if tags.len() >= TAGS_MAX {
            return;
        }
        tags.extend(self.tags.iter().flat_map(|own| own.iter()));
        if levels == 0 {
            return;
        }
        match &self.data {
            Data::Opaque(cell) => tags.extend(cell.borrow().iter()),
            Data::List(items) => {
                items.borrow().iter().take(ITEMS_MAX).for_each(|item| item.collect(tags, levels - 1));
            }
            Data::Tuple(items) => items.iter().for_each(|item| item.collect(tags, levels - 1)),
            Data::Dict(dict) => dict.items.borrow().iter().for_each(|(_, item)| item.collect(tags, levels - 1)),
            Data::Namespace(namespace) => {
                namespace.names.borrow().iter().for_each(|(_, item)| item.collect(tags, levels - 1));
            }
            Data::Instance(instance) => {
                instance.attributes.borrow().values().for_each(|item| item.collect(tags, levels - 1));
            }
            _ => {}
        }
    }

    /// The value as JSON when all of it is known.
    pub(super) fn to_json(&self) -> Option<Json> {
        self.json(LEVELS_MAX)
    }

    fn json(&self, levels: u32) -> Option<Json> {
        if levels == 0 {
            return None;
        }
        match &self.data {
            Data::Constant(constant) => constant.to_json(),
            Data::List(items) => array(&items.borrow(), levels),
            Data::Tuple(items) => array(items, levels),
            Data::Dict(dict) => {
                let items = dict.items.borrow();
                if dict.open.get() || items.len() > ITEMS_MAX {
                    return None;
                }
                let entry = |(key, item): &(Constant, Value<'a>)| Some((key.to_key(), item.json(levels - 1)?));
                Some(Json::Object(items.iter().map(entry).collect::<Option<Map<String, Json>>>()?))
            }
            _ => None,
        }
    }
}

/// A list that is filled is true; an empty one may be filled by what is not followed.
fn known_if_full(length: usize) -> Option<bool> {
    (length > 0).then_some(true)
}

fn array(items: &[Value<'_>], levels: u32) -> Option<Json> {
    if items.len() > ITEMS_MAX {
        return None;
    }
    Some(Json::Array(items.iter().map(|item| item.json(levels - 1)).collect::<Option<Vec<Json>>>()?))
}

impl Constant {
    pub(super) fn to_json(&self) -> Option<Json> {
        Some(match self {
            Constant::None => Json::Null,
            Constant::Bool(value) => Json::Bool(*value),
            Constant::Int(value) => Json::Number((*value).into()),
            Constant::Float(value) => Json::Number(Number::from_f64(*value)?),
            Constant::Text(text) => Json::String(text.to_string()),
        })
    }

    /// As a key of a JSON object, and as a part of a name.
    pub(super) fn to_key(&self) -> String {
        match self {
            Constant::Text(text) => text.to_string(),
            other => other.to_json().map_or_else(|| "nan".to_owned(), |json| json.to_string()),
        }
    }
}

impl<'a> Dict<'a> {
    pub(super) fn get(&self, key: &Constant) -> Option<Value<'a>> {
        self.items.borrow().iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
    }

    pub(super) fn set(&self, key: Constant, value: Value<'a>) {
        let mut items = self.items.borrow_mut();
        let has_room = items.len() < ENTRIES_MAX;
        match items.iter_mut().find(|(known, _)| *known == key) {
            Some((_, held)) => *held = value,
            None if has_room => items.push((key, value)),
            None => self.open.set(true),
        }
    }
}

impl<'a> Dict<'a> {
    /// An entry whose key is not known: whatever any of them gave is in the one that stands for all.
    pub(super) fn set_somewhere(&self, value: Value<'a>) {
        self.open.set(true);
        let all = Constant::Text(Rc::from("*"));
        let before = self.get(&all).map(|value| value.all_tags()).unwrap_or_default();
        self.set(all, before.into_iter().fold(value, Value::tagged));
    }
}

impl Dict<'_> {
    pub(super) fn remove(&self, key: &Constant) {
        self.items.borrow_mut().retain(|(known, _)| known != key);
    }
}

impl<'a> Class<'a> {
    /// An attribute by the order in which Python asks a class and its bases.
    pub(super) fn find(self: &Rc<Self>, name: &str) -> Option<Value<'a>> {
        self.order().iter().find_map(|class| class.attributes.borrow().get(name).cloned())
    }

    /// An attribute of what comes behind a class in the order of another.
    pub(super) fn find_behind(self: &Rc<Self>, class: &Rc<Self>, name: &str) -> Option<Value<'a>> {
        let order = self.order();
        let behind = order.iter().skip_while(|one| one.unit != class.unit).skip(1);
        behind.into_iter().find_map(|class| class.attributes.borrow().get(name).cloned())
    }

    /// The class and its bases: depth first, a base that is shared comes after all that share it.
    pub(super) fn order(self: &Rc<Self>) -> Vec<Rc<Class<'a>>> {
        let mut all = vec![Rc::clone(self)];
        let mut at = 0;
        while at < all.len() && all.len() < 64 {
            let bases = all[at].bases.clone();
            for (offset, base) in bases.into_iter().enumerate() {
                let place = (at + 1 + offset).min(all.len());
                all.insert(place, base);
            }
            at += 1;
        }
        let mut seen = BTreeSet::new();
        let mut kept: Vec<_> = all.into_iter().rev().filter(|class| seen.insert(class.unit)).collect();
        kept.reverse();
        kept
    }
}

/// An origin that has no name yet.
pub(super) fn written(range: TextRange) -> Origin {
    Origin { kind: super::Kind::Inline, name: String::new(), range }
}
