//! `Blueprint`: what a migration asks of one table, collected while its closure runs.

use std::rc::Rc;

use codeproof_types::laravel::{
    Column, DropKind, DroppedPart, ForeignKey, IndexKind, MigrationOperation, Operation, RenamedPart, TableIndex,
};
use serde_json::Value as Json;

use super::record::{Doubts, NO_NAME};
use super::tables::Uncertain;
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Machine, Value};

/// A table that a migration creates or alters.
#[derive(Debug)]
pub(crate) struct Blueprint {
    row: MigrationOperation,
    doubts: Doubts,
    is_unlikely: bool,
    pub(super) entries: Vec<Entry>,
    /// The column that the next ones stand behind.
    pub(super) after: Option<String>,
    /// How many conditions the blueprint as a whole hangs on.
    conditions: usize,
}

/// One command of a blueprint.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) part: Part,
    pub(super) doubts: Doubts,
    is_unlikely: bool,
}

/// What a command does.
#[derive(Debug)]
pub(super) enum Part {
    /// A column; whether it is one that can be `constrained()`.
    Column(Column, bool),
    Index(TableIndex),
    Foreign(ForeignKey),
    DropColumns(Vec<String>),
    Drop(DroppedPart),
    Rename(RenamedPart),
    /// `$table->rename()`.
    RenameTable(String),
    /// `$table->drop()`.
    DropTable,
    /// Something that is not known, or was taken back.
    Nothing,
}

impl Machine<'_, Laravel> {
    /// `Schema::create()`, `Schema::table()`: runs the closure on a new blueprint and keeps what it asked for.
    pub(super) fn blueprint(
        &mut self,
        operation: Operation,
        table: &Value,
        connection: Option<&Rc<str>>,
        callback: &Value,
    ) {
        let number = self.open_blueprint(operation, table, connection);
        let object = self.own_blueprint(number, table).unwrap_or_else(|| self.object(Object::Blueprint(number)));
        self.call_value(callback, Arguments::of([object]));
        self.close_blueprint(number);
    }

    /// A blueprint that collects.
    pub(super) fn open_blueprint(
        &mut self,
        operation: Operation,
        table: &Value,
        connection: Option<&Rc<str>>,
    ) -> usize {
        let mut doubts = self.current_doubts();
        let name = self.name_of(table, "a table whose name is not known", &mut doubts);
        let mut row = self.new_row(operation, name.as_deref().unwrap_or(NO_NAME));
        let own = self.framework.migrating.run.as_ref().and_then(|run| run.connection.clone());
        row.connection = connection.cloned().or(own).map(|it| it.to_string());
        let conditions = self.doubts().len();
        let is_unlikely = self.is_unlikely();
        self.framework.migrating.blueprints.push(Blueprint {
            row,
            doubts,
            is_unlikely,
            entries: Vec::new(),
            after: None,
            conditions,
        });
        self.framework.migrating.blueprints.len() - 1
    }

    /// The text of a name; one that is not known is noted.
    pub(super) fn name_of(&mut self, value: &Value, what: &str, doubts: &mut Doubts) -> Option<String> {
        doubts.of_value(value);
        let text = match value.plain() {
            Value::Host(_) => self.expression_text(value),
            Value::Case(_) => value.as_label(),
            _ => self.text_of(value),
        };
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            return Some(text.to_string());
        }
        if !matches!(value.plain(), Value::Unknown(_)) {
            let doubt = self.doubt(what);
            doubts.doubts.push(doubt);
        }
        doubts.is_partial = true;
        doubts.lacks_name = true;
        // What is known of it is shown; the simulated schema leaves it out.
        match value {
            Value::Unknown(doubt) => doubt.known.as_ref().map(|known| known.to_string()),
            _ => None,
        }
    }

    /// Adds a command and gives the object that refines it.
    pub(super) fn add_part(&mut self, number: usize, part: Part, mut doubts: Doubts) -> Value {
        let is_unlikely = self.is_unlikely();
        let all = self.doubts().to_vec();
        let Some(blueprint) = self.framework.migrating.blueprints.get_mut(number) else { return Value::Null };
        doubts.doubts.extend(all.into_iter().skip(blueprint.conditions));
        let is_unlikely = is_unlikely && !blueprint.is_unlikely;
        blueprint.entries.push(Entry { part, doubts, is_unlikely });
        let place = blueprint.entries.len() - 1;
        self.object(Object::BlueprintPart(number, place))
    }

    /// The table a blueprint is about.
    pub(super) fn blueprint_table(&self, number: usize) -> String {
        let blueprint = self.framework.migrating.blueprints.get(number);
        blueprint.map(|blueprint| blueprint.row.table_name.clone()).unwrap_or_default()
    }

    /// Keeps what a blueprint asked for: one row, and another for what happens only under other circumstances.
    pub(super) fn close_blueprint(&mut self, number: usize) {
        let Some(blueprint) = self.framework.migrating.blueprints.get_mut(number) else { return };
        let entries = std::mem::take(&mut blueprint.entries);
        let (row, doubts, is_unlikely) = (blueprint.row.clone(), blueprint.doubts.clone(), blueprint.is_unlikely);
        let (unlikely, likely): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(|entry| entry.is_unlikely);
        self.close_row(row.clone(), doubts.clone(), likely, !is_unlikely);
        if !unlikely.is_empty() {
            let operation = if row.operation == Operation::Create { Operation::Alter } else { row.operation };
            self.close_row(MigrationOperation { operation, ..row }, doubts, unlikely, false);
        }
    }

    fn close_row(&mut self, mut row: MigrationOperation, mut doubts: Doubts, entries: Vec<Entry>, happens: bool) {
        let prefix = self.framework.migrating.prefix.clone();
        let is_in_doubt = !doubts.doubts.is_empty();
        let mut uncertain = Uncertain::default();
        for entry in entries {
            if row.operation != Operation::Create && (is_in_doubt || !entry.doubts.doubts.is_empty()) {
                uncertain.columns.extend(entry.part.columns());
            }
            uncertain.is_open |= entry.doubts.lacks_name;
            doubts.extend(&entry.doubts);
            match entry.part {
                Part::Column(column, _) => add_column(&mut row, column, &prefix),
                Part::Index(index) => row.indexes.push(index),
                Part::Foreign(key) => row.foreign_keys.push(key),
                Part::DropColumns(names) => row.dropped_columns.extend(names),
                Part::Drop(part) => row.dropped.push(part),
                Part::Rename(rename) => row.renames.push(rename),
                Part::RenameTable(to) => {
                    row.operation = Operation::Rename;
                    row.to = Some(to);
                }
                Part::DropTable => row.operation = Operation::Drop,
                Part::Nothing => {}
            }
        }
        doubts.mark(&mut row);
        self.keep_row(row, &uncertain, happens);
    }
}

