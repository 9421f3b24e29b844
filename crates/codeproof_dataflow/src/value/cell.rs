//! Lists, mappings and objects: what stands at which place.

use std::sync::Arc;

use super::{ClassRef, Value};
use crate::ir::Constant;
use crate::specs::NodeId;

/// Number of a cell in the heap of one walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CellId(pub(crate) u32);

/// What a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellKind {
    /// A list or tuple.
    List,
    /// A set.
    Set,
    /// A mapping.
    Dict,
    /// PHP's array: copied when it is assigned.
    Array,
    /// An object of a class of the program.
    Object(ClassRef),
    /// An object of a class of the specs, or of none that is known.
    Foreign(Option<NodeId>),
}

/// A place in a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Key {
    /// A number.
    Int(i64),
    /// A text, or a field's name.
    Text(Box<str>),
}

impl Key {
    /// The key that a constant is; in PHP `"7"` is 7.
    pub(crate) fn of(constant: &Constant, is_php: bool) -> Option<Self> {
        match constant {
            Constant::Int(value) => Some(Self::Int(*value)),
            Constant::Bool(value) => Some(Self::Int(i64::from(*value))),
            Constant::Str(text) | Constant::Bytes(text) => match text.parse() {
                Ok(number) if is_php && format!("{number}") == **text => Some(Self::Int(number)),
                _ => Some(Self::Text(text.clone())),
            },
            Constant::None if is_php => Some(Self::Text("".into())),
            Constant::None | Constant::Float(_) => None,
        }
    }
}

/// A list, mapping or object. Clones share nothing; the heap shares whole cells.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    pub(crate) kind: CellKind,
    /// What stands where. Lists use whole numbers from 0 without gaps while [`Self::is_exact`].
    pub(crate) entries: Vec<(Key, Value)>,
    /// What stands, or may stand, anywhere else.
    pub(crate) rest: Value,
    /// Whether there is nothing but [`Self::entries`].
    pub(crate) is_exact: bool,
    /// Words that specs set on it.
    pub(crate) words: Vec<Arc<str>>,
    /// What is built up in it as one text (`io.StringIO`).
    pub(crate) text: Option<Value>,
}

/// Entries a cell keeps apart; more become part of [`Cell::rest`].
const ENTRIES_MAX: usize = 200;

impl Cell {
    /// An empty one.
    pub(crate) fn new(kind: CellKind) -> Self {
        Self { kind, entries: Vec::new(), rest: Value::unknown(), is_exact: true, words: Vec::new(), text: None }
    }

    /// What stands at `key`; `None` when that is not known.
    pub(crate) fn get(&self, key: &Key) -> Option<Value> {
        let found = self.entries.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone());
        match found {
            Some(value) => Some(value),
            None if self.is_exact => None,
            None => Some(self.rest.clone()),
        }
    }

    /// Puts `value` at `key`.
    pub(crate) fn set(&mut self, key: Key, value: Value) {
        if let Some(entry) = self.entries.iter_mut().find(|(known, _)| *known == key) {
            entry.1 = value;
        } else if self.entries.len() < ENTRIES_MAX {
            self.entries.push((key, value));
        } else {
            // It is none of the entries.
            self.rest = if self.is_exact { value } else { self.rest.join(&value) };
            self.is_exact = false;
        }
    }

    /// Puts `value` at a place that is not known: every entry may be it from now on.
    pub(crate) fn set_somewhere(&mut self, value: &Value) {
        // While nothing stood anywhere else, there is nothing to join it with.
        self.rest = if self.is_exact { value.clone() } else { self.rest.join(value) };
        self.is_exact = false;
        if !value.labels().is_empty() {
            for (_, entry) in &mut self.entries {
                *entry = entry.join(value);
            }
        }
    }

    /// Appends to a list, or to a PHP array at the next number.
    pub(crate) fn push(&mut self, value: Value) {
        if !self.is_exact {
            self.rest = self.rest.join(&value);
            return;
        }
        let next = self.entries.iter().filter_map(|(key, _)| if let Key::Int(at) = key { Some(at + 1) } else { None });
        let next = next.max().unwrap_or(0);
        self.set(Key::Int(next), value);
    }

    /// Whether nothing is in it.
    fn is_empty(&self) -> bool {
        self.is_exact && self.entries.is_empty()
    }

    /// Every value in it.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.entries.iter().map(|(_, value)| value).chain((!self.is_exact).then_some(&self.rest)).chain(&self.text)
    }

    /// One value for whatever stands in it.
    pub(crate) fn any(&self) -> Value {
        let mut values = self.values();
        let Some(first) = values.next() else { return Value::unknown() };
        values.fold(first.clone(), |joined, value| joined.join(value))
    }

    /// Forgets which place holds what.
    pub(crate) fn blur(&mut self) {
        if self.is_exact || !self.entries.is_empty() {
            self.rest = self.any();
            self.entries.clear();
            self.is_exact = false;
        }
    }

    /// What holds of a cell that is one or the other.
    pub(crate) fn join(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        let mut joined = Self::new(if self.kind == other.kind { self.kind } else { CellKind::Foreign(None) });
        // Lists that grew differently, such as in one branch: which place holds what is known no more.
        let is_list = self.kind == CellKind::List;
        if is_list && self.entries.len() != other.entries.len() {
            joined.rest = match (self.is_empty(), other.is_empty()) {
                (true, _) => other.any(),
                (_, true) => self.any(),
                _ => self.any().join(&other.any()),
            };
            joined.is_exact = false;
        } else {
            joined.rest = match (self.is_exact, other.is_exact) {
                (true, _) => other.rest.clone(),
                (_, true) => self.rest.clone(),
                _ => self.rest.join(&other.rest),
            };
            joined.is_exact = self.is_exact && other.is_exact;
            for (key, value) in &self.entries {
                let known = other.entries.iter().find(|(known, _)| known == key);
                let value = match known {
                    Some((_, known)) => value.join(known),
                    None if other.is_exact => value.clone(),
                    None => value.join(&other.rest),
                };
                joined.entries.push((key.clone(), value));
            }
            for (key, value) in &other.entries {
                if !self.entries.iter().any(|(known, _)| known == key) {
                    let value = if self.is_exact { value.clone() } else { value.join(&self.rest) };
                    joined.entries.push((key.clone(), value));
                }
            }
        }
        joined.words = self.words.clone();
        joined.words.extend(other.words.iter().filter(|word| !self.words.contains(word)).cloned());
        joined.text = match (&self.text, &other.text) {
            (Some(one), Some(other)) => Some(one.join(other)),
            (one, other) => one.clone().or_else(|| other.clone()),
        };
        joined
    }
}
