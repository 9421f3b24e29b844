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

/// Tables that one column may point to, from which on they share a box.
const CROWD_MIN: usize = 3;

/// Tables named in such a box.
const CROWD_NAMES_MAX: usize = 8;

/// Diagrams of tables.
const DIAGRAMS_MAX: usize = 60;

/// Characters of a name in a box.
const NAME_CHARACTERS_MAX: usize = 40;

/// Everything that the diagrams are made from; tables have numbers in the order of their names.
struct Schema<'m> {
    tables: Vec<&'m Table>,
    numbers: BTreeMap<&'m str, usize>,
    relations: &'m [Relation<'m>],
    crowds: Crowds<'m>,
}

/// The diagrams.
pub(super) fn diagrams(map: &LaravelMap, options: &MapOptions) -> Vec<Diagram> {
    let made = if map.schema.is_empty() { of_models(map) } else { Vec::new() };
    let tables = if made.is_empty() { &map.schema } else { &made };
    let by_name: Tables<'_> = tables.iter().map(|table| (table.name.as_str(), table)).collect();
    let relations = relations::relations(&by_name, map, options.parts.models);
    let schema = Schema {
        tables: by_name.values().copied().collect(),
        numbers: by_name.keys().copied().zip(0..).collect(),
        relations: &relations,
        crowds: crowds(&relations),
    };
    let connections: Vec<(usize, usize)> = schema.lines().map(|(many, one, _)| (many, one)).collect();
    let groups = groups::groups(schema.tables.len(), &connections);
    let mut diagrams: Vec<Diagram> = groups.iter().take(DIAGRAMS_MAX).map(|group| schema.diagram(group)).collect();
    let left_out = groups.len().saturating_sub(DIAGRAMS_MAX);
    if let Some(last) = diagrams.last_mut().filter(|_| left_out > 0) {
        let groups = summary::counted(left_out, "more group of tables is", "more groups of tables are");
        last.notes.push(format!("{groups} not drawn."));
    }
    unique_titles(&mut diagrams);
    diagrams
}

/// The tables that one column may point to, by its table and name, where they are many.
type Crowds<'m> = BTreeMap<(&'m str, &'m str), Vec<&'m str>>;

/// Columns that may point to several tables, as polymorphic ones do. Lines to each would cover everything else, so they
/// get one box.
fn crowds<'m>(relations: &'m [Relation<'m>]) -> Crowds<'m> {
    let mut crowds: Crowds<'m> = BTreeMap::new();
    for relation in relations {
        crowds.entry((relation.many, &relation.label)).or_default().push(relation.one);
    }
    crowds.values_mut().for_each(|tables| tables.sort_unstable());
    crowds.retain(|_, tables| tables.len() >= CROWD_MIN);
    crowds
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

impl Schema<'_> {
    /// The relations that get a line of their own, with the numbers of their tables: who points, who is pointed to.
    fn lines(&self) -> impl Iterator<Item = (usize, usize, &Relation<'_>)> {
        let is_alone = |relation: &&Relation<'_>| !self.crowds.contains_key(&(relation.many, relation.label.as_str()));
        let relations = self.relations.iter().filter(is_alone);
        relations.map(|relation| (self.numbers[relation.many], self.numbers[relation.one], relation))
    }

    fn diagram(&self, group: &[usize]) -> Diagram {
        // What points into the group from elsewhere stands in the other group's diagram.
        let lines: Vec<_> = self.lines().filter(|(many, _, _)| group.contains(many)).collect();
        let mut elsewhere: Vec<usize> =
            lines.iter().map(|(_, one, _)| *one).filter(|one| !group.contains(one)).collect();
        elsewhere.sort_unstable();
        elsewhere.dedup();
        let left_out = elsewhere.len().saturating_sub(ELSEWHERE_MAX);
        elsewhere.truncate(ELSEWHERE_MAX);
        let shown: Vec<usize> = group.iter().chain(&elsewhere).copied().collect();
        let place = |table: usize| shown.iter().position(|it| *it == table);
        let in_full = group.iter().map(|table| node(self.tables[*table], self.relations));
        let by_name = elsewhere.iter().map(|table| name_node(self.tables[*table]));
        let mut nodes: Vec<Node> = in_full.chain(by_name).collect();
        let edges =
            lines.iter().filter_map(|(many, one, relation)| Some(edge(relation, place(*many)?, place(*one)?, &nodes)));
        let mut edges: Vec<Edge> = edges.collect();
        let mut boxes: BTreeMap<&[&str], usize> = BTreeMap::new();
        for ((many, column), ones) in &self.crowds {
            if let Some(many) = group.iter().position(|table| self.tables[*table].name == *many) {
                let crowd = *boxes.entry(ones).or_insert_with(|| {
                    nodes.push(crowd_node(ones));
                    nodes.len() - 1
                });
                edges.push(crowd_edge(crowd, many, column, &nodes));
            }
        }
        let mut notes = Vec::new();
        if left_out > 0 {
            let tables = summary::counted(left_out, "table of other groups is", "tables of other groups are");
            notes.push(format!("{tables} left out."));
        }
        Diagram { title: title(group, &self.tables, &edges), kind: Kind::Entities, nodes, edges, notes }
    }
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

/// One box for all tables that a column may point to.
fn crowd_node(tables: &[&str]) -> Node {
    let mut lines: Vec<String> =
        tables.iter().take(CROWD_NAMES_MAX).map(|table| clean::short(table, NAME_CHARACTERS_MAX)).collect();
    if tables.len() > CROWD_NAMES_MAX {
        lines.push(format!("… and {} more", tables.len() - CROWD_NAMES_MAX));
    }
    let title = format!("one of {} tables", tables.len());
    Node { role: Role::Elsewhere, title, lines, columns: Vec::new(), target: Target::None }
}

fn crowd_edge(from: usize, to: usize, column: &str, nodes: &[Node]) -> Edge {
    Edge {
        from,
        to,
        label: clean::short(column, NAME_CHARACTERS_MAX),
        from_end: End::ZeroOrOne,
        to_end: End::Many,
        is_dotted: true,
        column: nodes[to].columns.iter().position(|line| line.name == names::name(column)),
    }
}

/// A table of another group.
fn name_node(table: &Table) -> Node {
    let title = clean::short(&table.name, NAME_CHARACTERS_MAX);
    let target = Target::Table(table.name.clone());
    Node { role: Role::Elsewhere, title, lines: Vec::new(), columns: Vec::new(), target }
}

fn node(table: &Table, relations: &[Relation<'_>]) -> Node {
    let title = clean::short(&table.name, NAME_CHARACTERS_MAX);
    let target = Target::Table(table.name.clone());
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
