//! Diagrams as Mermaid (version 11), each a fenced block in Markdown under a heading of its own.
//!
//! Names come from scanned code, and Mermaid's grammars take words, quotes and signs for syntax in many places. So ids
//! are made here, and every text goes through [`escape`]: what could be syntax is written with a character that looks
//! like it.

mod escape;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use codeproof_types::laravel::LaravelMap;

use super::diagram::{self, Diagram, Edge, End, Kind, Node, Role};
use super::{MapOptions, summary};
use crate::markdown::escaped_prose;

/// How the classes of nodes look; borders only, so that text stays readable on light and dark grounds.
const CLASSES: [(Role, &str); 6] = [
    (Role::Guard, "stroke:#2e7d32,stroke-width:2px"),
    (Role::Open, "stroke:#c25e00,stroke-width:2px"),
    (Role::Doubt, "stroke:#c25e00,stroke-width:2px,stroke-dasharray:4 3"),
    (Role::Controller, "stroke:#1b4fc4,stroke-width:2px"),
    (Role::Model, "stroke:#7b3fb5,stroke-width:2px"),
    (Role::Section, "stroke:#1b4fc4,stroke-width:2px"),
];

/// Writes the Markdown.
pub(super) fn write_map(map: &LaravelMap, options: &MapOptions, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}\n", escaped_prose(&summary::title(map, options)))?;
    for sentence in summary::sentences(map, options) {
        writeln!(out, "{}  ", escaped_prose(&sentence))?;
    }
    let diagrams = diagram::diagrams(map, options);
    if diagrams.is_empty() {
        writeln!(out, "\nThere is nothing to draw.")?;
    }
    for diagram in &diagrams {
        writeln!(out, "\n## {}\n\n```mermaid\n{}```", escaped_prose(&diagram.title), source(diagram))?;
        for note in &diagram.notes {
            writeln!(out, "\n{}", escaped_prose(note))?;
        }
    }
    Ok(())
}

/// The text of one diagram, each line ended.
pub(super) fn source(diagram: &Diagram) -> String {
    match diagram.kind {
        Kind::Flow => flow(diagram),
        Kind::Entities => entities(diagram),
    }
}

fn flow(diagram: &Diagram) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for (at, node) in diagram.nodes.iter().enumerate() {
        let lines = std::iter::once(&node.title).chain(&node.lines).map(|line| escape::label(line));
        let lines: Vec<String> = lines.collect();
        push(&mut text, format_args!("  n{at}[\"{}\"]\n", lines.join("<br/>")));
    }
    for edge in &diagram.edges {
        push(&mut text, format_args!("  n{} --> n{}\n", edge.from, edge.to));
    }
    for (role, style) in CLASSES {
        let of_role = |(at, node): (usize, &Node)| (node.role == role).then(|| format!("n{at}"));
        let nodes: Vec<String> = diagram.nodes.iter().enumerate().filter_map(of_role).collect();
        if !nodes.is_empty() {
            let (word, nodes) = (role.word(), nodes.join(","));
            push(&mut text, format_args!("  classDef {word} {style}\n  class {nodes} {word}\n"));
        }
    }
    text
}

fn entities(diagram: &Diagram) -> String {
    let names = entity_names(diagram);
    let mut text = "erDiagram\n".to_owned();
    for (node, name) in diagram.nodes.iter().zip(&names) {
        if node.columns.is_empty() && node.lines.is_empty() {
            push(&mut text, format_args!("  \"{name}\"\n"));
            continue;
        }
        push(&mut text, format_args!("  \"{name}\" {{\n"));
        let mut used = BTreeSet::new();
        for column in &node.columns {
            let comment = if column.nullable { " \"may be empty\"" } else { "" };
            let keys = if column.keys.is_empty() { String::new() } else { format!(" {}", column.keys.join(", ")) };
            let name = unique(escape::word(&column.name), &mut used);
            push(&mut text, format_args!("    {} {name}{keys}{comment}\n", escape::word(&column.kind)));
        }
        for line in &node.lines {
            // A line that is no column stands as a comment.
            let name = unique("etc".to_owned(), &mut used);
            push(&mut text, format_args!("    and {name} \"{}\"\n", escape::label(line)));
        }
        text.push_str("  }\n");
    }
    for edge in &diagram.edges {
        push(&mut text, format_args!("  {}\n", relation(edge, &names)));
    }
    text
}

/// Writing to a text does not fail.
fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("a text takes everything");
}

/// Different tables keep different names when they are written with other characters.
fn entity_names(diagram: &Diagram) -> Vec<String> {
    let mut used = BTreeSet::new();
    diagram.nodes.iter().map(|node| unique(escape::entity(&node.title), &mut used)).collect()
}

fn unique(name: String, used: &mut BTreeSet<String>) -> String {
    let mut number = 1;
    let mut candidate = name.clone();
    while !used.insert(candidate.clone()) {
        number += 1;
        candidate = format!("{name}_{number}");
    }
    candidate
}

/// `"users" ||--o{ "orders" : "user_id"`.
fn relation(edge: &Edge, names: &[String]) -> String {
    let left = match edge.from_end {
        End::One => "||",
        End::ZeroOrOne | End::Plain | End::Arrow => "|o",
        End::Many => "}o",
    };
    let right = match edge.to_end {
        End::One => "||",
        End::ZeroOrOne | End::Plain | End::Arrow => "o|",
        End::Many => "o{",
    };
    let line = if edge.is_dotted { ".." } else { "--" };
    let label = escape::label(&edge.label);
    format!("\"{}\" {left}{line}{right} \"{}\" : \"{label}\"", names[edge.from], names[edge.to])
}
