//! What migrations destroy, and the tables they leave.

use codeproof_types::laravel::{LaravelMap, MigrationOperation, Operation, Table};

use super::writer::{Lines, cell};
use crate::map::{keys, names, summary};
use crate::numbers;
use crate::text::Style;

/// Writes the migrations: all of them when `verbose`, else those that lose data or are in doubt; then the tables.
pub(super) fn draw(map: &LaravelMap, verbose: bool, lines: &mut Lines) {
    let operations = numbers::counted(numbers::count(map.migrations.len()), "operation", "operations");
    lines.heading(&format!("Migrations: {operations}"));
    let mut hidden = 0;
    for operation in &map.migrations {
        let is_plain = !operation.is_destructive && operation.unknown.is_empty() && !operation.conditional;
        if is_plain && !verbose {
            hidden += 1;
        } else {
            draw_operation(operation, lines);
        }
    }
    for statement in summary::other_statements(map) {
        if verbose || !statement.destructive_operations.is_empty() {
            let place = names::place(&statement.file_path, statement.line);
            lines.row(&[cell("SQL", 0, None)], 2, &names::name(&statement.sql), None);
            lines.indented(&place, 4, Style::Name);
            draw_losses(&statement.destructive_operations, lines);
            if statement.conditional {
                lines.indented("conditional", 4, Style::Alert);
            }
        }
    }
    if hidden > 0 {
        let those = numbers::counted(hidden, "operation loses", "operations lose");
        lines.indented(&format!("{those} no data; --verbose lists all"), 2, Style::Quiet);
    }
    lines.heading(&format!("Tables after all migrations: {}", numbers::grouped(numbers::count(map.schema.len()))));
    for table in &map.schema {
        draw_table(table, lines);
    }
}

fn draw_operation(operation: &MigrationOperation, lines: &mut Lines) {
    let place = names::place(&operation.file_path, operation.start_line);
    let table = names::name(&operation.table_name);
    let what = match operation.operation {
        Operation::Create => format!("creates {table}"),
        Operation::Alter => format!("changes {table}"),
        Operation::Drop => format!("drops {table}"),
        Operation::Rename => {
            format!("renames {table} to {}", operation.to.as_deref().map_or("?".to_owned(), names::name))
        }
    };
    lines.row(&[cell(&what, 0, None)], 2, &place, Some(Style::Name));
    draw_losses(&operation.destructive_operations, lines);
    if operation.conditional && operation.unknown.is_empty() {
        lines.indented("conditional", 4, Style::Alert);
    }
    for part in &operation.unknown {
        let word = names::certainty(operation.certainty);
        let word = if word.is_empty() { "not known" } else { word };
        lines.indented(&format!("{word}: {}", names::reason(part)), 4, Style::Alert);
    }
}

fn draw_losses(losses: &[String], lines: &mut Lines) {
    for loss in losses {
        lines.indented(&format!("destroys {}", names::name(loss)), 4, Style::Alert);
    }
}

/// The name with its place, then the columns, keys marked.
fn draw_table(table: &Table, lines: &mut Lines) {
    let place = names::place(&table.file_path, table.line);
    let doubt = names::certainty(table.certainty);
    let doubt = if doubt.is_empty() { String::new() } else { format!("  {doubt}") };
    lines.row(
        &[cell(&names::name(&table.name), 0, Some(Style::Heading))],
        2,
        &format!("{place}{doubt}"),
        Some(Style::Name),
    );
    let columns: Vec<String> = table.columns.iter().map(|column| column_text(table, column)).collect();
    lines.indented(&columns.join(", "), 4, Style::Quiet);
}

fn column_text(table: &Table, column: &codeproof_types::laravel::Column) -> String {
    let null = if column.nullable { "?" } else { "" };
    let to = keys::foreign_of(table, &column.name).and_then(|key| key.on.as_deref());
    let to = to.map(|table| format!(" -> {}", names::name(table))).unwrap_or_default();
    let mark = if keys::is_primary(table, &column.name) { " PK" } else { "" };
    format!("{} {}{null}{mark}{to}", names::name(&column.name), names::name(&column.kind))
}
