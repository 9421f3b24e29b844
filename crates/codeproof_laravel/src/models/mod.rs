//! Eloquent models: what they say about their tables and about each other.

use codeproof_types::laravel::Model;

use crate::app::Laravel;
use crate::php::Machine;

/// The models of a started application, by name.
pub(crate) fn read(_machine: &mut Machine<'_, Laravel>) -> Vec<Model> {
    Vec::new()
}
