//! Who calls whom, whose results are kept, and who is given whose results: asked of the followed program.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::ColumnUses;
use super::owners::Owners;
use super::structure::{Unit, UnitKind};
use crate::trace::{Call, Trace, UnitId};

/// What the followed program says about the units.
pub(super) struct Relations<'u> {
    by_name: BTreeMap<&'u str, Vec<UnitId>>,
    /// Units whose results stand in a name of the module at the end.
    pub(super) kept: BTreeSet<UnitId>,
    /// Classes of which objects are made.
    pub(super) instantiated: &'u BTreeSet<UnitId>,
    /// Units that look at market data themselves.
    pub(super) with_market: BTreeSet<UnitId>,
    /// Units with conditions on market data.
    pub(super) selecting: BTreeSet<UnitId>,
    /// Names of the bases of classes.
    bases: BTreeMap<UnitId, &'u BTreeSet<String>>,
    /// By unit, names of functions whose answers it wants to hold together.
    conjunctions: BTreeMap<UnitId, &'u BTreeSet<String>>,
    /// By unit, names of functions whose answers it puts side by side.
    collections: BTreeMap<UnitId, &'u BTreeSet<String>>,
    /// By unit without conditions of its own, names of functions of which it gives one's answer.
    dispatching: BTreeMap<UnitId, &'u BTreeSet<String>>,
    /// By unit without conditions of its own, names of functions that it asks what each of its lists is to hold.
    asking: BTreeMap<UnitId, &'u BTreeSet<String>>,
    /// What partials and factories run, by the unit they are.
    pub(super) variants: BTreeMap<UnitId, BTreeSet<UnitId>>,
    /// What an entry of settings calls.
    pub(super) callees: BTreeMap<UnitId, BTreeSet<UnitId>>,
    /// What variants are made of.
    pub(super) bases_of_variants: BTreeSet<UnitId>,
    /// Functions that make what variants run, inside themselves.
    pub(super) factories: BTreeSet<UnitId>,
    /// Units that are called by themselves, not only as a part of a variant.
    pub(super) called_plainly: BTreeSet<UnitId>,
    /// Units that are called.
    pub(super) called: BTreeSet<UnitId>,
    /// Units that are called by a unit (not by the module).
    pub(super) callers: BTreeMap<UnitId, BTreeSet<UnitId>>,
    /// Whose results a unit was given.
    pub(super) fed_by: BTreeMap<UnitId, BTreeSet<UnitId>>,
}

impl<'u> Relations<'u> {
    pub(super) fn new(units: &'u [Unit], trace: &'u Trace, uses: &'u ColumnUses) -> Self {
        let owners = Owners::new(units);
        let in_market = uses.is_market();
        let asking = units.iter().filter(|unit| unit.seen.comparisons == 0).map(|unit| (unit.id, &unit.seen.asked));
        let mut by_name: BTreeMap<&str, Vec<UnitId>> = BTreeMap::new();
        units.iter().for_each(|unit| by_name.entry(&unit.name).or_default().push(unit.id));
        let on_market = |unit: &Unit| unit.seen.market > 0 || in_market && unit.seen.column_comparisons > 0;
        let ids = |holds: &dyn Fn(&Unit) -> bool| units.iter().filter(|unit| holds(unit)).map(|unit| unit.id).collect();
        let mut factories = BTreeSet::new();
        let places = trace.globals.iter().flat_map(|place| &place.units);
        let mut variants: BTreeMap<UnitId, BTreeSet<UnitId>> = BTreeMap::new();
        for (made, base) in &trace.variants {
            let owner = owners.owner_of(*base);
            variants.entry(*made).or_default().insert(owner);
            factories.extend(Some(owner).filter(|owner| owner != base));
        }
        let mut relations = Self {
            by_name,
            kept: places.flat_map(|unit| [owners.owner_of(*unit), owners.enclosing(*unit)]).collect(),
            instantiated: &trace.instantiated,
            with_market: ids(&on_market),
            selecting: ids(&|unit| unit.seen.comparisons > 0 && on_market(unit)),
            bases: units
                .iter()
                .filter(|unit| !unit.seen.bases.is_empty())
                .map(|unit| (unit.id, &unit.seen.bases))
                .collect(),
            conjunctions: units.iter().map(|unit| (unit.id, &unit.seen.conjunctions)).collect(),
            collections: units.iter().map(|unit| (unit.id, &unit.seen.collected)).collect(),
            dispatching: units
                .iter()
                .filter(|unit| unit.seen.comparisons == 0)
                .map(|unit| (unit.id, &unit.seen.dispatched))
                .collect(),
            asking: asking.chain([(UnitId::MAX, &uses.asked)]).collect(),
            variants,
            callees: BTreeMap::new(),
            bases_of_variants: BTreeSet::new(),
            factories,
            called_plainly: BTreeSet::new(),
            called: BTreeSet::new(),
            callers: BTreeMap::new(),
            fed_by: BTreeMap::new(),
        };
        relations.take_calls(units, trace, &owners);
        let bases = relations.variants.values().chain(relations.callees.values()).flatten();
        relations.bases_of_variants = bases.flat_map(|base| [*base, owners.enclosing(*base)]).collect();
        relations
    }

