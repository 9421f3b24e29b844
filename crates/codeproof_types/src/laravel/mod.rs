//! The map of a Laravel application: what it registers, what its database looks like, which models stand on it.
//!
//! Field names are the public JSON of `codeproof map`. Names of classes are full, without a leading backslash; paths are
//! from the application's root.

mod concern;
mod model;
mod route;
mod schema;

use serde::{Deserialize, Serialize};

pub use concern::{Concern, ConcernKind};
pub use model::{Model, Relationship};
pub use route::{Authentication, HandlerType, MiddlewareNames, Route};
pub use schema::{
    Column, DropKind, DroppedPart, ForeignKey, IndexKind, MigrationOperation, Operation, RawStatement, RenamedPart,
    Table, TableIndex,
};

/// How sure a row is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Laravel does exactly this.
    #[default]
    Exact,
    /// It hangs on something outside the code: see the row's unknown parts.
    Conditional,
    /// A part of the row is not known.
    Partial,
}

/// What is not known about a row, and where that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownPart {
    /// What and why, as a sentence without its full stop.
    pub reason: String,
    /// The file, from the root of the application.
    pub path: String,
    /// The line, 1-based.
    pub line: u32,
}

/// What an application registers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LaravelMap {
    /// The framework's version as composer's files say it.
    pub framework_version: Option<String>,
    /// One row for each registered route, in the order of registration; the framework's own are marked.
    pub routes: Vec<Route>,
    /// What the migrations' `up()` does to tables, in the order Laravel runs it: one row for each `Schema` statement.
    pub migrations: Vec<MigrationOperation>,
    /// Rows as in `migrations` for what happens only when the surroundings are others than is assumed: another
    /// database, rows that are there. What would destroy data stands in `migrations` all the same.
    pub alternatives: Vec<MigrationOperation>,
    /// What their `down()` does.
    pub rollbacks: Vec<MigrationOperation>,
    /// SQL that migrations write themselves.
    pub raw_statements: Vec<RawStatement>,
    /// The tables after all migrations, by name.
    pub schema: Vec<Table>,
    /// The application's Eloquent models, by name.
    pub models: Vec<Model>,
    /// What the names of middleware stand for.
    pub middleware: MiddlewareNames,
    /// What does not fit together.
    pub concerns: Vec<Concern>,
    /// Bounds that were met and files that could not be followed: what is missing because of them is not known.
    pub limits: Vec<UnknownPart>,
}
