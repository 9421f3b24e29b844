//! Tables and their relations as diagrams, one for each group.

use std::collections::{BTreeMap, BTreeSet};

use codeproof_types::laravel::{Column, LaravelMap, Table};

use super::relations::{self, Relation, Tables};
use super::{ColumnLine, Diagram, Edge, End, Kind, Node, Role, Target, bare_table, groups};
use crate::clean;
use crate::map::{MapOptions, keys, names, summary};

/// Columns shown of one table: keys first.
const COLUMNS_MAX: usize = 14;

/// Tables of other groups that are shown by name in one diagram.
const ELSEWHERE_MAX: usize = 10;

/// Diagrams of tables.
const DIAGRAMS_MAX: usize = 60;

/// Characters of a name in a box.
const NAME_CHARACTERS_MAX: usize = 40;

/// The diagrams.
pub(super) fn diagrams(map: &LaravelMap, options: &MapOptions) -> Vec<Diagram> {
    let made = if map.schema.is_empty() { of_models(map) } else { Vec::new() };
    let tables: Vec<&Table> = if made.is_empty() { map.schema.iter().collect() } else { made.iter().collect() };
    let by_name: Tables<'_> = tables.iter().map(|table| (table.name.as_str(), *table)).collect();
    let tables: Vec<&Table> = by_name.values().copied().collect();
    let numbers: BTreeMap<&str, usize> = by_name.keys().copied().zip(0..).collect();
    let relations = relations::relations(&by_name, map, options.parts.models);
    let connections: Vec<_> = relations.iter().map(|it| (numbers[it.many], numbers[it.one])).collect();
    let groups = groups::groups(tables.len(), &connections);
    let left_out = groups.len().saturating_sub(DIAGRAMS_MAX);
    let mut diagrams: Vec<Diagram> =
        groups.iter().take(DIAGRAMS_MAX).map(|group| diagram(group, &tables, &relations, &numbers)).collect();
    if let Some(last) = diagrams.last_mut().filter(|_| left_out > 0) {
        last.notes
            .push(format!("{} not drawn.", summary::counted(left_out, "more group of tables is", "more groups are")));
    }
    unique_titles(&mut diagrams);
    diagrams
}

/// Tables without columns, when migrations were not asked for or are not there.
fn of_models(map: &LaravelMap) -> Vec<Table> {
    let names: BTreeSet<&str> = map.models.iter().filter_map(|model| model.table_name.as_deref()).collect();
    names.into_iter().map(bare_table).collect()
}

fn unique_titles(diagrams: &mut [Diagram]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for diagram in diagrams {
        let count = seen.entry(diagram.title.clone()).or_default();
        *count += 1;
        if *count > 1 {
            diagram.title = format!("{} ({count})", diagram.title);
        }
    }
}

fn diagram(group: &[usize], tables: &[&Table], relations: &[Relation<'_>], numbers: &BTreeMap<&str, usize>) -> Diagram {
    let of_group: Vec<(usize, usize, &Relation<'_>)> = relations
        .iter()
        .map(|relation| (numbers[relation.many], numbers[relation.one], relation))
        // What points into the group from elsewhere stands in the other group's diagram.
        .filter(|(many, _, _)| group.contains(many))
        .collect();
    let mut elsewhere: Vec<usize> =
        of_group.iter().map(|(_, one, _)| *one).filter(|one| !group.contains(one)).collect();
    elsewhere.sort_unstable();
    elsewhere.dedup();
    let left_out = elsewhere.len().saturating_sub(ELSEWHERE_MAX);
    elsewhere.truncate(ELSEWHERE_MAX);
    let shown: Vec<usize> = group.iter().chain(&elsewhere).copied().collect();
    let place = |table: usize| shown.iter().position(|it| *it == table);
    let nodes = shown.iter().enumerate().map(|(at, table)| node(tables[*table], at >= group.len(), relations));
    let nodes: Vec<Node> = nodes.collect();
    let edges =
        of_group.iter().filter_map(|(many, one, relation)| Some(edge(relation, place(*many)?, place(*one)?, &nodes)));
    let edges: Vec<Edge> = edges.collect();
    let mut notes = Vec::new();
    if left_out > 0 {
        notes.push(format!(
            "{} left out.",
            summary::counted(left_out, "table of other groups is", "tables of other groups are")
        ));
    }
    Diagram { title: title(group, tables, &edges), kind: Kind::Entities, nodes, edges, notes }
}

/// Named after its best connected table.
fn title(group: &[usize], tables: &[&Table], edges: &[Edge]) -> String {
    let degree = |at: &usize| edges.iter().filter(|edge| edge.from == *at || edge.to == *at).count();
    let mut order: Vec<usize> = (0..group.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(degree(at)), *at));
    let named: Vec<String> =
        order.iter().take(2).map(|at| clean::short(&tables[group[*at]].name, NAME_CHARACTERS_MAX)).collect();
    match (group.len(), edges.is_empty()) {
        (1, _) => format!("Table {}", named[0]),
        (_, true) => "Tables without relations".to_owned(),
        (2, false) => format!("Tables {} and {}", named[0], named[1]),
        (_, false) => format!("Tables around {}", named.join(" and ")),
    }
}

fn edge(relation: &Relation<'_>, many: usize, one: usize, nodes: &[Node]) -> Edge {
    let label = clean::short(&relation.label, NAME_CHARACTERS_MAX);
    Edge {
        from: one,
        to: many,
        label: if relation.is_polymorphic { format!("{label} (polymorphic)") } else { label },
        from_end: if relation.is_required && !relation.is_polymorphic { End::One } else { End::ZeroOrOne },
        to_end: if relation.is_unique { End::ZeroOrOne } else { End::Many },
        is_dotted: !relation.is_enforced,
        column: nodes[many].columns.iter().position(|column| column.name == names::name(&relation.label)),
    }
}

fn node(table: &Table, is_elsewhere: bool, relations: &[Relation<'_>]) -> Node {
    let title = clean::short(&table.name, NAME_CHARACTERS_MAX);
    let target = Target::Table(table.name.clone());
    if is_elsewhere {
        return Node { role: Role::Elsewhere, title, lines: Vec::new(), columns: Vec::new(), target };
    }
    let mut columns: Vec<ColumnLine> =
        table.columns.iter().map(|column| column_line(table, column, relations)).collect();
    let mut lines = Vec::new();
    if columns.len() > COLUMNS_MAX {
        // Keys stay; the rest in the order of the table.
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by_key(|at| columns[*at].keys.is_empty());
        order.truncate(COLUMNS_MAX);
        order.sort_unstable();
        lines.push(format!("… {} more", columns.len() - COLUMNS_MAX));
        columns = order.into_iter().map(|at| columns[at].clone()).collect();
    }
    Node { role: Role::Table, title, lines, columns, target }
}

fn column_line(table: &Table, column: &Column, relations: &[Relation<'_>]) -> ColumnLine {
    let points = |relation: &Relation<'_>| relation.many == table.name && relation.label == column.name;
    let is_foreign = keys::foreign_of(table, &column.name).is_some() || relations.iter().any(points);
    let is_primary = keys::is_primary(table, &column.name);
    let marks = [(is_primary, "PK"), (is_foreign, "FK"), (!is_primary && keys::is_unique(table, &column.name), "UK")];
    ColumnLine {
        kind: clean::short(&column.kind, NAME_CHARACTERS_MAX),
        name: names::name(&column.name),
        keys: marks.into_iter().filter_map(|(is, mark)| is.then_some(mark)).collect(),
        nullable: column.nullable,
    }
}
