//! Votes about the units, and which of them are scanners.

use std::collections::{BTreeMap, BTreeSet};

use super::owners::Owners;
use super::structure::{Unit, UnitKind};
use super::{Boundary, BoundaryStatus, BoundaryType, pattern};
use crate::python::Lines;
use crate::trace::{Trace, UnitId};

/// Votes a unit needs.
const VOTES_MIN: i32 = 6;

/// Votes above which nothing is left to review.
const VOTES_SURE: i32 = 9;

/// The scanners among the units, in the order of the file.
pub(crate) fn decide(units: &[Unit], trace: &Trace, lines: &Lines, uses: &ColumnUses) -> Vec<Boundary> {
    let columns = flag_columns(units, uses);
    let relations = Relations::new(units, trace);
    let mut candidates: Vec<Vote<'_>> = units.iter().filter_map(|unit| vote(unit, &relations, &columns)).collect();
    drop_servants(&mut candidates, &relations);
    methods_or_class(&mut candidates, &relations);
    candidates.sort_by_key(|vote| vote.unit.range.start());
    let mut names = BTreeSet::new();
    candidates.iter().map(|vote| boundary(vote, lines, &mut names)).collect()
}

/// Which columns are used, and how: asked by [`flag_columns`].
#[derive(Debug, Default)]
pub(crate) struct ColumnUses {
    /// Names of columns in conditions on rows and in lists of names, outside the assignments of flags.
    pub(crate) selected: BTreeSet<String>,
}

struct Vote<'u> {
    unit: &'u Unit,
    votes: i32,
    why: Vec<&'static str>,
}

/// Columns that are the file's results: selected by somebody, or made of several thresholds and used by no other flag.
fn flag_columns(units: &[Unit], uses: &ColumnUses) -> BTreeSet<UnitId> {
    let columns: Vec<&Unit> = units.iter().filter(|unit| unit.kind == UnitKind::Column).collect();
    let feeds = |unit: &Unit| columns.iter().any(|other| other.id != unit.id && other.seen.keys.contains(&unit.name));
    let selected: BTreeSet<UnitId> =
        columns.iter().filter(|unit| uses.selected.contains(&unit.name)).map(|unit| unit.id).collect();
    if !selected.is_empty() {
        return selected;
    }
    columns.iter().filter(|unit| unit.seen.comparisons >= 3 && !feeds(unit)).map(|unit| unit.id).collect()
}

/// Who calls whom, and whose results are kept.
struct Relations<'u> {
    by_name: BTreeMap<&'u str, Vec<UnitId>>,
    kept: BTreeSet<UnitId>,
    instantiated: &'u BTreeSet<UnitId>,
    /// Units that look at market data themselves.
    with_market: BTreeSet<UnitId>,
    /// Units with conditions on market data.
    selecting: BTreeSet<UnitId>,
    /// Methods that have conditions or put those of others together.
    combining: BTreeSet<UnitId>,
    /// What partials and factories run, by the unit they are.
    variants: BTreeMap<UnitId, BTreeSet<UnitId>>,
    /// What a unit calls.
    callees: BTreeMap<UnitId, BTreeSet<UnitId>>,
    bases_of_variants: BTreeSet<UnitId>,
    called: BTreeSet<UnitId>,
    /// Units that are called by a unit (not by the module).
    callers: BTreeMap<UnitId, BTreeSet<UnitId>>,
}

