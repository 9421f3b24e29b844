//! What does not fit together in an application.

use serde::{Deserialize, Serialize};

/// What kind of thing does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConcernKind {
    /// A route that changes something answers whoever asks, while others of its controller do not.
    UnauthenticatedRoute,
    /// A route whose controller is not there.
    MissingController,
    /// A route whose controller has no such method.
    MissingAction,
    /// `route('name')` where no route has that name.
    UnknownRouteName,
    /// A model whose table no migration makes.
    ModelWithoutTable,
    /// A table that no model, pivot or query builder uses.
    TableWithoutModel,
}

impl ConcernKind {
    /// Every kind, in the order of reports.
    pub const ALL: &'static [Self] = &[
        Self::UnauthenticatedRoute,
        Self::MissingController,
        Self::MissingAction,
        Self::UnknownRouteName,
        Self::ModelWithoutTable,
        Self::TableWithoutModel,
    ];
}

/// One thing that does not fit, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concern {
    /// What kind of thing it is.
    pub kind: ConcernKind,
    /// What it is about: a route's URI, a name, a class, a table.
    pub subject: String,
    /// What and why, as one or two sentences.
    pub message: String,
    /// The file, from the root of the application.
    pub path: String,
    /// First line, 1-based.
    pub start_line: u32,
    /// Last line.
    pub end_line: u32,
}
