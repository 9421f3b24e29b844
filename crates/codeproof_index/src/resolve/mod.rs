//! From the calls and mentions of one file to the definitions they mean.
//!
//! One set of rules for all languages, in the order in which most of them look: the scopes around the call, the
//! members of the class, the file, its imports, its package, and at last the only definition of that name there is.
//! What a language does otherwise is decided in [`habits`]. Nothing is guessed among several: those are ambiguous.

mod calls;
mod choice;
mod expression;
mod habits;
mod hierarchy;
mod members;
mod names;
mod parameters;
mod types;
mod values;

pub(crate) use calls::resolve_file;
pub(crate) use names::word_in_sight;

use codeproof_types::{CallSite, Resolution};

use crate::files::{FileId, SymbolId};
use crate::view::Key;

/// Where a call leads and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) symbol: Option<SymbolId>,
    pub(crate) resolution: Resolution,
}

impl Target {
    pub(crate) const UNRESOLVED: Self = Self { symbol: None, resolution: Resolution::Unresolved };
    pub(crate) const AMBIGUOUS: Self = Self { symbol: None, resolution: Resolution::Ambiguous };

    pub(crate) fn found(symbol: SymbolId, resolution: Resolution) -> Self {
        Self { symbol: Some(symbol), resolution }
    }
}

/// Everything resolved for one file.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    /// For each import: the file it leads to.
    pub(crate) imports: Vec<Option<FileId>>,
    /// For each call: its target; then for each of `expanded`.
    pub(crate) calls: Vec<Target>,
    /// Calls that macros put into this file, at the places where the macros are called.
    pub(crate) expanded: Vec<CallSite>,
    /// What was asked to find that out.
    pub(crate) questions: Vec<Key>,
}
