//! Which drafts speak of one thing.
//!
//! Drafts with a type come first, family by family: those of one line are one, and lines that are near are joined when the
//! code of one is the other's or a part of it. Whoever reports two lines means two places, however near and alike they
//! are: lines are not joined across such an analyzer, unless one of its quotes holds the other. A draft without a type
//! then joins the group of its place that most speak for, so that it can never join two different weaknesses to one; what
//! finds none stays with its like.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::anchor::{AnchoredDraft, LINES_MAX};
use crate::family;

/// Lines between drafts that can be one: the reach of a statement, and of a model's slip.
const NEAR_LINES: u32 = 3;

/// The groups, each in a fixed order, none empty.
pub(super) fn of(mut drafts: Vec<AnchoredDraft>) -> Vec<Vec<AnchoredDraft>> {
    drafts.sort_by(|a, b| order(a).cmp(&order(b)));
    drafts.dedup();
    let mut groups: Vec<Vec<AnchoredDraft>> = Vec::new();
    let mut rest = drafts.into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut of_file = vec![first];
        while let Some(next) = rest.next_if(|next| next.path == of_file[0].path) {
            of_file.push(next);
        }
        groups.extend(of_one_file(of_file));
    }
    for group in &mut groups {
        group.sort_by(|a, b| (&a.draft.analyzer, order(a)).cmp(&(&b.draft.analyzer, order(b))));
    }
    groups
}

fn of_one_file(drafts: Vec<AnchoredDraft>) -> Vec<Vec<AnchoredDraft>> {
    let (typed, untyped): (Vec<_>, Vec<_>) = drafts.into_iter().partition(|draft| draft.draft.cwe.is_some());
    let mut families: BTreeMap<_, Vec<AnchoredDraft>> = BTreeMap::new();
    for draft in typed {
        families.entry(draft.draft.cwe.map(family::head)).or_default().push(draft);
    }
    let mut groups: Vec<Vec<AnchoredDraft>> = families.into_values().flat_map(joined).collect();
    let left = give_away(untyped, &mut groups);
    groups.extend(joined(left));
    groups
}

/// An order that tells any two different drafts apart.
fn order(draft: &AnchoredDraft) -> impl Ord + '_ {
    let said = &draft.draft;
    let place = (&draft.path, said.line, draft.last_line, &draft.code, draft.is_relocated);
    (place, &said.analyzer, &said.model, said.cwe, said.severity, &said.title, &said.reason, said.claimed_line)
}

/// Groups of drafts of one file whose types do not speak against it.
fn joined(drafts: Vec<AnchoredDraft>) -> Vec<Vec<AnchoredDraft>> {
    let mut lines: BTreeMap<u32, Vec<AnchoredDraft>> = BTreeMap::new();
    for draft in drafts {
        lines.entry(draft.draft.line).or_default().push(draft);
    }
    let lines: Vec<Vec<AnchoredDraft>> = lines.into_values().collect();
    let mut leaders: Vec<usize> = (0..lines.len()).collect();
    let mut speakers: Vec<BTreeSet<String>> = lines.iter().map(|line| analyzers(line)).collect();
    for pair in near_pairs(&lines) {
        let (one, other) = (leader(&leaders, pair.one), leader(&leaders, pair.other));
        if one != other && (pair.overlaps || speakers[one].is_disjoint(&speakers[other])) {
            let (first, second) = (one.min(other), one.max(other));
            leaders[second] = first;
            let joining = std::mem::take(&mut speakers[second]);
            speakers[first].extend(joining);
        }
    }
    let mut groups: BTreeMap<usize, Vec<AnchoredDraft>> = BTreeMap::new();
    for (index, line) in lines.into_iter().enumerate() {
        groups.entry(leader(&leaders, index)).or_default().extend(line);
    }
    groups.into_values().collect()
}

/// Two lines that may be one place, by their index. Sorts those first that surely are.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    stands_apart: bool,
    distance: u32,
    one: usize,
    other: usize,
    overlaps: bool,
}

fn near_pairs(lines: &[Vec<AnchoredDraft>]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (one, earlier) in lines.iter().enumerate() {
        let reach = earlier[0].draft.line.saturating_add(LINES_MAX + NEAR_LINES);
        let within = lines.iter().enumerate().skip(one + 1).take_while(|(_, later)| later[0].draft.line <= reach);
        for (other, later) in within {
            let twins = earlier.iter().flat_map(|first| later.iter().filter_map(|second| nearness(first, second)));
            if let Some(nearness) = twins.max() {
                let overlaps = nearness == Nearness::Overlap;
                let distance = later[0].draft.line - earlier[0].draft.line;
                pairs.push(Pair { stands_apart: !overlaps, distance, one, other, overlaps });
            }
        }
    }
    pairs.sort();
    pairs
}

fn leader(leaders: &[usize], mut index: usize) -> usize {
    while leaders[index] != index {
        index = leaders[index];
    }
    index
}

fn analyzers(drafts: &[AnchoredDraft]) -> BTreeSet<String> {
    drafts.iter().map(|draft| draft.draft.analyzer.clone()).collect()
}

/// Gives each draft without a type to the group of its place that has the most reports; returns those that found none.
fn give_away(drafts: Vec<AnchoredDraft>, groups: &mut [Vec<AnchoredDraft>]) -> Vec<AnchoredDraft> {
    // Members before anything is given away: the order of the drafts must not matter.
    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    let speakers: Vec<BTreeSet<String>> = groups.iter().map(|group| analyzers(group)).collect();
    let mut left = Vec::new();
    for draft in drafts {
        let belongs = |index: &usize| {
            let says_more = speakers[*index].contains(&draft.draft.analyzer);
            let members = groups[*index][..sizes[*index]].iter();
            let nearest = members.filter_map(|member| nearness(member, &draft)).max();
            nearest.is_some_and(|nearest| nearest == Nearness::Overlap || !says_more)
        };
        match (0..groups.len()).filter(belongs).max_by_key(|index| (sizes[*index], Reverse(*index))) {
            Some(index) => groups[index].push(draft),
            None => left.push(draft),
        }
    }
    left
}

/// How near two drafts are whose code may be one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// Other lines, a few apart.
    Apart,
    /// The same line, or one quote holds the line of the other.
    Overlap,
}

/// Whether two drafts of a file, whose types do not speak against it, may be of one thing.
fn nearness(one: &AnchoredDraft, other: &AnchoredDraft) -> Option<Nearness> {
    let (first, second) = if one.draft.line <= other.draft.line { (one, other) } else { (other, one) };
    if first.draft.line == second.draft.line {
        return Some(Nearness::Overlap);
    }
    let is_near = second.draft.line <= first.last_line.saturating_add(NEAR_LINES);
    let overlaps = second.draft.line <= first.last_line;
    let nearness = if overlaps { Nearness::Overlap } else { Nearness::Apart };
    (is_near && has_part(&first.code, &second.code)).then_some(nearness)
}

/// Whether one code is the other, or a run of its lines; blanks at the ends of lines do not count.
fn has_part(one: &str, other: &str) -> bool {
    let lines = |code: &str| -> Vec<String> {
        code.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    let (one, other) = (lines(one), lines(other));
    let (long, short) = if one.len() >= other.len() { (one, other) } else { (other, one) };
    !short.is_empty() && long.windows(short.len()).any(|window| window == short)
}
