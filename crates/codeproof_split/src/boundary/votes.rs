//! Evidence about one unit, counted.
//!
//! What code does weighs most: it orders values of market data, picks rows by that, is run, and its result is kept.
//! Names alone never make a scanner and never keep one from being found.

use std::collections::BTreeSet;

use super::pattern;
use super::relations::Relations;
use super::structure::{Unit, UnitKind};
use crate::trace::UnitId;

/// Votes a unit needs.
pub(super) const VOTES_MIN: i32 = 7;

/// Votes above which nothing is left to review.
pub(super) const VOTES_SURE: i32 = 9;

/// A unit with the evidence for it.
pub(super) struct Vote<'u> {
    pub(super) unit: &'u Unit,
    pub(super) votes: i32,
    pub(super) why: Vec<&'static str>,
}

impl<'u> Vote<'u> {
    fn sure(unit: &'u Unit, why: &[&'static str]) -> Self {
        Self { unit, votes: VOTES_SURE, why: why.to_vec() }
    }
}

/// Counts the evidence about a unit; nothing when it cannot be a scanner.
pub(super) fn vote<'u>(unit: &'u Unit, relations: &Relations<'_>, columns: &BTreeSet<UnitId>) -> Option<Vote<'u>> {
    match unit.kind {
        UnitKind::Column => {
            columns.contains(&unit.id).then(|| Vote::sure(unit, &["flag column", "thresholds", "selected"]))
        }
        UnitKind::Mask => {
            let holds = unit.seen.comparisons > 0 && relations.with_market.contains(&unit.id);
            holds.then(|| Vote::sure(unit, &["condition of a registry"]))
        }
        UnitKind::Section => Some(Vote::sure(unit, &["section", "conditions", "result is bound"])),
        UnitKind::Closure | UnitKind::Entry | UnitKind::Partial => {
            let runs = relations.variants.get(&unit.id).into_iter().chain(relations.callees.get(&unit.id)).flatten();
            let selects = runs.into_iter().any(|base| relations.selecting.contains(base));
            let runs_at_all = relations.called.contains(&unit.id) || unit.kind == UnitKind::Partial;
            (selects && runs_at_all).then(|| Vote::sure(unit, &["variant of a scanner", "is called"]))
        }
        UnitKind::Function | UnitKind::Method | UnitKind::Class | UnitKind::Lambda => counted(unit, relations, columns),
    }
}

fn counted<'u>(unit: &'u Unit, relations: &Relations<'_>, columns: &BTreeSet<UnitId>) -> Option<Vote<'u>> {
    let (mut votes, mut why) = (0, Vec::new());
    let mut count = |weight: i32, what: &'static str, holds: bool| {
        if holds {
            votes += weight;
            if weight > 0 {
                why.push(what);
            }
        }
    };
    let seen = &unit.seen;
    let named = pattern::is_scanner_name(&unit.name);
    let inherits = unit.kind == UnitKind::Class && relations.inherits(unit);
    let selects = seen.comparisons > 0 || inherits;
    let market =
        inherits || relations.with_market.contains(&unit.id) || relations.mentions(unit, &relations.with_market);
    let is_called = relations.called.contains(&unit.id);
    count(3, "conditions", selects);
    count(2, "market data", market);
    count(2, "picks rows", seen.selections > 0);
    count(1, "masks", seen.masks > 0);
    count(2, "result is kept", relations.kept.contains(&unit.id));
    count(1, "is called", is_called);
    count(2, "name", named);
    count(-3, "", pattern::is_helper_name(&unit.name));
    count(-6, "", seen.returns_parameter && seen.columns > 0);
    count(-4, "", seen.flag_comparisons > 0 && !selects);
    let is_only_base = relations.factories.contains(&unit.id)
        || relations.bases_of_variants.contains(&unit.id) && !relations.called_plainly.contains(&unit.id);
    count(-6, "", is_only_base && unit.kind == UnitKind::Function);
    count(-3, "", !seen.returns && unit.kind == UnitKind::Function);
    count(-9, "", holds_columns(unit, columns));
    if unit.kind == UnitKind::Class {
        let is_made = relations.instantiated.contains(&unit.id) || is_called;
        count(1, "instance is made", is_made);
        count(-9, "", !is_made || !selects || seen.methods == 0 && !inherits);
    }
    // Without conditions of its own a unit may still run another scanner with other numbers; that is settled later.
    let lives = votes >= VOTES_MIN && (is_called || named) && selects && market;
    let delegates = !selects && named && votes >= 4;
    (lives || delegates).then_some(Vote { unit, votes, why })
}

fn holds_columns(unit: &Unit, columns: &BTreeSet<UnitId>) -> bool {
    let (start, end) = (unit.range.start().to_u32(), unit.range.end().to_u32());
    columns.range(start..end).next().is_some()
}
