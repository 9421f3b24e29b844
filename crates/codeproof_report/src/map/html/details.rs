//! Tables, models, migrations, middleware and concerns as the page shows them.

use std::collections::BTreeMap;

use codeproof_types::laravel::{Column, LaravelMap, MigrationOperation, Model, Operation, Relationship, Table};

use super::links::{Link, Links};
use crate::clean;
use crate::map::{diagram, keys, names, summary};

/// Migration operations on the page; the JSON has all.
pub(super) const OPERATIONS_MAX: usize = 5_000;

/// A table with its columns.
#[derive(Debug, Clone)]
pub(super) struct TableView {
    pub name: String,
    pub place: Link,
    /// `12 columns`, with a word when it is in doubt.
    pub about: String,
    pub models: Vec<Link>,
    pub columns: Vec<ColumnView>,
    pub indexes: Vec<String>,
}

/// A column.
#[derive(Debug, Clone)]
pub(super) struct ColumnView {
    pub name: String,
    pub kind: String,
    pub marks: String,
    pub default: String,
    /// The tables it points to, each with a word about who says so.
    pub to: Vec<(Link, &'static str)>,
}

/// The tables, in the order of the map.
pub(super) fn tables(map: &LaravelMap, links: &Links<'_>, with_models: bool) -> Vec<TableView> {
    let pointed_to = diagram::pointed_to(map, with_models);
    let mut models: BTreeMap<&str, Vec<Link>> = BTreeMap::new();
    for model in map.models.iter().filter(|_| with_models) {
        if let Some(table) = &model.table_name {
            models.entry(table).or_default().push(links.model(&model.name));
        }
    }
    let view = |table: &Table| TableView {
        name: names::name(&table.name),
        place: links.place(&table.file_path, table.line),
        about: table_about(table),
        models: models.get(table.name.as_str()).cloned().unwrap_or_default(),
        columns: table.columns.iter().map(|column| column_view(table, column, &pointed_to, links)).collect(),
        indexes: table.indexes.iter().map(index_text).collect(),
    };
    map.schema.iter().map(view).collect()
}

fn table_about(table: &Table) -> String {
    let columns = summary::counted(table.columns.len(), "column", "columns");
    match names::certainty(table.certainty) {
        "" => columns,
        doubt => format!("{columns}, {doubt}"),
    }
}

type PointedTo<'m> = BTreeMap<(&'m str, String), Vec<diagram::PointedTo<'m>>>;

fn column_view(table: &Table, column: &Column, pointed_to: &PointedTo<'_>, links: &Links<'_>) -> ColumnView {
    let to = pointed_to.get(&(table.name.as_str(), column.name.clone()));
    let said = |to: &diagram::PointedTo<'_>| (links.table(to.table), if to.is_enforced { "" } else { "by models" });
    let is_primary = keys::is_primary(table, &column.name);
    let marks = [
        (is_primary, "primary key"),
        (!is_primary && keys::is_unique(table, &column.name), "unique"),
        (column.nullable, "may be empty"),
    ];
    let marks: Vec<&str> = marks.into_iter().filter_map(|(is, mark)| is.then_some(mark)).collect();
    ColumnView {
        name: names::name(&column.name),
        kind: names::name(&column.kind),
        marks: marks.join(", "),
        default: column.default.as_ref().map(|value| names::name(&value.to_string())).unwrap_or_default(),
        to: to.into_iter().flatten().map(said).collect(),
    }
}

/// `unique (email)`.
fn index_text(index: &codeproof_types::laravel::TableIndex) -> String {
    let columns: Vec<String> = index.columns.iter().map(|column| names::name(column)).collect();
    format!("{} ({})", format!("{:?}", index.kind).to_lowercase(), columns.join(", "))
}

