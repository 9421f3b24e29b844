//! Which parts of a file are scanners: definitions and assignments are the atoms, evidence about them votes.
//!
//! [`structure`] finds the units and what can be seen in them, [`pattern`] judges names, [`consensus`] counts the votes.
//! Comments that head a part of the file ([`headings`]) and proposals of a model ([`semantic`]) vote, too; a list of
//! boundaries that a person gives ([`manual`]) decides alone.

mod answers;
mod cells;
mod columns;
mod consensus;
mod context;
mod flags;
mod handed;
mod headings;
mod line;
pub mod manual;
mod mask;
mod owners;
mod pattern;
mod registry;
mod relations;
mod results;
mod sections;
mod seen;
pub mod semantic;
mod strategies;
mod structure;
mod votes;

use serde::Serialize;

use crate::trace::UnitId;

pub(crate) use columns::uses;
pub(crate) use consensus::{Evidence, decide};
pub(crate) use context::complete;
pub use context::{Context, Dependencies};
pub(crate) use handed::handed;
pub(crate) use headings::of_units as headings;
pub(crate) use owners::Owners;
pub(crate) use sections::sections;
pub(crate) use strategies::SETS_FLAGS;
pub(crate) use structure::{Unit, UnitKind, settings, units};

/// How a scanner was recognised first of all.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BoundaryType {
    /// A function, method, class or lambda.
    FunctionBased,
    /// A section named by its comment.
    CommentBased,
    /// A model named it.
    SemanticBased,
    /// A column, a partial or an entry of a registry.
    PatternBased,
}

/// Whether a boundary can be used as it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BoundaryStatus {
    /// The evidence agrees.
    Valid,
    /// Enough evidence, but some speaks against it.
    NeedsReview,
    /// Not used.
    Invalid,
}

/// What looked like a scanner and is none.
#[derive(Clone, Debug, Serialize)]
pub struct Rejected {
    /// Its name in the file.
    pub name: String,
    /// What it is, as in [`Boundary::kind`].
    pub kind: &'static str,
    /// First line, 1-based.
    pub start_line: u32,
    /// Last line, inclusive.
    pub end_line: u32,
    /// Always [`BoundaryStatus::Invalid`].
    pub status: BoundaryStatus,
    /// Why it is none, in words for the user.
    pub reason: &'static str,
}

/// One scanner's place in the file.
#[derive(Clone, Debug, Serialize)]
pub struct Boundary {
    /// The scanner's name without `scan_` and the like.
    pub name: String,
    /// `function`, `method`, `class`, `column`, `lambda`, `partial`, `closure`, `config`, `expression`, `section`.
    pub kind: &'static str,
    /// The name in the file: of the function, the class, the column.
    pub entry: String,
    /// First line, 1-based; decorators belong to it.
    pub start_line: u32,
    /// Last line, inclusive.
    pub end_line: u32,
    /// 0 to 1.
    pub confidence: f64,
    /// How it was recognised.
    pub boundary_type: BoundaryType,
    /// Whether it can be used.
    pub status: BoundaryStatus,
    /// Why a person should look at it, beyond what the evidence says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<String>,
    /// The evidence that spoke for it.
    pub detected_patterns: Vec<&'static str>,
    /// Names of the file that it needs.
    pub dependencies: Dependencies,
    /// What its definition looks like.
    pub context_metadata: Context,
    #[serde(skip)]
    pub(crate) unit: UnitId,
    #[serde(skip)]
    pub(crate) range: (u32, u32),
}
