//! Call graphs: a tree in the terminal, Mermaid and DOT for drawing, JSON.

use std::collections::HashSet;
use std::io::{self, Write};

use codeproof_types::Resolution;
use serde::Serialize;

use super::references::{Definition, head, sureness};
use crate::text::{Painter, Style, TextOptions};
use crate::{clean, json, numbers};

/// Formats of `codeproof graph`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphFormat {
    /// A tree.
    Text,
    /// Nodes and edges.
    Json,
    /// A Mermaid flowchart, which GitHub and GitLab draw.
    Mermaid,
    /// Graphviz.
    Dot,
}

/// One definition of a graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GraphNode {
    /// The definition.
    #[serde(flatten)]
    pub definition: Definition,
    /// Calls between it and the start.
    pub distance: u32,
    /// How it is entered from outside, when it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<&'static str>,
}

/// One edge, from caller to callee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GraphLine {
    /// Index of the caller among the nodes; `None` for code at file level.
    pub from: Option<usize>,
    /// Index of the callee.
    pub to: usize,
    /// Places that call.
    pub calls: u32,
    /// The surest of them.
    pub resolution: Resolution,
}

/// A part of the call graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GraphView {
    /// `callers` or `callees`.
    pub direction: &'static str,
    /// The start first, then nearest first.
    pub nodes: Vec<GraphNode>,
    /// The edges between them.
    pub edges: Vec<GraphLine>,
    /// Definitions that were not followed.
    pub left_out: usize,
}

/// Writes a call graph.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_graph(
    graph: &GraphView,
    format: GraphFormat,
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        GraphFormat::Json => json::write_pretty(graph, out),
        GraphFormat::Text => tree(graph, options, out),
        GraphFormat::Mermaid => mermaid(graph, out),
        GraphFormat::Dot => dot(graph, out),
    }
}

/// Each definition is opened once; where it comes again only its name stands.
fn tree(graph: &GraphView, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let painter = Painter::new(options.color);
    let Some(start) = graph.nodes.first() else { return Ok(()) };
    head(&start.definition, painter, out)?;
    let mut opened = HashSet::from([0]);
    // Lines still to write, last first: node, edge's resolution and calls, the ruler before it.
    let mut open: Vec<(usize, Resolution, u32, String, bool)> = Vec::new();
    push_next(graph, 0, "", &mut open);
    while let Some((node, resolution, calls, ruler, is_last)) = open.pop() {
        let it = &graph.nodes[node];
        let branch = if is_last { "└─ " } else { "├─ " };
        let is_new = opened.insert(node);
        let place = format!("{}:{}", clean::path(&it.definition.path), it.definition.line);
        let times = if calls > 1 { format!(" ×{calls}") } else { String::new() };
        let entry = it.entry.map_or(String::new(), |entry| format!("  [{entry}]"));
        let again = if is_new || !has_next(graph, node) { "" } else { "  (above)" };
        let sure = sureness(resolution);
        let sure = if sure.is_empty() { String::new() } else { format!("  {sure}") };
        writeln!(
            out,
            "{}{}{}  {}{}",
            painter.paint(Style::Quiet, &format!("{ruler}{branch}")),
            clean::one_line(&it.definition.name),
            painter.paint(Style::Quiet, &times),
            painter.paint(Style::Name, &place),
            painter.paint(Style::Quiet, &format!("{entry}{sure}{again}")),
        )?;
        if is_new {
            let ruler = format!("{ruler}{}", if is_last { "   " } else { "│  " });
            push_next(graph, node, &ruler, &mut open);
        }
    }
    let from_files: usize = graph.edges.iter().filter(|edge| edge.from.is_none()).map(|edge| edge.calls as usize).sum();
    if from_files > 0 {
        writeln!(out, "{} at file level", numbers::counted(numbers::count(from_files), "call stands", "calls stand"))?;
    }
    if graph.left_out > 0 {
        let left = numbers::counted(numbers::count(graph.left_out), "definition is", "definitions are");
        writeln!(out, "{left} left out; --nodes raises the limit")?;
    }
    Ok(())
}

fn next_of(graph: &GraphView, node: usize) -> impl Iterator<Item = (usize, &GraphLine)> {
    let is_callers = graph.direction == "callers";
    graph.edges.iter().filter_map(move |edge| match is_callers {
        true if edge.to == node => Some((edge.from?, edge)),
        false if edge.from == Some(node) => Some((edge.to, edge)),
        _ => None,
    })
}

fn has_next(graph: &GraphView, node: usize) -> bool {
    next_of(graph, node).next().is_some()
}

fn push_next(graph: &GraphView, node: usize, ruler: &str, open: &mut Vec<(usize, Resolution, u32, String, bool)>) {
    let mut next: Vec<(usize, &GraphLine)> = next_of(graph, node).collect();
    next.sort_by_key(|(other, _)| *other);
    let last = next.len().saturating_sub(1);
    for (at, (other, edge)) in next.into_iter().enumerate().rev() {
        open.push((other, edge.resolution, edge.calls, ruler.to_owned(), at == last));
    }
}

fn mermaid(graph: &GraphView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    for (at, node) in graph.nodes.iter().enumerate() {
        // Mermaid reads entities in quoted labels; everything it could take for syntax becomes one.
        let label: String = clean::one_line(&node.definition.name).chars().map(entity).collect();
        let place: String =
            format!("{}:{}", clean::path(&node.definition.path), node.definition.line).chars().map(entity).collect();
        writeln!(out, "    n{at}[\"{label}<br/><small>{place}</small>\"]")?;
    }
    for edge in &graph.edges {
        let Some(from) = edge.from else { continue };
        let arrow = if edge.resolution <= Resolution::Import { "-->" } else { "-.->" };
        writeln!(out, "    n{from} {arrow} n{}", edge.to)?;
    }
    Ok(())
}

fn entity(c: char) -> String {
    match c {
        c if c.is_alphanumeric() || " _./:-\\$".contains(c) => c.to_string(),
        c => format!("#{};", c as u32),
    }
}

fn dot(graph: &GraphView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph calls {{\n    rankdir=LR;\n    node [shape=box];")?;
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    for (at, node) in graph.nodes.iter().enumerate() {
        let name = quoted(&clean::one_line(&node.definition.name));
        let path = quoted(&clean::path(&node.definition.path));
        writeln!(out, "    n{at} [label=\"{name}\\n{path}:{}\"];", node.definition.line)?;
    }
    for edge in &graph.edges {
        let Some(from) = edge.from else { continue };
        let style = if edge.resolution <= Resolution::Import { "" } else { " [style=dashed]" };
        writeln!(out, "    n{from} -> n{}{style};", edge.to)?;
    }
    writeln!(out, "}}")
}
