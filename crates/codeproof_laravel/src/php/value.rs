//! What an expression evaluates to. A value that depends on something outside the code says so itself: it is
//! [`Value::Assumed`] (the default was taken) or [`Value::Unknown`].

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::array::{Key, PhpArray};
use super::ast::Function;
use super::memory;

/// Why something is not known for certain, and where the reason stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Doubt {
    pub(crate) reason: String,
    pub(crate) path: Rc<str>,
    pub(crate) line: u32,
    /// Whether the code itself says what holds when nothing is set: `env('NAME', 'default')`. Such a value counts as
    /// known; only what is there or not because of it is in doubt.
    pub(crate) has_default: bool,
    /// A text that is known in part, [`UNKNOWN_PART`] in place of the rest.
    pub(crate) known: Option<Rc<str>>,
}

impl Doubt {
    /// A doubt about a whole file.
    pub(crate) fn of_file(path: &str, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), path: Rc::from(path), line: 1, has_default: false, known: None }
    }
}

/// What stands for the part of a text that is not known.
pub(crate) const UNKNOWN_PART: &str = "{unknown}";

/// A PHP value.
#[derive(Debug, Clone, Default)]
pub(crate) enum Value {
    #[default]
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(Rc<str>),
    Array(Rc<PhpArray>),
    Closure(Rc<Closure>),
    /// An object of a class of the application.
    Object(Rc<Instance>),
    /// A case of an enum.
    Case(Rc<EnumCase>),
    /// An object that the framework's own model holds under this number.
    Host(u32),
    /// The value that holds unless the surroundings say otherwise.
    Assumed(Rc<(Value, Rc<Doubt>)>),
    Unknown(Rc<Doubt>),
}

/// A closure with what it took along.
#[derive(Debug)]
pub(crate) struct Closure {
    pub(crate) function: Rc<Function>,
    pub(crate) captured: FxHashMap<Rc<str>, Value>,
    pub(crate) this: Option<Value>,
    pub(crate) class: Option<Rc<str>>,
}

/// An object with its properties.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) class: Rc<str>,
    pub(crate) properties: RefCell<FxHashMap<Rc<str>, Value>>,
}

/// A case of an enum, with its value when it is a backed one.
#[derive(Debug)]
pub(crate) struct EnumCase {
    pub(crate) class: Rc<str>,
    pub(crate) name: Rc<str>,
    pub(crate) value: Option<Value>,
}

impl Value {
    /// A text.
    pub(crate) fn text(text: impl AsRef<str>) -> Self {
        memory::more_bytes(text.as_ref().len());
        Self::Text(Rc::from(text.as_ref()))
    }

    /// A list of values.
    pub(crate) fn list(values: impl IntoIterator<Item = Value>) -> Self {
        let mut array = PhpArray::default();
        for value in values {
            array.push(value);
        }
        Self::Array(Rc::new(array))
    }

    /// The value without its doubt.
    pub(crate) fn plain(&self) -> &Value {
        match self {
            Self::Assumed(inner) => inner.0.plain(),
            other => other,
        }
    }

    /// Why this value is not certain.
    pub(crate) fn doubt(&self) -> Option<&Rc<Doubt>> {
        match self {
            Self::Assumed(inner) => Some(&inner.1),
            Self::Unknown(doubt) => Some(doubt),
            _ => None,
        }
    }

    /// Why this value is not certain, defaults left out: what a row has to say about it.
    pub(crate) fn real_doubt(&self) -> Option<&Rc<Doubt>> {
        self.doubt().filter(|doubt| !doubt.has_default)
    }

    /// The same value under a doubt; what is in doubt already keeps its own.
    pub(crate) fn under(self, doubt: Option<Rc<Doubt>>) -> Value {
        match (doubt, &self) {
            (None, _) | (Some(_), Self::Unknown(_)) => self,
            // A default gives way to a real doubt.
            (Some(doubt), Self::Assumed(inner)) if inner.1.has_default && !doubt.has_default => {
                Self::Assumed(Rc::new((inner.0.clone(), doubt)))
            }
            (Some(_), Self::Assumed(_)) => self,
            (Some(doubt), _) => Self::Assumed(Rc::new((self, doubt))),
        }
    }

