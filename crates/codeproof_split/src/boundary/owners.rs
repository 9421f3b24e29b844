//! Which unit a place of the file belongs to.

use std::collections::BTreeSet;

use super::structure::{Unit, UnitKind};
use crate::trace::UnitId;

/// Units by place; a question costs the logarithm of their number.
pub(crate) struct Owners {
    exact: BTreeSet<UnitId>,
    /// Start and end of the functions, classes and lambdas of the module's top, sorted; they do not overlap.
    holders: Vec<(UnitId, u32)>,
}

impl Owners {
    /// Sorts the units.
    pub(crate) fn new(units: &[Unit]) -> Self {
        let holds = |unit: &&Unit| matches!(unit.kind, UnitKind::Function | UnitKind::Class | UnitKind::Lambda);
        let mut holders: Vec<(UnitId, u32)> =
            units.iter().filter(holds).map(|unit| (unit.range.start().to_u32(), unit.range.end().to_u32())).collect();
        holders.sort_unstable();
        Self { exact: units.iter().map(|unit| unit.id).collect(), holders }
    }

    /// The unit a call or a result belongs to: itself, or the one it is nested in.
    pub(crate) fn owner_of(&self, id: UnitId) -> UnitId {
        if self.exact.contains(&id) { id } else { self.enclosing(id) }
    }

    /// The function, class or lambda of the module's top that a place is in; the place itself when there is none.
    pub(crate) fn enclosing(&self, id: UnitId) -> UnitId {
        let after = self.holders.partition_point(|(start, _)| *start <= id);
        let holder = after.checked_sub(1).and_then(|at| self.holders.get(at));
        holder.filter(|(_, end)| id < *end).map_or(id, |(start, _)| *start)
    }
}
