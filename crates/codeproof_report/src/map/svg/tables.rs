//! Tables in columns: what is pointed to stands left of what points, as near to its height as others leave room.
//!
//! The method is the layered one of Sugiyama, Tagawa and Toda (1981) without dummy nodes: lines are drawn behind the
//! boxes, so a long one may pass them.

use crate::map::diagram::{Diagram, Edge};

use super::columns::place_column;
use super::layout::{HEAD, LINE, Layout, Place, Way};

/// Between columns, where the lines are.
const COLUMN_GAP: f32 = 80.0;

/// Between boxes of a column.
const ROW_GAP: f32 = 22.0;

/// Beside the outermost boxes, for lines that join boxes standing one above the other.
const BESIDE: f32 = 36.0;

/// The height from which a column goes on beside itself.
const COLUMN_HEIGHT_MAX: f32 = 1000.0;

/// The width of rows of tables without relations.
const ROW_WIDTH: f32 = 1100.0;

/// Finds the places. Tables without relations stand in rows.
pub(super) fn lay_out(diagram: &Diagram, sizes: &[(f32, f32)]) -> Layout {
    let mut nodes: Vec<Place> =
        sizes.iter().map(|(width, height)| Place { width: *width, height: *height, ..Place::default() }).collect();
    if nodes.is_empty() {
        return Layout { width: 0.0, height: 0.0, nodes, edges: Vec::new() };
    }
    if diagram.edges.is_empty() {
        place_in_rows(&mut nodes);
    } else {
        place_in_columns(diagram, &mut nodes);
    }
    let top = nodes.iter().map(|place| place.y).fold(f32::INFINITY, f32::min);
    nodes.iter_mut().for_each(|place| place.y -= top);
    let width = nodes.iter().map(|place| place.x + place.width).fold(0.0, f32::max) + BESIDE;
    let height = nodes.iter().map(|place| place.y + place.height).fold(0.0, f32::max);
    let edges = diagram.edges.iter().map(|edge| way(diagram, edge, &nodes)).collect();
    Layout { width, height, nodes, edges }
}

fn place_in_rows(nodes: &mut [Place]) {
    let (mut x, mut y, mut row_height) = (0.0_f32, 0.0_f32, 0.0_f32);
    for place in nodes {
        if x > 0.0 && x + place.width > ROW_WIDTH {
            (x, y, row_height) = (0.0, y + row_height + ROW_GAP, 0.0);
        }
        (place.x, place.y) = (x, y);
        x += place.width + ROW_GAP;
        row_height = row_height.max(place.height);
    }
}

fn place_in_columns(diagram: &Diagram, nodes: &mut [Place]) {
    let columns = columns(&ranks(diagram), nodes);
    let mut x = 0.0;
    for column in &columns {
        for at in column {
            nodes[*at].x = x;
        }
        x += column.iter().map(|at| nodes[*at].width).fold(0.0, f32::max) + COLUMN_GAP;
    }
    // There, back and there again: the first column gets its order from those that it leads to.
    let there: Vec<&Vec<usize>> = columns.iter().collect();
    let back: Vec<&Vec<usize>> = columns.iter().rev().collect();
    for (sweep, side) in [(&there, Side::From), (&back, Side::To), (&there, Side::From)] {
        for column in sweep {
            let wished: Vec<Option<f32>> = column.iter().map(|at| wish(diagram, *at, nodes, side)).collect();
            if wished.iter().any(Option::is_some) || side == Side::From {
                let kept = |(at, wish): (&usize, &Option<f32>)| wish.or_else(|| Some(nodes[*at].middle()));
                let wished: Vec<Option<f32>> = column.iter().zip(&wished).map(kept).collect();
                place_column(column, &wished, nodes, ROW_GAP);
            }
        }
    }
}

/// Which end of an edge is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    From,
    To,
}

