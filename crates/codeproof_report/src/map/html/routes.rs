//! The rows of the route table.

use codeproof_types::laravel::{Authentication, Certainty, LaravelMap, Route};

use super::links::{Link, Links};
use crate::clean;
use crate::map::names;

/// Rows on the page. A browser filters this many in an instant; the JSON has all.
pub(super) const ROWS_MAX: usize = 5_000;

/// A row.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub verbs: String,
    pub address: String,
    pub name: String,
    pub handler: Link,
    pub middleware: String,
    /// `auth`, `open` or `unknown`.
    pub who: &'static str,
    /// What sees to it that a request is signed in; empty when nothing does.
    pub by: String,
    /// `exact`, `conditional` or `partial`.
    pub sure: &'static str,
    /// Patterns, defaults and what else is special about it.
    pub remarks: Vec<String>,
    pub doubts: Vec<(String, Link)>,
    pub models: Vec<Link>,
    pub place: Link,
    pub is_framework: bool,
}

/// The rows in the order of registration, at most [`ROWS_MAX`].
pub(super) fn rows(map: &LaravelMap, links: &Links<'_>) -> Vec<Row> {
    map.routes.iter().take(ROWS_MAX).map(|route| row(route, links)).collect()
}

fn row(route: &Route, links: &Links<'_>) -> Row {
    let controller = route.controller_symbol.as_deref().and_then(names::place_of);
    let address = match controller {
        Some((path, line)) => links.line_address(&path, line),
        None if route.controller.is_none() => links.line_address(&route.source_file, route.start_line),
        None => String::new(),
    };
    let doubt = |part: &codeproof_types::laravel::UnknownPart| {
        (clean::short(&part.reason, 300), links.place(&part.path, part.line))
    };
    Row {
        verbs: names::verbs(route),
        address: names::address(route),
        name: route.name.as_deref().map(names::name).unwrap_or_default(),
        handler: Link { text: names::handler(route), address },
        middleware: names::middleware_names(route).join(", "),
        who: match route.authentication {
            Authentication::Required => "auth",
            Authentication::None => "open",
            Authentication::Unknown => "unknown",
        },
        by: route.authenticated_by.as_deref().map(names::middleware).unwrap_or_default(),
        sure: match route.certainty {
            Certainty::Exact if route.conditional => "conditional",
            Certainty::Exact => "exact",
            Certainty::Conditional => "conditional",
            Certainty::Partial => "partial",
        },
        remarks: remarks(route),
        doubts: route.unknown.iter().map(doubt).collect(),
        models: route.models.iter().map(|model| links.model(model)).collect(),
        place: links.place(&route.source_file, route.start_line),
        is_framework: route.framework,
    }
}

fn remarks(route: &Route) -> Vec<String> {
    let wheres =
        route.wheres.iter().map(|(name, pattern)| format!("{} is {}", names::name(name), names::name(pattern)));
    let bindings =
        route.binding_fields.iter().map(|(name, field)| format!("{} by {}", names::name(name), names::name(field)));
    let without = route.excluded_middleware.iter().map(|entry| format!("without {}", names::middleware(entry)));
    wheres.chain(bindings).chain(without).collect()
}
