//! Folders worth a bar: few enough to read, deep enough to say something.
//!
//! It starts with the whole tree as one group and splits the largest group into its folders again and again, as long as
//! the groups stay few. A project with everything below `src/` so gets its folders inside `src/`, not one long bar. Of a
//! folder with too many folders the largest few are shown and the others are one group.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Folders a group is split into at most, not counting what remains of it.
const PARTS_MAX: usize = 4;

/// A folder with a smaller share of the files stays one group: its folders would say little.
const SHARE_TO_SPLIT: usize = 6;

/// Which files of a folder a group holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// All, at any depth.
    Whole,
    /// Those that are in none of its folders.
    Direct,
    /// Those that no other group holds.
    Rest,
}

/// A group of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// The folder with a `/` at its end; empty for the root.
    pub folder: String,
    pub kind: Kind,
    /// Numbers of the given paths.
    pub members: Vec<usize>,
}

/// Groups paths into at most `groups_max` folders, the largest first. O(paths × depth), whatever the names.
pub(super) fn group(paths: &[&str], groups_max: usize) -> Vec<Group> {
    if paths.is_empty() {
        return Vec::new();
    }
    let mut groups = vec![Group { folder: String::new(), kind: Kind::Whole, members: (0..paths.len()).collect() }];
    let mut done: Vec<Group> = Vec::new();
    while let Some(largest) = take_largest(&mut groups) {
        let room = groups_max.saturating_sub(groups.len() + done.len());
        match split(&largest, paths, room) {
            Some(parts) if largest.members.len() * SHARE_TO_SPLIT > paths.len() => {
                let (whole, small) = parts.into_iter().partition(|part: &Group| part.kind == Kind::Whole);
                groups.extend::<Vec<Group>>(whole);
                done.extend::<Vec<Group>>(small);
            }
            _ => done.push(largest),
        }
    }
    done.sort_by_key(|group| (Reverse(group.members.len()), group.folder.clone(), group.kind));
    done
}

/// The group with the most members; of equals the one named first.
fn take_largest(groups: &mut Vec<Group>) -> Option<Group> {
    let best = (0..groups.len()).min_by_key(|at| (Reverse(groups[*at].members.len()), &groups[*at].folder))?;
    Some(groups.swap_remove(best))
}

/// The folders of a whole folder and what remains of it, in at most `room` groups; `None` when it stays one.
fn split(group: &Group, paths: &[&str], room: usize) -> Option<Vec<Group>> {
    let mut folders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut direct = Vec::new();
    for at in &group.members {
        match paths[*at][group.folder.len()..].split_once('/') {
            Some((name, _)) => folders.entry(name).or_default().push(*at),
            None => direct.push(*at),
        }
    }
    if folders.is_empty() {
        return None;
    }
    let mut folders: Vec<(&str, Vec<usize>)> = folders.into_iter().collect();
    folders.sort_by_key(|(name, members)| (Reverse(members.len()), *name));
    let all_fit = folders.len() + usize::from(!direct.is_empty()) <= room.min(PARTS_MAX + 1);
    let mut kind = Kind::Direct;
    if !all_fit {
        let kept = PARTS_MAX.min(room.saturating_sub(1));
        if kept == 0 {
            return None;
        }
        direct.extend(folders.split_off(folders.len().min(kept)).into_iter().flat_map(|(_, members)| members));
        kind = Kind::Rest;
    }
    let whole = |(name, members)| Group { folder: format!("{}{name}/", group.folder), kind: Kind::Whole, members };
    let mut parts: Vec<Group> = folders.into_iter().map(whole).collect();
    if !direct.is_empty() {
        parts.push(Group { folder: group.folder.clone(), kind, members: direct });
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::Kind::{Direct, Rest, Whole};
    use super::*;

    #[track_caller]
    fn check(paths: &[&str], groups_max: usize, expected: &[(&str, Kind, usize)]) {
        let groups = group(paths, groups_max);
        let found: Vec<(&str, Kind, usize)> =
            groups.iter().map(|group| (group.folder.as_str(), group.kind, group.members.len())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_largest_folder_is_split_while_there_is_room() {
        check(&[], 5, &[]);
        check(&["a.c"], 5, &[("", Whole, 1)]);
        check(&["x/y/a.c", "x/y/b.c"], 5, &[("x/y/", Whole, 2)]);
        let tree = ["src/a/1", "src/a/2", "src/a/3", "src/b/1", "src/main", "docs/1", "Makefile"];
        check(&tree, 1, &[("", Whole, 7)]);
        check(&tree, 3, &[("src/", Whole, 5), ("", Direct, 1), ("docs/", Whole, 1)]);
        check(&tree, 4, &[("src/a/", Whole, 3), ("src/", Rest, 2), ("", Direct, 1), ("docs/", Whole, 1)]);
        check(
            &tree,
            5,
            &[("src/a/", Whole, 3), ("", Direct, 1), ("docs/", Whole, 1), ("src/", Direct, 1), ("src/b/", Whole, 1)],
        );
    }

    #[test]
    fn of_many_folders_the_largest_are_shown() {
        let many: Vec<String> = (0..40).map(|at| format!("t/{}/{at}", at % 10)).collect();
        let paths: Vec<&str> = many.iter().map(String::as_str).collect();
        let groups = group(&paths, 10);
        assert_eq!(groups.len(), PARTS_MAX + 1);
        assert_eq!((groups[0].folder.as_str(), groups[0].kind, groups[0].members.len()), ("t/", Rest, 24));
    }

    #[test]
    fn every_path_is_in_one_group_and_deep_trees_come_to_an_end() {
        let deep = format!("{}x", "a/".repeat(5000));
        let paths = [deep.as_str(), "a/b", "c", "a/a/d"];
        for groups_max in 1..9 {
            let groups = group(&paths, groups_max);
            assert!(groups.len() <= groups_max);
            let mut members: Vec<usize> = groups.iter().flat_map(|group| group.members.clone()).collect();
            members.sort_unstable();
            assert_eq!(members, [0, 1, 2, 3]);
        }
    }
}