/// The mean height of the boxes at the other ends.
fn wish(diagram: &Diagram, node: usize, nodes: &[Place], side: Side) -> Option<f32> {
    let other = |edge: &Edge| match side {
        Side::From => (edge.to == node && edge.from != node).then_some(edge.from),
        Side::To => (edge.from == node && edge.to != node).then_some(edge.to),
    };
    let mut count = 0.0;
    let mut sum = 0.0;
    for at in diagram.edges.iter().filter_map(other) {
        sum += nodes[at].middle();
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}

/// How many boxes stand left of each, on the longest way. What closes a circle is not counted, and what nothing leads
/// to moves beside the first it leads to.
fn ranks(diagram: &Diagram) -> Vec<usize> {
    let count = diagram.nodes.len();
    let mut edges: Vec<(usize, usize)> =
        diagram.edges.iter().filter(|edge| edge.from != edge.to).map(|edge| (edge.from, edge.to)).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut kept: Vec<(usize, usize)> = Vec::new();
    for edge in edges {
        if !reaches(&kept, edge.1, edge.0, count) {
            kept.push(edge);
        }
    }
    let mut ranks = vec![0_usize; count];
    // Without circles the longest way has fewer pieces than there are boxes.
    for _ in 0..count {
        for (from, to) in &kept {
            ranks[*to] = ranks[*to].max(ranks[*from] + 1);
        }
    }
    for node in 0..count {
        let is_source = kept.iter().all(|(_, to)| *to != node);
        let first = kept.iter().filter(|(from, _)| *from == node).map(|(_, to)| ranks[*to]).min();
        if let Some(first) = first.filter(|_| is_source) {
            ranks[node] = first.saturating_sub(1);
        }
    }
    ranks
}

/// Whether edges lead from one box to another.
fn reaches(edges: &[(usize, usize)], from: usize, to: usize, count: usize) -> bool {
    let mut is_seen = vec![false; count];
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        if node == to {
            return true;
        }
        if !std::mem::replace(&mut is_seen[node], true) {
            open.extend(edges.iter().filter(|(from, _)| *from == node).map(|(_, to)| *to));
        }
    }
    false
}

/// The boxes of each rank, those of a high one in several columns of about the same height.
fn columns(ranks: &[usize], nodes: &[Place]) -> Vec<Vec<usize>> {
    let mut columns = Vec::new();
    for rank in 0..=ranks.iter().copied().max().unwrap_or(0) {
        let members: Vec<usize> = (0..ranks.len()).filter(|at| ranks[*at] == rank).collect();
        let height: f32 = members.iter().map(|at| nodes[*at].height + ROW_GAP).sum();
        let parts = (height / COLUMN_HEIGHT_MAX).ceil().max(1.0);
        let mut column = Vec::new();
        let mut filled = 0.0;
        for at in members {
            column.push(at);
            filled += nodes[at].height + ROW_GAP;
            if filled >= height / parts {
                columns.push(std::mem::take(&mut column));
                filled = 0.0;
            }
        }
        if !column.is_empty() {
            columns.push(column);
        }
    }
    columns
}

/// From the title of the table that is pointed to, to the row of the column that points; on the sides that face each
/// other, else on the right side of both.
fn way(diagram: &Diagram, edge: &Edge, nodes: &[Place]) -> Way {
    let (from, to) = (&nodes[edge.from], &nodes[edge.to]);
    let (from_right, to_right) = if from.x + from.width <= to.x {
        (true, false)
    } else if to.x + to.width <= from.x {
        (false, true)
    } else {
        (true, true)
    };
    let side = |place: &Place, is_right: bool| if is_right { place.x + place.width } else { place.x };
    let row = if diagram.nodes[edge.to].columns.is_empty() { HEAD / 2.0 } else { row_middle(edge.column) };
    Way {
        start: (side(from, from_right), from.y + HEAD / 2.0),
        end: (side(to, to_right), to.y + row),
        from_right,
        to_right,
    }
}

/// How far below a box's top the middle of a column's row is; of its title without one.
#[expect(clippy::cast_precision_loss, reason = "boxes have some dozens of rows")]
fn row_middle(column: Option<usize>) -> f32 {
    column.map_or(HEAD / 2.0, |column| HEAD + (column as f32 + 0.5) * LINE + 2.0)
}
