//! Functions that a function is given to run: `signal_generation(df, macd)`; they are a part of what it does.

use std::collections::{BTreeMap, BTreeSet};

use super::owners::Owners;
use super::structure::{Unit, UnitKind};
use crate::trace::{Trace, UnitId};

/// By function that runs it, the only function it is ever given; that one is run by nobody else.
pub(crate) fn handed(units: &[Unit], trace: &Trace) -> BTreeMap<UnitId, UnitId> {
    let owners = Owners::new(units);
    let functions: BTreeMap<UnitId, &Unit> =
        units.iter().filter(|unit| unit.kind == UnitKind::Function).map(|unit| (unit.id, unit)).collect();
    let mut callers: BTreeMap<UnitId, BTreeSet<UnitId>> = BTreeMap::new();
    for call in trace.calls.iter().skip(1).filter(|call| !call.assumed && functions.contains_key(&call.unit)) {
        let caller = trace.calls.get(call.caller).map_or(UnitId::MAX, |caller| owners.owner_of(caller.unit));
        callers.entry(call.unit).or_default().insert(caller);
    }
    let mut given: BTreeMap<UnitId, BTreeSet<UnitId>> = BTreeMap::new();
    for (function, callers) in callers {
        let only = callers.first().filter(|_| callers.len() == 1).and_then(|caller| functions.get(caller));
        let Some(caller) = only else { continue };
        let name = functions.get(&function).map_or("", |unit| unit.name.as_str());
        if caller.id != function && !caller.names.contains(name) {
            given.entry(caller.id).or_default().insert(function);
        }
    }
    let one = |(caller, functions): (UnitId, BTreeSet<UnitId>)| {
        functions.first().copied().filter(|_| functions.len() == 1).map(|function| (caller, function))
    };
    given.into_iter().filter_map(one).collect()
}