    fn take_calls(&mut self, units: &[Unit], trace: &Trace, owners: &Owners) {
        let mut engines: BTreeMap<UnitId, BTreeSet<UnitId>> = BTreeMap::new();
        let kinds: BTreeMap<UnitId, UnitKind> = units.iter().map(|unit| (unit.id, unit.kind)).collect();
        for call in trace.calls.iter().skip(1).filter(|call| !call.assumed) {
            let direct = trace.calls.get(call.caller).map_or(UnitId::MAX, |caller| caller.unit);
            let caller = match caller_of(call, trace, &kinds) {
                0 => UnitId::MAX,
                caller => trace.calls.get(caller).map_or(UnitId::MAX, |caller| owners.owner_of(caller.unit)),
            };
            let callee = owners.owner_of(call.unit);
            // A method that is inherited runs for the heir, not for the class it stands in.
            self.called.extend([callee, call.runs_for.unwrap_or_else(|| owners.enclosing(call.unit))]);
            if caller != callee && owners.enclosing(caller) != callee {
                self.callers.entry(callee).or_default().insert(caller);
            }
            // Who runs a method runs its class, too.
            let class = call.runs_for.unwrap_or_else(|| owners.enclosing(call.unit));
            if class != callee && owners.enclosing(caller) != class {
                self.callers.entry(class).or_default().insert(caller);
            }
            match kinds.get(&direct) {
                Some(UnitKind::Entry) => {
                    self.callees.entry(direct).or_default().insert(callee);
                    engines.entry(callee).or_default().insert(direct);
                }
                Some(UnitKind::Partial | UnitKind::Closure) => {}
                _ => drop(self.called_plainly.insert(callee)),
            }
            let fed = call.given.iter().map(|unit| owners.owner_of(*unit)).filter(|unit| *unit != callee);
            self.fed_by.entry(callee).or_default().extend(fed);
        }
        // A function that is only ever given one entry is a scanner with settings, not an engine.
        let single: BTreeSet<UnitId> =
            engines.iter().filter(|(_, entries)| entries.len() < 2).map(|(callee, _)| *callee).collect();
        self.callees.values_mut().for_each(|callees| callees.retain(|callee| !single.contains(callee)));
        self.called_plainly.extend(single);
    }

    /// Whether a unit mentions one of others by its name.
    pub(super) fn mentions(&self, unit: &Unit, others: &BTreeSet<UnitId>) -> bool {
        let ids = unit.names.iter().filter_map(|name| self.by_name.get(name.as_str())).flatten();
        ids.into_iter().any(|id| *id != unit.id && others.contains(id))
    }

