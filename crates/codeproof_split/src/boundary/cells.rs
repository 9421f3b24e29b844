//! Cells of a module: as notebooks export them, or else what comments and empty lines set apart.

use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;

use codeproof_python::Module;

/// How notebooks begin a cell when they are exported: Jupyter, Spyder and editors, older Jupyter, Databricks.
const MARKERS: &[&str] = &["# In[", "# %%", "#%%", "# <codecell>", "# COMMAND ---", "#+"];

/// A run of statements of the module, by index.
pub(super) struct Cell {
    pub(super) first: usize,
    /// Behind the last.
    pub(super) end: usize,
}

pub(super) struct Cells {
    pub(super) list: Vec<Cell>,
    /// Whether they are those of a notebook.
    pub(super) is_notebook: bool,
}

pub(super) fn find(module: &Module) -> Cells {
    let comments = comments(module);
    let markers: Vec<u32> = comments.iter().filter(|(_, is_marker)| *is_marker).map(|(start, _)| *start).collect();
    let is_notebook = markers.len() >= 2;
    let borders = if is_notebook { markers } else { comments.iter().map(|(start, _)| *start).collect() };
    let body = &module.parsed.syntax().body;
    let mut list = Vec::new();
    let mut first = 0;
    for (at, pair) in body.windows(2).enumerate() {
        let (before, after) = (pair[0].range().end(), pair[1].range().start());
        let from = borders.partition_point(|border| *border < before.to_u32());
        let has_border = borders.get(from).is_some_and(|border| *border < after.to_u32());
        let far_apart = !is_notebook && module.lines.line(after) > module.lines.line(before) + 2;
        if has_border || far_apart {
            list.push(Cell { first, end: at + 1 });
            first = at + 1;
        }
    }
    list.push(Cell { first, end: body.len() });
    Cells { list, is_notebook }
}

/// Where comments begin that have a line of their own at the margin, and which of them are markers.
fn comments(module: &Module) -> Vec<(u32, bool)> {
    let tokens = module.parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Comment);
    let at_margin = tokens.map(|token| token.range()).filter(|range| {
        let before = range.start().to_usize().checked_sub(1).and_then(|at| module.text.as_bytes().get(at));
        before.is_none_or(|byte| matches!(byte, b'\n' | b'\r'))
    });
    let text = |range: ruff_text_size::TextRange| module.text.get(range.to_std_range()).unwrap_or_default();
    let is_marker = |text: &str| MARKERS.iter().any(|marker| text.starts_with(marker));
    at_margin.map(|range| (range.start().to_u32(), is_marker(text(range)))).collect()
}
