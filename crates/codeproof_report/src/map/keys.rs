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