    /// Whether a class has a base, or a base of its bases, that selects.
    pub(super) fn inherits(&self, class: &Unit) -> bool {
        let mut known: BTreeSet<UnitId> = BTreeSet::from([class.id]);
        let mut names: Vec<&str> = class.seen.bases.iter().map(String::as_str).collect();
        while let Some(name) = names.pop() {
            for id in self.by_name.get(name).into_iter().flatten() {
                if known.insert(*id) {
                    names.extend(self.bases.get(id).into_iter().flat_map(|bases| bases.iter().map(String::as_str)));
                }
            }
        }
        known.iter().any(|id| *id != class.id && self.selecting.contains(id))
    }

    /// Whether a caller wants this one's answer together with those of others.
    pub(super) fn is_combined(&self, unit: &Unit) -> bool {
        let callers = self.callers.get(&unit.id).into_iter().flatten();
        callers.filter_map(|caller| self.conjunctions.get(caller)).any(|names| names.contains(&unit.name))
    }

    /// Those of others whose answers a unit puts side by side.
    pub(super) fn collects(&self, unit: UnitId, others: &BTreeSet<UnitId>) -> BTreeSet<UnitId> {
        let names = [&self.collections, &self.asking, &self.dispatching].map(|lists| lists.get(&unit));
        let ids =
            names.into_iter().flatten().copied().flatten().filter_map(|name| self.by_name.get(name.as_str())).flatten();
        ids.copied().filter(|id| *id != unit && others.contains(id)).collect()
    }

    /// Whether a caller asks this one and another that selects what each of its lists is to hold.
    pub(super) fn is_asked(&self, unit: &Unit) -> bool {
        let callers = self.callers.get(&unit.id).into_iter().flatten();
        let mut asking =
            callers.filter_map(|caller| self.asking.get(caller)).filter(|names| names.contains(&unit.name));
        asking.any(|names| {
            let ids = names.iter().filter_map(|name| self.by_name.get(name.as_str())).flatten();
            ids.copied().filter(|id| self.selecting.contains(id)).collect::<BTreeSet<_>>().len() >= 2
        })
    }

    /// Whether a caller puts this one's answer beside that of another that selects, too.
    pub(super) fn is_collected(&self, unit: &Unit) -> bool {
        let callers = self.callers.get(&unit.id).into_iter().flatten();
        let mut collected = callers.map(|caller| self.collects(*caller, &self.selecting));
        collected.any(|units| units.len() >= 2 && units.contains(&unit.id))
    }

    /// Units that stand in one container with another that selects and is called.
    pub(super) fn beside_scanners(&self, groups: &[BTreeSet<String>]) -> BTreeSet<UnitId> {
        let units_of = |names: &BTreeSet<String>| -> BTreeSet<UnitId> {
            names.iter().filter_map(|name| self.by_name.get(name.as_str())).flatten().copied().collect()
        };
        let runs = |id: &UnitId| self.selecting.contains(id) && self.called.contains(id);
        groups.iter().map(units_of).filter(|units| units.iter().any(runs)).flatten().collect()
    }

    /// Whether a unit is given results of at least one of others.
    pub(super) fn is_fed_by(&self, unit: UnitId, others: &BTreeSet<UnitId>) -> bool {
        self.fed_by.get(&unit).is_some_and(|feeding| feeding.iter().any(|one| *one != unit && others.contains(one)))
    }
}

/// The call a call happened in; what runs for an heir is no call of the heir's own.
fn caller_of(call: &Call, trace: &Trace, kinds: &BTreeMap<UnitId, UnitKind>) -> usize {
    let mut caller = call.caller;
    let is_method = kinds.get(&call.unit) == Some(&UnitKind::Method);
    while let Some(outer) = trace.calls.get(caller).filter(|_| caller != 0)
        && match kinds.get(&outer.unit) {
            Some(UnitKind::Class) => true,
            // An object that was made of settings runs its own methods.
            Some(UnitKind::Entry) => {
                let within = trace.calls.get(outer.caller).map(|call| call.unit);
                is_method && within.is_some_and(|unit| kinds.get(&unit) == Some(&UnitKind::Method))
            }
            _ => false,
        }
    {
        caller = outer.caller;
    }
    caller
}