impl<'u> Relations<'u> {
    fn new(units: &'u [Unit], trace: &'u Trace) -> Self {
        let mut by_name: BTreeMap<&str, Vec<UnitId>> = BTreeMap::new();
        units.iter().for_each(|unit| by_name.entry(&unit.name).or_default().push(unit.id));
        let mut callers: BTreeMap<UnitId, BTreeSet<UnitId>> = BTreeMap::new();
        let mut called = BTreeSet::new();
        let owners = Owners::new(units);
        let owner = |id: UnitId| owners.owner_of(id);
        for call in trace.calls.iter().skip(1).filter(|call| !call.assumed) {
            let caller = trace.calls.get(call.caller).map_or(UnitId::MAX, |caller| owner(caller.unit));
            let callee = owner(call.unit);
            called.extend([callee, owners.enclosing(call.unit)]);
            if caller != callee {
                callers.entry(callee).or_default().insert(caller);
            }
        }
        let kept = trace
            .globals
            .iter()
            .flat_map(|place| place.units.iter().flat_map(|unit| [owner(*unit), owners.enclosing(*unit)]))
            .collect();
        let entries: BTreeSet<UnitId> =
            units.iter().filter(|unit| unit.kind == UnitKind::Entry).map(|unit| unit.id).collect();
        let mut variants: BTreeMap<UnitId, BTreeSet<UnitId>> = BTreeMap::new();
        for (made, base) in &trace.variants {
            variants.entry(*made).or_default().insert(owner(*base));
        }
        let mut callees: BTreeMap<UnitId, BTreeSet<UnitId>> = BTreeMap::new();
        for call in trace.calls.iter().skip(1).filter(|call| entries.contains(&trace.calls[call.caller].unit)) {
            callees.entry(trace.calls[call.caller].unit).or_default().insert(owner(call.unit));
        }
        let bases_of_variants = variants.values().chain(callees.values()).flatten().copied().collect();
        let combines =
            |unit: &&Unit| unit.kind == UnitKind::Method && (unit.seen.comparisons > 0 || unit.seen.masks > 0);
        let combining = units.iter().filter(combines).map(|unit| unit.id).collect();
        let selecting =
            units.iter().filter(|unit| unit.seen.comparisons > 0 && unit.seen.market > 0).map(|unit| unit.id).collect();
        let with_market = units.iter().filter(|unit| unit.seen.market > 0).map(|unit| unit.id).collect();
        Self {
            by_name,
            with_market,
            selecting,
            combining,
            variants,
            callees,
            kept,
            instantiated: &trace.instantiated,
            bases_of_variants,
            called,
            callers,
        }
    }

    fn mentions(&self, unit: &Unit, others: &BTreeSet<UnitId>) -> bool {
        let ids = unit.names.iter().filter_map(|name| self.by_name.get(name.as_str())).flatten();
        ids.into_iter().any(|id| *id != unit.id && others.contains(id))
    }
}

fn vote<'u>(unit: &'u Unit, relations: &Relations<'_>, columns: &BTreeSet<UnitId>) -> Option<Vote<'u>> {
    if unit.kind == UnitKind::Column {
        let why = vec!["flag column", "thresholds", "selected"];
        return columns.contains(&unit.id).then_some(Vote { unit, votes: VOTES_SURE, why });
    }
    if matches!(unit.kind, UnitKind::Closure | UnitKind::Entry) {
        let runs = relations.variants.get(&unit.id).into_iter().chain(relations.callees.get(&unit.id)).flatten();
        let selects = runs.into_iter().any(|base| relations.selecting.contains(base));
        let why = vec!["variant of a scanner", "is called"];
        return selects.then_some(Vote { unit, votes: VOTES_SURE, why });
    }
    let mut why = Vec::new();
    let mut votes = 0;
    let mut count = |weight: i32, what: &'static str, holds: bool| {
        if holds {
            votes += weight;
            if weight > 0 {
                why.push(what);
            }
        }
    };
    let seen = &unit.seen;
    let inherits = unit.kind == UnitKind::Class && relations.mentions(unit, &relations.selecting);
    let selects = seen.comparisons > 0 || inherits;
    let tests_columns_only = seen.flag_comparisons >= 1 && !selects;
    count(3, "name", pattern::is_scanner_name(&unit.name));
    count(3, "conditions", selects);
    count(1, "masks", seen.masks > 0);
    let market = seen.market > 0 || relations.mentions(unit, &relations.with_market);
    count(2, "market data", market);
    count(2, "result is kept", relations.kept.contains(&unit.id));
    count(1, "is called", relations.called.contains(&unit.id));
    count(-4, "", pattern::is_helper_name(&unit.name));
    count(-6, "", seen.returns_parameter && seen.columns > 0);
    count(-4, "", tests_columns_only);
    count(-6, "", relations.bases_of_variants.contains(&unit.id) && unit.kind == UnitKind::Function);
    count(-3, "", !seen.returns && unit.kind == UnitKind::Function);
    count(-9, "", holds_columns(unit, columns));
    match unit.kind {
        UnitKind::Method => {
            count(-2, "", !pattern::is_scanner_name(&unit.name));
        }
        UnitKind::Class => {
            count(1, "instance is made", relations.instantiated.contains(&unit.id));
            count(-9, "", !relations.instantiated.contains(&unit.id) || !selects || seen.methods == 0 && !inherits);
        }
        UnitKind::Partial => count(5, "variant of a scanner", true),
        _ => {}
    }
    // Without conditions of its own a unit may still run another scanner with other numbers; that is settled later.
    let is_used = relations.called.contains(&unit.id) || pattern::is_scanner_name(&unit.name);
    let lives = votes >= VOTES_MIN && (is_used && selects && market || unit.kind == UnitKind::Partial);
    let delegates = !selects && pattern::is_scanner_name(&unit.name) && votes >= 4;
    (lives || delegates).then_some(Vote { unit, votes, why })
}

