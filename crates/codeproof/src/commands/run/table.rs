//! Rows of a scanner on the terminal: the first of them, in columns.

use serde_json::Value;

use crate::output;

/// Columns that are shown.
const COLUMNS_MAX: usize = 8;

/// Rows that are shown.
const ROWS_SHOWN_MAX: usize = 40;

/// The result of a template for reading: how many rows, and the first ones.
pub(super) fn text(result: &Value, rows: &[Value]) -> String {
    let name = result.get("scanner").and_then(Value::as_str).unwrap_or("scanner");
    let mut columns = columns(result, rows);
    let hidden = columns.len().saturating_sub(COLUMNS_MAX);
    columns.truncate(COLUMNS_MAX);
    let mut text = format!("{}: {}\n", output::one_line(name), counted(rows.len(), "row"));
    let shown = &rows[..rows.len().min(ROWS_SHOWN_MAX)];
    if !columns.is_empty() {
        text.push_str(&table(&columns, shown));
    }
    let more: Vec<String> = [(rows.len() - shown.len(), "more row"), (hidden, "more column")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| counted(number, word))
        .collect();
    if !more.is_empty() {
        text.push_str(&format!("  {}: --format json or --csv FILE\n", more.join(", ")));
    }
    text
}

/// Columns as the template orders them (JSON objects have the order of the alphabet); who and when first.
fn columns<'a>(result: &'a Value, rows: &'a [Value]) -> Vec<&'a str> {
    let told = result.get("columns").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut columns: Vec<&str> = told.iter().filter_map(Value::as_str).collect();
    let keys = rows.iter().take(ROWS_SHOWN_MAX).filter_map(Value::as_object).flat_map(|row| row.keys());
    for key in keys {
        if !columns.contains(&key.as_str()) {
            columns.push(key);
        }
    }
    columns.sort_by_key(|column| match column.to_ascii_lowercase().as_str() {
        "ticker" | "symbol" => 0,
        "date" | "timestamp" | "day" => 1,
        _ => 2,
    });
    columns
}

/// Cells under their columns; numbers stand under each other by their ends.
fn table(columns: &[&str], rows: &[Value]) -> String {
    let cell = |row: &Value, column: &str| match row.get(column) {
        Some(Value::String(text)) => output::one_line(text),
        None | Some(Value::Null) => String::new(),
        Some(other) => output::one_line(&other.to_string()),
    };
    let mut text = vec![String::new(); rows.len() + 1];
    for column in columns {
        let head = output::one_line(column);
        let cells: Vec<String> = std::iter::once(head).chain(rows.iter().map(|row| cell(row, column))).collect();
        let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
        let mut values = rows.iter().filter_map(|row| row.get(column)).filter(|value| !value.is_null()).peekable();
        let is_number = values.peek().is_some() && values.all(Value::is_number);
        for (line, cell) in text.iter_mut().zip(&cells) {
            line.push_str("  ");
            line.push_str(&if is_number { format!("{cell:>width$}") } else { format!("{cell:<width$}") });
        }
    }
    text.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}
