//! The same rows as a table for reading.

use std::io::{self, Write};

use codeproof_types::CallKind;

use super::{CallRow, ImportRow, SymbolRow};
use crate::text::{Align, Column, Table, TextOptions};
use crate::{clean, numbers};

/// A row that can stand in a table: a place, some words, and one text that may wrap.
pub trait TableRow {
    /// One row and many rows, as words.
    const NAMES: (&'static str, &'static str);
    /// Heads of the columns; the last one wraps.
    const HEADS: &'static [&'static str];

    /// One text for each head.
    fn cells(&self) -> Vec<String>;
}

impl TableRow for SymbolRow<'_> {
    const NAMES: (&'static str, &'static str) = ("symbol", "symbols");
    const HEADS: &'static [&'static str] = &["place", "kind", "name"];

    fn cells(&self) -> Vec<String> {
        let place = format!("{}:{}-{}", clean::path(self.path), self.first_line, self.last_line);
        vec![place, self.kind.name().to_owned(), clean::one_line(self.qualified_name)]
    }
}

impl TableRow for CallRow<'_> {
    const NAMES: (&'static str, &'static str) = ("call", "calls");
    const HEADS: &'static [&'static str] = &["place", "target", "call"];

    fn cells(&self) -> Vec<String> {
        let place = format!("{}:{}:{}", clean::path(self.path), self.line, self.column);
        let receiver = self.receiver.map(|receiver| format!("{} . ", clean::one_line(receiver))).unwrap_or_default();
        let callee = clean::one_line(self.callee);
        let call = match self.kind {
            CallKind::Call => {
                let arguments = numbers::counted(self.arguments.into(), "argument", "arguments");
                format!("{receiver}{callee}, {arguments}")
            }
            CallKind::ClassRef => format!("class {callee}"),
        };
        vec![place, self.target(), call]
    }
}

impl CallRow<'_> {
    fn target(&self) -> String {
        match (self.target_path, self.target_line) {
            (Some(path), Some(line)) => format!("{}:{line} ({})", clean::path(path), self.resolution.name()),
            _ => self.resolution.name().to_owned(),
        }
    }
}

impl TableRow for ImportRow<'_> {
    const NAMES: (&'static str, &'static str) = ("import", "imports");
    const HEADS: &'static [&'static str] = &["place", "import"];

    fn cells(&self) -> Vec<String> {
        let place = format!("{}:{}", clean::path(self.path), self.line);
        let name = self.name.map(|name| format!(" : {name}")).unwrap_or_default();
        let alias = self.alias.map(|alias| format!(" as {alias}")).unwrap_or_default();
        let target = self.target_path.map(|path| format!(" -> {}", clean::path(path))).unwrap_or_default();
        // As Python writes it; a quoted C include has level 1 and a module, and no dots.
        let module = self.module.map_or_else(|| ".".repeat(self.level as usize), str::to_owned);
        let text = format!("{module}{name}{alias}{target}");
        vec![place, clean::one_line(&text)]
    }
}

/// Writes rows as a table with their count below.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_table<R: TableRow>(rows: &[R], options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let last = R::HEADS.len().saturating_sub(1);
    let align = |at| if at == last { Align::Wrapped } else { Align::Left };
    let columns = R::HEADS.iter().enumerate().map(|(at, head)| Column::new(head, align(at))).collect();
    let mut table = Table::new(columns);
    rows.iter().for_each(|row| table.push(row.cells()));
    if !rows.is_empty() {
        table.draw(options).iter().try_for_each(|line| writeln!(out, "{line}"))?;
        writeln!(out)?;
    }
    let (one, many) = R::NAMES;
    writeln!(out, "{}", numbers::counted(numbers::count(rows.len()), one, many))
}