/// A model with its relationships.
#[derive(Debug, Clone)]
pub(super) struct ModelView {
    pub name: String,
    pub full_name: String,
    pub place: Link,
    pub table: Link,
    /// Its table and how many relationships it has.
    pub about: String,
    /// Labels and texts: what may be filled in, casts, traits, …
    pub facts: Vec<(&'static str, String)>,
    pub relationships: Vec<RelationshipView>,
    pub doubts: Vec<(String, Link)>,
}

/// A relationship.
#[derive(Debug, Clone)]
pub(super) struct RelationshipView {
    pub name: Link,
    pub kind: String,
    pub related: Link,
    pub by: String,
    pub doubts: Vec<(String, Link)>,
}

/// The models, in the order of the map.
pub(super) fn models(map: &LaravelMap, links: &Links<'_>) -> Vec<ModelView> {
    let view = |model: &Model| ModelView {
        name: names::class(&model.name),
        full_name: names::name(&model.name),
        place: links.place(&model.file_path, model.line),
        table: model.table_name.as_deref().map(|table| links.table(table)).unwrap_or_default(),
        about: model_about(model),
        facts: model_facts(model),
        relationships: model.relationships.iter().map(|it| relationship_view(it, links)).collect(),
        doubts: doubts(&model.unknown, links),
    };
    map.models.iter().map(view).collect()
}

fn model_about(model: &Model) -> String {
    let table = match (&model.table_name, model.is_abstract) {
        (Some(table), _) => names::name(table),
        (None, true) => "abstract".to_owned(),
        (None, false) => "table not known".to_owned(),
    };
    match model.relationships.len() {
        0 => table,
        count => format!("{table}, {}", summary::counted(count, "relationship", "relationships")),
    }
}

fn doubts(unknown: &[codeproof_types::laravel::UnknownPart], links: &Links<'_>) -> Vec<(String, Link)> {
    unknown.iter().map(|part| (clean::short(&part.reason, 300), links.place(&part.path, part.line))).collect()
}

fn model_facts(model: &Model) -> Vec<(&'static str, String)> {
    let list = |names_of: &[String]| names_of.iter().map(|name| names::name(name)).collect::<Vec<_>>().join(", ");
    let casts: Vec<String> =
        model.casts.iter().map(|(name, kind)| format!("{} {}", names::name(name), names::name(kind))).collect();
    let traits: Vec<String> = model.traits.iter().map(|full| names::name(names::short_class(full))).collect();
    let mut facts = vec![
        ("fillable", list(&model.fillable)),
        ("guarded", list(&model.guarded)),
        ("hidden", list(&model.hidden)),
        ("appends", list(&model.appends)),
        ("casts", casts.join(", ")),
        ("traits", traits.join(", ")),
        ("connection", model.connection.as_deref().map(names::name).unwrap_or_default()),
    ];
    if model.soft_deletes {
        facts.push(("deletes", "deleted rows stay".to_owned()));
    }
    facts.retain(|(_, text)| !text.is_empty());
    facts
}

fn relationship_view(relationship: &Relationship, links: &Links<'_>) -> RelationshipView {
    let address = links.line_address(&relationship.file_path, relationship.line);
    let keys = [
        relationship.pivot_table.as_deref().map(|table| format!("table {}", names::name(table))),
        relationship.through.as_deref().map(|model| format!("through {}", names::class(model))),
        relationship.foreign_key.as_deref().map(names::name),
        relationship.related_pivot_key.as_deref().map(names::name),
        relationship.morph_type.as_deref().map(names::name),
    ];
    let any = Link { text: "any model".to_owned(), address: String::new() };
    RelationshipView {
        name: Link { text: names::name(&relationship.name), address },
        kind: names::name(&relationship.kind),
        related: match (&relationship.related, relationship.kind.as_str()) {
            (Some(related), _) => links.model(related),
            (None, "morphTo") => any,
            (None, _) => Link { text: "not known".to_owned(), address: String::new() },
        },
        by: keys.into_iter().flatten().collect::<Vec<_>>().join(", "),
        doubts: doubts(&relationship.unknown, links),
    }
}

/// What a migration does to a table.
#[derive(Debug, Clone)]
pub(super) struct OperationView {
    pub what: String,
    pub table: Link,
    pub place: Link,
    pub losses: Vec<String>,
    /// Whether it hangs on something outside the code.
    pub is_conditional: bool,
    pub doubts: Vec<(String, Link)>,
}

/// The operations in the order Laravel runs them, then SQL that the migrations write themselves.
pub(super) fn operations(map: &LaravelMap, links: &Links<'_>) -> Vec<OperationView> {
    let view = |operation: &MigrationOperation| OperationView {
        what: match operation.operation {
            Operation::Create => "creates".to_owned(),
            Operation::Alter => "changes".to_owned(),
            Operation::Drop => "drops".to_owned(),
            Operation::Rename => {
                format!("makes {} of", operation.to.as_deref().map_or("?".to_owned(), names::name))
            }
        },
        table: links.table(&operation.table_name),
        place: links.place(&operation.file_path, operation.start_line),
        losses: operation.destructive_operations.iter().map(|loss| names::name(loss)).collect(),
        is_conditional: operation.conditional,
        doubts: doubts(&operation.unknown, links),
    };
    let raw = summary::other_statements(map).map(|statement| OperationView {
        what: format!("SQL: {}", names::name(&statement.sql)),
        table: Link::default(),
        place: links.place(&statement.file_path, statement.line),
        losses: statement.destructive_operations.iter().map(|loss| names::name(loss)).collect(),
        is_conditional: statement.conditional,
        doubts: Vec::new(),
    });
    map.migrations.iter().map(view).chain(raw).take(OPERATIONS_MAX).collect()
}

/// Concerns of one kind.
#[derive(Debug, Clone)]
pub(super) struct ConcernsView {
    pub title: String,
    pub concerns: Vec<(String, String, Link)>,
}

/// The concerns by kind.
pub(super) fn concerns(map: &LaravelMap, links: &Links<'_>) -> Vec<ConcernsView> {
    let group = |(title, concerns): (String, Vec<&codeproof_types::laravel::Concern>)| {
        let view = |concern: &&codeproof_types::laravel::Concern| {
            let message = clean::short(&concern.message, 600);
            (names::name(&concern.subject), message, links.place(&concern.path, concern.start_line))
        };
        ConcernsView { title, concerns: concerns.iter().map(view).collect() }
    };
    summary::concern_groups(map).into_iter().map(group).collect()
}

/// Reasons and places of what was not followed.
pub(super) fn limits(map: &LaravelMap, links: &Links<'_>) -> Vec<(String, Link)> {
    doubts(&map.limits, links)
}

/// Names of middleware with what they stand for: groups first, then short names.
pub(super) fn middleware(map: &LaravelMap) -> Vec<(&'static str, String, String)> {
    let entries =
        |entries: &[String]| entries.iter().map(|entry| names::middleware(entry)).collect::<Vec<_>>().join(", ");
    let groups = map.middleware.groups.iter().map(|(name, of_group)| ("group", names::name(name), entries(of_group)));
    let aliases = map.middleware.aliases.iter().map(|(name, class)| ("alias", names::name(name), names::name(class)));
    groups.chain(aliases).collect()
}
