//! Which columns of a table are keys.

use codeproof_types::laravel::{ForeignKey, IndexKind, Table};

/// Whether the column is the primary key or a part of it.
pub(super) fn is_primary(table: &Table, column: &str) -> bool {
    is_in_index(table, column, IndexKind::Primary) || has_modifier(table, column, &["primary", "autoIncrement"])
}

/// The foreign key that starts at the column.
pub(super) fn foreign_of<'t>(table: &'t Table, column: &str) -> Option<&'t ForeignKey> {
    table.foreign_keys.iter().find(|key| key.columns.iter().any(|of_key| of_key == column))
}

fn is_in_index(table: &Table, column: &str, kind: IndexKind) -> bool {
    table.indexes.iter().any(|index| index.kind == kind && index.columns.iter().any(|of_index| of_index == column))
}

fn has_modifier(table: &Table, column: &str, modifiers: &[&str]) -> bool {
    let column = table.columns.iter().find(|it| it.name == column);
    column.is_some_and(|column| {
        modifiers.iter().any(|modifier| {
            column
                .modifiers
                .get(*modifier)
                .is_some_and(|value| *value != serde_json::Value::Bool(false) && !value.is_null())
        })
    })
}

/// Whether no two rows have the same value in this column alone.
pub(super) fn is_unique(table: &Table, column: &str) -> bool {
    let alone = |kind| move |it: &&codeproof_types::laravel::TableIndex| it.kind == kind && it.columns.len() == 1;
    let is_alone = |kind| table.indexes.iter().filter(alone(kind)).any(|index| index.columns[0] == column);
    is_alone(IndexKind::Unique)
        || is_alone(IndexKind::Primary)
        || has_modifier(table, column, &["unique", "autoIncrement"])
}
