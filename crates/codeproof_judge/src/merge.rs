//! Makes one draft of what several models say of the same place.
//!
//! A draft's signature is its line with its type. Drafts of one signature are one, and so are those whose lines are near
//! and whose code is the same or a part of the other's: models disagree on which line of a statement to name. One model
//! that names two lines means two places. Types of one family are one type; a draft without a type joins what else was
//! said of its place.
//!
//! The result does not depend on the order of the drafts.

mod groups;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use codeproof_types::{Cwe, ModelDraft, RepoPath, Severity};
use serde::{Deserialize, Serialize};

use crate::anchor::AnchoredDraft;
use crate::family;

/// What models say of one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergedDraft {
    /// The file.
    pub path: RepoPath,
    /// First line, 1-based.
    pub line: u32,
    /// Last line, inclusive.
    pub last_line: u32,
    /// Those lines as they stand in the chunk, LF between them.
    pub code: String,
    /// A few words: what it is.
    pub title: String,
    /// The weakness class that most name; `None` when nobody names one.
    pub cwe: Option<Cwe>,
    /// The severity that most give; of equally many the higher one.
    pub severity: Severity,
    /// Why, in the words of one who gives that severity.
    pub reason: String,
    /// Analyzers that report it.
    pub votes: u32,
    /// Analyzers that were asked about the chunk.
    pub asked: u32,
    /// Names of the models that report it, sorted.
    pub source_models: Vec<String>,
    /// The reports, sorted by analyzer.
    pub sources: Vec<ModelDraft>,
}

/// Merges drafts of any number of files. `analyzers_asked` is how many were asked about each. Any analyzer may report
/// (seed 002, "Multi-Model Voting": with a threshold of one half, one voice of two or more is enough), so that nothing is
/// dropped here. Sorted by place.
pub fn merge(drafts: Vec<AnchoredDraft>, analyzers_asked: usize) -> Vec<MergedDraft> {
    let asked = u32::try_from(analyzers_asked).unwrap_or(u32::MAX);
    let mut merged: Vec<MergedDraft> = groups::of(drafts).into_iter().map(|group| merged_of(group, asked)).collect();
    merged.sort_by(|a, b| (&a.path, a.line, a.cwe, &a.title).cmp(&(&b.path, b.line, b.cwe, &b.title)));
    merged
}

/// One draft of a group that is not empty and in a fixed order.
fn merged_of(group: Vec<AnchoredDraft>, asked: u32) -> MergedDraft {
    let severity = common(voices(&group, |draft| draft.draft.severity)).unwrap_or(Severity::Medium);
    // Of equally common numbers the lowest: Reverse, since the highest wins.
    let cwe = common(group.iter().filter_map(|draft| draft.draft.cwe).map(Reverse)).map(|Reverse(cwe)| cwe);
    let line = common(group.iter().map(|draft| Reverse(draft.draft.line))).map(|Reverse(line)| line);
    let speaker_order = |draft: &&AnchoredDraft| {
        let said = &draft.draft;
        (said.severity == severity, said.cwe == cwe, Some(said.line) == line, !said.reason.is_empty())
    };
    let best = group.iter().map(|draft| speaker_order(&draft)).max();
    let speaker = group.iter().find(|draft| Some(speaker_order(draft)) == best);
    let speaker = speaker.expect("a group has at least one draft, and the best is one of them");
    let at_line = group.iter().filter(|draft| Some(draft.draft.line) == line);
    let place = at_line.min_by_key(|draft| draft.last_line).unwrap_or(speaker);
    let sources: Vec<ModelDraft> = group.iter().map(|draft| draft.draft.clone()).collect();
    MergedDraft {
        path: place.path.clone(),
        line: place.draft.line,
        last_line: place.last_line,
        code: place.code.clone(),
        title: if speaker.draft.title.trim().is_empty() {
            family::of(cwe).title.to_owned()
        } else {
            speaker.draft.title.clone()
        },
        cwe,
        severity,
        reason: speaker.draft.reason.clone(),
        votes: u32::try_from(distinct(sources.iter().map(|source| &source.analyzer)).len()).unwrap_or(u32::MAX),
        asked,
        source_models: distinct(sources.iter().map(|source| &source.model)),
        sources,
    }
}

/// One value for each analyzer: of several reports the highest.
fn voices(group: &[AnchoredDraft], value: impl Fn(&AnchoredDraft) -> Severity) -> impl Iterator<Item = Severity> {
    let mut voices: BTreeMap<&str, Severity> = BTreeMap::new();
    for draft in group {
        let voice = voices.entry(&draft.draft.analyzer).or_insert(Severity::Info);
        *voice = (*voice).max(value(draft));
    }
    voices.into_values()
}

/// The most common value; of equally common ones the highest.
fn common<T: Ord + Clone>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    counts.into_iter().max_by(|(a, a_count), (b, b_count)| (a_count, a).cmp(&(b_count, b))).map(|(value, _)| value)
}

fn distinct<'n>(names: impl Iterator<Item = &'n String>) -> Vec<String> {
    let names: std::collections::BTreeSet<&String> = names.collect();
    names.into_iter().cloned().collect()
}
