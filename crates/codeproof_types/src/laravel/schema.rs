//! Migrations and the tables they leave.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Certainty, UnknownPart};

/// What a statement does to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// `Schema::create`.
    Create,
    /// `Schema::table`.
    Alter,
    /// `Schema::drop`, `dropIfExists`.
    Drop,
    /// `Schema::rename`.
    Rename,
}

/// What kind an index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IndexKind {
    /// The primary key.
    Primary,
    /// No two rows alike.
    Unique,
    /// For look-ups.
    Index,
    /// For words.
    Fulltext,
    /// For places.
    Spatial,
    /// For vectors.
    Vector,
}

/// A column as a statement adds or changes it, or as it stands at the end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Laravel's own word for its type after helpers are expanded: `id()` is a `bigInteger`, `timestamps()` two
    /// `timestamp`. `macro:NAME` for a package's.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it may be empty.
    pub nullable: bool,
    /// Its default; absent when it has none. An expression of SQL stands as its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
    /// Whether the statement changes a column that is there already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub change: bool,
    /// Everything else it was given, by Laravel's names: `length`, `unsigned`, `autoIncrement`, `total`, `places`,
    /// `precision`, `allowed`, `unique`, `index`, `primary`, `after`, `comment`, …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub modifiers: BTreeMap<String, serde_json::Value>,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableIndex {
    /// What kind it is.
    pub kind: IndexKind,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// Its name, given or as Laravel makes it.
    pub name: Option<String>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// Columns of this table.
    pub columns: Vec<String>,
    /// Columns of the other; one as a text, several as a list.
    pub references: Option<String>,
    /// The other table.
    pub on: Option<String>,
    /// What happens when the other row goes.
    #[serde(rename = "onDelete")]
    pub on_delete: Option<String>,
    /// What happens when its key changes.
    #[serde(rename = "onUpdate")]
    pub on_update: Option<String>,
    /// Its name, given or as Laravel makes it.
    pub name: Option<String>,
}

/// What kind of thing a statement takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DropKind {
    /// The primary key.
    Primary,
    /// A unique index.
    Unique,
    /// An index.
    Index,
    /// A full-text index.
    Fulltext,
    /// A spatial index.
    Spatial,
    /// A foreign key.
    Foreign,
}

/// An index or key that a statement takes away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedPart {
    /// What it is.
    pub kind: DropKind,
    /// Its name, when it is known.
    pub name: Option<String>,
    /// Its columns, when it was named by them.
    pub columns: Vec<String>,
}

/// A column or index that a statement gives another name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenamedPart {
    /// `column` or `index`.
    pub kind: String,
    /// The old name.
    pub from: String,
    /// The new name.
    pub to: String,
}

/// What one statement of a migration does to one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MigrationOperation {
    /// The migration's file.
    pub file_path: String,
    /// Its name without folders and `.php`.
    pub file_name: String,
    /// Its place in the order Laravel runs them in, from 0.
    pub migration_order: u32,
    /// First line of the statement, 1-based.
    pub start_line: u32,
    /// Last line of the statement.
    pub end_line: u32,
    /// What it does.
    pub operation: Operation,
    /// The table; `?` when its name is not known, `{unknown}` in place of a part of it.
    pub table_name: String,
    /// The new name, for a rename.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The database connection, when one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// Columns added or changed, in order.
    pub columns: Vec<Column>,
    /// Indexes added, with those that a column's own modifiers ask for.
    pub indexes: Vec<TableIndex>,
    /// Foreign keys added.
    pub foreign_keys: Vec<ForeignKey>,
    /// Columns taken away.
    pub dropped_columns: Vec<String>,
    /// Indexes and keys taken away.
    pub dropped: Vec<DroppedPart>,
    /// Columns and indexes that get another name.
    pub renames: Vec<RenamedPart>,
    /// Whether data is lost when it runs.
    pub is_destructive: bool,
    /// What is lost: `column users.email`, `table sessions`, `rows of sessions`.
    pub destructive_operations: Vec<String>,
    /// Whether it is written as SQL rather than with `Schema`.
    pub raw: bool,
    /// How sure the row is.
    pub certainty: Certainty,
    /// Whether it hangs on something outside the code.
    pub conditional: bool,
    /// What is not known.
    pub unknown: Vec<UnknownPart>,
}

/// SQL that a migration writes itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawStatement {
    /// The migration's file.
    pub file_path: String,
    /// The line, 1-based.
    pub line: u32,
    /// `up` or `down`.
    pub direction: String,
    /// The statement, as far as it is known.
    pub sql: String,
    /// Its first word in capitals: `ALTER`, `DROP`, `UPDATE`, …
    pub verb: String,
    /// The tables it names.
    pub tables: Vec<String>,
    /// What is lost when it runs.
    pub destructive_operations: Vec<String>,
    /// Whether it hangs on something outside the code that it runs, or what it says.
    pub conditional: bool,
}

/// A table after all migrations.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Its indexes.
    pub indexes: Vec<TableIndex>,
    /// Its foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// The migration or dump that creates it.
    pub file_path: String,
    /// The line there, 1-based.
    pub line: u32,
    /// How sure it is that it is there.
    pub certainty: Certainty,
}
