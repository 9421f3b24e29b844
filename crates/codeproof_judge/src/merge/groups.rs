//! Which drafts speak of one thing.
//!
//! Drafts with a type come first: within one file and one family, each draft is compared with those before it that are
//! near, and what belongs together is joined, however long the row. A draft without a type then joins the group of its
//! place that most speak for, so that it can never join two different weaknesses to one; what finds none stays with its
//! like.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::anchor::AnchoredDraft;
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

/// Groups of drafts of one file that are alike, sorted by line.
fn joined(drafts: Vec<AnchoredDraft>) -> Vec<Vec<AnchoredDraft>> {
    let mut leader: Vec<usize> = (0..drafts.len()).collect();
    for (index, draft) in drafts.iter().enumerate() {
        let near = (0..index).rev().take_while(|earlier| is_within_reach(&drafts[*earlier], draft));
        for earlier in near.filter(|earlier| is_one(&drafts[*earlier], draft)).collect::<Vec<_>>() {
            let (one, other) = (lead(&leader, earlier), lead(&leader, index));
            leader[one.max(other)] = one.min(other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<AnchoredDraft>> = BTreeMap::new();
    for (index, draft) in drafts.into_iter().enumerate() {
        groups.entry(lead(&leader, index)).or_default().push(draft);
    }
    groups.into_values().collect()
}

fn lead(leader: &[usize], mut index: usize) -> usize {
    while leader[index] != index {
        index = leader[index];
    }
    index
}

/// Gives each draft without a type to the group of its place that has the most reports; returns those that found none.
fn give_away(drafts: Vec<AnchoredDraft>, groups: &mut [Vec<AnchoredDraft>]) -> Vec<AnchoredDraft> {
    // Sizes and members before anything is given away: the order of the drafts must not matter.
    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    let mut left = Vec::new();
    for draft in drafts {
        let belongs = |index: &usize| groups[*index][..sizes[*index]].iter().any(|member| is_one(member, &draft));
        let best = (0..groups.len()).filter(belongs).max_by_key(|index| (sizes[*index], Reverse(*index)));
        match best {
            Some(index) => groups[index].push(draft),
            None => left.push(draft),
        }
    }
    left
}

/// Whether an earlier draft may be one with a later one; drafts are sorted by first line, and none covers more than a few.
fn is_within_reach(earlier: &AnchoredDraft, later: &AnchoredDraft) -> bool {
    earlier.draft.line.saturating_add(crate::anchor::LINES_MAX + NEAR_LINES) >= later.draft.line
}

/// Whether two drafts of a file, whose types do not speak against it, are of one thing.
fn is_one(one: &AnchoredDraft, other: &AnchoredDraft) -> bool {
    if one.draft.line == other.draft.line {
        return true;
    }
    let (first, second) = if one.draft.line < other.draft.line { (one, other) } else { (other, one) };
    second.draft.line <= first.last_line.saturating_add(NEAR_LINES) && has_part(&first.code, &second.code)
}

/// Whether one code is the other, or a run of its lines; blanks at the ends of lines do not count.
fn has_part(one: &str, other: &str) -> bool {
    let lines = |code: &str| {
        code.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect::<Vec<_>>()
    };
    let (one, other) = (lines(one), lines(other));
    let (long, short) = if one.len() >= other.len() { (one, other) } else { (other, one) };
    !short.is_empty() && long.windows(short.len()).any(|window| window == short)
}
