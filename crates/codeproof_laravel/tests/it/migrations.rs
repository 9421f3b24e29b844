//! Every part of `migrations` is an application written for some idioms; the text beside it says what its migrations do,
//! what SQL they run, and which tables they leave.

use std::fmt::Write;

use codeproof_laravel::{Parts, map};
use codeproof_types::laravel::{Certainty, Column, ForeignKey, LaravelMap, MigrationOperation, TableIndex};

use crate::applications::each_fixture;

fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Exact => "",
        Certainty::Conditional => " | conditional",
        Certainty::Partial => " | partial",
    }
}

fn column(column: &Column) -> String {
    let mut shown = format!("    {} {}", column.name, column.kind);
    if column.nullable {
        shown.push_str(" null");
    }
    if let Some(default) = &column.default {
        write!(shown, " = {default}").expect("a text takes text");
    }
    for (name, value) in &column.modifiers {
        write!(shown, " {name}:{value}").expect("a text takes text");
    }
    if column.change {
        shown.push_str(" (changed)");
    }
    shown
}

fn index(index: &TableIndex) -> String {
    let kind = format!("{:?}", index.kind).to_lowercase();
    format!("    {kind} ({}) {}", index.columns.join(", "), index.name.as_deref().unwrap_or("-"))
}

fn key(key: &ForeignKey) -> String {
    let (on, references) = (key.on.as_deref().unwrap_or("?"), key.references.as_deref().unwrap_or("?"));
    let actions: Vec<String> = [("delete", &key.on_delete), ("update", &key.on_update)]
        .into_iter()
        .filter_map(|(word, action)| Some(format!(" on {word} {}", action.as_ref()?)))
        .collect();
    let name = key.name.as_deref().unwrap_or("-");
    format!("    ({}) -> {on} ({references}){} {name}", key.columns.join(", "), actions.concat())
}

fn row(row: &MigrationOperation) -> Vec<String> {
    let raw = if row.raw { " raw" } else { "" };
    let to = row.to.as_ref().map(|to| format!(" to {to}")).unwrap_or_default();
    let connection = row.connection.as_ref().map(|name| format!(" @{name}")).unwrap_or_default();
    let operation = format!("{:?}", row.operation).to_lowercase();
    let lines = format!("{}-{}", row.start_line, row.end_line);
    let mut shown = vec![format!(
        "{} {lines}: {operation}{raw} {}{to}{connection}{}",
        row.file_name,
        row.table_name,
        certainty(row.certainty)
    )];
    shown.extend(row.columns.iter().map(column));
    shown.extend(row.indexes.iter().map(index));
    shown.extend(row.foreign_keys.iter().map(key));
    shown.extend(row.dropped_columns.iter().map(|name| format!("    - {name}")));
    for part in &row.dropped {
        let kind = format!("{:?}", part.kind).to_lowercase();
        shown.push(format!("    - {kind} {} ({})", part.name.as_deref().unwrap_or("-"), part.columns.join(", ")));
    }
    shown.extend(row.renames.iter().map(|part| format!("    {} {} -> {}", part.kind, part.from, part.to)));
    shown.extend(row.destructive_operations.iter().map(|what| format!("    ! {what}")));
    shown.extend(row.unknown.iter().map(|part| format!("    ? {} ({}:{})", part.reason, part.path, part.line)));
    shown
}

fn shown(map: &LaravelMap) -> String {
    let mut lines = Vec::new();
    for (title, rows) in [("up", &map.migrations), ("otherwise", &map.alternatives), ("down", &map.rollbacks)] {
        if !rows.is_empty() {
            lines.push(format!("== {title}"));
            lines.extend(rows.iter().flat_map(row));
        }
    }
    if !map.raw_statements.is_empty() {
        lines.push("== sql".to_owned());
    }
    for statement in &map.raw_statements {
        let lost = statement.destructive_operations.iter().map(|what| format!(" ! {what}")).collect::<String>();
        let tables = statement.tables.join(", ");
        let lost = if statement.conditional { format!("{lost} | conditional") } else { lost };
        lines.push(format!("{} {} {} [{tables}]{lost}", statement.direction, statement.line, statement.verb));
    }
    lines.push("== schema".to_owned());
    for table in &map.schema {
        lines.push(format!("{} ({}:{}){}", table.name, table.file_path, table.line, certainty(table.certainty)));
        lines.extend(table.columns.iter().map(column));
        lines.extend(table.indexes.iter().map(index));
        lines.extend(table.foreign_keys.iter().map(key));
    }
    lines.extend(map.limits.iter().map(|part| format!("limit: {} ({}:{})", part.reason, part.path, part.line)));
    lines.join("\n")
}

#[test]
fn every_migration_does_what_laravel_does() {
    each_fixture("migrations", 4, |files| shown(&map(files, Parts::MIGRATIONS)));
}
