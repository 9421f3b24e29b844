//! Where a scanner's rows are when the original has run.

use std::collections::BTreeSet;

use crate::boundary::{Unit, enclosing, owner_of};
use crate::split::{Scanner, Split};
use crate::trace::{Place, Trace, UnitId};

/// A place in the module's names, and the column that picks the rows there.
#[derive(Debug, Default)]
pub(super) struct Projection {
    /// Name, then keys; empty when only what the scanner returned can be had.
    pub(super) path: Vec<String>,
    /// Column whose set rows are the scanner's.
    pub(super) column: Option<String>,
}

pub(super) fn find(scanner: &Scanner, split: &Split, trace: &Trace, units: &[Unit]) -> Projection {
    let own = scanner.boundary.unit;
    let is_column = scanner.boundary.kind == "column";
    let scanners: BTreeSet<UnitId> = split
        .scanners
        .iter()
        // A table carries its flag columns into whatever is made of it.
        .filter(|other| other.boundary.kind != "column")
        .filter(|other| other.boundary.unit != own && !scanner.depends_on.contains(&other.boundary.name))
        .map(|other| other.boundary.unit)
        .collect();
    let tidy = |place: &Place| {
        place
            .units
            .iter()
            .flat_map(|unit| [owner_of(units, *unit), enclosing(units, *unit)])
            .collect::<BTreeSet<UnitId>>()
    };
    let holding = trace.globals.iter().map(|place| (place, tidy(place))).filter(|(_, held)| held.contains(&own));
    let named = |place: &Place| {
        place
            .path
            .last()
            .is_some_and(|last| last.eq_ignore_ascii_case(&scanner.boundary.entry) || *last == scanner.boundary.name)
    };
    let rank = |(place, held): &(&Place, BTreeSet<UnitId>)| {
        let foreign = held.intersection(&scanners).count();
        (foreign, !named(place), place.time)
    };
    if is_column {
        return column(scanner, holding.collect(), named);
    }
    let best = holding.min_by_key(rank);
    match best {
        Some((place, held)) if held.intersection(&scanners).count() == 0 => {
            Projection { path: place.path.clone(), column: None }
        }
        _ => Projection::default(),
    }
}

fn column(scanner: &Scanner, places: Vec<(&Place, BTreeSet<UnitId>)>, named: impl Fn(&Place) -> bool) -> Projection {
    if let Some((place, _)) = places.iter().find(|(place, _)| place.path.len() > 1 && named(place)) {
        return Projection { path: place.path.clone(), column: None };
    }
    let last =
        places.iter().filter(|(place, _)| place.path.len() == 1).max_by_key(|(place, held)| (held.len(), place.time));
    Projection {
        path: last.map(|(place, _)| place.path.clone()).unwrap_or_default(),
        column: Some(scanner.boundary.entry.clone()),
    }
}
