//! Tables of plain columns. The last column may wrap; when it has too little room, its text goes on a line of its own.

use super::{Style, TextOptions, paragraph, width};

/// Columns between columns.
const GAP: usize = 2;

/// The least room the wrapping column is given beside the others.
const FLEXIBLE_MIN: usize = 24;

/// Blanks before a text below a row.
const NOTE_INDENT: usize = 4;

/// Where a column's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
    /// To the left, wrapped to what is left of the line; for the last column.
    Wrapped,
}

/// The head of a column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    head: String,
    align: Align,
}

impl Column {
    pub(crate) fn new(head: &str, align: Align) -> Self {
        Self { head: head.to_owned(), align }
    }
}

type Cell = (String, Option<Style>);

/// Rows of cells; every row has as many cells as there are columns.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    /// Texts below the rows, each with the number of rows above it.
    notes: Vec<(usize, String, Style)>,
}

impl Table {
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new(), notes: Vec::new() }
    }

    /// Adds a row without colours.
    pub(crate) fn push(&mut self, cells: Vec<String>) {
        self.push_styled(cells.into_iter().map(|cell| (cell, None)).collect());
    }

    pub(crate) fn push_styled(&mut self, mut cells: Vec<Cell>) {
        cells.resize(self.columns.len(), (String::new(), None));
        self.rows.push(cells);
    }

    /// Adds a text below the row that was added last.
    pub(crate) fn note(&mut self, text: &str, style: Style) {
        self.notes.push((self.rows.len(), text.to_owned(), style));
    }

    /// The lines of the table, its head first.
    pub(crate) fn draw(&self, options: &TextOptions) -> Vec<String> {
        let widths: Vec<usize> = (0..self.columns.len()).map(|at| self.width_of(at)).collect();
        let fixed = self.columns.iter().position(|column| column.align == Align::Wrapped).unwrap_or(self.columns.len());
        let used: usize = widths[..fixed].iter().map(|width| width + GAP).sum();
        let room = options.columns().saturating_sub(used);
        let flexible = Flexible { column: fixed, room, is_beside: room >= FLEXIBLE_MIN };
        // Below the others, a text needs no head.
        let head_columns = if flexible.is_beside { self.columns.len() } else { fixed };
        let heads = self.columns.iter().take(head_columns);
        let head: Vec<Cell> = heads.map(|column| (column.head.clone(), Some(Style::Quiet))).collect();
        let mut lines = self.draw_row(&head, &widths, flexible, options);
        for (number, row) in (1..).zip(&self.rows) {
            lines.extend(self.draw_row(row, &widths, flexible, options));
            lines.extend(self.draw_notes(number, options));
        }
        lines
    }

    fn draw_notes(&self, number: usize, options: &TextOptions) -> Vec<String> {
        let notes = self.notes.iter().filter(|(after, ..)| *after == number);
        let lines = notes.flat_map(|(_, text, style)| {
            let wrapped = paragraph::wrap(text, options.columns() - NOTE_INDENT).into_iter();
            wrapped.map(|line| format!("{}{}", " ".repeat(NOTE_INDENT), options.painter().paint(*style, &line)))
        });
        lines.collect()
    }

    /// Columns of the whole table when nothing wraps.
    pub(crate) fn columns(&self) -> usize {
        let widths: usize = (0..self.columns.len()).map(|at| self.width_of(at)).sum();
        widths + GAP * self.columns.len().saturating_sub(1)
    }

    fn width_of(&self, at: usize) -> usize {
        let cells = self.rows.iter().map(|row| width::of(&row[at].0));
        cells.chain([width::of(&self.columns[at].head)]).max().unwrap_or(0)
    }

    fn draw_row(&self, row: &[Cell], widths: &[usize], flexible: Flexible, options: &TextOptions) -> Vec<String> {
        let mut line = String::new();
        let mut plain = 0;
        for (at, (cell, style)) in row.iter().enumerate().take(flexible.column) {
            let blanks = widths[at] - width::of(cell);
            let shown = style.map_or_else(|| cell.clone(), |style| options.painter().paint(style, cell));
            match self.columns[at].align {
                Align::Right => line.push_str(&format!("{}{shown}", " ".repeat(blanks))),
                _ => line.push_str(&format!("{shown}{}", " ".repeat(blanks))),
            }
            line.push_str(&" ".repeat(GAP));
            plain += widths[at] + GAP;
        }
        let Some((text, style)) = row.get(flexible.column) else { return vec![line.trim_end().to_owned()] };
        let paint = |text: &str| style.map_or_else(|| text.to_owned(), |style| options.painter().paint(style, text));
        let (indent, room) = if flexible.is_beside { (plain, flexible.room) } else { (4, options.columns() - 4) };
        let mut wrapped = paragraph::wrap(text, room).into_iter();
        if flexible.is_beside {
            line.push_str(&paint(&wrapped.next().unwrap_or_default()));
        }
        let mut lines = vec![line.trim_end().to_owned()];
        lines.extend(wrapped.map(|rest| format!("{}{}", " ".repeat(indent), paint(&rest))));
        lines
    }
}

/// The wrapping column, if any: past the last column when there is none.
#[derive(Clone, Copy)]
struct Flexible {
    column: usize,
    room: usize,
    is_beside: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let columns = vec![
            Column::new("id", Align::Right),
            Column::new("name", Align::Left),
            Column::new("title", Align::Wrapped),
        ];
        let mut table = Table::new(columns);
        table.push(vec!["7".into(), "漢字".into(), "a title of quite some words, wrapped".into()]);
        table.push(vec!["123".into(), "n".into(), "short".into()]);
        table
    }

    #[test]
    fn wraps_the_last_column() {
        let lines = table().draw(&TextOptions { width: 40, ..TextOptions::default() });
        let expected =
            [" id  name  title", "  7  漢字  a title of quite some words,", "           wrapped", "123  n     short"];
        assert_eq!(lines, expected);
    }

    #[test]
    fn puts_it_below_when_there_is_no_room() {
        let mut table = table();
        table.push(vec!["1".into(), "a-name-that-takes-the-room".into(), "below".into()]);
        let lines = table.draw(&TextOptions { width: 40, ..TextOptions::default() });
        assert_eq!(lines[lines.len() - 2..], ["  1  a-name-that-takes-the-room", "    below"]);
    }
}
