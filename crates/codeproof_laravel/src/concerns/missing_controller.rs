//! Routes whose controller is not there: a class in the application's own namespaces that no file declares.

use codeproof_types::laravel::{Concern, ConcernKind, LaravelMap};
use rustc_hash::FxHashMap;

use super::{certain, of_route};
use crate::app::Laravel;
use crate::php::Machine;

/// Routes that lead to a class that is not there.
pub(super) fn find(machine: &mut Machine<'_, Laravel>, map: &LaravelMap) -> Vec<Concern> {
    let mut known: FxHashMap<&str, bool> = FxHashMap::default();
    let mut found = Vec::new();
    for (route, class, _) in certain(map) {
        let is_missing = *known.entry(class).or_insert_with(|| is_missing(machine, class));
        if is_missing {
            let message = format!("{} {} leads to `{class}`, which no file declares.", route.method, route.full_uri);
            found.push(of_route(ConcernKind::MissingController, route, class.to_owned(), message));
        }
    }
    found
}

/// Composer may find classes where their name does not say it: a file of that name anywhere speaks against it.
fn is_missing(machine: &mut Machine<'_, Laravel>, class: &str) -> bool {
    if !machine.program.is_own_name(class) || machine.program.class(class).is_some() {
        return false;
    }
    let short = class.rsplit('\\').next().unwrap_or_default();
    let file = format!("/{short}.php").to_lowercase();
    !machine.program.list("").iter().any(|path| format!("/{path}").to_lowercase().ends_with(&file))
}
