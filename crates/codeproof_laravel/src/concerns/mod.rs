//! What does not fit together: between routes and controllers, names and their uses, models and tables. A doubt in what
//! was read means silence: every concern is something to mend.

mod missing_action;
mod missing_controller;
mod names;
mod tables;
mod unauthenticated_route;
mod unknown_route_name;
mod uses;

use codeproof_types::laravel::{Certainty, Concern, ConcernKind, LaravelMap, Route};

use crate::app::Laravel;
use crate::php::Machine;

/// Everything that does not fit, sorted by kind, path and line.
pub(crate) fn find(machine: &mut Machine<'_, Laravel>, map: &LaravelMap) -> Vec<Concern> {
    let mut found = tables::models_without_a_table(machine, map);
    found.extend(tables::tables_without_a_model(machine, map));
    found.extend(unauthenticated_route::find(machine, map));
    found.extend(missing_controller::find(machine, map));
    found.extend(missing_action::find(machine, map));
    found.extend(unknown_route_name::find(machine, map));
    found.sort_by(|a, b| (a.kind, &a.path, a.start_line, &a.subject).cmp(&(b.kind, &b.path, b.start_line, &b.subject)));
    found.dedup();
    found
}

/// The application's own routes about which nothing is in doubt, with the class and method that answer them.
fn certain(map: &LaravelMap) -> impl Iterator<Item = (&Route, &str, &str)> {
    let own = map.routes.iter().filter(|route| !route.framework && route.certainty == Certainty::Exact);
    own.filter_map(|route| Some((route, route.controller.as_deref()?, route.action.as_deref()?)))
}

/// A concern about a route, where it is registered.
fn of_route(kind: ConcernKind, route: &Route, subject: String, message: String) -> Concern {
    Concern {
        kind,
        subject,
        message,
        path: route.source_file.clone(),
        start_line: route.start_line,
        end_line: route.end_line,
    }
}
