//! Sizes and places, in pixels.

use crate::map::diagram::{Diagram, Kind, Node};
use crate::text::width;

use super::{columns, tables};

/// Width of a character of the monospaced font at the size of boxes; the common ones have 0.6 em.
pub(super) const CHARACTER: f32 = 7.25;

/// From one line to the next.
pub(super) const LINE: f32 = 17.0;

/// Between a box's border and its text, sideways.
pub(super) const PADDING: f32 = 10.0;

/// The height of a box's title.
pub(super) const HEAD: f32 = 25.0;

/// Below the last line.
const FOOT: f32 = 6.0;

/// A box's place.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Place {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl Place {
    pub(super) fn middle(&self) -> f32 {
        self.y + self.height / 2.0
    }
}

/// How a line goes: it leaves one box sideways and comes into another sideways.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Way {
    pub start: (f32, f32),
    pub end: (f32, f32),
    /// Whether it leaves to the right, and whether it comes in from the right.
    pub from_right: bool,
    pub to_right: bool,
}

/// A diagram with places: one for each node and one for each edge, from the corner (0, 0).
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub width: f32,
    pub height: f32,
    pub nodes: Vec<Place>,
    pub edges: Vec<Way>,
}

/// Finds the places.
pub(super) fn lay_out(diagram: &Diagram) -> Layout {
    let sizes: Vec<(f32, f32)> = diagram.nodes.iter().map(size).collect();
    match diagram.kind {
        Kind::Flow => columns::lay_out(diagram, &sizes),
        Kind::Entities => tables::lay_out(diagram, &sizes),
    }
}

/// Columns of text of a table's box: keys, name, type.
pub(super) fn table_columns(node: &Node) -> [f32; 3] {
    let widest = |of: &dyn Fn(&crate::map::diagram::ColumnLine) -> usize| {
        node.columns.iter().map(of).max().map_or(0.0, text_width)
    };
    let keys = widest(&|column| column.keys.join(" ").len());
    let name = widest(&|column| width::of(&column.name) + usize::from(column.nullable));
    let kind = widest(&|column| width::of(&column.kind));
    let gap = CHARACTER * 1.5;
    [if keys > 0.0 { keys + gap } else { 0.0 }, name + gap, kind]
}

/// The width of so many characters.
#[expect(clippy::cast_precision_loss, reason = "texts are cut to some dozens of characters")]
pub(super) fn text_width(columns: usize) -> f32 {
    columns as f32 * CHARACTER
}

#[expect(clippy::cast_precision_loss, reason = "boxes have some dozens of lines")]
fn size(node: &Node) -> (f32, f32) {
    let lines = node.lines.len() + node.columns.len();
    let text = node.lines.iter().chain([&node.title]).map(|line| text_width(width::of(line))).fold(0.0, f32::max);
    let columns: f32 = if node.columns.is_empty() { 0.0 } else { table_columns(node).iter().sum() };
    let foot = if lines == 0 { 0.0 } else { FOOT };
    (text.max(columns) + 2.0 * PADDING, HEAD + lines as f32 * LINE + foot)
}
