//! Evidence about one unit, counted.
//!
//! What code does weighs most: it orders values of market data, picks rows by that, is run, and its result is kept.
//! Names alone never make a scanner and never keep one from being found.

use std::collections::{BTreeMap, BTreeSet};

use super::pattern;
use super::relations::Relations;
use super::strategies::SETS_FLAGS;
use super::structure::{Unit, UnitKind};
use crate::trace::UnitId;

/// Votes a unit needs.
pub(super) const VOTES_MIN: i32 = 7;

/// Votes a method needs that is not called: conditions on market data.
const VOTES_IDLE: i32 = 5;

/// Votes above which nothing is left to review.
pub(super) const VOTES_SURE: i32 = 9;

/// The evidence of what stands in one registry with scanners.
pub(super) const REGISTERED: &str = "in a registry with scanners";

/// A unit with the evidence for it.
pub(super) struct Vote<'u> {
    pub(super) unit: &'u Unit,
    pub(super) votes: i32,
    pub(super) why: Vec<&'static str>,
    /// Without which it would be none.
    pub(super) leans: Leaning,
}

/// What a unit's being a scanner hangs on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Leaning {
    Code,
    /// Its class is one of scanners; nothing in the file calls it.
    Class,
    Comment,
    Model,
}

impl<'u> Vote<'u> {
    fn sure(unit: &'u Unit, why: &[&'static str]) -> Self {
        Self { unit, votes: VOTES_SURE, why: why.to_vec(), leans: Leaning::Code }
    }
}

/// Counts the evidence about a unit; nothing when it cannot be a scanner.
///
/// # Errors
///
/// Why the unit is none, for units that look like one.
pub(super) fn vote<'u>(unit: &'u Unit, evidence: &Votes<'_>) -> Result<Vote<'u>, Option<&'static str>> {
    let Votes { relations, columns, .. } = evidence;
    let found = match unit.kind {
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
            // A partial that only other partials are made of is none.
            let is_only_base = relations.bases_of_variants.contains(&unit.id)
                && unit.kind == UnitKind::Partial
                && !relations.called_plainly.contains(&unit.id);
            (selects && runs_at_all && !is_only_base).then(|| Vote::sure(unit, &["variant of a scanner", "is called"]))
        }
        UnitKind::Function | UnitKind::Method | UnitKind::Class | UnitKind::Lambda => return counted(unit, evidence),
    };
    let is_near = unit.kind == UnitKind::Column && unit.seen.comparisons >= 2;
    found.ok_or(is_near.then_some("a column that no selection of rows uses"))
}

/// What votes are counted with.
pub(super) struct Votes<'v> {
    pub(super) relations: &'v Relations<'v>,
    /// Columns that are results.
    pub(super) columns: &'v BTreeSet<UnitId>,
    /// Classes whose flags are theirs.
    pub(super) strategies: &'v BTreeSet<UnitId>,
    /// Units in one registry with scanners that run.
    pub(super) registered: &'v BTreeSet<UnitId>,
    /// Units that a comment heads as a scanner.
    pub(super) headed: &'v BTreeSet<UnitId>,
    /// Units that a model proposed, with how sure it is.
    pub(super) proposed: &'v BTreeMap<UnitId, f64>,
}

