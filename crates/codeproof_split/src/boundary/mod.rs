//! Which parts of a file are scanners: definitions and assignments are the atoms, evidence about them votes.
//!
//! [`structure`] finds the units and what can be seen in them, [`pattern`] judges names, [`consensus`] counts the votes.
//! A manual list of boundaries or a model's proposal comes in as more votes by the caller.

mod cells;
mod columns;
mod consensus;
mod flags;
mod line;
mod mask;
mod owners;
mod pattern;
mod registry;
mod relations;
mod sections;
mod seen;
mod structure;
mod votes;

use serde::Serialize;

use crate::trace::UnitId;

pub(crate) use columns::uses;
pub(crate) use consensus::decide;
pub(crate) use owners::Owners;
pub(crate) use sections::sections;
pub(crate) use structure::{Unit, units};

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

/// One scanner's place in the file.
#[derive(Clone, Debug, Serialize)]
pub struct Boundary {
    /// The scanner's name without `scan_` and the like.
    pub name: String,
    /// `function`, `class`, `column`, `lambda`, `partial`.
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
    /// The evidence that spoke for it.
    pub detected_patterns: Vec<&'static str>,
    #[serde(skip)]
    pub(crate) unit: UnitId,
    #[serde(skip)]
    pub(crate) range: (u32, u32),
}
