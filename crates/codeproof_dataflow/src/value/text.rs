//! Text of known structure: constants of the program with values between them.

use super::{Kind, Label, Value};
use crate::ir::Constant;

/// A part of a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    /// Text of the program.
    Known(Box<str>),
    /// A value that is no single constant.
    Value(Value),
}

/// Parts a text keeps; a longer one is a value without structure.
const PARTS_MAX: usize = 64;

/// Bytes of constants a text keeps, and a constant made from others holds.
pub(crate) const TEXT_BYTES_MAX: usize = 64 * 1024;

impl Part {
    /// The taint of the part.
    pub(crate) fn labels(&self) -> &[Label] {
        match self {
            Self::Known(_) => &[],
            Self::Value(value) => value.labels(),
        }
    }

    pub(crate) fn is_harmless(&self) -> bool {
        match self {
            Self::Known(_) => true,
            Self::Value(value) => value.is_harmless(),
        }
    }

    pub(crate) fn map_labels(&self, change: &mut impl FnMut(&Label) -> Label) -> Self {
        match self {
            Self::Known(_) => self.clone(),
            Self::Value(value) => Self::Value(value.map_labels(change)),
        }
    }
}

impl Value {
    /// The text made of `values`, one behind the other.
    pub(crate) fn concatenated(values: &[Value]) -> Value {
        let mut parts: Vec<Part> = Vec::new();
        let mut bytes = 0;
        for value in values {
            push(&mut parts, value, &mut bytes);
        }
        let mut labels = Vec::new();
        for label in parts.iter().flat_map(Part::labels) {
            super::add_label(&mut labels, label);
        }
        let reason = values.iter().find_map(Value::reason).cloned();
        let kind = if parts.len() > PARTS_MAX || bytes > TEXT_BYTES_MAX {
            if parts.iter().all(Part::is_harmless) { Kind::Harmless } else { Kind::Unknown }
        } else {
            match parts.as_slice() {
                [] => Kind::Constants(Box::new([Constant::Str("".into())])),
                [Part::Known(text)] => Kind::Constants(Box::new([Constant::Str(text.clone())])),
                _ => Kind::Text(parts.into()),
            }
        };
        let value = Value::of(kind).with_labels(labels);
        match reason {
            Some(reason) => value.because(reason.as_ref().clone()),
            None => value,
        }
    }

    /// Its parts as a text: a value without structure is one part.
    pub(crate) fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        push(&mut parts, self, &mut 0);
        parts
    }
}

/// The text of a constant, as Python's `str` and PHP's conversion give it where they agree.
pub(crate) fn text_of(constant: &Constant) -> Option<String> {
    match constant {
        Constant::Str(text) | Constant::Bytes(text) => Some(text.to_string()),
        Constant::Int(value) => Some(value.to_string()),
        Constant::None | Constant::Bool(_) | Constant::Float(_) => None,
    }
}

fn push(parts: &mut Vec<Part>, value: &Value, bytes: &mut usize) {
    match value.kind() {
        Kind::Text(inner) => {
            for part in inner {
                match part {
                    Part::Known(text) => push_known(parts, text, bytes),
                    Part::Value(value) => parts.push(Part::Value(value.clone())),
                }
            }
        }
        _ => match value.as_constant().and_then(text_of) {
            Some(text) if value.labels().is_empty() => push_known(parts, &text, bytes),
            _ => parts.push(Part::Value(value.clone())),
        },
    }
}

fn push_known(parts: &mut Vec<Part>, text: &str, bytes: &mut usize) {
    if text.is_empty() {
        return;
    }
    *bytes += text.len();
    if let Some(Part::Known(last)) = parts.last_mut() {
        if last.len() + text.len() <= TEXT_BYTES_MAX {
            *last = format!("{last}{text}").into();
        }
        return;
    }
    parts.push(Part::Known(text.into()));
}

/// What two texts have in common: the same known beginning, then whichever rest is tainted.
pub(super) fn join_texts(one: &[Part], other: &[Part]) -> Kind {
    let is_tainted = |parts: &[Part]| parts.iter().any(|part| !part.labels().is_empty());
    match (is_tainted(one), is_tainted(other)) {
        (true, false) => Kind::Text(one.into()),
        (false, true) => Kind::Text(other.into()),
        (false, false) if one.iter().chain(other).all(Part::is_harmless) => Kind::Harmless,
        (false, false) => Kind::Unknown,
        // Both: the parts up to the first that differs, then one value for the rest.
        (true, true) => {
            let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
            let rest_of = |parts: &[Part]| {
                let mut labels = Vec::new();
                for label in parts[same..].iter().flat_map(Part::labels) {
                    super::add_label(&mut labels, label);
                }
                labels
            };
            let mut labels = rest_of(one);
            for label in rest_of(other) {
                super::add_label(&mut labels, &label);
            }
            let mut parts = one[..same].to_vec();
            // A shared beginning inside the first part that differs fixes where the rest stands.
            if let (Some(Part::Known(one)), Some(Part::Known(other))) = (one.get(same), other.get(same)) {
                let shared: String = one
                    .chars()
                    .zip(other.chars())
                    .take_while(|(one, other)| one == other)
                    .map(|(one, _)| one)
                    .collect();
                if !shared.is_empty() {
                    parts.push(Part::Known(shared.into()));
                }
            }
            parts.push(Part::Value(Value::tainted(labels)));
            Kind::Text(parts.into())
        }
    }
}
