//! Severities, in the four levels a draft may have.

use codeproof_types::Severity;
use serde::Serializer;

use super::cvss::cvss_score;

/// Words by level.
const WORDS: &[(&str, Severity)] = &[
    ("critical", Severity::Critical),
    ("crit", Severity::Critical),
    ("blocker", Severity::Critical),
    ("catastrophic", Severity::Critical),
    ("p0", Severity::Critical),
    ("high", Severity::High),
    ("major", Severity::High),
    ("severe", Severity::High),
    ("serious", Severity::High),
    ("important", Severity::High),
    ("error", Severity::High),
    ("p1", Severity::High),
    ("medium", Severity::Medium),
    ("moderate", Severity::Medium),
    ("med", Severity::Medium),
    ("mid", Severity::Medium),
    ("warning", Severity::Medium),
    ("p2", Severity::Medium),
    ("low", Severity::Low),
    ("minor", Severity::Low),
    ("info", Severity::Low),
    ("informational", Severity::Low),
    ("information", Severity::Low),
    ("informative", Severity::Low),
    ("note", Severity::Low),
    ("trivial", Severity::Low),
    ("negligible", Severity::Low),
    ("p3", Severity::Low),
    ("p4", Severity::Low),
];

/// Reads a severity: the highest level named, else a number as a CVSS band; `None` when it says neither.
pub(crate) fn severity_in(text: &str) -> Option<Severity> {
    let text: String = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().to_lowercase();
    let words = text.split(|char: char| !char.is_alphanumeric());
    let named = words.filter_map(|word| WORDS.iter().find(|(known, _)| *known == word)).map(|(_, level)| *level).max();
    named.or_else(|| cvss_score(&text).and_then(band))
}

/// The same, medium when it says neither.
pub(crate) fn severity_or_medium(text: &str) -> Severity {
    severity_in(text).unwrap_or(Severity::Medium)
}

/// CVSS 3.1, section 5: qualitative severity rating scale.
fn band(score: f64) -> Option<Severity> {
    match score {
        0.0..4.0 => Some(Severity::Low),
        4.0..7.0 => Some(Severity::Medium),
        7.0..9.0 => Some(Severity::High),
        9.0..=10.0 => Some(Severity::Critical),
        _ => None,
    }
}

/// Writes a severity as drafts and findings write it: `High`.
pub(crate) fn capitalised<S: Serializer>(severity: &Severity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low | Severity::Info => "Low",
    })
}

/// Writes a severity in lower case.
pub(crate) fn lower_case<S: Serializer>(severity: &Severity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(severity.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_levels() {
        for (text, expected) in [
            ("High", Some(Severity::High)),
            ("CRITICAL.", Some(Severity::Critical)),
            ("Medium-High", Some(Severity::High)),
            ("High (CVSS 5.0)", Some(Severity::High)),
            ("9.8", Some(Severity::Critical)),
            ("CVSS 3.1: 7.5", Some(Severity::High)),
            ("3", Some(Severity::Low)),
            ("7,5/10", Some(Severity::High)),
            ("Info", Some(Severity::Low)),
            ("unknown", None),
            ("", None),
            ("85", None),
        ] {
            assert_eq!(severity_in(text), expected, "{text:?}");
        }
    }
}
