//! Names: where one is bound, what it may be, and what it means when nobody binds it.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use ruff_text_size::TextRange;

use super::super::names;
use super::super::value::{Origins, Shape, Value};
use super::Walk;

/// The names of the module, of a class body or of one call.
#[derive(Default)]
pub(super) struct Frame<'a> {
    pub(super) bindings: HashMap<&'a str, Value>,
    /// The body of the function that is read.
    pub(super) body: TextRange,
    /// Names of the functions around this one.
    pub(super) captured: Rc<HashMap<&'a str, Value>>,
    /// Names that `global` makes the module's.
    pub(super) global: HashSet<&'a str>,
    /// Conditions and loops around the present statement of this frame.
    pub(super) conditional: u32,
    pub(super) returned: Vec<Value>,
}

impl<'a> Walk<'a> {
    /// What a name may be here.
    pub(super) fn lookup(&self, name: &'a str) -> Value {
        let frame = self.frame();
        let local = frame.bindings.get(name).or_else(|| frame.captured.get(name));
        if let Some(value) =
            local.filter(|_| !frame.global.contains(name)).or_else(|| self.frames[0].bindings.get(name))
        {
            return value.clone();
        }
        self.unbound(name)
    }

    /// A name of the module, by a text.
    pub(super) fn lookup_global(&self, name: &str) -> Option<Value> {
        self.frames[0].bindings.get(name).cloned()
    }

    pub(super) fn is_bound(&self, name: &str) -> bool {
        let frame = self.frame();
        frame.bindings.contains_key(name)
            || frame.captured.contains_key(name)
            || self.frames[0].bindings.contains_key(name)
    }

    fn unbound(&self, name: &str) -> Value {
        match name {
            "__builtins__" => return Value::name("builtins").from(Origins::DETOUR),
            "__loader__" | "__spec__" => return Value::name(name).from(Origins::DETOUR),
            "__file__" => return Value::text("./__file__").from(Origins::ITSELF),
            _ if names::BUILTINS.contains(&name) => return Value::name(format!("builtins.{name}")),
            _ => {}
        }
        // `from os import *`: whatever is bound nowhere may be of that module.
        if let Some(module) = self.starred.iter().find(|module| names::is_powerful(module)) {
            return self.named(&format!("{module}.{name}"), Origins::NONE);
        }
        if let Some(path) = names::by_custom(name) {
            return Value::name(path);
        }
        match self.starred.as_slice() {
            [module] => self.named(&format!("{module}.{name}"), Origins::NONE),
            _ => Value { shape: Shape::Unknown, origins: Origins::NONE },
        }
    }

    /// Binds a name: for certain in straight code, else as one more possibility.
    pub(super) fn bind(&mut self, name: &'a str, value: Value) {
        let value = value.bounded();
        let at = self.frames.len() - 1;
        let global = self.frames[at].global.contains(name);
        let frame = if global { 0 } else { at };
        let certain = self.frames[at].conditional == 0 && !global;
        let bindings = &mut self.frames[frame].bindings;
        let value = match bindings.remove(name) {
            Some(old) if !certain => Value::choice([old, value]),
            _ => value,
        };
        bindings.insert(name, value);
    }

    /// Binds a name to exactly this.
    pub(super) fn rebind(&mut self, name: &'a str, value: Option<Value>) {
        let bindings = &mut self.frame_mut().bindings;
        match value {
            Some(value) => bindings.insert(name, value.bounded()),
            None => bindings.remove(name),
        };
    }

    pub(super) fn frame(&self) -> &Frame<'a> {
        self.frames.last().expect("the module's frame is never left")
    }

    pub(super) fn frame_mut(&mut self) -> &mut Frame<'a> {
        self.frames.last_mut().expect("the module's frame is never left")
    }

    /// Reads something that may run or not.
    pub(super) fn perhaps(&mut self, read: impl FnOnce(&mut Self)) {
        self.frame_mut().conditional += 1;
        read(self);
        self.frame_mut().conditional -= 1;
    }
}
