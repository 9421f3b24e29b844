//! What does not fit together: between routes and controllers, names and their uses, models and tables.

mod tables;

use codeproof_types::laravel::{Concern, LaravelMap};

use crate::app::Laravel;
use crate::php::Machine;

/// Everything that does not fit, sorted by kind, path and line.
pub(crate) fn find(machine: &mut Machine<'_, Laravel>, map: &LaravelMap) -> Vec<Concern> {
    let mut found = tables::models_without_a_table(machine, map);
    found.extend(tables::tables_without_a_model(machine, map));
    found.sort_by(|one, other| {
        let key = |concern: &Concern| (concern.kind, concern.path.clone(), concern.start_line, concern.subject.clone());
        key(one).cmp(&key(other))
    });
    found
}
