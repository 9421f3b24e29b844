//! Migrations: what their statements do to tables, and the tables after all of them.
//!
//! Every migration's `up()` runs on the evaluator that started the application, in Laravel's order and against a
//! simulated schema ([`tables`]) that answers `hasTable()` and `hasColumn()`; its `down()` runs on a copy of that schema.
//! [`facade`] is `Schema`, [`blueprint`] what a statement collects, [`columns`], [`commands`] and [`definition`] its
//! methods, [`own_blueprint`] what applications make of it, [`database`] and [`query`] are `DB` and models, [`sql`] reads what is written as SQL. What rows the database
//! holds is not in the code: a query gives none, and what hangs on it is in doubt.

mod blueprint;
mod columns;
mod commands;
mod database;
mod definition;
mod facade;
mod own_blueprint;
mod query;
mod record;
mod run;
mod sql;
mod tables;

use codeproof_types::laravel::LaravelMap;

use crate::app::Laravel;
use crate::php::Machine;

pub(crate) use record::Migrating;

/// Runs the migrations of a started application: fills `migrations`, `rollbacks`, `raw_statements` and `schema`.
pub(crate) fn read(machine: &mut Machine<'_, Laravel>, map: &mut LaravelMap) {
    machine.migrate(map);
    map.schema = std::mem::take(&mut machine.framework.migrating).into_schema();
}
