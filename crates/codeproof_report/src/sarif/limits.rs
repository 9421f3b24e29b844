//! What GitHub accepts in one upload, and what is kept when a scan has more.
//!
//! Source of the numbers: GitHub's documentation, "SARIF support for code scanning", upload limits.

use codeproof_types::Finding;

/// Results in one run.
pub(super) const RESULTS_MAX: usize = 25_000;

/// Tags of one rule.
pub(super) const TAGS_MAX: usize = 20;

/// Locations in one thread flow.
pub(super) const FLOW_LOCATIONS_MAX: usize = 10_000;

/// Related locations of one result (100 of them are shown).
pub(super) const RELATED_LOCATIONS_MAX: usize = 100;

/// Characters of a short or full description, and of a rule's id.
pub(super) const DESCRIPTION_CHARACTERS_MAX: usize = 1024;
pub(super) const ID_CHARACTERS_MAX: usize = 255;

/// Characters of a message or help text.
pub(super) const TEXT_CHARACTERS_MAX: usize = 1000;

/// Characters of a quote. An upload may have 10 MB when compressed: 25,000 results with three hops each and quotes of
/// random words took 15 MB at 840 characters, and 3.5 MB at 60.
pub(super) const QUOTE_CHARACTERS_MAX: usize = 400;

/// The findings that are written, in the order they came: all, or the most severe ones.
pub(super) fn within(findings: Vec<&Finding>) -> Vec<&Finding> {
    crate::findings::most_severe(findings, RESULTS_MAX)
}