fn counted<'u>(unit: &'u Unit, evidence: &Votes<'_>) -> Result<Vote<'u>, Option<&'static str>> {
    let Votes { relations, columns, strategies, registered, headed, proposed } = evidence;
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
    let named = [&unit.name].into_iter().chain(&seen.bases).any(|name| pattern::is_scanner_name(name));
    let inherits = unit.kind == UnitKind::Class && relations.inherits(unit);
    let sets_flags = strategies.contains(&unit.id);
    let is_registered = registered.contains(&unit.id);
    let selects = seen.comparisons > 0 || inherits || sets_flags || is_registered && seen.returns_records;
    let market =
        inherits || relations.with_market.contains(&unit.id) || relations.mentions(unit, &relations.with_market);
    let is_called = relations.called.contains(&unit.id);
    count(3, "conditions", selects);
    count(2, "market data", market);
    count(2, "picks rows", seen.selections > 0);
    count(1, "masks", seen.masks > 0);
    count(2, "result is kept", relations.kept.contains(&unit.id));
    count(1, "is called", is_called);
    count(3, SETS_FLAGS, sets_flags);
    let in_registry = unit.kind == UnitKind::Lambda && unit.id != unit.range.start().to_u32();
    count(2, "entry of a registry", in_registry && is_called);
    count(2, REGISTERED, is_registered && seen.returns);
    count(2, "name", named);
    // What a runner collects, or asks what each of its lists is to hold, is a scanner, whatever it is called.
    let is_method = unit.kind == UnitKind::Method;
    let is_collected = seen.returns && (is_method && relations.is_collected(unit) || relations.is_asked(unit));
    count(3, "collected with others", is_collected);
    count(-3, "", pattern::is_helper_name(&unit.name) && !is_collected);
    count(-6, "", seen.returns_parameter && seen.columns > 0);
    count(-4, "", seen.flag_comparisons > 0 && !selects);
    let is_only_base = relations.factories.contains(&unit.id)
        || relations.bases_of_variants.contains(&unit.id) && !relations.called_plainly.contains(&unit.id);
    count(-6, "", is_only_base && unit.kind != UnitKind::Lambda);
    count(-3, "", !seen.returns && unit.kind == UnitKind::Function);
    count(-9, "", holds_columns(unit, columns));
    if unit.kind == UnitKind::Class {
        count(-3, "", pattern::is_service_name(&unit.name) && !inherits && !sets_flags);
        // Whoever reads the registry makes an object.
        let is_entered = unit.title.is_some() && seen.methods > 0 && named;
        let is_made = relations.instantiated.contains(&unit.id) || is_called || sets_flags || is_entered;
        count(1, "instance is made", is_made);
        count(-9, "", !is_made || !selects || seen.methods == 0 && !inherits);
    }
    // A comment or a model tips the scales as a name does; neither stands in for what code does.
    let is_headed = headed.contains(&unit.id);
    count(1, "headed by a comment", is_headed);
    let sure = proposed.get(&unit.id).copied();
    let model = sure.map_or(0, |sure| if sure >= 0.75 { 2 } else { 1 });
    count(model, "proposed by a model", sure.is_some());
    // Without conditions of its own a unit may still run another scanner with other numbers; that is settled later.
    let is_meant = is_called || named || sets_flags || is_registered || is_headed || sure.is_some();
    let lives = votes >= VOTES_MIN && is_meant && selects && market;
    let delegates = !selects && named && votes >= 4;
    if lives || delegates {
        let alone =
            votes - model - i32::from(is_headed) >= VOTES_MIN && (is_called || named || sets_flags || is_registered);
        let commented = votes - model >= VOTES_MIN && (is_called || named || is_headed);
        let leans = match () {
            () if alone || delegates => Leaning::Code,
            () if commented => Leaning::Comment,
            () => Leaning::Model,
        };
        return Ok(Vote { unit, votes, why, leans });
    }
    // In a class of scanners even those count that nobody calls in this file; alone they never do.
    let may_be_asked_for = unit.kind == UnitKind::Method && !is_called && seen.returns && !unit.name.starts_with('_');
    if may_be_asked_for && selects && market && votes >= VOTES_IDLE && !pattern::is_helper_name(&unit.name) {
        return Ok(Vote { unit, votes: VOTES_MIN, why, leans: Leaning::Class });
    }
    let looks_like_one = named && unit.kind != UnitKind::Method || selects && votes >= VOTES_MIN - 2;
    Err(looks_like_one.then_some(match () {
        () if !selects => "has no conditions that order values",
        () if !market => "looks at no market data",
        () if holds_columns(unit, columns) => "sets flag columns that are scanners themselves",
        () if !is_meant => "is called by nobody",
        () if is_only_base => "is what other scanners are made of",
        () => "too little speaks for it",
    }))
}

fn holds_columns(unit: &Unit, columns: &BTreeSet<UnitId>) -> bool {
    let (start, end) = (unit.range.start().to_u32(), unit.range.end().to_u32());
    columns.range(start..end).next().is_some()
}
