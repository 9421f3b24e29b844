//! Sections of routes as flows: routes of one resource in one box, the middleware in front of them, the controller that
//! answers, the models it mentions.

use std::collections::BTreeMap;

use codeproof_types::laravel::{Authentication, Certainty, HandlerType, LaravelMap, Route};

use super::{Diagram, GroupedSection, Kind, Node, Role, Target, arrow};
use crate::clean;
use crate::map::sections::{self, Section, Sizes};
use crate::map::{names, summary};

/// Routes of one section. Fewer than eight make no diagram that is worth its place.
const SIZES: Sizes = Sizes { merged_below: 8, split_above: 36 };

/// Groups of routes in one diagram; each has three boxes.
const GROUPS_MAX: usize = 12;

/// Routes listed in one box.
const LINES_MAX: usize = 12;

/// Middleware listed in one box.
const MIDDLEWARE_MAX: usize = 8;

/// Characters of a line of middleware.
const MIDDLEWARE_CHARACTERS: usize = 30;

/// Models in one diagram.
const MODELS_MAX: usize = 12;

/// Characters of a line in a box.
const LINE_CHARACTERS_MAX: usize = 56;

/// Routes that one controller answers behind the same middleware.
pub(super) struct Group<'m> {
    controller: String,
    /// Where the controller's first method stands.
    place: Option<(String, u32)>,
    middleware: Vec<String>,
    authentication: Authentication,
    routes: Vec<&'m Route>,
}

/// The sections of an application's own routes.
pub(super) fn sections(map: &LaravelMap) -> Vec<GroupedSection<'_>> {
    let own = map.routes.iter().filter(|route| !route.framework);
    let sections = sections::sections(own, SIZES).into_iter();
    numbered(sections.flat_map(in_pieces).collect())
}

/// A section whose routes have too many controllers for one diagram becomes several: `/api: songs … users`.
fn in_pieces(section: Section<'_>) -> Vec<GroupedSection<'_>> {
    let mut groups = groups(&section.routes);
    let (title, depth) = (section.title, section.depth);
    if groups.len() <= GROUPS_MAX {
        return vec![GroupedSection { section: Section { title, depth, routes: section.routes }, groups }];
    }
    let of_piece = groups.len().div_ceil(groups.len().div_ceil(GROUPS_MAX));
    let mut pieces = Vec::new();
    while !groups.is_empty() {
        let rest = groups.split_off(groups.len().min(of_piece));
        let routes: Vec<&Route> = groups.iter().flat_map(|group| group.routes.iter().copied()).collect();
        let part = |route: Option<&&Route>| route.map(|route| sections::next_part(route, depth)).unwrap_or_default();
        let title = match (part(routes.first()), part(routes.last())) {
            (first, last) if first == last || last.is_empty() => format!("{title}: {first}"),
            (first, last) if first.is_empty() => format!("{title} … {last}"),
            (first, last) => format!("{title}: {first} … {last}"),
        };
        pieces.push(GroupedSection { section: Section { title, depth, routes }, groups });
        groups = rest;
    }
    pieces
}

/// Gives sections of one title their numbers: `/admin`, `/admin (2)`.
fn numbered(mut sections: Vec<GroupedSection<'_>>) -> Vec<GroupedSection<'_>> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for GroupedSection { section, .. } in &mut sections {
        let count = seen.entry(section.title.clone()).or_default();
        *count += 1;
        if *count > 1 {
            section.title = format!("{} ({count})", section.title);
        }
    }
    sections
}

/// In the order in which a group's first route comes.
fn groups<'m>(routes: &[&'m Route]) -> Vec<Group<'m>> {
    let mut groups: Vec<Group<'m>> = Vec::new();
    let mut places: BTreeMap<(String, Vec<String>, &'static str), usize> = BTreeMap::new();
    for route in routes {
        let controller = controller(route);
        let middleware = names::middleware_names(route);
        let key = (controller.clone(), middleware.clone(), names::authentication(route));
        let at = *places.entry(key).or_insert_with(|| {
            let authentication = route.authentication;
            let place = route.controller_symbol.as_deref().and_then(names::place_of);
            groups.push(Group { controller, place, middleware, authentication, routes: Vec::new() });
            groups.len() - 1
        });
        groups[at].routes.push(route);
    }
    groups
}

/// The controller's name, or what stands in for one.
fn controller(route: &Route) -> String {
    match route.handler_type {
        HandlerType::Closure => format!("closures in {}", clean::path_text(&route.source_file)),
        HandlerType::View => "views".to_owned(),
        HandlerType::Redirect => "redirects".to_owned(),
        HandlerType::Controller | HandlerType::Invokable => {
            route.controller.as_deref().map_or_else(|| "not known".to_owned(), names::class)
        }
    }
}

/// The diagram of a section.
pub(super) fn diagram(grouped: GroupedSection<'_>) -> Diagram {
    let GroupedSection { section, groups } = grouped;
    let mut diagram =
        Diagram { title: section.title, kind: Kind::Flow, nodes: Vec::new(), edges: Vec::new(), notes: Vec::new() };
    let (models, left_out) = models(&groups);
    let mut controllers: BTreeMap<&str, usize> = BTreeMap::new();
    for group in &groups {
        let routes = push(&mut diagram, routes_node(group));
        let middleware = push(&mut diagram, middleware_node(group));
        let controller =
            *controllers.entry(&group.controller).or_insert_with(|| push(&mut diagram, controller_node(group)));
        diagram.edges.push(arrow(routes, middleware));
        diagram.edges.push(arrow(middleware, controller));
    }
    for model in models {
        let node = push(&mut diagram, model_node(model));
        let mut from: Vec<usize> = groups
            .iter()
            .filter(|group| mentions(group, model))
            .map(|group| controllers[group.controller.as_str()])
            .collect();
        from.sort_unstable();
        from.dedup();
        diagram.edges.extend(from.into_iter().map(|controller| arrow(controller, node)));
    }
    if left_out > 0 {
        let models =
            summary::counted(left_out, "model that is mentioned less is", "models that are mentioned less are");
        diagram.notes.push(format!("{models} left out."));
    }
    diagram
}

