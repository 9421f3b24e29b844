//! The simulated schema: the tables as they stand after the statements so far.

use std::collections::BTreeMap;
use std::rc::Rc;

use codeproof_types::laravel::{
    Certainty, Column, DropKind, DroppedPart, IndexKind, MigrationOperation, Operation, Table,
};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value as Json;

use super::record::is_known_name;
use super::sql::Patch;

/// Tables by name. A copy costs little: tables are shared until one of them is changed.
#[derive(Debug, Clone, Default)]
pub(super) struct Tables {
    tables: BTreeMap<String, Rc<State>>,
}

/// A table, and what is not certain about it.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) table: Table,
    /// Columns that are there, or are not, only under conditions.
    pub(super) uncertain: FxHashSet<String>,
    /// Whether it may have columns and indexes that nothing here tells of.
    pub(super) is_open: bool,
}

impl Tables {
    pub(super) fn get(&self, name: &str) -> Option<&Rc<State>> {
        self.tables.get(name)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// All tables in the order of their names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    pub(super) fn into_list(self) -> Vec<Table> {
        self.tables
            .into_values()
            .map(|state| Rc::try_unwrap(state).map_or_else(|state| state.table.clone(), |state| state.table))
            .collect()
    }

    /// Does to the tables what a statement does.
    pub(super) fn apply(&mut self, row: &MigrationOperation, uncertain: &Uncertain) {
        match row.operation {
            Operation::Create => {
                let table = Table {
                    name: row.table_name.clone(),
                    file_path: row.file_path.clone(),
                    line: row.start_line,
                    certainty: row.certainty,
                    ..Table::default()
                };
                self.tables.insert(row.table_name.clone(), Rc::new(State { table, ..State::default() }));
                self.alter(row, uncertain);
            }
            Operation::Alter => self.alter(row, uncertain),
            Operation::Drop => {
                self.tables.remove(&row.table_name);
            }
            Operation::Rename => {
                let target = row.to.clone().unwrap_or_default();
                if let Some(mut table) = self.tables.remove(&row.table_name) {
                    Rc::make_mut(&mut table).table.name.clone_from(&target);
                    self.tables.insert(target.clone(), table);
                }
                for state in self.tables.values_mut() {
                    if state.table.foreign_keys.iter().any(|key| key.on.as_deref() == Some(&row.table_name)) {
                        for key in &mut Rc::make_mut(state).table.foreign_keys {
                            if key.on.as_deref() == Some(&row.table_name) {
                                key.on = Some(target.clone());
                            }
                        }
                    }
                }
            }
        }
    }

    /// Changes parts of columns that are there.
    pub(super) fn patch(&mut self, table: &str, patches: &[Patch]) {
        let Some(table) = self.tables.get_mut(table).filter(|_| !patches.is_empty()) else { return };
        for patch in patches {
            for column in Rc::make_mut(table).table.columns.iter_mut().filter(|column| column.name == patch.column) {
                if let Some(kind) = &patch.kind {
                    column.kind.clone_from(kind);
                }
                column.nullable = patch.nullable.unwrap_or(column.nullable);
                match &patch.default {
                    Some(Some(Json::String(text))) if text.starts_with("nextval(") => {
                        column.modifiers.insert("autoIncrement".to_owned(), Json::Bool(true));
                    }
                    Some(default) => column.default.clone_from(default),
                    None => {}
                }
            }
        }
    }

    /// The table that has an index of this name.
    pub(super) fn with_index(&self, name: &str) -> Option<String> {
        let mut all = self.tables.values().map(|state| &state.table);
        let found = all.find(|it| it.indexes.iter().any(|index| index.name.as_deref() == Some(name)));
        found.map(|table| table.name.clone())
    }

    fn alter(&mut self, row: &MigrationOperation, uncertain: &Uncertain) {
        // A table that no migration creates belongs to a package: what is known about it is only a part.
        let state = self.tables.entry(row.table_name.clone()).or_insert_with(|| {
            let table = Table {
                name: row.table_name.clone(),
                file_path: row.file_path.clone(),
                line: row.start_line,
                certainty: Certainty::Partial,
                ..Table::default()
            };
            Rc::new(State { table, is_open: true, ..State::default() })
        });
        let state = Rc::make_mut(state);
        state.note(row, uncertain);
        let table = &mut state.table;
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
    }
}

/// What a statement leaves uncertain about its table.
#[derive(Debug, Clone, Default)]
pub(super) struct Uncertain {
    /// Columns that it adds, drops or renames only under conditions.
    pub(super) columns: Vec<String>,
    /// Whether it does something to columns whose names are not known.
    pub(super) is_open: bool,
}

/// The columns that a statement adds, drops or renames.
pub(super) fn touched(row: &MigrationOperation) -> impl Iterator<Item = &String> {
    let renamed = row.renames.iter().flat_map(|rename| [&rename.from, &rename.to]);
    row.dropped_columns.iter().chain(renamed).chain(row.columns.iter().map(|column| &column.name))
}

impl State {
    /// Notes what becomes uncertain, and what is certain again.
    fn note(&mut self, row: &MigrationOperation, uncertain: &Uncertain) {
        if !self.uncertain.is_empty() {
            for name in touched(row) {
                self.uncertain.remove(name);
            }
        }
        self.uncertain.extend(uncertain.columns.iter().cloned());
        self.is_open |= uncertain.is_open;
        if self.is_open {
            self.table.certainty = Certainty::Partial;
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
    for column in columns.iter().filter(|column| is_known_name(&column.name)) {
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
