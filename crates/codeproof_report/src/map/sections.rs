//! Routes in sections that a person can take in: by the first parts of their URIs, split where there are many, merged
//! where there are few.

use std::collections::BTreeMap;

use codeproof_types::laravel::Route;

use crate::clean;

/// A section with fewer routes is merged with its neighbours.
const ROUTES_MIN: usize = 4;

/// Parts of a URI that make sections; deeper ones only make long titles.
const DEPTH_MAX: usize = 6;

/// Characters of one part of a title.
const PART_CHARACTERS_MAX: usize = 40;

/// Routes that belong together.
#[derive(Debug, Clone)]
pub(super) struct Section<'m> {
    /// The URI they start with, or `other pages` for what stands alone.
    pub title: String,
    /// In the order of their URIs' parts, then of registration.
    pub routes: Vec<&'m Route>,
}

/// Splits routes into sections of at most `routes_max` each, sorted by title.
pub(super) fn sections<'m>(routes: impl Iterator<Item = &'m Route>, routes_max: usize) -> Vec<Section<'m>> {
    let mut all: Vec<&Route> = routes.collect();
    all.sort_by(|one, other| parts(one).cmp(parts(other)));
    let mut found = Vec::new();
    split(String::new(), all, 0, routes_max.max(1), &mut found);
    found.sort_by(|one, other| one.title.cmp(&other.title));
    numbered(found)
}

/// The parts of a route's URI, the host first when it is bound to one.
fn parts(route: &Route) -> impl Iterator<Item = &str> {
    route.domain.as_deref().into_iter().chain(route.full_uri.split('/').filter(|part| !part.is_empty()))
}

/// Depth is bounded by [`DEPTH_MAX`].
fn split<'m>(prefix: String, routes: Vec<&'m Route>, depth: usize, routes_max: usize, found: &mut Vec<Section<'m>>) {
    if depth > 0 && routes.len() <= routes_max {
        found.push(Section { title: prefix, routes });
        return;
    }
    if depth == DEPTH_MAX {
        found.extend(in_pieces(&prefix, routes, routes_max));
        return;
    }
    let mut groups: BTreeMap<&str, Vec<&Route>> = BTreeMap::new();
    for route in routes {
        groups.entry(parts(route).nth(depth).unwrap_or_default()).or_default().push(route);
    }
    let mut rest = Vec::new();
    for (part, of_part) in groups {
        if part.is_empty() || of_part.len() < ROUTES_MIN {
            rest.extend(of_part);
            continue;
        }
        let slash = if depth == 0 && !of_part[0].full_uri.starts_with('/') { "" } else { "/" };
        split(
            format!("{prefix}{slash}{}", clean::short(part, PART_CHARACTERS_MAX)),
            of_part,
            depth + 1,
            routes_max,
            found,
        );
    }
    let title = if depth == 0 { "other pages".to_owned() } else { prefix };
    found.extend(in_pieces(&title, rest, routes_max));
}

fn in_pieces<'m>(title: &str, routes: Vec<&'m Route>, routes_max: usize) -> Vec<Section<'m>> {
    let piece = |routes: &[&'m Route]| Section { title: title.to_owned(), routes: routes.to_vec() };
    routes.chunks(routes_max).map(piece).collect()
}

/// Gives sections of one title their numbers: `/admin`, `/admin (2)`.
fn numbered(mut sections: Vec<Section<'_>>) -> Vec<Section<'_>> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for section in &mut sections {
        let count = seen.entry(section.title.clone()).or_default();
        *count += 1;
        if *count > 1 {
            section.title = format!("{} ({count})", section.title);
        }
    }
    sections
}
