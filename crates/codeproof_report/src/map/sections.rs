//! Routes in sections that a person can take in: by the first parts of their URIs, split where there are many, merged
//! where there are few.

use std::collections::BTreeMap;

use codeproof_types::laravel::Route;

use crate::clean;

/// Parts of a URI that make sections; deeper ones only make long titles.
const DEPTH_MAX: usize = 6;

/// Characters of one part of a title.
const PART_CHARACTERS_MAX: usize = 40;

/// Routes that belong together.
#[derive(Debug, Clone)]
pub(super) struct Section<'m> {
    /// The URI they start with, or `other pages` for what stands alone.
    pub title: String,
    /// How many parts of their URIs the title has.
    pub depth: usize,
    /// By their URIs' parts, then in the order of registration.
    pub routes: Vec<&'m Route>,
}

/// How large sections are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Routes with a common start that are no section of their own but part of the one around them.
    pub merged_below: usize,
    /// Routes with a common start that are split by the next part of their URIs.
    pub split_above: usize,
}

/// Splits routes into sections, sorted by title.
pub(super) fn sections<'m>(routes: impl Iterator<Item = &'m Route>, sizes: Sizes) -> Vec<Section<'m>> {
    let mut all: Vec<&Route> = routes.collect();
    all.sort_by(|one, other| parts(one).cmp(parts(other)));
    let mut found = Vec::new();
    split(Section { title: String::new(), depth: 0, routes: all }, sizes, &mut found);
    found.sort_by(|one, other| one.title.cmp(&other.title));
    found
}

/// The parts of a route's URI, the host first when it is bound to one.
fn parts(route: &Route) -> impl Iterator<Item = &str> {
    route.domain.as_deref().into_iter().chain(route.full_uri.split('/').filter(|part| !part.is_empty()))
}

/// The first part of a route's URI that a section's title does not have; empty when there is none.
pub(super) fn next_part(route: &Route, depth: usize) -> String {
    clean::short(parts(route).nth(depth).unwrap_or_default(), PART_CHARACTERS_MAX)
}

/// Its depth is bounded by [`DEPTH_MAX`].
fn split<'m>(section: Section<'m>, sizes: Sizes, found: &mut Vec<Section<'m>>) {
    let depth = section.depth;
    if depth == DEPTH_MAX || depth > 0 && section.routes.len() <= sizes.split_above {
        found.push(section);
        return;
    }
    let mut groups: BTreeMap<&str, Vec<&Route>> = BTreeMap::new();
    for route in section.routes {
        groups.entry(parts(route).nth(depth).unwrap_or_default()).or_default().push(route);
    }
    let mut rest = Vec::new();
    for (part, routes) in groups {
        if part.is_empty() || routes.len() < sizes.merged_below {
            rest.extend(routes);
            continue;
        }
        let slash = if depth == 0 && routes[0].domain.is_some() { "" } else { "/" };
        let title = format!("{}{slash}{}", section.title, clean::short(part, PART_CHARACTERS_MAX));
        split(Section { title, depth: depth + 1, routes }, sizes, found);
    }
    if !rest.is_empty() {
        let title = if depth == 0 { "other pages".to_owned() } else { section.title };
        found.push(Section { title, depth, routes: rest });
    }
}
