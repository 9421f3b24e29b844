//! The same value under several names, and several values under the same name.

use std::collections::BTreeMap;

use super::effective::key_of;
use super::{Avoided, Parameter};
use crate::boundary::Boundary;
use crate::trace::Kind;

/// Without values that only have another name further down (an argument that is handed on), and without containers of
/// which the parts are parameters themselves.
pub(super) fn without_repeats(list: Vec<Parameter>) -> Vec<Parameter> {
    let places: BTreeMap<(u32, u32), usize> = list.iter().fold(BTreeMap::new(), |mut places, parameter| {
        let first = places.entry(parameter.range).or_insert(parameter.rank);
        *first = parameter.rank.min(*first);
        places
    });
    let is_repeat = |parameter: &Parameter| {
        // JSON and other modules have one place for all their values.
        let handed = !matches!(parameter.kind, Kind::Json | Kind::Module | Kind::Global | Kind::Inline);
        handed && places.get(&parameter.range).is_some_and(|first| *first < parameter.rank)
    };
    let holds_others = |parameter: &Parameter| {
        let (start, end) = parameter.range;
        let inside =
            places.range((start, 0)..(end, 0)).filter(|((from, to), _)| *to <= end && (*from, *to) != (start, end));
        parameter.value.is_array() && inside.count() > 0
    };
    let keeps: Vec<bool> = list.iter().map(|one| !is_repeat(one) && !holds_others(one)).collect();
    list.into_iter().zip(keeps).filter_map(|(parameter, keep)| keep.then_some(parameter)).collect()
}

/// Values that scanners with the same names use, and this one does not.
pub(super) fn avoided(boundaries: &[Boundary], scanners: &[Vec<Parameter>]) -> Vec<Avoided> {
    let mut by_name: BTreeMap<String, Vec<(usize, &Parameter)>> = BTreeMap::new();
    for (at, list) in scanners.iter().enumerate() {
        for parameter in list.iter().filter(|parameter| parameter.kind != Kind::Inline) {
            by_name.entry(key_of(parameter)).or_default().push((at, parameter));
        }
    }
    let mut found = Vec::new();
    for users in by_name.values() {
        // Each scanner against the first that differs is enough to show; all pairs of many scanners would be a flood.
        for (at, parameter) in users {
            if let Some((other, theirs)) = users.iter().find(|(_, theirs)| theirs.value != parameter.value) {
                found.push(Avoided {
                    scanner: boundaries[*at].name.clone(),
                    name: parameter.name.clone(),
                    value: theirs.value.clone(),
                    belongs_to: boundaries[*other].name.clone(),
                });
            }
        }
    }
    found
}
