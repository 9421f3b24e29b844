//! Bar charts as geometry: rows with a label, a number, and one segment for each severity.

use std::collections::BTreeMap;

use codeproof_types::{Cwe, Finding, Severity};

use super::directories::{self, Kind};
use crate::{clean, numbers};

/// Bars of one chart.
const BARS_MAX: usize = 10;

/// A chart ready for the template.
#[derive(Debug, Clone)]
pub(super) struct Chart {
    pub title: &'static str,
    /// The word of the filter that a bar sets.
    pub filter: &'static str,
    pub bars: Vec<Bar>,
    /// What the bars do not show; empty when they show all.
    pub rest: String,
}

/// One row.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    pub label: String,
    /// Set smaller beside the label; may be empty.
    pub hint: String,
    /// The filter's value, percent-encoded.
    pub value: String,
    pub total: String,
    /// What the bar shows, in words.
    pub words: String,
    pub segments: Vec<Segment>,
}

/// A part of a bar; both lengths in percent of the longest bar, with one decimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub severity: Severity,
    pub x: String,
    pub width: String,
}

/// Findings by folder.
pub(super) fn by_directory(open: &[&Finding]) -> Chart {
    let paths: Vec<&str> = open.iter().map(|finding| finding.location.path.as_str()).collect();
    let groups = directories::group(&paths, BARS_MAX);
    let longest = groups.first().map_or(0, |group| group.members.len());
    let bar = |group: directories::Group| {
        let members: Vec<&Finding> = group.members.iter().map(|at| open[*at]).collect();
        let folder = clean::path_text(&group.folder);
        let shown = if folder.is_empty() { "./" } else { &folder };
        // What remains of a folder is no pattern one could filter by.
        let (hint, value) = match group.kind {
            Kind::Whole if folder.is_empty() => ("", String::new()),
            Kind::Whole => ("", folder.clone()),
            Kind::Direct => ("files directly in it", format!("{shown}*")),
            Kind::Rest => ("the rest of it", String::new()),
        };
        bar(shown.to_owned(), hint.to_owned(), encoded(&value), &members, longest)
    };
    Chart {
        title: "Findings by folder",
        filter: "path",
        bars: groups.into_iter().map(bar).collect(),
        rest: String::new(),
    }
}

/// Findings by weakness class.
pub(super) fn by_cwe(open: &[&Finding]) -> Chart {
    let mut classes: BTreeMap<Option<Cwe>, Vec<&Finding>> = BTreeMap::new();
    for finding in open {
        classes.entry(finding.cwe).or_default().push(finding);
    }
    let mut classes: Vec<(Option<Cwe>, Vec<&Finding>)> = classes.into_iter().collect();
    classes.sort_by_key(|(cwe, members)| (std::cmp::Reverse(members.len()), cwe.is_none(), *cwe));
    let longest = classes.first().map_or(0, |(_, members)| members.len());
    let hidden = classes.split_off(classes.len().min(BARS_MAX));
    let bars = classes.iter().map(|(cwe, members)| {
        let label = cwe.map_or("no class".to_owned(), |cwe| cwe.to_string());
        let value = cwe.map_or("none".to_owned(), |cwe| cwe.to_string());
        bar(label, usual_title(members), value, members, longest)
    });
    let findings: usize = hidden.iter().map(|(_, members)| members.len()).sum();
    let rest = match hidden.len() {
        0 => String::new(),
        classes => format!(
            "and {} in {}",
            numbers::counted(numbers::count(findings), "finding", "findings"),
            numbers::counted(numbers::count(classes), "other class", "other classes")
        ),
    };
    Chart { title: "Findings by weakness class", filter: "cwe", bars: bars.collect(), rest }
}

/// The title most of the findings have: a number alone says little.
fn usual_title(members: &[&Finding]) -> String {
    let mut titles: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in members {
        *titles.entry(&finding.title).or_default() += 1;
    }
    let usual = titles.iter().max_by_key(|(title, count)| (**count, std::cmp::Reverse(**title)));
    usual.map(|(title, _)| clean::one_line(title)).unwrap_or_default()
}

fn bar(label: String, hint: String, value: String, members: &[&Finding], longest: usize) -> Bar {
    let mut start = 0;
    let mut segments = Vec::new();
    let mut words = Vec::new();
    for severity in Severity::ALL.iter().rev() {
        let count = members.iter().filter(|finding| finding.severity == *severity).count();
        if count > 0 {
            let (x, width) = (percent(start, longest), percent(count, longest));
            segments.push(Segment { severity: *severity, x, width });
            words.push(format!("{} {severity}", numbers::grouped(numbers::count(count))));
            start += count;
        }
    }
    let total = numbers::grouped(numbers::count(members.len()));
    Bar { label, hint, value, total, words: words.join(", "), segments }
}

/// `part` of `whole` as `33.3`.
fn percent(part: usize, whole: usize) -> String {
    let tenths = (part as u128 * 1000) / whole.max(1) as u128;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Percent-encoded for the address: everything but unreserved characters, `/` and `*`.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'/' | b'*' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                encoded.push(char::from(byte))
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}
