//! Which candidates are scanners, when all votes are known.

use std::collections::BTreeSet;

use super::columns::ColumnUses;
use super::relations::Relations;
use super::structure::{Unit, UnitKind};
use super::votes::{VOTES_SURE, Vote, vote};
use super::{Boundary, BoundaryStatus, BoundaryType, pattern};
use crate::python::Lines;
use crate::trace::{Trace, UnitId};

/// The scanners among the units, in the order of the file.
pub(crate) fn decide(
    units: &[Unit],
    trace: &Trace,
    lines: &Lines,
    uses: &ColumnUses,
    is_notebook: bool,
) -> Vec<Boundary> {
    let columns = flag_columns(units, uses);
    let relations = Relations::new(units, trace, uses.is_market());
    if !uses.is_market() {
        return Vec::new();
    }
    let mut candidates: Vec<Vote<'_>> = units.iter().filter_map(|unit| vote(unit, &relations, &columns)).collect();
    drop_servants(&mut candidates, &relations);
    methods_or_class(&mut candidates, &relations);
    drop_consumers(&mut candidates, &relations);
    drop_sections(&mut candidates, &relations, is_notebook);
    candidates.sort_by_key(|vote| vote.unit.range.start());
    let mut names = BTreeSet::new();
    candidates.iter().map(|vote| boundary(vote, lines, &mut names)).collect()
}

/// Columns that are the file's results: selected by somebody, or made of several thresholds and used by no other flag.
fn flag_columns(units: &[Unit], uses: &ColumnUses) -> BTreeSet<UnitId> {
    let columns: Vec<&Unit> = units.iter().filter(|unit| unit.kind == UnitKind::Column).collect();
    let feeding: BTreeSet<&str> = columns
        .iter()
        .flat_map(|other| other.seen.keys.iter().filter(|key| **key != other.name).map(String::as_str))
        .collect();
    let selected: BTreeSet<UnitId> =
        columns.iter().filter(|unit| uses.selected.contains(&unit.name)).map(|unit| unit.id).collect();
    if !selected.is_empty() {
        return selected;
    }
    let is_result = |unit: &&&Unit| unit.seen.comparisons >= 3 && !feeding.contains(unit.name.as_str());
    columns.iter().filter(is_result).map(|unit| unit.id).collect()
}

/// Candidates without scanner names that only other candidates call are their helpers; candidates without conditions
/// must run a scanner.
fn drop_servants(candidates: &mut Vec<Vote<'_>>, relations: &Relations<'_>) {
    let all: BTreeSet<UnitId> = candidates.iter().map(|vote| vote.unit.id).collect();
    let selecting: BTreeSet<UnitId> =
        candidates.iter().filter(|vote| vote.unit.seen.comparisons > 0).map(|vote| vote.unit.id).collect();
    candidates.retain(|vote| {
        let unit = vote.unit;
        match unit.kind {
            UnitKind::Column | UnitKind::Section | UnitKind::Mask => return true,
            UnitKind::Closure | UnitKind::Entry | UnitKind::Partial => {
                return true;
            }
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
    let of_kind = |kind: UnitKind, candidates: &[Vote<'_>]| -> Vec<(UnitId, ruff_text_size::TextRange)> {
        let units = candidates.iter().map(|vote| vote.unit).filter(|unit| unit.kind == kind);
        units.map(|unit| (unit.id, unit.range)).collect()
    };
    let classes = of_kind(UnitKind::Class, candidates);
    let methods = of_kind(UnitKind::Method, candidates);
    let all: BTreeSet<UnitId> = methods.iter().map(|(id, _)| *id).collect();
    let mut gone = BTreeSet::new();
    for method in candidates.iter().map(|vote| vote.unit).filter(|unit| unit.kind == UnitKind::Method) {
        // Scanners are run from outside of what selects; what another method combines or goes on with is its part.
        if relations.is_combined(method) || !relations.called.contains(&method.id) {
            gone.insert(method.id);
        }
        if relations.is_fed_by(method.id, &all) {
            gone.insert(method.id);
            gone.extend(relations.fed_by.get(&method.id).into_iter().flatten().filter(|id| all.contains(id)));
        }
    }
    for (class, range) in &classes {
        let inside = methods.iter().filter(|(_, method)| range.contains_range(*method));
        let own: Vec<UnitId> = inside.map(|(id, _)| *id).filter(|id| !gone.contains(id)).collect();
        if own.len() >= 2 {
            gone.insert(*class);
        } else {
            gone.extend(own);
        }
    }
    let is_orphan =
        |method: &ruff_text_size::TextRange| !classes.iter().any(|(_, class)| class.contains_range(*method));
    gone.extend(methods.iter().filter(|(_, range)| is_orphan(range)).map(|(id, _)| *id));
    candidates.retain(|vote| !gone.contains(&vote.unit.id));
}

/// What is only given results of other candidates reports on them; a name like a scanner's keeps it.
fn drop_consumers(candidates: &mut Vec<Vote<'_>>, relations: &Relations<'_>) {
    // A table carries its flag columns wherever it goes.
    let others = candidates.iter().map(|vote| vote.unit).filter(|unit| unit.kind != UnitKind::Column);
    let all: BTreeSet<UnitId> = others.map(|unit| unit.id).collect();
    candidates.retain(|vote| {
        let may_consume = matches!(vote.unit.kind, UnitKind::Function | UnitKind::Class);
        !may_consume || pattern::is_scanner_name(&vote.unit.name) || !relations.is_fed_by(vote.unit.id, &all)
    });
}

/// Runs of statements count in notebooks, and where nothing else is a scanner; never when they only run one.
fn drop_sections(candidates: &mut Vec<Vote<'_>>, relations: &Relations<'_>, is_notebook: bool) {
    let is_section = |vote: &Vote<'_>| vote.unit.kind == UnitKind::Section;
    let others: BTreeSet<UnitId> =
        candidates.iter().filter(|vote| !is_section(vote)).map(|vote| vote.unit.id).collect();
    let may_count = is_notebook || others.is_empty();
    let ranges: Vec<_> = candidates.iter().filter(|vote| !is_section(vote)).map(|vote| vote.unit.range).collect();
    candidates.retain(|vote| {
        let is_free = || !ranges.iter().any(|range| vote.unit.range.contains_range(*range));
        !is_section(vote) || may_count && is_free() && !relations.mentions(vote.unit, &others)
    });
}

fn boundary(vote: &Vote<'_>, lines: &Lines, names: &mut BTreeSet<String>) -> Boundary {
    let unit = vote.unit;
    let plain = match unit.kind {
        _ if unit.title.is_some() => unit.title.clone().unwrap_or_default(),
        UnitKind::Column | UnitKind::Entry | UnitKind::Section | UnitKind::Mask => unit.name.clone(),
        _ => pattern::scanner_name(&unit.name),
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
        UnitKind::Column | UnitKind::Partial | UnitKind::Closure | UnitKind::Entry | UnitKind::Mask => {
            BoundaryType::PatternBased
        }
        UnitKind::Section => BoundaryType::CommentBased,
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
