//! Functions that scanners are given to run: what is set in them is a part of what the scanner uses.

use std::collections::{BTreeMap, BTreeSet};

use super::rebound;
use crate::boundary::{self, Boundary, Unit};
use crate::trace::{Trace, UnitId};
use codeproof_python::Module;

/// A function that a scanner is given to run.
pub(super) struct Handed {
    pub(super) unit: UnitId,
    pub(super) range: (u32, u32),
    pub(super) rebound: BTreeSet<String>,
}

/// What each scanner is given to run, unless that is a scanner itself.
pub(super) fn of_scanners(
    module: &Module,
    units: &[Unit],
    boundaries: &[Boundary],
    trace: &Trace,
) -> BTreeMap<usize, Handed> {
    let given = boundary::handed(units, trace);
    let is_scanner = |unit: &UnitId| boundaries.iter().any(|boundary| boundary.unit == *unit);
    let of = |(at, boundary): (usize, &Boundary)| {
        let function = given.get(&boundary.unit).filter(|function| !is_scanner(function))?;
        let unit = units.iter().find(|unit| unit.id == *function)?;
        let range = (unit.range.start().to_u32(), unit.range.end().to_u32());
        let rebound = rebound::names(module, &[range]).into_iter().next().unwrap_or_default();
        Some((at, Handed { unit: unit.id, range, rebound }))
    };
    boundaries.iter().enumerate().filter_map(of).collect()
}