fn holds_columns(unit: &Unit, columns: &BTreeSet<UnitId>) -> bool {
    columns.iter().any(|id| unit.range.start().to_u32() < *id && *id < unit.range.end().to_u32())
}

/// Candidates without scanner names that only other candidates call are their helpers; candidates without conditions
/// must run a scanner.
fn drop_servants(candidates: &mut Vec<Vote<'_>>, relations: &Relations<'_>) {
    let all: BTreeSet<UnitId> = candidates.iter().map(|vote| vote.unit.id).collect();
    let selecting: BTreeSet<UnitId> =
        candidates.iter().filter(|vote| vote.unit.seen.comparisons > 0).map(|vote| vote.unit.id).collect();
    candidates.retain(|vote| {
        let unit = vote.unit;
        if unit.kind == UnitKind::Column {
            return true;
        }
        match unit.kind {
            UnitKind::Closure | UnitKind::Entry => return true,
            UnitKind::Class if unit.seen.comparisons == 0 => return true,
            UnitKind::Function if unit.seen.comparisons == 0 => return relations.mentions(unit, &selecting),
            _ => {}
        }
        let callers = relations.callers.get(&unit.id);
        let serves = callers.is_some_and(|callers| callers.iter().all(|caller| all.contains(caller)));
        !serves || pattern::is_scanner_name(&unit.name) && relations.kept.contains(&unit.id)
    });
}

/// A class whose methods are scanners one by one is none itself; the methods of any other class are parts of it.
fn methods_or_class(candidates: &mut Vec<Vote<'_>>, relations: &Relations<'_>) {
    let classes: Vec<&Unit> =
        candidates.iter().map(|vote| vote.unit).filter(|unit| unit.kind == UnitKind::Class).collect();
    let holds = |class: &Unit, unit: &Unit| unit.kind == UnitKind::Method && class.range.contains_range(unit.range);
    let mut gone = BTreeSet::new();
    let methods: Vec<&Unit> =
        candidates.iter().map(|vote| vote.unit).filter(|unit| unit.kind == UnitKind::Method).collect();
    for method in &methods {
        // Scanners are run from outside of what selects; what another method combines is its part.
        let callers = relations.callers.get(&method.id);
        let combined = callers.is_some_and(|callers| callers.iter().any(|caller| relations.combining.contains(caller)));
        if combined || !relations.called.contains(&method.id) || !pattern::is_scanner_name(&method.name) {
            gone.insert(method.id);
        }
    }
    for class in &classes {
        let own: Vec<UnitId> = methods
            .iter()
            .filter(|method| holds(class, method) && !gone.contains(&method.id))
            .map(|method| method.id)
            .collect();
        if own.len() >= 2 {
            gone.insert(class.id);
        } else {
            gone.extend(own);
        }
    }
    let orphan = |method: &&&Unit| !classes.iter().any(|class| holds(class, method));
    gone.extend(methods.iter().filter(orphan).map(|method| method.id));
    candidates.retain(|vote| !gone.contains(&vote.unit.id));
}

fn boundary(vote: &Vote<'_>, lines: &Lines, names: &mut BTreeSet<String>) -> Boundary {
    let unit = vote.unit;
    let plain = if matches!(unit.kind, UnitKind::Column | UnitKind::Entry) {
        unit.name.clone()
    } else {
        pattern::scanner_name(&unit.name)
    };
    let mut name = plain.clone();
    let mut number = 2;
    while !names.insert(name.clone()) {
        name = format!("{plain}_{number}");
        number += 1;
    }
    let strength = f64::from(vote.votes.clamp(0, 12)) / 12.0;
    let boundary_type = match unit.kind {
        UnitKind::Function | UnitKind::Method | UnitKind::Class | UnitKind::Lambda => BoundaryType::FunctionBased,
        UnitKind::Column | UnitKind::Partial | UnitKind::Closure | UnitKind::Entry => BoundaryType::PatternBased,
    };
    Boundary {
        name,
        kind: unit.kind.word(),
        entry: unit.name.clone(),
        start_line: lines.line(unit.range.start()),
        end_line: lines.last_line(unit.range),
        confidence: (0.5 + strength / 2.0).clamp(0.0, 0.99),
        boundary_type,
        status: if vote.votes >= VOTES_SURE { BoundaryStatus::Valid } else { BoundaryStatus::NeedsReview },
        detected_patterns: vote.why.clone(),
        unit: unit.id,
        range: (unit.range.start().to_u32(), unit.range.end().to_u32()),
    }
}
