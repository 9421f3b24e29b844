//! The simulated schema: the tables as they stand after the statements so far.

use std::collections::BTreeMap;
use std::rc::Rc;

use codeproof_types::laravel::{
    Certainty, Column, DropKind, DroppedPart, IndexKind, MigrationOperation, Operation, Table,
};
use rustc_hash::FxHashMap;

/// Tables by name. A copy costs little: tables are shared until one of them is changed.
#[derive(Debug, Clone, Default)]
pub(super) struct Tables {
    tables: BTreeMap<String, Rc<Table>>,
}

impl Tables {
    pub(super) fn get(&self, name: &str) -> Option<&Rc<Table>> {
        self.tables.get(name)
    }

    /// All tables in the order of their names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    pub(super) fn into_list(self) -> Vec<Table> {
        self.tables.into_values().map(|table| Rc::try_unwrap(table).unwrap_or_else(|table| (*table).clone())).collect()
    }

    /// Does to the tables what a statement does.
    pub(super) fn apply(&mut self, row: &MigrationOperation) {
        match row.operation {
            Operation::Create => {
                let table = Table {
                    name: row.table_name.clone(),
                    file_path: row.file_path.clone(),
                    line: row.start_line,
                    certainty: row.certainty,
                    ..Table::default()
                };
                self.tables.insert(row.table_name.clone(), Rc::new(table));
                self.alter(row);
            }
            Operation::Alter => self.alter(row),
            Operation::Drop => {
                self.tables.remove(&row.table_name);
            }
            Operation::Rename => {
                let target = row.to.clone().unwrap_or_default();
                if let Some(mut table) = self.tables.remove(&row.table_name) {
                    Rc::make_mut(&mut table).name.clone_from(&target);
                    self.tables.insert(target.clone(), table);
                }
                for table in self.tables.values_mut() {
                    if table.foreign_keys.iter().any(|key| key.on.as_deref() == Some(&row.table_name)) {
                        for key in &mut Rc::make_mut(table).foreign_keys {
                            if key.on.as_deref() == Some(&row.table_name) {
                                key.on = Some(target.clone());
                            }
                        }
                    }
                }
            }
        }
    }

    fn alter(&mut self, row: &MigrationOperation) {
        // A table that no migration creates belongs to a package: what is known about it is only a part.
        let table = self.tables.entry(row.table_name.clone()).or_insert_with(|| {
            Rc::new(Table {
                name: row.table_name.clone(),
                file_path: row.file_path.clone(),
                line: row.start_line,
                certainty: Certainty::Partial,
                ..Table::default()
            })
        });
        let table = Rc::make_mut(table);
        drop_columns(table, &row.dropped_columns);
        for part in &row.dropped {
            drop_part(table, part);
        }
        for rename in &row.renames {
            if rename.kind == "column" {
                rename_column(table, &rename.from, &rename.to);
            } else {
                for index in &mut table.indexes {
                    if index.name.as_deref() == Some(&rename.from) {
                        index.name = Some(rename.to.clone());
                    }
                }
            }
        }
        put_columns(table, &row.columns);
        table.indexes.extend(row.indexes.iter().cloned());
        table.foreign_keys.extend(row.foreign_keys.iter().cloned());
        if row.certainty != Certainty::Exact && table.certainty == Certainty::Exact {
            table.certainty = row.certainty;
        }
    }
}

fn drop_columns(table: &mut Table, names: &[String]) {
    if names.is_empty() {
        return;
    }
    table.columns.retain(|column| !names.contains(&column.name));
    for index in &mut table.indexes {
        index.columns.retain(|column| !names.contains(column));
    }
    table.indexes.retain(|index| !index.columns.is_empty());
    table.foreign_keys.retain(|key| !key.columns.iter().any(|column| names.contains(column)));
}

fn drop_part(table: &mut Table, part: &DroppedPart) {
    let is_it = |name: &Option<String>, columns: &[String]| match &part.name {
        Some(wanted) => name.as_ref() == Some(wanted) || (!part.columns.is_empty() && columns == part.columns),
        None => columns == part.columns,
    };
    let kind = match part.kind {
        DropKind::Foreign => {
            table.foreign_keys.retain(|key| !is_it(&key.name, &key.columns));
            return;
        }
        DropKind::Primary => {
            table.indexes.retain(|index| index.kind != IndexKind::Primary);
            return;
        }
        DropKind::Unique => IndexKind::Unique,
        DropKind::Index => IndexKind::Index,
        DropKind::Fulltext => IndexKind::Fulltext,
        DropKind::Spatial => IndexKind::Spatial,
    };
    // SQL's DROP INDEX takes away an index of any kind.
    table
        .indexes
        .retain(|index| (index.kind != kind && kind != IndexKind::Index) || !is_it(&index.name, &index.columns));
}

fn rename_column(table: &mut Table, from: &str, to: &str) {
    for column in table.columns.iter_mut().filter(|column| column.name == from) {
        to.clone_into(&mut column.name);
    }
    let indexes = table.indexes.iter_mut().map(|index| &mut index.columns);
    for columns in indexes.chain(table.foreign_keys.iter_mut().map(|key| &mut key.columns)) {
        for column in columns.iter_mut().filter(|column| *column == from) {
            to.clone_into(column);
        }
    }
}

/// Adds columns at their places; what is there already is changed where it stands.
fn put_columns(table: &mut Table, columns: &[Column]) {
    let mut places: FxHashMap<String, usize> =
        table.columns.iter().enumerate().map(|(place, column)| (column.name.clone(), place)).collect();
    for column in columns {
        let mut column = column.clone();
        column.change = false;
        let after = column.modifiers.remove("after");
        let is_first = column.modifiers.remove("first").is_some();
        if let Some(place) = places.get(&column.name) {
            table.columns[*place] = column;
            continue;
        }
        let after = after.as_ref().and_then(|name| places.get(name.as_str()?)).map(|place| place + 1);
        let place = if is_first { 0 } else { after.unwrap_or(table.columns.len()) };
        if place == table.columns.len() {
            places.insert(column.name.clone(), place);
            table.columns.push(column);
        } else {
            table.columns.insert(place, column);
            places = table.columns.iter().enumerate().map(|(place, it)| (it.name.clone(), place)).collect();
        }
    }
}
