//! How tables hang together: foreign keys, and what models say where the database says nothing.

use std::collections::{BTreeMap, BTreeSet};

use codeproof_types::laravel::{LaravelMap, Model, Relationship, Table};

use crate::map::keys;

/// Rows of `many` point to a row of `one`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relation<'m> {
    /// The table that has the column.
    pub many: &'m str,
    /// The table that is pointed to.
    pub one: &'m str,
    /// The column, or the columns, or what else it is called.
    pub label: String,
    /// Whether a row points to one at all times.
    pub is_required: bool,
    /// Whether no two rows point to the same.
    pub is_unique: bool,
    /// Whether the database enforces it.
    pub is_enforced: bool,
    /// Whether a type column beside it says which table is meant.
    pub is_polymorphic: bool,
}

/// Tables by name, for look-ups.
pub(super) type Tables<'m> = BTreeMap<&'m str, &'m Table>;

/// All relations between the given tables; each once, the database's word before the models'.
pub(super) fn relations<'m>(tables: &Tables<'m>, map: &'m LaravelMap, with_models: bool) -> Vec<Relation<'m>> {
    let mut found: Vec<Relation<'m>> = tables.values().flat_map(|table| of_foreign_keys(table, tables)).collect();
    if with_models {
        let models: BTreeMap<&str, &Model> = map.models.iter().map(|model| (model.name.as_str(), model)).collect();
        for model in &map.models {
            for relationship in &model.relationships {
                found.extend(of_relationship(model, relationship, &models, tables));
            }
        }
    }
    let mut seen = BTreeSet::new();
    found.retain(|relation| seen.insert((relation.many, relation.one, relation.label.clone())));
    found
}

fn of_foreign_keys<'m>(table: &'m Table, tables: &Tables<'m>) -> Vec<Relation<'m>> {
    let relation = |key: &'m codeproof_types::laravel::ForeignKey| {
        let one = tables.get_key_value(key.on.as_deref()?)?.0;
        let is_nullable =
            |column: &String| table.columns.iter().find(|it| it.name == *column).is_some_and(|column| column.nullable);
        Some(Relation {
            many: &table.name,
            one,
            label: key.columns.join(", "),
            is_required: !key.columns.iter().any(is_nullable),
            is_unique: key.columns.len() == 1 && keys::is_unique(table, &key.columns[0]),
            is_enforced: true,
            is_polymorphic: false,
        })
    };
    table.foreign_keys.iter().filter_map(relation).collect()
}

/// What a relationship says about columns. Those that lead through other tables are told by the ones they go through.
fn of_relationship<'m>(
    model: &'m Model,
    relationship: &'m Relationship,
    models: &BTreeMap<&str, &'m Model>,
    tables: &Tables<'m>,
) -> Vec<Relation<'m>> {
    let table = |model: &'m Model| tables.get_key_value(model.table_name.as_deref()?).map(|(name, _)| *name);
    let Some(own) = table(model) else { return Vec::new() };
    let related = relationship.related.as_deref().and_then(|name| models.get(name)).and_then(|model| table(model));
    let Some(related) = related else { return Vec::new() };
    let key = relationship.foreign_key.as_deref().unwrap_or("?");
    let local_key = relationship.local_key.as_deref().unwrap_or("id");
    let relation = |many, one, column: &str| said(tables, many, one, column);
    match relationship.kind.as_str() {
        "belongsTo" => vec![relation(own, related, key)],
        // `hasOne(Status::class, 'id', 'status_id')`: the column that points is the one of this.
        "hasMany" | "hasOne" if is_key(tables, related, key) && !is_key(tables, own, local_key) => {
            vec![relation(own, related, local_key)]
        }
        "hasMany" => vec![relation(related, own, key)],
        "hasOne" => vec![Relation { is_unique: true, ..relation(related, own, key) }],
        "morphMany" => vec![Relation { is_polymorphic: true, ..relation(related, own, key) }],
        "morphOne" => vec![Relation { is_polymorphic: true, is_unique: true, ..relation(related, own, key) }],
        "belongsToMany" | "morphToMany" | "morphedByMany" => {
            let Some(pivot) = relationship.pivot_table.as_deref() else { return Vec::new() };
            let Some((pivot, _)) = tables.get_key_value(pivot) else { return Vec::new() };
            let other = relationship.related_pivot_key.as_deref().unwrap_or("?");
            let mut both = vec![relation(*pivot, own, key), relation(*pivot, related, other)];
            both[0].is_polymorphic = relationship.kind == "morphToMany";
            both[1].is_polymorphic = relationship.kind == "morphedByMany";
            both
        }
        _ => Vec::new(),
    }
}

/// Whether the column is the whole primary key of the table.
fn is_key(tables: &Tables<'_>, table: &str, column: &str) -> bool {
    tables.get(table).is_some_and(|table| keys::is_primary(table, column) && keys::is_unique(table, column))
}

/// A relation that a model tells of.
fn said<'m>(tables: &Tables<'m>, many: &'m str, one: &'m str, column: &str) -> Relation<'m> {
    let of_many = tables.get(many).and_then(|table| table.columns.iter().find(|it| it.name == column));
    Relation {
        many,
        one,
        label: column.to_owned(),
        is_required: of_many.is_some_and(|column| !column.nullable),
        is_unique: tables.get(many).is_some_and(|table| keys::is_unique(table, column)),
        is_enforced: false,
        is_polymorphic: false,
    }
}
