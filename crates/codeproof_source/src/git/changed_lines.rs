//! Which lines of which files changed.

use std::collections::BTreeMap;

use codeproof_types::{Finding, Location, RepoPath};

/// Lines that were added or rewritten, 1-based and inclusive. `last_line` is one less than `first_line` where lines
/// were only taken out between the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineRange {
    /// First line.
    pub first_line: u32,
    /// Last line.
    pub last_line: u32,
}

impl LineRange {
    /// Every line of a file.
    pub const WHOLE_FILE: Self = Self { first_line: 1, last_line: u32::MAX };

    /// Whether lines `first..=last` hold one of these, or lie on both sides of a place where lines were taken out.
    fn touches(self, first: u32, last: u32) -> bool {
        first <= self.last_line && last >= self.first_line
    }
}

/// Changed lines by file. Files that did not change, or are gone, are not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedLines {
    files: BTreeMap<RepoPath, Vec<LineRange>>,
}

impl ChangedLines {
    /// Adds ranges to a file.
    pub(crate) fn add(&mut self, path: RepoPath, ranges: impl IntoIterator<Item = LineRange>) {
        self.files.entry(path).or_default().extend(ranges);
    }

    /// Whether any line of a file changed.
    pub fn has_file(&self, path: &RepoPath) -> bool {
        self.files.contains_key(path)
    }

    /// The files with their ranges, by path.
    pub fn files(&self) -> impl Iterator<Item = (&RepoPath, &[LineRange])> {
        self.files.iter().map(|(path, ranges)| (path, ranges.as_slice()))
    }

    /// Whether a place has a changed line. O(ranges of its file).
    pub fn touches(&self, place: &Location) -> bool {
        let ranges = self.files.get(&place.path).map(Vec::as_slice).unwrap_or_default();
        ranges.iter().any(|range| range.touches(place.first_line, place.last_line))
    }

    /// Whether the place of a finding, or a place of its evidence, has a changed line.
    pub fn touches_finding(&self, finding: &Finding) -> bool {
        self.touches(&finding.location) || finding.evidence.iter().any(|evidence| self.touches(&evidence.location))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_touches_what_it_holds_or_surrounds() {
        let range = |first_line, last_line| LineRange { first_line, last_line };
        for (changed, (first, last), expected) in [
            (range(5, 7), (7, 9), true),
            (range(5, 7), (1, 5), true),
            (range(5, 7), (6, 6), true),
            (range(5, 7), (1, 9), true),
            (range(5, 7), (8, 9), false),
            (range(5, 7), (1, 4), false),
            // Taken out between 4 and 5.
            (range(5, 4), (3, 6), true),
            (range(5, 4), (4, 5), true),
            (range(5, 4), (5, 6), false),
            (range(5, 4), (1, 4), false),
            (LineRange::WHOLE_FILE, (1, 1), true),
        ] {
            assert_eq!(changed.touches(first, last), expected, "{changed:?} {first} {last}");
        }
    }
}
