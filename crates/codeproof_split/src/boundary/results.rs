//! Which flag columns are results of the file: those that somebody selects rows by, or that are what a function gives.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::ColumnUses;
use super::structure::{Unit, UnitKind};
use crate::trace::{Trace, UnitId};

/// Thresholds of a flag that counts though nothing selects by it.
const THRESHOLDS_MIN: u32 = 3;

/// Columns that are results: selected by somebody, or made of several thresholds and used by no other flag, or the one
/// flag that a function adds to the table it is given.
pub(super) fn flag_columns(
    units: &[Unit],
    uses: &ColumnUses,
    strategies: &BTreeSet<UnitId>,
    trace: &Trace,
) -> BTreeSet<UnitId> {
    let of_strategies: Vec<_> =
        units.iter().filter(|unit| strategies.contains(&unit.id)).map(|unit| unit.range).collect();
    let is_free = |unit: &&Unit| !of_strategies.iter().any(|range| range.contains_range(unit.range));
    let columns: Vec<&Unit> = units.iter().filter(|unit| unit.kind == UnitKind::Column).filter(is_free).collect();
    let feeding: BTreeSet<&str> = columns
        .iter()
        .flat_map(|other| other.seen.keys.iter().filter(|key| **key != other.name).map(String::as_str))
        .collect();
    let selected: BTreeSet<UnitId> =
        columns.iter().filter(|unit| uses.selected.contains(&unit.name)).map(|unit| unit.id).collect();
    if !selected.is_empty() {
        return selected;
    }
    let is_result = |unit: &&&Unit| unit.seen.comparisons >= THRESHOLDS_MIN && !feeding.contains(unit.name.as_str());
    let given = given_by_functions(units, &columns, trace);
    columns.iter().filter(is_result).map(|unit| unit.id).chain(given).collect()
}

/// The one flag each of several functions adds to the table it is given and gives back.
fn given_by_functions(units: &[Unit], columns: &[&Unit], trace: &Trace) -> BTreeSet<UnitId> {
    let called: BTreeSet<UnitId> = trace.calls.iter().filter(|call| !call.assumed).map(|call| call.unit).collect();
    let functions: Vec<&Unit> = units.iter().filter(|unit| unit.kind == UnitKind::Function).collect();
    // Of functions with one name the last is the one that is meant.
    let last: BTreeMap<&str, UnitId> = functions.iter().map(|unit| (unit.name.as_str(), unit.id)).collect();
    let lives = |unit: &Unit| called.contains(&unit.id) || last.get(unit.name.as_str()) == Some(&unit.id);
    let mut found = BTreeSet::new();
    for function in functions.iter().filter(|unit| unit.seen.returns_parameter && lives(unit)) {
        let own: Vec<&&Unit> = columns.iter().filter(|column| function.range.contains_range(column.range)).collect();
        let feeds = |column: &Unit| {
            let reads = |other: &Unit| other.names.contains(&column.name) || other.seen.keys.contains(&column.name);
            own.iter().any(|other| other.id != column.id && reads(other))
        };
        let mut ends = own.iter().filter(|column| !feeds(column));
        if let (Some(flag), None) = (ends.next(), ends.next()) {
            found.insert(flag.id);
        }
    }
    let runs = functions.iter().any(|function| {
        called.contains(&function.id)
            && found.iter().any(|flag| (function.range.start().to_u32()..function.range.end().to_u32()).contains(flag))
    });
    if runs && found.len() > 1 { found } else { BTreeSet::new() }
}
