//! Routes whose controller has no such method, neither itself nor from what it inherits.

use std::collections::BTreeMap;

use codeproof_types::laravel::{Concern, ConcernKind, LaravelMap, Route};

use super::{certain, of_route};
use crate::app::Laravel;
use crate::php::Machine;

/// Parents that bring no actions: the framework's own controller.
const EMPTY_PARENTS: &[&str] = &["Illuminate\\Routing\\Controller"];
/// Traits of the framework that bring no actions.
const EMPTY_TRAITS: &[&str] = &["AuthorizesRequests", "DispatchesJobs", "ValidatesRequests", "AuthorizesResources"];

/// Routes that lead to a method that is not there; those of one `Route::resource()` together.
pub(super) fn find(machine: &mut Machine<'_, Laravel>, map: &LaravelMap) -> Vec<Concern> {
    let mut missing: BTreeMap<(&str, u32, &str), (&Route, Vec<&str>)> = BTreeMap::default();
    for (route, class, method) in certain(map).filter(|(route, _, _)| route.controller_symbol.is_none()) {
        if is_missing(machine, class, method) {
            let key = (route.source_file.as_str(), route.start_line, class);
            let (_, methods) = missing.entry(key).or_insert_with(|| (route, Vec::new()));
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
    }
    let concern = |((_, _, class), (route, methods)): ((&str, u32, &str), (&Route, Vec<&str>))| {
        let message = match methods.as_slice() {
            [method] => format!(
                "{} {} leads to `{class}::{method}()`, which neither that class nor its parents and traits have.",
                route.method, route.full_uri
            ),
            several => format!(
                "Routes of {} lead to `{}()` of `{class}`, which neither that class nor its parents and traits have.",
                route.full_uri,
                several.join("()`, `")
            ),
        };
        of_route(ConcernKind::MissingAction, route, format!("{class}@{}", methods.join("|")), message)
    };
    missing.into_iter().map(concern).collect()
}

fn is_missing(machine: &mut Machine<'_, Laravel>, class: &str, method: &str) -> bool {
    let lineage = machine.lineage(class);
    let Some(last) = lineage.last() else { return false };
    let parent = last.parent.clone();
    if parent.is_some_and(|parent| !EMPTY_PARENTS.contains(&&*parent)) {
        return false;
    }
    if [method, "__call"].iter().any(|name| machine.method(class, name).is_some()) {
        return false;
    }
    // A trait of a package may bring it.
    let mut open: Vec<_> = lineage.iter().flat_map(|class| class.traits.clone()).collect();
    let mut place = 0;
    while let Some(name) = open.get(place).cloned() {
        place += 1;
        match machine.program.class(&name) {
            Some(used) => {
                let more: Vec<_> = used.traits.iter().filter(|it| !open.contains(it)).cloned().collect();
                open.extend(more);
            }
            None if EMPTY_TRAITS.iter().any(|known| name.starts_with("Illuminate\\") && name.ends_with(known)) => {}
            None => return false,
        }
    }
    true
}
