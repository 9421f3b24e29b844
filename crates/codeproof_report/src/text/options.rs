//! How terminal text is laid out.

use super::{Painter, width};

/// Choices of the caller for all terminal text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextOptions {
    /// Whether ANSI colours are written.
    pub color: bool,
    /// Columns of the terminal; 80 when unknown. Used between 40 and 160.
    pub width: usize,
    /// Shows every path of every list, and the texts of a rule with each of its findings.
    pub verbose: bool,
}

impl Default for TextOptions {
    /// No colour, 80 columns, lists cut.
    fn default() -> Self {
        Self { color: false, width: width::DEFAULT, verbose: false }
    }
}

impl TextOptions {
    /// The columns to use: under 40 a code frame has no room, over 160 prose is hard to read.
    pub(crate) fn columns(&self) -> usize {
        self.width.clamp(40, 160)
    }

    pub(crate) fn painter(&self) -> Painter {
        Painter::new(self.color)
    }
}
