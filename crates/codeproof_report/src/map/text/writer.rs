//! Lines of a terminal: cells that stand in columns, what does not fit goes on.

use std::io::{self, Write};

use crate::TextOptions;
use crate::text::{Painter, Style, paragraph, width};

/// Columns between cells.
const GAP: usize = 2;

/// Columns a text needs beside cells; with fewer it goes below them.
const ROOM_MIN: usize = 20;

/// Lines as they grow.
#[derive(Debug)]
pub(super) struct Lines {
    columns: usize,
    painter: Painter,
    lines: Vec<String>,
}

impl Lines {
    pub(super) fn new(options: &TextOptions) -> Self {
        Self { columns: options.columns(), painter: options.painter(), lines: Vec::new() }
    }

    /// The width of a line.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    pub(super) fn blank(&mut self) {
        self.lines.push(String::new());
    }

    /// A heading with an empty line before it.
    pub(super) fn heading(&mut self, text: &str) {
        self.blank();
        self.paragraph(text, Style::Heading);
    }

    /// Text from the first column.
    pub(super) fn paragraph(&mut self, text: &str, style: Style) {
        self.indented(text, 0, style);
    }

    /// Text that starts at a column and stays right of it.
    pub(super) fn indented(&mut self, text: &str, indent: usize, style: Style) {
        self.row(&[], indent, text, Some(style));
    }

    /// Cells with their columns, then a text in what is left of the line; it goes on below itself, or starts below the
    /// cells when they leave too little room, as for a long word. Cells that are wider than the line are a paragraph of their own.
    pub(super) fn row(&mut self, cells: &[Cell], indent: usize, text: &str, style: Option<Style>) {
        let used = indent + cells.iter().map(|cell| cell.width() + GAP).sum::<usize>();
        let longest_word = text.split_whitespace().map(width::of).max().unwrap_or(0);
        let is_beside = cells.is_empty() || self.columns >= used + ROOM_MIN.min(width::of(text)).max(longest_word);
        if is_beside {
            let line = format!("{}{}", " ".repeat(indent), self.painted(cells));
            return self.go_on(line, used, text, style);
        }
        if used - GAP <= self.columns {
            self.lines.push(format!("{}{}", " ".repeat(indent), self.painted(cells)).trim_end().to_owned());
        } else {
            let texts: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
            self.go_on(" ".repeat(indent), indent, &texts.join("  "), cells[0].style);
        }
        self.go_on(" ".repeat(indent + 4), indent + 4, text, style);
    }

    fn painted(&self, cells: &[Cell]) -> String {
        let paint = |cell: &Cell| {
            let shown = cell.style.map_or(cell.text.clone(), |style| self.painter.paint(style, &cell.text));
            format!("{shown}{}", " ".repeat(cell.width() - width::of(&cell.text) + GAP))
        };
        cells.iter().map(paint).collect()
    }

    /// Puts the wrapped text behind `line`, which is `margin` columns wide, and below it.
    fn go_on(&mut self, line: String, margin: usize, text: &str, style: Option<Style>) {
        let paint = |text: &str| style.map_or(text.to_owned(), |style| self.painter.paint(style, text));
        let mut wrapped = paragraph::wrap(text, self.columns.saturating_sub(margin)).into_iter();
        let first = format!("{line}{}", paint(&wrapped.next().unwrap_or_default()));
        let rest: Vec<String> = wrapped.map(|rest| format!("{}{}", " ".repeat(margin), paint(&rest))).collect();
        self.lines.push(first.trim_end().to_owned());
        self.lines.extend(rest);
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.lines.iter().try_for_each(|line| writeln!(out, "{line}"))
    }
}

/// A piece of a line with the columns it takes at least.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub text: String,
    pub columns: usize,
    pub style: Option<Style>,
}

impl Cell {
    fn width(&self) -> usize {
        self.columns.max(width::of(&self.text))
    }
}

/// A cell.
pub(super) fn cell(text: &str, columns: usize, style: Option<Style>) -> Cell {
    Cell { text: text.to_owned(), columns, style }
}
