//! How sure a row is: the doubts that its parts came with.

use std::rc::Rc;

use codeproof_types::laravel::{Certainty, UnknownPart};

use crate::php::{Doubt, Value};
use crate::routes::table::part;

/// Doubts about one row; each once.
#[derive(Debug, Clone, Default)]
pub(super) struct Doubts {
    parts: Vec<UnknownPart>,
    something_is_missing: bool,
}

impl Doubts {
    /// A part of the row hangs on this. A default that the code itself gives counts as known.
    pub(super) fn hangs_on(&mut self, doubt: &Rc<Doubt>) {
        if doubt.has_default {
            return;
        }
        let part = part(doubt);
        if !self.parts.contains(&part) {
            self.parts.push(part);
        }
    }

    /// A part of the row is missing because of this.
    pub(super) fn lacks(&mut self, doubt: &Rc<Doubt>) {
        let part = part(doubt);
        if !self.parts.contains(&part) {
            self.parts.push(part);
        }
        self.something_is_missing = true;
    }

    /// Notes why a value is not certain.
    pub(super) fn of_value(&mut self, value: &Value) {
        match value {
            Value::Unknown(doubt) => self.lacks(doubt),
            Value::Assumed(inner) => {
                self.hangs_on(&inner.1);
                if let Value::Unknown(doubt) = inner.0.plain() {
                    self.lacks(doubt);
                }
            }
            _ => {}
        }
    }

    /// All doubts of another part, too.
    pub(super) fn extend(&mut self, other: &Doubts) {
        for part in &other.parts {
            if !self.parts.contains(part) {
                self.parts.push(part.clone());
            }
        }
        self.something_is_missing |= other.something_is_missing;
    }

    /// What the row says about itself.
    pub(super) fn told(self) -> (Certainty, Vec<UnknownPart>) {
        let certainty = match (self.something_is_missing, self.parts.is_empty()) {
            (true, _) => Certainty::Partial,
            (false, false) => Certainty::Conditional,
            (false, true) => Certainty::Exact,
        };
        (certainty, self.parts)
    }
}
