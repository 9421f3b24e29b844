//! A diagram with places as SVG elements. Texts are escaped here and nowhere else.

use std::fmt::Write as _;

use crate::map::diagram::{Diagram, Edge, End, Node, Role, Target};

use super::layout::{self, HEAD, LINE, Layout, PADDING, Place, Way};

/// Room around a drawing, for lines that go around and ends that stand out.
const MARGIN: f32 = 12.0;

/// From a box's top to the baseline of its title.
const TITLE_BASELINE: f32 = 17.0;

/// From a line's top to its baseline.
const BASELINE: f32 = 13.0;

/// Gives the address a node leads to; empty for none.
pub(in crate::map) type Links<'l> = &'l dyn Fn(&Target) -> String;

/// A drawing with its size in pixels.
#[derive(Debug, Clone)]
pub(super) struct Drawing {
    pub elements: String,
    pub width: f32,
    pub height: f32,
}

/// The diagram as one `<svg>` element that stands inside a page and takes its colours from the page's style sheet.
pub(in crate::map) fn inline(diagram: &Diagram, links: Links<'_>) -> String {
    let Drawing { elements, width, height } = draw(diagram, links);
    let label = escaped(&diagram.title);
    format!(
        "<svg class=\"drawing\" role=\"img\" aria-label=\"{label}\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\">{elements}</svg>"
    )
}

/// Draws the diagram from the corner (0, 0).
pub(super) fn draw(diagram: &Diagram, links: Links<'_>) -> Drawing {
    let layout = layout::lay_out(diagram);
    let mut elements = format!("<g transform=\"translate({MARGIN} {MARGIN})\">");
    for (edge, way) in diagram.edges.iter().zip(&layout.edges) {
        draw_edge(edge, way, &mut elements);
    }
    for (node, place) in diagram.nodes.iter().zip(&layout.nodes) {
        draw_node(node, place, links, &mut elements);
    }
    elements.push_str("</g>");
    let Layout { width, height, .. } = layout;
    Drawing { elements, width: width + 2.0 * MARGIN, height: height + 2.0 * MARGIN }
}

/// Writing to a text does not fail.
fn push(elements: &mut String, arguments: std::fmt::Arguments<'_>) {
    elements.write_fmt(arguments).expect("a text takes everything");
}

fn draw_node(node: &Node, place: &Place, links: Links<'_>, elements: &mut String) {
    let link = links(&node.target);
    if !link.is_empty() {
        push(elements, format_args!("<a href=\"{}\">", escaped(&link)));
    }
    let Place { x, y, width, height } = *place;
    push(elements, format_args!("<g class=\"box {}\">", node.role.word()));
    push(
        elements,
        format_args!("<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"6\"/>"),
    );
    let left = x + PADDING;
    text(elements, "title", left, y + TITLE_BASELINE, &node.title);
    let mut top = y + HEAD;
    if node.role == Role::Table && !node.columns.is_empty() {
        push(elements, format_args!("<path class=\"rule\" d=\"M{x:.1} {top:.1}h{width:.1}\"/>"));
    }
    let [keys, name, _] = layout::table_columns(node);
    for column in &node.columns {
        let baseline = top + BASELINE + 2.0;
        if !column.keys.is_empty() {
            text(elements, "key", left, baseline, &column.keys.join(" "));
        }
        let mark = if column.nullable { "?" } else { "" };
        text(elements, "name", left + keys, baseline, &format!("{}{mark}", column.name));
        text(elements, "kind", left + keys + name, baseline, &column.kind);
        top += LINE;
    }
    for line in &node.lines {
        text(elements, "line", left, top + BASELINE, line);
        top += LINE;
    }
    elements.push_str("</g>");
    if !link.is_empty() {
        elements.push_str("</a>");
    }
}

fn text(elements: &mut String, class: &str, x: f32, y: f32, text: &str) {
    push(elements, format_args!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escaped(text)));
}

fn draw_edge(edge: &Edge, way: &Way, elements: &mut String) {
    let class = if edge.is_dotted { "way said" } else { "way" };
    let ((x1, y1), (x2, y2)) = (way.start, way.end);
    let (out, into) = (if way.from_right { 1.0 } else { -1.0 }, if way.to_right { 1.0 } else { -1.0 });
    // How far a line goes sideways before it turns.
    let reach = if way.from_right == way.to_right { 34.0 } else { ((x2 - x1).abs() / 2.0).max(30.0) };
    let (c1, c2) = (x1 + out * reach, x2 + into * reach);
    let path = format!("M{x1:.1} {y1:.1}C{c1:.1} {y1:.1} {c2:.1} {y2:.1} {x2:.1} {y2:.1}");
    let (start, end) = ((way.start, (x1 + out, y1)), (way.end, (x2 + into, y2)));
    push(elements, format_args!("<g class=\"{class}\"><path d=\"{path}\"/>"));
    draw_end(edge.from_end, start, elements);
    draw_end(edge.to_end, end, elements);
    if !edge.label.is_empty() {
        push(elements, format_args!("<title>{}</title>", escaped(&edge.label)));
    }
    elements.push_str("</g>");
}

/// The sign at an end: an arrow's point, or the signs of entity diagrams (a bar for one, a ring for none, a crow's foot
/// for many). `tip` lies on the box, `inner` on the line.
fn draw_end(end: End, (tip, inner): ((f32, f32), (f32, f32)), elements: &mut String) {
    let (dx, dy) = (inner.0 - tip.0, inner.1 - tip.1);
    let length = dx.hypot(dy).max(0.01);
    let (dx, dy) = (dx / length, dy / length);
    // `along` pixels from the box, `across` pixels to the side.
    let at = |along: f32, across: f32| (tip.0 + dx * along - dy * across, tip.1 + dy * along + dx * across);
    let bar = |along: f32| {
        let ((x1, y1), (x2, y2)) = (at(along, -5.0), at(along, 5.0));
        format!("M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}")
    };
    let ring = |along: f32| {
        let (x, y) = at(along, 0.0);
        format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>")
    };
    match end {
        End::Plain => {}
        End::Arrow => {
            let ((x1, y1), (x2, y2)) = (at(8.0, -4.0), at(8.0, 4.0));
            push(
                elements,
                format_args!(
                    "<path class=\"point\" d=\"M{:.1} {:.1}L{x1:.1} {y1:.1}L{x2:.1} {y2:.1}z\"/>",
                    tip.0, tip.1
                ),
            );
        }
        End::One => push(elements, format_args!("<path d=\"{}{}\"/>", bar(6.0), bar(10.0))),
        End::ZeroOrOne => push(elements, format_args!("<path d=\"{}\"/>{}", bar(6.0), ring(12.0))),
        End::Many => {
            let ((x1, y1), (x2, y2), (x3, y3)) = (at(0.0, -5.0), at(9.0, 0.0), at(0.0, 5.0));
            let foot = format!("M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}L{x3:.1} {y3:.1}");
            push(elements, format_args!("<path d=\"{foot}\"/>{}", ring(13.0)));
        }
    }
}

/// Text for between tags and between double quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // XML 1.0 has no place for these.
            character if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => {
                escaped.push('\u{fffd}')
            }
            character => escaped.push(character),
        }
    }
    escaped
}
