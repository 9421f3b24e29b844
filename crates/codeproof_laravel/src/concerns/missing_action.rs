//! Routes whose controller has no such method, neither itself nor from what it inherits.

use codeproof_types::laravel::{Concern, ConcernKind, LaravelMap};

use super::{certain, of_route};
use crate::app::Laravel;
use crate::php::Machine;

/// Parents that bring no actions: the framework's own controller.
const EMPTY_PARENTS: &[&str] = &["Illuminate\\Routing\\Controller"];
/// Traits of the framework that bring no actions.
const EMPTY_TRAITS: &[&str] = &["AuthorizesRequests", "DispatchesJobs", "ValidatesRequests", "AuthorizesResources"];

/// Routes that lead to a method that is not there.
pub(super) fn find(machine: &mut Machine<'_, Laravel>, map: &LaravelMap) -> Vec<Concern> {
    let mut found = Vec::new();
    for (route, class, method) in certain(map).filter(|(route, _, _)| route.controller_symbol.is_none()) {
        if is_missing(machine, class, method) {
            let message = format!(
                "{} {} leads to {class}::{method}(), and neither that class nor its parents and traits have such a method",
                route.method, route.full_uri
            );
            found.push(of_route(ConcernKind::MissingAction, route, format!("{class}@{method}"), message));
        }
    }
    found
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
