//! PHP's array: ordered, keyed by integers and texts, and copied only when written.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::memory;
use super::value::Value;

/// A key of an array.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Integer(i64),
    Text(Rc<str>),
}

impl Key {
    /// A text as key: decimal integers become integers.
    pub(crate) fn from_text(text: &Rc<str>) -> Self {
        match text.parse::<i64>() {
            Ok(number) if *number.to_string() == **text => Self::Integer(number),
            _ => Self::Text(text.clone()),
        }
    }

    /// The key as a value.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Integer(number) => Value::Integer(*number),
            Self::Text(text) => Value::Text(text.clone()),
        }
    }
}

/// An ordered map with PHP's rules for the next key. When the run holds too much, new elements are not taken in.
#[derive(Debug, Default)]
pub(crate) struct PhpArray {
    entries: Vec<Option<(Key, Value)>>,
    places: FxHashMap<Key, usize>,
    next: i64,
    /// What stands for an element that was not taken in.
    refused: Value,
}

impl Clone for PhpArray {
    fn clone(&self) -> Self {
        if !memory::more_elements(self.entries.len()) {
            return Self::default();
        }
        Self { entries: self.entries.clone(), places: self.places.clone(), next: self.next, refused: Value::Null }
    }
}

impl Drop for PhpArray {
    fn drop(&mut self) {
        memory::fewer_elements(self.entries.len());
    }
}

impl PhpArray {
    /// How many elements there are.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The element under a key.
    pub(crate) fn get(&self, key: &Key) -> Option<&Value> {
        self.places.get(key).and_then(|place| self.entries.get(*place)?.as_ref()).map(|(_, value)| value)
    }

    /// The element under a text key.
    pub(crate) fn get_text(&self, key: &str) -> Option<&Value> {
        self.get(&Key::from_text(&Rc::from(key)))
    }

    /// Puts an element, at its old place when the key is there.
    pub(crate) fn insert(&mut self, key: Key, value: Value) {
        if let Some(entry) = self.places.get(&key).and_then(|place| self.entries.get_mut(*place)) {
            *entry = Some((key, value));
            return;
        }
        if !memory::more_elements(1) {
            return;
        }
        if let Key::Integer(number) = key {
            self.next = self.next.max(number.saturating_add(1));
        }
        self.places.insert(key.clone(), self.entries.len());
        self.entries.push(Some((key, value)));
    }

    /// Puts an element at the end, under the next integer.
    pub(crate) fn push(&mut self, value: Value) {
        self.insert(Key::Integer(self.next), value);
    }

    /// A new element at the end, to be filled.
    pub(crate) fn grow(&mut self) -> &mut Value {
        self.entry(Key::Integer(self.next))
    }

    /// Takes an element out.
    pub(crate) fn remove(&mut self, key: &Key) -> Option<Value> {
        let place = self.places.remove(key)?;
        self.entries.get_mut(place)?.take().map(|(_, value)| value)
    }

    /// The element under a key, to be changed; null when it was missing.
    pub(crate) fn entry(&mut self, key: Key) -> &mut Value {
        if !self.places.contains_key(&key) {
            self.insert(key.clone(), Value::Null);
        }
        let place = self.places.get(&key).copied();
        match place.and_then(|place| self.entries.get_mut(place)?.as_mut()) {
            Some((_, value)) => value,
            None => &mut self.refused,
        }
    }

    /// All elements in order.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&Key, &Value)> {
        self.entries.iter().flatten().map(|(key, value)| (key, value))
    }

    /// All values in order.
    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.iter().map(|(_, value)| value)
    }

    /// Whether the keys are 0, 1, 2 …
    pub(crate) fn is_list(&self) -> bool {
        self.iter().enumerate().all(|(place, (key, _))| matches!(key, Key::Integer(it) if *it == place as i64))
    }

    /// The elements of `other` behind these: integer keys are given anew, text keys replace (`array_merge`).
    pub(crate) fn merge(&mut self, other: &PhpArray) {
        for (key, value) in other.iter() {
            match key {
                Key::Integer(_) => self.push(value.clone()),
                Key::Text(_) => self.insert(key.clone(), value.clone()),
            }
        }
    }
}

impl FromIterator<(Key, Value)> for PhpArray {
    fn from_iter<T: IntoIterator<Item = (Key, Value)>>(entries: T) -> Self {
        let mut array = Self::default();
        for (key, value) in entries {
            array.insert(key, value);
        }
        array
    }
}
