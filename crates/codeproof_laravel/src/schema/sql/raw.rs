//! SQL that a migration runs: written down, and done to the simulated schema.

use codeproof_types::laravel::{Certainty, MigrationOperation, Operation, RawStatement};

use super::statement::{Change, changes};
use super::tokens::{Dialect, Kind, Statement, Statements};
use crate::app::Laravel;
use crate::php::{Machine, Value};
use crate::schema::record::{Doubts, is_known_name};

/// Bytes of one statement's text that are kept.
const TEXT_BYTES_MAX: usize = 2_000;
/// Statements of one text that are followed: more are a dump's data.
const STATEMENTS_MAX: usize = 20_000;

impl Machine<'_, Laravel> {
    /// SQL that a migration runs: one text, maybe of several statements.
    pub(in crate::schema) fn raw_sql(&mut self, sql: &Value) {
        let mut doubts = self.current_doubts();
        doubts.of_value(sql);
        let text = match sql.plain() {
            Value::Host(_) => self.expression_text(sql),
            Value::Unknown(doubt) => doubt.known.clone(),
            _ => self.text_of(sql),
        };
        let Some(text) = text else {
            let doubt = self.doubt("SQL that is not known is run here");
            self.limits.push((*doubt).clone());
            return;
        };
        let connection = self.framework.migrating.run.as_ref().and_then(|run| run.connection.clone());
        let driver = self.driver(connection.as_ref()).as_text().unwrap_or_else(|| "mysql".into());
        let mut statements = Statements::new(&text, Dialect::of_driver(&driver));
        let mut number = 0;
        while let Some(statement) = statements.next_statement() {
            number += 1;
            if number > STATEMENTS_MAX {
                let doubt = self.doubt("a text of SQL has more statements than are followed");
                self.limits.push((*doubt).clone());
                return;
            }
            self.raw_statement(&statement, &text, &doubts);
        }
    }

    fn raw_statement(&mut self, statement: &Statement<'_>, source: &str, doubts: &Doubts) {
        let (line, _) = self.statement_lines();
        let mut lost = Vec::new();
        for change in changes(statement, source) {
            let losses = losses(&change);
            if !losses.is_empty() && !self.made_by_this_run(&change.table) {
                lost.extend(losses);
            }
            self.raw_change(change, doubts);
        }
        let Some(run) = &mut self.framework.migrating.run else { return };
        run.raw.push(RawStatement {
            file_path: run.file_path.to_string(),
            line,
            direction: run.direction.to_owned(),
            sql: shortened(statement.text),
            verb: statement.tokens.first().map(|token| token.text().to_uppercase()).unwrap_or_default(),
            tables: tables(statement),
            destructive_operations: lost,
            conditional: !doubts.doubts.is_empty(),
        });
    }

    /// Does to the simulated schema what a statement does; what loses data becomes a row.
    fn raw_change(&mut self, mut change: Change, doubts: &Doubts) {
        let tables = &self.framework.migrating.tables;
        if change.table.is_empty() {
            let index = change.dropped.first().and_then(|part| part.name.as_deref());
            match index.and_then(|index| tables.with_index(index)) {
                Some(table) => change.table = table,
                None => return,
            }
        }
        if change.unless_there && tables.get(&change.table).is_some() {
            return;
        }
        let loses = !losses(&change).is_empty();
        let is_open = self.copy_columns(&mut change) || change.is_open;
        let mut row = self.new_row(change.operation, &change.table);
        row.raw = true;
        if change.loses_rows {
            row.destructive_operations = losses(&change);
        }
        doubts.mark(&mut row);
        if !is_known_name(&change.table) {
            row.certainty = Certainty::Partial;
            row.conditional = true;
        }
        let (patches, table) = (std::mem::take(&mut change.patches), change.table.clone());
        fill(&mut row, change);
        let mut uncertain = doubts.uncertain(&row);
        uncertain.is_open |= is_open;
        let happens = !self.is_unlikely();
        self.keep_row(row, &uncertain, happens);
        if let Some(kept) = self.framework.migrating.run.as_mut().and_then(|run| run.rows.last_mut()) {
            kept.is_shown = loses;
        }
        if happens {
            self.framework.migrating.tables.patch(&table, &patches);
        }
    }
}

impl Machine<'_, Laravel> {
    /// Whether the migration that runs has created a table itself.
    fn made_by_this_run(&self, table: &str) -> bool {
        let rows = self.framework.migrating.run.as_ref().map(|run| &*run.rows).unwrap_or_default();
        let mut names = vec![table];
        // Backwards, through the names that it had before.
        for kept in rows.iter().rev() {
            let row = &kept.row;
            match row.operation {
                Operation::Create if names.contains(&&*row.table_name) => return true,
                Operation::Rename if row.to.as_deref().is_some_and(|to| names.contains(&to)) => {
                    names.push(&row.table_name);
                }
                _ => {}
            }
        }
        false
    }

    /// Gives a table the columns and indexes of another one; true when that one is not wholly known.
    fn copy_columns(&self, change: &mut Change) -> bool {
        let Some(like) = &change.like else { return false };
        let Some(state) = self.framework.migrating.tables.get(like) else { return true };
        change.columns.splice(0..0, state.table.columns.iter().cloned());
        change.indexes.extend(state.table.indexes.iter().cloned());
        state.is_open
    }
}

/// Puts a change into a row.
pub(super) fn fill(row: &mut MigrationOperation, change: Change) {
    row.to = change.to;
    row.columns = change.columns;
    row.indexes = change.indexes;
    row.foreign_keys = change.foreign_keys;
    row.dropped_columns = change.dropped_columns;
    row.dropped = change.dropped;
    row.renames = change.renames;
}

/// What a change destroys.
fn losses(change: &Change) -> Vec<String> {
    let table = &change.table;
    let mut lost: Vec<String> =
        change.dropped_columns.iter().map(|column| format!("column {table}.{column}")).collect();
    if change.operation == Operation::Drop {
        lost.push(format!("table {table}"));
    }
    if change.loses_rows {
        lost.push(format!("rows of {table}"));
    }
    lost
}

/// The tables that a statement names: what stands behind `FROM`, `INTO`, `TABLE` and the like.
fn tables(statement: &Statement<'_>) -> Vec<String> {
    const IN_FRONT: &[&str] = &["from", "join", "into", "update", "table", "references", "truncate"];
    const BETWEEN: &[&str] = &["if", "not", "exists", "only", "ignore", "table"];
    let mut found: Vec<String> = Vec::new();
    let is_index = statement.tokens.get(1..3).is_some_and(|words| words.iter().any(|word| word.is("index")));
    for (place, token) in statement.tokens.iter().enumerate() {
        let is_action = place > 0 && statement.tokens[place - 1].is("on");
        let names_one = IN_FRONT.iter().any(|word| token.is(word)) || (is_index && token.is("on"));
        if !names_one || is_action {
            continue;
        }
        let mut rest = super::statement::Reader::new(&statement.tokens[place + 1..]);
        while rest.accept_one(BETWEEN) {}
        // Where a name is made when it runs, the next word stands at its place.
        if ["add", "drop", "modify", "change", "alter", "rename", "set", "where"].iter().any(|word| rest.is(word)) {
            continue;
        }
        let is_name = rest.peek().is_some_and(|it| matches!(it.kind, Kind::Word | Kind::Quoted));
        if let Some(name) = rest.name().filter(|name| is_name && !found.contains(name) && found.len() < 50) {
            found.push(name);
        }
    }
    found
}

fn shortened(text: &str) -> String {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let dots = if end < text.len() { " …" } else { "" };
    format!("{}{dots}", text[..end].trim())
}