fn push(diagram: &mut Diagram, node: Node) -> usize {
    diagram.nodes.push(node);
    diagram.nodes.len() - 1
}

fn mentions(group: &Group<'_>, model: &str) -> bool {
    group.routes.iter().any(|route| route.models.iter().any(|of_route| of_route == model))
}

/// The models the section's routes mention, in order of first mention, and how many are too many.
fn models<'g>(groups: &'g [Group<'_>]) -> (Vec<&'g str>, usize) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for model in groups.iter().flat_map(|group| &group.routes).flat_map(|route| &route.models) {
        let count = counts.entry(model).or_default();
        *count += 1;
        if *count == 1 {
            order.push(model);
        }
    }
    let all = order.len();
    let mut kept: Vec<&str> = order.clone();
    kept.sort_by_key(|model| std::cmp::Reverse(counts[model]));
    kept.truncate(MODELS_MAX);
    order.retain(|model| kept.contains(model));
    (order, all.saturating_sub(MODELS_MAX))
}

/// The routes' common start as the title, the rest line by line.
fn routes_node(group: &Group<'_>) -> Node {
    let start = common_start(&group.routes);
    if let [route] = group.routes[..] {
        let title = line(route, &start);
        return Node { role: Role::Routes, title, lines: Vec::new(), columns: Vec::new(), target: Target::None };
    }
    let mut lines: Vec<String> =
        group.routes.iter().take(LINES_MAX).map(|route| line(route, address_after(route, &start).as_str())).collect();
    if let Some(rest) = group.routes.len().checked_sub(LINES_MAX).filter(|rest| *rest > 0) {
        lines.push(format!("… and {rest} more"));
    }
    let title = clean::short(if start.is_empty() { "/" } else { &start }, LINE_CHARACTERS_MAX);
    Node { role: Role::Routes, title, lines, columns: Vec::new(), target: Target::None }
}

/// The longest start of whole parts that all addresses share.
fn common_start(routes: &[&Route]) -> String {
    let addresses: Vec<String> = routes.iter().map(|route| names::address(route)).collect();
    let Some(first) = addresses.first() else { return String::new() };
    let mut length = 0;
    for end in first.match_indices('/').map(|(at, _)| at).skip(1).chain([first.len()]) {
        let start = &first[..end];
        let is_shared = addresses
            .iter()
            .all(|address| address.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
        if !is_shared {
            break;
        }
        length = end;
    }
    first[..length].to_owned()
}

/// What a route's address has behind the common start.
fn address_after(route: &Route, start: &str) -> String {
    let address = names::address(route);
    address.strip_prefix(start).map(str::to_owned).unwrap_or(address)
}

/// `PUT|PATCH /{order} · update`. The end of an address says more than its start, so a long one loses its start.
fn line(route: &Route, address: &str) -> String {
    let action = match route.handler_type {
        HandlerType::Controller => route.action.as_deref().map(names::name),
        HandlerType::View | HandlerType::Redirect => Some(names::handler(route)),
        HandlerType::Closure | HandlerType::Invokable => None,
    };
    let doubt = if route.certainty == Certainty::Exact { "" } else { " (?)" };
    let verbs = names::verbs(route);
    let with = |address: &str| {
        let address = Some(address.to_owned()).filter(|address| !address.is_empty());
        let parts: Vec<String> = address.into_iter().chain(action.clone()).collect();
        format!("{verbs} {}{doubt}", parts.join(" · "))
    };
    let ends = address.match_indices('/').skip(1).map(|(at, _)| format!("…{}", &address[at..]));
    let mut candidates = std::iter::once(with(address)).chain(ends.map(|end| with(&end)));
    let fitting = candidates.find(|line| line.chars().count() <= LINE_CHARACTERS_MAX);
    fitting.unwrap_or_else(|| clean::cut(&with(address), LINE_CHARACTERS_MAX))
}

fn middleware_node(group: &Group<'_>) -> Node {
    let (role, title) = match group.authentication {
        Authentication::Required => (Role::Guard, "signed in"),
        Authentication::None => (Role::Open, "open"),
        Authentication::Unknown => (Role::Doubt, "not known"),
    };
    let mut lines: Vec<String> = Vec::new();
    for name in group.middleware.iter().take(MIDDLEWARE_MAX).map(|name| clean::cut(name, LINE_CHARACTERS_MAX)) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + name.chars().count() < MIDDLEWARE_CHARACTERS => {
                line.push_str(&format!(", {name}"));
            }
            _ => lines.push(name),
        }
    }
    if let Some(rest) = group.middleware.len().checked_sub(MIDDLEWARE_MAX).filter(|rest| *rest > 0) {
        lines.push(format!("… and {rest} more"));
    }
    Node { role, title: title.to_owned(), lines, columns: Vec::new(), target: Target::None }
}

fn controller_node(group: &Group<'_>) -> Node {
    let target = group.place.clone().map_or(Target::None, |(path, line)| Target::Line(path, line));
    let title = clean::cut(&group.controller, LINE_CHARACTERS_MAX);
    Node { role: Role::Controller, title, lines: Vec::new(), columns: Vec::new(), target }
}

fn model_node(model: &str) -> Node {
    let title = clean::cut(&names::class(model), LINE_CHARACTERS_MAX);
    Node { role: Role::Model, title, lines: Vec::new(), columns: Vec::new(), target: Target::Model(model.to_owned()) }
}
