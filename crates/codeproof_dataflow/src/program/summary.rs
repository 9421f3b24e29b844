//! What a function does, seen from outside: so that its callers need not walk it again.

use crate::kinds::{SinkKind, Trust};
use crate::names::Sym;
use crate::value::{ClassRef, Spot, Value};

/// What is put into a field or a variable of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Store {
    /// A field of the instances of a class.
    Field(ClassRef, Sym),
    /// A variable of a file.
    Global(u32, Sym),
}

/// A sink that a parameter reaches.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    pub(crate) kind: SinkKind,
    /// Whose data does harm.
    pub(crate) trust: &'static [Trust],
    /// The value at the sink, in terms of the parameters.
    pub(crate) value: Value,
    pub(crate) spot: Spot,
    /// The place of the argument itself.
    pub(crate) argument: Spot,
    /// What is called.
    pub(crate) callee: std::sync::Arc<str>,
    /// Where the harm is done, when [`Self::spot`] is the call of a function that hands its parameter on as it is.
    pub(crate) beyond: Option<(Spot, std::sync::Arc<str>)>,
    /// For output: where in the page it stands.
    pub(crate) page: Option<crate::contexts::html::HtmlState>,
}

/// What a function does.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Summary {
    /// What it gives, in terms of its parameters.
    pub(crate) returns: Value,
    /// The sinks its parameters reach.
    pub(crate) sinks: Vec<Held>,
    /// What it puts where.
    pub(crate) stores: Vec<(Store, Value)>,
    /// What it puts into its by-reference parameters.
    pub(crate) references: Vec<(u32, Value)>,
    /// It never comes back.
    pub(crate) ends: bool,
    /// Its doing depends on more of its arguments than their taint: constants, objects, functions.
    pub(crate) is_sensitive: bool,
    /// Constants for its arguments would decide its tests.
    pub(crate) is_deciding: bool,
    /// It emits a part of a page that decides what the next part means.
    pub(crate) emits: bool,
    /// Statements and expressions it holds, with what it walks inside of it.
    pub(crate) steps: u32,
}
