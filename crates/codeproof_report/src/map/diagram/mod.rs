//! Which diagrams a map has, and what stands in each: routes and what answers them by section, tables and how they hang
//! together by group. Nothing here knows Mermaid or SVG; texts are cleaned but not escaped.

mod entities;
mod flow;
mod groups;
mod overview;
mod relations;

use std::collections::BTreeMap;

use codeproof_types::laravel::{LaravelMap, Table};

use super::MapOptions;
use super::sections::Section;

/// What a diagram shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// From left to right: who is asked, who answers.
    Flow,
    /// Tables and relations.
    Entities,
}

/// A diagram of a size that stays readable.
#[derive(Debug, Clone)]
pub(super) struct Diagram {
    pub title: String,
    pub kind: Kind,
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    /// What is left out of it, as sentences.
    pub notes: Vec<String>,
}

/// What a node stands for, which decides how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// A file that registers routes.
    File,
    /// A section of routes, drawn in a diagram of its own.
    Section,
    /// Routes that one controller answers.
    Routes,
    /// Middleware that lets everybody pass.
    Open,
    /// Middleware that asks who is there.
    Guard,
    /// Middleware of which that is not known.
    Doubt,
    /// A controller, or closures.
    Controller,
    /// A model.
    Model,
    /// A table in full.
    Table,
    /// A table that stands in full in another diagram.
    Elsewhere,
}

impl Role {
    /// Its word in style sheets and in Mermaid's classes.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Section => "section",
            Self::Routes => "routes",
            Self::Open => "open",
            Self::Guard => "guard",
            Self::Doubt => "doubt",
            Self::Controller => "controller",
            Self::Model => "model",
            Self::Table => "table",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// Where a node leads to on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Nowhere.
    None,
    /// The model of this full name.
    Model(String),
    /// The table of this name.
    Table(String),
    /// The diagram of this title.
    Diagram(String),
    /// A line of a file.
    Line(String, u32),
}

/// A box.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub role: Role,
    pub title: String,
    pub lines: Vec<String>,
    /// Columns of a table; empty in flows.
    pub columns: Vec<ColumnLine>,
    pub target: Target,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub(super) struct ColumnLine {
    pub kind: String,
    pub name: String,
    /// `PK`, `FK`, `UK`, in this order.
    pub keys: Vec<&'static str>,
    pub nullable: bool,
}

/// How many of a node stand at an end of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// An arrow's plain end.
    Plain,
    /// An arrow's point.
    Arrow,
    /// Exactly one.
    One,
    /// None or one.
    ZeroOrOne,
    /// Any number.
    Many,
}

/// A line between two nodes.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    /// Index of a node.
    pub from: usize,
    /// Index of a node.
    pub to: usize,
    pub label: String,
    pub from_end: End,
    pub to_end: End,
    /// Whether nothing but the code enforces it.
    pub is_dotted: bool,
    /// The column of the node at its end that it is about, by index.
    pub column: Option<usize>,
}

/// An arrow of a flow.
fn arrow(from: usize, to: usize) -> Edge {
    Edge { from, to, label: String::new(), from_end: End::Plain, to_end: End::Arrow, is_dotted: false, column: None }
}

/// Every diagram of the parts that were asked for: the overview, sections of routes, groups of tables.
pub(super) fn diagrams(map: &LaravelMap, options: &MapOptions) -> Vec<Diagram> {
    let mut diagrams = Vec::new();
    if options.parts.routes && !map.routes.is_empty() {
        let sections = flow::sections(map);
        diagrams.extend(overview::diagram(&sections));
        diagrams.extend(sections.into_iter().take(overview::DIAGRAMS_MAX).map(flow::diagram));
    }
    if options.parts.migrations || options.parts.models {
        diagrams.extend(entities::diagrams(map, options));
    }
    diagrams
}

/// A table that a column points to.
pub(super) struct PointedTo<'m> {
    pub table: &'m str,
    /// Whether a foreign key enforces it; else a model says so.
    pub is_enforced: bool,
}

/// Where columns point to, by their table and name.
pub(super) fn pointed_to(map: &LaravelMap, with_models: bool) -> BTreeMap<(&str, String), Vec<PointedTo<'_>>> {
    let tables = map.schema.iter().map(|table| (table.name.as_str(), table)).collect();
    let mut found: BTreeMap<(&str, String), Vec<PointedTo<'_>>> = BTreeMap::new();
    for relation in relations::relations(&tables, map, with_models) {
        let to = PointedTo { table: relation.one, is_enforced: relation.is_enforced };
        found.entry((relation.many, relation.label)).or_default().push(to);
    }
    found
}

/// A section with its routes by what answers them.
struct GroupedSection<'m> {
    section: Section<'m>,
    groups: Vec<flow::Group<'m>>,
}

/// A table as far as a diagram needs it; without columns when only models are known.
fn bare_table(name: &str) -> Table {
    Table { name: name.to_owned(), ..Table::default() }
}
