//! Eloquent models: what they say about their tables and about each other.
//!
//! `find` looks through the heads of all files for classes whose parents lead to one of `bases`. Of each an object is made
//! as PHP would make it (`creation`, `attributes`), and asked: `row` for its table and lists, `relationships` for the
//! methods that give relations. What the application's methods call on it is answered by `eloquent`: `making` makes
//! relations with Eloquent's keys, `relation` and `own_relations` say what happens to them, `questions` names tables.

mod attributes;
pub(crate) mod bases;
mod calls;
mod casts;
mod certainty;
mod creation;
mod eloquent;
mod find;
mod header;
mod making;
mod naming;
mod own_relations;
mod questions;
mod relation;
mod relationships;
mod row;

use codeproof_types::laravel::Model;

use crate::app::Laravel;
use crate::php::{Doubt, Machine};

pub(crate) use eloquent::{ModelQuery, Models};
pub(crate) use naming::{short, small_first, snake};
pub(crate) use own_relations::{Through, is_relation_class};
pub(crate) use relation::Relation;

/// Steps of all questions to all models: a bound on the time, some seconds at worst.
const STEPS_OF_ALL: u64 = 40_000_000;

/// The models of a started application, by name.
pub(crate) fn read(machine: &mut Machine<'_, Laravel>) -> Vec<Model> {
    machine.framework.models.steps_left = STEPS_OF_ALL;
    let mut rows = Vec::new();
    let mut is_told = false;
    for found in find::models(machine) {
        match machine.model_row(&found) {
            Some(row) => rows.push(row),
            None => {
                machine.limits.push(Doubt::of_file(&found.path, format!("the model {} could not be read", found.name)));
            }
        }
        if machine.framework.models.steps_left == 0 && !is_told {
            is_told = true;
            let reason =
                "models take more steps than are followed; relationships of this and later ones may be missing";
            machine.limits.push(Doubt::of_file(&found.path, reason));
        }
    }
    rows
}

impl Machine<'_, Laravel> {
    /// Runs something that may spend some of the steps that are left for models.
    fn asking<T>(&mut self, steps: u64, run: impl FnOnce(&mut Self) -> T) -> T {
        let budget = self.framework.models.steps_left.min(steps);
        let (result, spent) = self.with_steps(budget, run);
        self.framework.models.steps_left = self.framework.models.steps_left.saturating_sub(spent);
        result
    }
}
