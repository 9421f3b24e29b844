//! Tables in groups that a person can take in. What is connected stays together; tables that many others point to
//! (users, tenants) would tie everything into one knot, so they are drawn in full once and by name elsewhere.

use std::collections::{BTreeSet, VecDeque};

/// Tables drawn in full in one group, before the one or other hub comes into it.
const TABLES_MAX: usize = 12;

/// Tables in one group with its hubs.
const WITH_HUBS_MAX: usize = 15;

/// Groups of fewer tables are joined even when nothing ties them together.
const SMALL: usize = 4;

/// A table with at least this many neighbours ties others together.
const HUB_NEIGHBOURS: usize = 8;

/// Tables of one group, by index.
pub(super) type Group = Vec<usize>;

/// Splits `count` tables into groups of at most [`WITH_HUBS_MAX`], by their connections.
pub(super) fn groups(count: usize, connections: &[(usize, usize)]) -> Vec<Group> {
    let neighbours = neighbours(count, connections);
    let hubs: BTreeSet<usize> = (0..count).filter(|table| neighbours[*table].len() >= HUB_NEIGHBOURS).collect();
    let mut is_free: Vec<bool> = (0..count).map(|table| !hubs.contains(&table)).collect();
    let mut seeds: Vec<usize> = (0..count).filter(|table| is_free[*table]).collect();
    seeds.sort_by_key(|table| (std::cmp::Reverse(neighbours[*table].len()), *table));
    let mut groups: Vec<Group> = Vec::new();
    let mut alone: Group = Vec::new();
    for seed in seeds {
        if !is_free[seed] {
            continue;
        }
        let group = grown(seed, &neighbours, &mut is_free);
        if group.len() == 1 && neighbours[seed].is_empty() {
            alone.push(seed);
        } else {
            groups.push(group);
        }
    }
    let mut groups = merged(groups, &hubs, &neighbours);
    for hub in &hubs {
        place_hub(*hub, &mut groups, &neighbours);
    }
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
    groups.extend(alone.chunks(TABLES_MAX).map(<[usize]>::to_vec));
    groups
}

fn neighbours(count: usize, connections: &[(usize, usize)]) -> Vec<BTreeSet<usize>> {
    let mut neighbours = vec![BTreeSet::new(); count];
    for (one, other) in connections {
        if one != other {
            neighbours[*one].insert(*other);
            neighbours[*other].insert(*one);
        }
    }
    neighbours
}

/// The free tables around a seed, nearest first, up to the size of a group.
fn grown(seed: usize, neighbours: &[BTreeSet<usize>], is_free: &mut [bool]) -> Group {
    let mut group = vec![seed];
    is_free[seed] = false;
    let mut queue = VecDeque::from([seed]);
    while let Some(table) = queue.pop_front() {
        for neighbour in &neighbours[table] {
            if is_free[*neighbour] && group.len() < TABLES_MAX {
                is_free[*neighbour] = false;
                group.push(*neighbour);
                queue.push_back(*neighbour);
            }
        }
    }
    group
}

/// Joins small groups: to the one they have most connections with, else to others that hang on the same hub.
fn merged(mut groups: Vec<Group>, hubs: &BTreeSet<usize>, neighbours: &[BTreeSet<usize>]) -> Vec<Group> {
    groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
    let mut merged: Vec<Group> = Vec::new();
    for group in groups {
        let outside: BTreeSet<usize> = group.iter().flat_map(|table| neighbours[*table].iter().copied()).collect();
        let ties = |other: &Group| {
            let direct = other.iter().filter(|table| outside.contains(table)).count();
            let shared: BTreeSet<usize> = other.iter().flat_map(|table| neighbours[*table].iter().copied()).collect();
            let through_hubs = outside.iter().filter(|table| hubs.contains(table) && shared.contains(table)).count();
            direct * 2 + through_hubs
        };
        let fitting = (0..merged.len()).filter(|at| merged[*at].len() + group.len() <= TABLES_MAX);
        let are_small = |other: &Group| other.len() < SMALL && group.len() < SMALL;
        let best = fitting.map(|at| (ties(&merged[at]), at)).filter(|(ties, at)| *ties > 0 || are_small(&merged[*at]));
        match best.max_by_key(|(ties, at)| (*ties, std::cmp::Reverse(*at))) {
            Some((_, at)) => merged[at].extend(group),
            None => merged.push(group),
        }
    }
    merged
}

/// Puts a hub into the group that has most of its neighbours and room, else into one of its own.
fn place_hub(hub: usize, groups: &mut Vec<Group>, neighbours: &[BTreeSet<usize>]) {
    let ties = |group: &Group| group.iter().filter(|table| neighbours[hub].contains(table)).count();
    let fitting = (0..groups.len()).filter(|at| groups[*at].len() < WITH_HUBS_MAX);
    let best = fitting.map(|at| (ties(&groups[at]), at)).filter(|(ties, _)| *ties > 0);
    match best.max_by_key(|(ties, at)| (*ties, std::cmp::Reverse(*at))) {
        Some((_, at)) => groups[at].push(hub),
        None => groups.push(vec![hub]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_hub_does_not_tie_everything_together() {
        // Twenty tables that point to table 0, in pairs.
        let hub = (1..=20).map(|table| (table, 0));
        let pairs = (1..=20).step_by(2).map(|table| (table, table + 1));
        let groups = groups(21, &hub.chain(pairs).collect::<Vec<_>>());
        assert!(groups.len() > 1 && groups.iter().all(|group| group.len() <= WITH_HUBS_MAX), "{groups:?}");
        assert_eq!(groups.iter().filter(|group| group.contains(&0)).count(), 1);
        let of = |table| groups.iter().position(|group| group.contains(&table));
        assert!((1..=20).step_by(2).all(|table| of(table) == of(table + 1)), "pairs stay together: {groups:?}");
    }

    proptest! {
        #[test]
        fn every_table_is_in_one_small_group(
            count in 0_usize..80,
            connections in proptest::collection::vec((0_usize..80, 0_usize..80), 0..200),
        ) {
            let connections: Vec<_> =
                connections.into_iter().filter(|(one, other)| *one < count && *other < count).collect();
            let groups = groups(count, &connections);
            let mut tables: Vec<usize> = groups.iter().flatten().copied().collect();
            tables.sort_unstable();
            prop_assert_eq!(tables, (0..count).collect::<Vec<_>>());
            prop_assert!(groups.iter().all(|group| !group.is_empty() && group.len() <= WITH_HUBS_MAX));
        }
    }
}
