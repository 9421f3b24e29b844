//! Classes that set flags for the one who runs them: strategies of a framework, pasted together.
//!
//! Where several classes set a column of the same name, the column tells nothing apart and the class is the scanner; so
//! it is where a class is made for a framework of strategies, which this file does not hold.

use std::collections::{BTreeMap, BTreeSet};

use super::pattern;
use super::structure::{Unit, UnitKind};
use crate::trace::UnitId;

/// The evidence that such classes have.
pub(crate) const SETS_FLAGS: &str = "sets flags for the one who runs it";

/// The classes of a file whose columns are theirs, not scanners.
pub(super) fn classes(units: &[Unit]) -> BTreeSet<UnitId> {
    let classes: Vec<&Unit> = units.iter().filter(|unit| unit.kind == UnitKind::Class).collect();
    let class_of = |column: &Unit| {
        let after = classes.partition_point(|class| class.range.start() <= column.range.start());
        let class = after.checked_sub(1).and_then(|at| classes.get(at)).copied();
        class.filter(|class| class.range.contains_range(column.range))
    };
    let mut by_name: BTreeMap<&str, BTreeSet<UnitId>> = BTreeMap::new();
    let mut found = BTreeSet::new();
    for column in units.iter().filter(|unit| unit.kind == UnitKind::Column) {
        let Some(class) = class_of(column) else { continue };
        by_name.entry(&column.name).or_default().insert(class.id);
        if is_of_framework(class, &classes) {
            found.insert(class.id);
        }
    }
    found.extend(by_name.into_values().filter(|classes| classes.len() > 1).flatten());
    found
}

/// Whether a base of the class is a strategy that is defined elsewhere.
fn is_of_framework(class: &Unit, classes: &[&Unit]) -> bool {
    class.seen.bases.iter().any(|base| {
        let is_strategy = base.to_lowercase().ends_with("strategy") || pattern::is_scanner_name(base);
        is_strategy && !classes.iter().any(|known| known.name == *base)
    })
}
