//! Eloquent models and how they hang together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Certainty, UnknownPart};

/// A class that stands for a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// The full name of the class.
    pub name: String,
    /// The file that declares it.
    pub file_path: String,
    /// The line of its declaration, 1-based.
    pub line: u32,
    /// Whether it is only a base for others.
    pub is_abstract: bool,
    /// The class it extends.
    pub parent: Option<String>,
    /// Its table; absent for an abstract one.
    pub table_name: Option<String>,
    /// Its database connection, when it names one.
    pub connection: Option<String>,
    /// Its key's column.
    pub primary_key: Option<String>,
    /// What may be filled in at once.
    pub fillable: Vec<String>,
    /// What may not; `*` is everything.
    pub guarded: Vec<String>,
    /// Attribute to type, from the property, the method and Eloquent's own rules.
    pub casts: BTreeMap<String, String>,
    /// What is left out of JSON.
    pub hidden: Vec<String>,
    /// What is added to JSON.
    pub appends: Vec<String>,
    /// Whether Eloquent keeps the two times.
    pub timestamps: bool,
    /// Whether deleted rows stay.
    pub soft_deletes: bool,
    /// The traits of the class and of its parents.
    pub traits: Vec<String>,
    /// How it hangs together with others, in order of declaration.
    pub relationships: Vec<Relationship>,
    /// How sure the row is.
    pub certainty: Certainty,
    /// What is not known.
    pub unknown: Vec<UnknownPart>,
}

/// One relationship of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Relationship {
    /// The name of the method.
    pub name: String,
    /// Eloquent's method: `hasMany`, `belongsTo`, `morphToMany`, …; the short name of a class for one's own kinds.
    #[serde(rename = "type")]
    pub kind: String,
    /// The full name of the other model; absent for `morphTo`, and when it is not known.
    pub related: Option<String>,
    /// The column that points to the other, or from the other (or the pivot) to this.
    pub foreign_key: Option<String>,
    /// The column of the other that is pointed at (`belongsTo`).
    pub owner_key: Option<String>,
    /// The column of this that is pointed at.
    pub local_key: Option<String>,
    /// The table between both.
    pub pivot_table: Option<String>,
    /// Its column that points to the other.
    pub related_pivot_key: Option<String>,
    /// Columns of it that come along.
    pub pivot_columns: Vec<String>,
    /// The column that says which model is meant.
    pub morph_type: Option<String>,
    /// The full name of the model in between (`hasManyThrough`).
    pub through: Option<String>,
    /// The column of the model in between that points to this one (`hasManyThrough`).
    #[serde(default)]
    pub through_key: Option<String>,
    /// The file that declares the method: that of the model, a trait or a base class.
    pub file_path: String,
    /// The line, 1-based.
    pub line: u32,
    /// Whether the method says by its return type that it is a relationship.
    pub has_return_type: bool,
    /// How sure the row is.
    pub certainty: Certainty,
    /// What is not known.
    pub unknown: Vec<UnknownPart>,
}
