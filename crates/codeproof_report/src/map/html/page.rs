//! The page as a whole.

use std::io::{self, Write};

use askama::Template;
use codeproof_types::laravel::{Authentication, LaravelMap};

use super::details::{self, ConcernsView, ModelView, OperationView, TableView};
use super::links::{Link, Links};
use super::routes::{self, Row};
use crate::html::{policy, write_template};
use crate::map::diagram::{self, Diagram, Kind};
use crate::map::summary::{counted, grouped};
use crate::map::{MapOptions, mermaid, summary, svg};
use crate::{clean, time};

/// What the page adds to the report's style sheet.
const STYLE: &str = include_str!("../../../templates/map.css");

/// The script: what every page has, then what this one has.
const SCRIPT: &str = concat!(include_str!("../../../templates/page.js"), include_str!("../../../templates/map.js"));

/// Writes the page.
pub(in crate::map) fn write_map(map: &LaravelMap, options: &MapOptions, out: &mut dyn Write) -> io::Result<()> {
    write_template(&Page::new(map, options), out)
}

/// Everything `templates/map.html` shows.
#[derive(Template)]
#[template(path = "map.html")]
struct Page {
    policy: String,
    style: &'static str,
    map_style: &'static str,
    script: &'static str,
    title: String,
    /// Empty when it is not known.
    made_at: String,
    version: String,
    tiles: Vec<Tile>,
    flows: Vec<Drawing>,
    groups: Vec<Drawing>,
    routes: Option<Vec<Row>>,
    total: String,
    /// What does not fit on the page; empty when all does.
    left_out: String,
    verbs: Vec<String>,
    middleware: Vec<(&'static str, String, String)>,
    tables: Option<Vec<TableView>>,
    operations: Vec<OperationView>,
    destructive: usize,
    models: Option<Vec<ModelView>>,
    concerns: Option<Vec<ConcernsView>>,
    limits: Vec<(String, Link)>,
}

/// A count with what it is made of.
struct Tile {
    name: &'static str,
    total: String,
    parts: Vec<String>,
    address: &'static str,
    is_alert: bool,
}

/// A diagram as the page shows it.
struct Drawing {
    number: usize,
    title: String,
    svg: String,
    source: String,
    notes: Vec<String>,
}

impl Page {
    fn new(map: &LaravelMap, options: &MapOptions) -> Self {
        let diagrams = diagram::diagrams(map, options);
        let links = Links::new(map, &diagrams, options.link_base.as_deref());
        let drawings =
            diagrams.iter().zip(1..).map(|(diagram, number)| (diagram.kind, drawing(diagram, number, &links)));
        let (flows, groups): (Vec<_>, Vec<_>) = drawings.partition(|(kind, _)| *kind == Kind::Flow);
        let parts = options.parts;
        let rows = parts.routes.then(|| routes::rows(map, &links));
        let operations = if parts.migrations { details::operations(map, &links) } else { Vec::new() };
        Self {
            policy: policy::content_security_policy(&[SCRIPT], &[policy::STYLE, STYLE]),
            style: policy::STYLE,
            map_style: STYLE,
            script: SCRIPT,
            title: summary::title(map, options),
            made_at: options.generated_at_ms.map(time::utc_for_people).unwrap_or_default(),
            version: clean::one_line(&options.version),
            tiles: tiles(map, options),
            flows: flows.into_iter().map(|(_, drawing)| drawing).collect(),
            groups: groups.into_iter().map(|(_, drawing)| drawing).collect(),
            total: grouped(rows.as_ref().map_or(0, Vec::len)),
            verbs: rows.as_deref().map(verbs).unwrap_or_default(),
            routes: rows,
            left_out: left_out(map, options),
            middleware: if parts.routes { details::middleware(map) } else { Vec::new() },
            tables: parts.migrations.then(|| details::tables(map, &links, parts.models)),
            destructive: operations.iter().filter(|operation| !operation.losses.is_empty()).count(),
            operations,
            models: parts.models.then(|| details::models(map, &links)),
            concerns: parts.concerns.then(|| details::concerns(map, &links)),
            limits: details::limits(map, &links),
        }
    }
}

fn drawing(diagram: &Diagram, number: usize, links: &Links<'_>) -> Drawing {
    Drawing {
        number,
        title: diagram.title.clone(),
        svg: svg::inline(diagram, &|target| links.target(target)),
        source: mermaid::source(diagram),
        notes: diagram.notes.clone(),
    }
}

/// The verbs that routes have, for the filter.
fn verbs(rows: &[Row]) -> Vec<String> {
    let verbs = rows.iter().flat_map(|row| row.verbs.split('|')).map(str::to_owned);
    let verbs: std::collections::BTreeSet<String> = verbs.collect();
    verbs.into_iter().take(20).collect()
}

fn left_out(map: &LaravelMap, options: &MapOptions) -> String {
    let mut sentences = Vec::new();
    let rest = map.routes.len().saturating_sub(routes::ROWS_MAX);
    if options.parts.routes && rest > 0 {
        sentences.push(format!("{} left out of this page; the JSON has all.", counted(rest, "route is", "routes are")));
    }
    let rest = (map.migrations.len() + map.raw_statements.len()).saturating_sub(details::OPERATIONS_MAX);
    if options.parts.migrations && rest > 0 {
        let operations = counted(rest, "migration operation is", "migration operations are");
        sentences.push(format!("{operations} left out of this page; the JSON has all."));
    }
    sentences.join(" ")
}

fn tiles(map: &LaravelMap, options: &MapOptions) -> Vec<Tile> {
    let mut tiles = Vec::new();
    if options.parts.routes {
        let count = |wanted| map.routes.iter().filter(|route| route.authentication == wanted).count();
        let doubts = map.routes.iter().filter(|route| !route.unknown.is_empty() || route.conditional).count();
        let parts = vec![
            format!(
                "{} signed in, {} open",
                grouped(count(Authentication::Required)),
                grouped(count(Authentication::None))
            ),
            format!("{} not known, {} in doubt", grouped(count(Authentication::Unknown)), grouped(doubts)),
        ];
        tiles.push(Tile::new("Routes", map.routes.len(), parts, "#routes"));
    }
    if options.parts.migrations {
        let destructive = map.migrations.iter().filter(|it| it.is_destructive).count();
        let operations = counted(map.migrations.len(), "migration operation", "migration operations");
        let parts = vec![operations, format!("{} losing data", grouped(destructive))];
        tiles.push(Tile::new("Tables", map.schema.len(), parts, "#tables"));
    }
    if options.parts.models {
        let relationships = map.models.iter().map(|model| model.relationships.len()).sum();
        let parts = vec![counted(relationships, "relationship", "relationships")];
        tiles.push(Tile::new("Models", map.models.len(), parts, "#models"));
    }
    if options.parts.concerns {
        let parts = vec!["what does not fit together".to_owned()];
        let tile = Tile::new("Concerns", map.concerns.len(), parts, "#concerns");
        tiles.push(Tile { is_alert: !map.concerns.is_empty(), ..tile });
    }
    let limits = vec!["places that could not be followed".to_owned()];
    let limits = Tile::new("Limits", map.limits.len(), limits, "#limits");
    tiles.push(Tile { is_alert: !map.limits.is_empty(), ..limits });
    tiles
}

impl Tile {
    fn new(name: &'static str, total: usize, parts: Vec<String>, address: &'static str) -> Self {
        Self { name, total: grouped(total), parts, address, is_alert: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assets_stay_inside_their_elements() {
        policy::assert_harmless(SCRIPT, STYLE);
    }
}