    /// Whether the value counts as true; `None` when that is not known.
    pub(crate) fn truth(&self) -> Option<bool> {
        Some(match self.plain() {
            Self::Null => false,
            Self::Boolean(value) => *value,
            Self::Integer(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Text(text) => !(text.is_empty() || &**text == "0"),
            Self::Array(array) => !array.is_empty(),
            Self::Unknown(_) => return None,
            _ => true,
        })
    }

    /// The value as PHP would put it into a text; `None` for what has no text or is not known.
    pub(crate) fn as_text(&self) -> Option<Rc<str>> {
        Some(match self.plain() {
            Self::Text(text) => text.clone(),
            Self::Integer(value) => Rc::from(value.to_string()),
            Self::Float(value) => Rc::from(value.to_string()),
            Self::Boolean(true) => Rc::from("1"),
            Self::Boolean(false) | Self::Null => Rc::from(""),
            _ => return None,
        })
    }

    /// The text of a text, and the backing text of an enum's case.
    pub(crate) fn as_label(&self) -> Option<Rc<str>> {
        match self.plain() {
            Self::Case(case) => case.value.as_ref().and_then(Value::as_text),
            Self::Null => None,
            other => other.as_text(),
        }
    }

    /// The array, when it is one.
    pub(crate) fn as_array(&self) -> Option<&Rc<PhpArray>> {
        match self.plain() {
            Self::Array(array) => Some(array),
            _ => None,
        }
    }

    /// The value as the key of an array.
    pub(crate) fn as_key(&self) -> Option<Key> {
        match self.plain() {
            Self::Text(text) => Some(Key::from_text(text)),
            Self::Integer(value) => Some(Key::Integer(*value)),
            Self::Boolean(value) => Some(Key::Integer(i64::from(*value))),
            Self::Null => Some(Key::Text(Rc::from(""))),
            #[expect(clippy::cast_possible_truncation, reason = "PHP cuts keys off, too")]
            Self::Float(value) => Some(Key::Integer(*value as i64)),
            _ => None,
        }
    }

    /// Whether two values are the same (`===`); `None` when that is not known.
    pub(crate) fn same(&self, other: &Value) -> Option<bool> {
        Some(match (self.plain(), other.plain()) {
            (Self::Unknown(_), _) | (_, Self::Unknown(_)) => return None,
            (Self::Null, Self::Null) => true,
            (Self::Boolean(left), Self::Boolean(right)) => left == right,
            (Self::Integer(left), Self::Integer(right)) => left == right,
            (Self::Float(left), Self::Float(right)) => left == right,
            (Self::Text(left), Self::Text(right)) => left == right,
            (Self::Case(left), Self::Case(right)) => left.class == right.class && left.name == right.name,
            (Self::Object(left), Self::Object(right)) => Rc::ptr_eq(left, right),
            (Self::Closure(left), Self::Closure(right)) => Rc::ptr_eq(left, right),
            (Self::Host(left), Self::Host(right)) => left == right,
            (Self::Array(left), Self::Array(right)) => {
                if left.len() != right.len() {
                    return Some(false);
                }
                for ((left_key, left), (right_key, right)) in left.iter().zip(right.iter()) {
                    // Only scalars are looked at: an array in an array is not known to be the same.
                    if matches!((left.plain(), right.plain()), (Self::Array(_), Self::Array(_))) {
                        return None;
                    }
                    if left_key != right_key || !left.same(right)? {
                        return Some(false);
                    }
                }
                true
            }
            _ => false,
        })
    }

    /// Whether two values are equal after PHP's conversions (`==`); `None` when that is not known.
    pub(crate) fn equal(&self, other: &Value) -> Option<bool> {
        let (left, right) = (self.plain(), other.plain());
        match (left, right) {
            (Self::Null | Self::Boolean(_), _) | (_, Self::Null | Self::Boolean(_)) => {
                Some(left.truth()? == right.truth()?)
            }
            (Self::Integer(_) | Self::Float(_), Self::Text(_)) | (Self::Text(_), Self::Integer(_) | Self::Float(_)) => {
                Some(left.as_text()? == right.as_text()?)
            }
            _ => left.same(right),
        }
    }
}
