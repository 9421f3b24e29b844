//! Routes by prefix: a line with verbs, who may come, URI and handler, and one with the name and the middleware.

use codeproof_types::laravel::{Authentication, Certainty, LaravelMap, Route};

use super::writer::{Cell, Lines, cell};
use crate::map::names;
use crate::map::sections::{self, Sizes};
use crate::numbers;
use crate::text::{Style, width};

/// Routes under one heading.
const SIZES: Sizes = Sizes { merged_below: 4, split_above: 40 };

/// Columns of the verbs: `PUT|PATCH` is the longest common one.
const VERB_COLUMNS: usize = 9;

/// Columns of `auth`, `open` and `?`.
const WHO_COLUMNS: usize = 4;

/// Where the second line of a route starts.
const MARGIN: usize = 2 + VERB_COLUMNS + 2 + WHO_COLUMNS + 2;

/// The widest column of URIs; a longer one pushes its handler to the right or below.
const URI_COLUMNS_MAX: usize = 44;

pub(super) fn draw(map: &LaravelMap, lines: &mut Lines) {
    lines.heading(&format!("Routes: {}", numbers::grouped(numbers::count(map.routes.len()))));
    if map.routes.is_empty() {
        lines.indented("No route was found.", 2, Style::Quiet);
        return;
    }
    lines.indented("auth: has to be signed in or to carry a signature; open: has not; ?: not known", 2, Style::Quiet);
    for section in sections::sections(map.routes.iter(), SIZES) {
        lines.blank();
        let count = numbers::counted(numbers::count(section.routes.len()), "route", "routes");
        lines.row(&[cell(&section.title, 0, Some(Style::Heading))], 2, &count, Some(Style::Quiet));
        let widest = section.routes.iter().map(|route| width::of(&names::address(route))).max().unwrap_or(0);
        for route in section.routes {
            draw_route(route, widest.min(URI_COLUMNS_MAX), lines);
        }
    }
}

fn draw_route(route: &Route, uri_columns: usize, lines: &mut Lines) {
    let cells: [Cell; 2] = [
        cell(&names::verbs(route), VERB_COLUMNS, Some(Style::Heading)),
        cell(names::authentication(route), WHO_COLUMNS, who_style(route.authentication)),
    ];
    let address = names::address(route);
    let handler = names::handler(route);
    let needed = MARGIN + uri_columns + 2 + width::of(&handler);
    if width::of(&address) <= uri_columns && needed <= lines.columns() {
        let uri = cell(&address, uri_columns, Some(Style::Name));
        lines.row(&[cells[0].clone(), cells[1].clone(), uri], 2, &handler, None);
    } else {
        lines.row(&cells, 2, &address, Some(Style::Name));
        lines.indented(&handler, MARGIN, Style::Heading);
    }
    let about = about(route);
    if !about.is_empty() {
        lines.indented(&about, MARGIN, Style::Quiet);
    }
    if route.certainty != Certainty::Exact || route.conditional {
        draw_doubts(route, lines);
    }
}

fn who_style(authentication: Authentication) -> Option<Style> {
    match authentication {
        Authentication::Required => Some(Style::Good),
        Authentication::None => Some(Style::Quiet),
        Authentication::Unknown => Some(Style::Alert),
    }
}

/// `songs.show; api, auth:sanctum`.
fn about(route: &Route) -> String {
    let middleware = names::middleware_names(route).join(", ");
    let framework = if route.framework { "Laravel's own" } else { "" };
    let parts = [route.name.as_deref().map(names::name).unwrap_or_default(), middleware, framework.to_owned()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

fn draw_doubts(route: &Route, lines: &mut Lines) {
    let word = match names::certainty(route.certainty) {
        "" => "conditional",
        word => word,
    };
    if route.unknown.is_empty() {
        let place = names::place(&route.source_file, route.start_line);
        lines.indented(&format!("{word}: registered at {place}"), MARGIN, Style::Alert);
    }
    for part in &route.unknown {
        lines.indented(&format!("{word}: {}", names::reason(part)), MARGIN, Style::Alert);
    }
}
