//! The program followed in the order Python would run it, on values that may be unknown.
//!
//! Which number a scanner really uses is a question of binding time: a global is looked up when the scanner runs, a
//! default is captured when its `def` runs, a config object may have been changed in between, by another name. Instead of
//! rules for each of these, the module is run: statements in order, calls into functions, `if __name__ == '__main__'`
//! taken. What comes from outside (data, files, other modules) is `Data::Opaque`; a condition on it runs both
//! ways. Each read of a known value is written down with the calls it happened in (`Read`), and what a call gave marks
//! its result, so that the place where a scanner's rows end up is found (`Trace::globals`).
//!
//! Steps, depth, loops and containers are bounded; a bound that was met is told (`Trace::complete`).

mod builtins;
mod calls;
mod classes;
mod containers;
mod expressions;
mod fold;
mod imports;
mod indirect;
mod machine;
mod options;
mod presets;
mod records;
mod statements;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use ruff_text_size::TextRange;
use serde_json::Value as Json;

use crate::split::ReadModule;
use codeproof_python::Module;

/// Where a unit of the program starts: a `def`, a `class`, a lambda, or the assignment of a column. Byte offset.
pub(crate) type UnitId = u32;

/// What kind of place a value was written in.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A literal that was not bound to any name yet.
    Inline,
    /// A name of the module.
    Module,
    /// A name of a function.
    Local,
    /// A name of the module, set inside a function.
    Global,
    /// The default of a parameter.
    Default,
    /// An entry of a dict.
    Dict,
    /// A name of a class body.
    Class,
    /// A field of a dataclass, or what `replace` or its constructor put there.
    Dataclass,
    /// An attribute set on an object or a class.
    Attr,
    /// The default of an environment variable or a command line option.
    Environment,
    /// An argument of a call.
    Argument,
    /// An argument of a decorator.
    Decorator,
    /// An argument of `functools.partial`.
    Partial,
    /// A value inside JSON text.
    Json,
}

/// Where a value was written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Origin {
    /// What kind of place.
    pub(crate) kind: Kind,
    /// The name it was first bound to, as written: `MIN_GAP`, `P.min_gap`.
    pub(crate) name: String,
    /// Byte range of the expression.
    pub(crate) range: TextRange,
}

/// One read of a known value.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    /// The value.
    pub(crate) value: Json,
    /// Where it was written.
    pub(crate) origin: Origin,
    /// The name at the place of the read; for entries and attributes their last part.
    pub(crate) name: String,
    /// The call it happened in; index into [`Trace::calls`].
    pub(crate) call: usize,
    /// Whether it was read as an attribute of an object or a class.
    pub(crate) of_object: bool,
    /// The call that handed the value (or what holds it) down as an argument; 0 when nobody did.
    pub(crate) given: usize,
}

/// One call that was followed. Index 0 is the module itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    /// The unit that was called.
    pub(crate) unit: UnitId,
    /// The call this one happened in; 0 for the module's own.
    pub(crate) caller: usize,
    /// Whether nothing in the program made this call: it was followed to see what the unit reads.
    pub(crate) assumed: bool,
    /// Units whose results are among its arguments.
    pub(crate) given: BTreeSet<UnitId>,
    /// The class of the object it was made on, when another class defines the method.
    pub(crate) runs_for: Option<UnitId>,
}

/// A place that holds what units gave when the program has ended.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The module's name, then keys or attributes: `["out", "gap_up"]`.
    pub(crate) path: Vec<String>,
    /// Units whose results are in it.
    pub(crate) units: BTreeSet<UnitId>,
    /// When it was last bound.
    pub(crate) time: u64,
}

/// What was learned by following the program.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    /// Reads, each kind of read of a call once.
    pub(crate) reads: Vec<Read>,
    /// Calls.
    pub(crate) calls: Vec<Call>,
    /// Places of the module that hold results.
    pub(crate) globals: Vec<Place>,
    /// Module names that hold constants at the end: name, value, origin, how often they were bound.
    pub(crate) constants: Vec<(String, Json, Origin, u32)>,
    /// Units (classes) of which instances were made.
    pub(crate) instantiated: BTreeSet<UnitId>,
    /// Functions and columns that were handed to `partial` or made by a factory: unit of the result's statement, base.
    pub(crate) variants: Vec<(UnitId, UnitId)>,
    /// Whether no bound was met.
    pub(crate) complete: bool,
}

/// Follows a module; `sections` says which of its statements, by where they start, are followed as if they
/// were the body of which unit; `entries` are the settings of registries that an engine may be run with,
/// and where they end.
pub(crate) fn follow(
    module: &Module,
    read_module: Option<&ReadModule<'_>>,
    sections: &BTreeMap<u32, UnitId>,
    entries: &BTreeMap<UnitId, u32>,
) -> Trace {
    machine::Machine::new(module, read_module, entries).run(sections)
}
