//! What does not fit together: between routes and controllers, names and their uses, models and tables.

use codeproof_types::laravel::{Concern, LaravelMap};

use crate::app::Laravel;
use crate::php::Machine;

/// Everything that does not fit, sorted by kind, path and line.
pub(crate) fn find(_machine: &mut Machine<'_, Laravel>, _map: &LaravelMap) -> Vec<Concern> {
    Vec::new()
}
