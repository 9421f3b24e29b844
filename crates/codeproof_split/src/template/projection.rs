//! Where a scanner's rows are when the original has run.

use std::collections::{BTreeMap, BTreeSet};

use super::literal;
use crate::boundary::{Owners, SETS_FLAGS, Unit, UnitKind};
use crate::split::{Scanner, Split};
use crate::trace::{Place, Trace, UnitId};

/// A place in the module's names, and the column that picks the rows there.
#[derive(Debug, Default)]
pub(super) struct Projection {
    /// Name, then keys; empty when only what the scanner returned can be had.
    pub(super) path: Vec<String>,
    /// Column whose set rows are the scanner's.
    pub(super) column: Option<String>,
    /// Columns that a class sets in the tables it is given, and the methods that set them: the rows are those in which one
    /// is set, where the class hands such tables on.
    pub(super) marks: Vec<(String, String)>,
}

impl Projection {
    /// The column that a scanner sets, as Python, or `None`.
    pub(super) fn column_of(&self, scanner: &Scanner) -> String {
        if scanner.boundary.kind == "column" { literal::text(&scanner.boundary.entry) } else { "None".to_owned() }
    }

    /// The columns that a class sets, as a further argument in Python.
    pub(super) fn flags(&self) -> String {
        if self.marks.is_empty() { String::new() } else { format!(", {}", self.marked()) }
    }

    /// The columns that a class sets, with the methods that set them, in Python.
    pub(super) fn marked(&self) -> String {
        let mark =
            |(column, method): &(String, String)| format!("({}, {})", literal::text(column), literal::text(method));
        let marks: Vec<String> = self.marks.iter().map(mark).collect();
        format!("[{}]", marks.join(", "))
    }
}

/// The places of a program with the units whose results they hold.
pub(super) fn places<'t>(trace: &'t Trace, units: &[Unit]) -> Vec<Held<'t>> {
    let owners = Owners::new(units);
    let held =
        |place: &Place| place.units.iter().flat_map(|unit| [owners.owner_of(*unit), owners.enclosing(*unit)]).collect();
    // An entry whose key is not known cannot be asked for; what holds it can.
    let is_known = |place: &&Place| place.path.iter().all(|part| part != "*");
    trace.globals.iter().filter(is_known).map(|place| (place, held(place))).collect()
}

/// A place and what it holds.
pub(super) type Held<'t> = (&'t Place, BTreeSet<UnitId>);

pub(super) fn find(
    scanner: &Scanner,
    split: &Split,
    others: &BTreeMap<UnitId, usize>,
    places: &[Held<'_>],
    units: &[Unit],
) -> Projection {
    let own = scanner.boundary.unit;
    let is_column = scanner.boundary.kind == "column";
    // Whose results make a place somebody else's; a table carries its flag columns into whatever is made of it.
    let is_foreign = |unit: &UnitId| {
        let other = others.get(unit).map(|at| &split.scanners[*at].boundary);
        other.is_some_and(|other| *unit != own && other.kind != "column" && !scanner.depends_on.contains(&other.name))
    };
    let holding = places.iter().filter(|(_, held)| held.contains(&own));
    let named = |place: &Place| {
        place
            .path
            .last()
            .is_some_and(|last| last.eq_ignore_ascii_case(&scanner.boundary.entry) || *last == scanner.boundary.name)
    };
    let rank = |(place, held): &&Held<'_>| {
        let foreign = held.iter().filter(|unit| is_foreign(unit)).count();
        (foreign, !named(place), place.time)
    };
    if is_column {
        return column(scanner, holding.collect(), named);
    }
    let marks = marks(scanner, units);
    let best = holding.min_by_key(rank);
    match best {
        Some((place, held)) if held.iter().filter(|unit| is_foreign(unit)).count() == 0 => {
            Projection { path: place.path.clone(), column: None, marks }
        }
        _ => Projection { marks, ..Projection::default() },
    }
}

fn column(scanner: &Scanner, places: Vec<&Held<'_>>, named: impl Fn(&Place) -> bool) -> Projection {
    if let Some((place, _)) = places.iter().find(|(place, _)| place.path.len() > 1 && named(place)) {
        return Projection { path: place.path.clone(), ..Projection::default() };
    }
    let last =
        places.iter().filter(|(place, _)| place.path.len() == 1).max_by_key(|(place, held)| (held.len(), place.time));
    Projection {
        path: last.map(|(place, _)| place.path.clone()).unwrap_or_default(),
        column: Some(scanner.boundary.entry.clone()),
        marks: Vec::new(),
    }
}

/// The columns that a class sets for the one who runs it, each once, with the methods that set them.
fn marks(scanner: &Scanner, units: &[Unit]) -> Vec<(String, String)> {
    if !scanner.boundary.detected_patterns.contains(&SETS_FLAGS) {
        return Vec::new();
    }
    let (start, end) = scanner.boundary.range;
    let inside = |unit: &&Unit| start <= unit.range.start().to_u32() && unit.range.end().to_u32() <= end;
    let mut marks: Vec<(String, String)> = Vec::new();
    for column in units.iter().filter(|unit| unit.kind == UnitKind::Column).filter(inside) {
        let is_setter = |unit: &&Unit| unit.kind == UnitKind::Method && unit.range.contains_range(column.range);
        let setter = units.iter().find(is_setter).map(|unit| unit.name.clone()).unwrap_or_default();
        if marks.iter().all(|(known, _)| *known != column.name) {
            marks.push((column.name.clone(), setter));
        }
    }
    marks
}
