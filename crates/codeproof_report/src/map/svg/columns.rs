//! Flows: one column for each kind of box, each box beside those that lead to it.

use crate::map::diagram::{Diagram, Role};

use super::layout::{Layout, Place, Way};

/// Between columns, where the lines are.
const COLUMN_GAP: f32 = 70.0;

/// Between boxes of a column.
const ROW_GAP: f32 = 12.0;

/// Finds the places. Columns are filled from left to right: a box wants to stand at the mean height of those that lead
/// to it, and gives way to the one above.
pub(super) fn lay_out(diagram: &Diagram, sizes: &[(f32, f32)]) -> Layout {
    let mut nodes: Vec<Place> =
        sizes.iter().map(|(width, height)| Place { width: *width, height: *height, ..Place::default() }).collect();
    let mut x = 0.0;
    for column in 0..COLUMNS {
        let members: Vec<usize> = (0..nodes.len()).filter(|at| column_of(diagram.nodes[*at].role) == column).collect();
        if members.is_empty() {
            continue;
        }
        let width = members.iter().map(|at| nodes[*at].width).fold(0.0, f32::max);
        for at in &members {
            nodes[*at].x = x;
            nodes[*at].width = width;
        }
        let wished: Vec<Option<f32>> = members.iter().map(|at| wish(diagram, *at, &nodes)).collect();
        place_column(&members, &wished, &mut nodes, ROW_GAP);
        if column == 1 {
            straighten(diagram, &mut nodes);
        }
        x += width + COLUMN_GAP;
    }
    let edges = diagram.edges.iter().map(|edge| curve(&nodes[edge.from], &nodes[edge.to])).collect();
    let height = nodes.iter().map(|place| place.y + place.height).fold(0.0, f32::max);
    Layout { width: (x - COLUMN_GAP).max(0.0), height, nodes, edges }
}

const COLUMNS: usize = 4;

fn column_of(role: Role) -> usize {
    match role {
        Role::File | Role::Routes => 0,
        Role::Section | Role::Open | Role::Guard | Role::Doubt => 1,
        Role::Controller => 2,
        Role::Model | Role::Table | Role::Elsewhere => 3,
    }
}

/// Stands the boxes of a column one below the other, each as near as possible to the height it wishes for.
pub(super) fn place_column(members: &[usize], wished: &[Option<f32>], nodes: &mut [Place], gap: f32) {
    let mut order: Vec<usize> = (0..members.len()).collect();
    // Boxes without a wish keep their order at the top; the sort is stable.
    order.sort_by(|one, other| wished[*one].unwrap_or(0.0).total_cmp(&wished[*other].unwrap_or(0.0)));
    let mut y = 0.0_f32;
    let mut moved = 0.0;
    for at in &order {
        let place = &mut nodes[members[*at]];
        place.y = wished[*at].map_or(y, |middle| (middle - place.height / 2.0).max(y));
        moved += wished[*at].map_or(0.0, |middle| place.middle() - middle);
        y = place.y + place.height + gap;
    }
    // What was pushed down as a whole goes up again, as far as there is room.
    let top = order.first().map_or(0.0, |at| nodes[members[*at]].y);
    #[expect(clippy::cast_precision_loss, reason = "a column has some dozens of boxes")]
    let shift = (moved / members.len() as f32).clamp(0.0, top);
    for at in members {
        nodes[*at].y -= shift;
    }
}

/// Routes that lead to middleware of their own stand beside it: both boxes of the pair get the room of the higher one.
fn straighten(diagram: &Diagram, nodes: &mut [Place]) {
    let is_pair = |edge: &&crate::map::diagram::Edge| {
        diagram.nodes[edge.from].role == Role::Routes && column_of(diagram.nodes[edge.to].role) == 1
    };
    let mut y = 0.0;
    for edge in diagram.edges.iter().filter(is_pair) {
        let height = nodes[edge.from].height.max(nodes[edge.to].height);
        for at in [edge.from, edge.to] {
            nodes[at].y = y + (height - nodes[at].height) / 2.0;
        }
        y += height + ROW_GAP;
    }
}

/// The mean height of the boxes that lead here.
fn wish(diagram: &Diagram, node: usize, nodes: &[Place]) -> Option<f32> {
    let mut count = 0.0;
    let mut sum = 0.0;
    for edge in diagram.edges.iter().filter(|edge| edge.to == node) {
        sum += nodes[edge.from].middle();
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}

fn curve(from: &Place, to: &Place) -> Way {
    Way { start: (from.x + from.width, from.middle()), end: (to.x, to.middle()), from_right: true, to_right: false }
}
