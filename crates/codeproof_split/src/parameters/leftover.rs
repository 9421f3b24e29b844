//! Which scanners use what others left behind.
//!
//! A value that another scanner's own code set is there only when that one has run. A config object that the program
//! changes between the runs carries what was set for one scanner into the next.

use std::collections::{BTreeMap, BTreeSet};

use super::Parameter;
use crate::boundary::{Boundary, Owners};
use crate::trace::Kind;

/// By scanner, those whose leftovers it uses.
pub(super) fn find(boundaries: &[Boundary], scanners: &[Vec<Parameter>], owners: &Owners) -> Vec<BTreeSet<usize>> {
    let mut found: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); scanners.len()];
    let is_changed_outside = |parameter: &&Parameter| {
        parameter.kind == Kind::Attr && owners.enclosing(parameter.range.0) == parameter.range.0
    };
    let changed: Vec<bool> = scanners.iter().map(|list| list.iter().any(|one| is_changed_outside(&one))).collect();
    let mut readers: BTreeMap<(u32, u32), Vec<(usize, usize)>> = BTreeMap::new();
    for (at, list) in scanners.iter().enumerate() {
        for parameter in list {
            let is_state = matches!(parameter.kind, Kind::Global | Kind::Attr | Kind::Dict);
            let (start, end) = parameter.range;
            let setter = |boundary: &Boundary| boundary.range.0 <= start && end <= boundary.range.1;
            if is_state && let Some(by) = boundaries.iter().position(setter).filter(|by| *by != at) {
                found[at].insert(by);
            }
            if matches!(parameter.kind, Kind::Attr | Kind::Class | Kind::Dataclass) {
                readers.entry(parameter.range).or_default().push((parameter.rank, at));
            }
        }
    }
    // Of several runs before it, the last one left the object as it is.
    let mut latest: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for users in readers.values_mut() {
        users.sort_unstable();
        for pair in users.windows(2) {
            let [before, (_, after)] = *pair else { continue };
            if changed[after] {
                let known = latest.entry(after).or_insert(before);
                *known = before.max(*known);
            }
        }
    }
    for (after, (_, before)) in latest {
        found[after].insert(before);
    }
    found
}