impl Part {
    /// The columns that it adds, drops or renames.
    fn columns(&self) -> Vec<String> {
        match self {
            Self::Column(column, _) => vec![column.name.clone()],
            Self::DropColumns(names) => names.clone(),
            Self::Rename(rename) => vec![rename.from.clone(), rename.to.clone()],
            _ => Vec::new(),
        }
    }
}

/// Adds a column and the index that its own modifiers ask for, as `Blueprint::addFluentIndexes()` does.
fn add_column(row: &mut MigrationOperation, mut column: Column, prefix: &str) {
    // Notes of `foreignIdFor()` for `constrained()`.
    column.modifiers.remove("table");
    column.modifiers.remove("referencesModelColumn");
    const KINDS: [(&str, IndexKind, DropKind); 7] = [
        ("primary", IndexKind::Primary, DropKind::Primary),
        ("unique", IndexKind::Unique, DropKind::Unique),
        ("index", IndexKind::Index, DropKind::Index),
        ("fulltext", IndexKind::Fulltext, DropKind::Fulltext),
        ("fullText", IndexKind::Fulltext, DropKind::Fulltext),
        ("spatialIndex", IndexKind::Spatial, DropKind::Spatial),
        ("vectorIndex", IndexKind::Vector, DropKind::Index),
    ];
    for (word, kind, dropped) in KINDS {
        let name = match column.modifiers.get(word) {
            Some(Json::Bool(false)) if column.change => {
                let columns = vec![column.name.clone()];
                let name = Some(index_name(prefix, &row.table_name, &columns, word));
                row.dropped.push(DroppedPart { kind: dropped, name, columns });
                break;
            }
            Some(Json::Bool(true)) => index_name(prefix, &row.table_name, std::slice::from_ref(&column.name), word),
            Some(Json::String(name)) => name.clone(),
            _ => continue,
        };
        row.indexes.push(TableIndex { kind, columns: vec![column.name.clone()], name: Some(name) });
        break;
    }
    row.columns.push(column);
}

/// The name that Laravel gives to an index or key.
pub(super) fn index_name(prefix: &str, table: &str, columns: &[String], kind: &str) -> String {
    format!("{prefix}{table}_{}_{kind}", columns.join("_")).to_lowercase().replace(['-', '.'], "_")
}
