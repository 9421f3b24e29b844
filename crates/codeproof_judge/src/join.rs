//! Drafts of what a detector has found already are no findings of their own: they speak for the detector's.

use std::cmp::Reverse;

use codeproof_types::Finding;

use crate::family;
use crate::merge::MergedDraft;

/// Lines between a draft and a detector's finding that can be one.
const NEAR_LINES: u32 = 1;

/// Drafts beside what detectors found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Joined {
    /// Index of the detector's finding, and the draft that says the same.
    pub joined: Vec<(usize, MergedDraft)>,
    /// Drafts of what no detector found.
    pub new: Vec<MergedDraft>,
}

/// Sorts drafts out: one that names a detector's place and weakness joins its finding (suppressed ones as well: what a
/// person has answered is not asked again). A draft without a type joins when it names the very lines.
pub fn join(merged: Vec<MergedDraft>, detector: &[Finding]) -> Joined {
    let mut result = Joined::default();
    for draft in merged {
        let twins =
            detector.iter().enumerate().filter_map(|(index, finding)| Some((likeness(&draft, finding)?, index)));
        match twins.max_by_key(|(likeness, index)| (*likeness, Reverse(*index))) {
            Some((_, index)) => result.joined.push((index, draft)),
            None => result.new.push(draft),
        }
    }
    result
}

/// How well a draft and a finding fit, the higher the better; `None` when they are different things.
fn likeness(draft: &MergedDraft, finding: &Finding) -> Option<impl Ord + Copy + use<>> {
    let place = &finding.location;
    let own = finding.cwe?;
    let reach = if draft.cwe.is_some() { NEAR_LINES } else { 0 };
    let overlaps = draft.line <= place.last_line.saturating_add(reach)
        && place.first_line <= draft.last_line.saturating_add(reach);
    let same_weakness = draft.cwe.is_none_or(|cwe| family::are_one(cwe, own));
    if draft.path != place.path || !overlaps || !same_weakness {
        return None;
    }
    let distance = place.first_line.abs_diff(draft.line);
    Some((draft.cwe == Some(own), Reverse(distance), finding.tier))
}
