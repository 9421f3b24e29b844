//! How sure a model says it is: percent, fraction, decimals or a word.

use codeproof_types::Confidence;
use serde_json::Value;

use super::number::first_number;

/// Percent for the words.
const WORDS: &[(&str, u8)] =
    &[("high", 90), ("medium", 60), ("moderate", 60), ("low", 30), ("certain", 90), ("sure", 90)];

/// Reads `85`, `85%`, `0.85`, `17/20`, `8 out of 10`, `High`; 0-100, or `None`.
pub(crate) fn confidence_percent(text: &str) -> Option<u8> {
    let text = text.trim();
    let Some(number) = first_number(text) else {
        let lower = text.to_lowercase();
        let words = lower.split(|char: char| !char.is_alphanumeric());
        return words
            .filter_map(|word| WORDS.iter().find(|(known, _)| *known == word))
            .map(|(_, percent)| *percent)
            .next();
    };
    if number.negative {
        return Some(0);
    }
    let rest = text[number.end..].trim_start();
    if rest.starts_with('%') || rest.to_ascii_lowercase().starts_with("percent") {
        return Some(clamped(number.value));
    }
    let below = rest.strip_prefix('/').or_else(|| rest.strip_prefix("out of")).or_else(|| rest.strip_prefix("of "));
    if let Some(below) = below.and_then(first_number).filter(|below| below.value > 0.0) {
        return Some(clamped(number.value / below.value * 100.0));
    }
    Some(clamped(scaled(number.value, number.has_decimals)))
}

/// The same from a member of an object.
pub(crate) fn confidence_percent_of_json(value: &Value) -> Option<u8> {
    match value {
        Value::Number(number) => number.as_f64().map(|value| clamped(scaled(value, number.is_f64()))),
        Value::String(text) => confidence_percent(text),
        _ => None,
    }
}

/// Decimals up to one are parts of one: `1.0` is all, `1` is one percent.
fn scaled(value: f64, has_decimals: bool) -> f64 {
    if has_decimals && value <= 1.0 { value * 100.0 } else { value }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
fn clamped(value: f64) -> u8 {
    value.clamp(0.0, 100.0).round() as u8
}

/// A confidence as a tier: a word, or a number from 80 (high) or 50 (medium); medium when nothing is said.
pub(crate) fn confidence_tier(value: Option<&Value>) -> Confidence {
    if let Some(Value::String(text)) = value {
        let lower = text.to_lowercase();
        for (word, tier) in [
            ("high", Confidence::High),
            ("medium", Confidence::Medium),
            ("moderate", Confidence::Medium),
            ("low", Confidence::Low),
        ] {
            if lower.contains(word) {
                return tier;
            }
        }
    }
    match value.and_then(confidence_percent_of_json) {
        Some(80..) => Confidence::High,
        Some(50..) => Confidence::Medium,
        Some(_) => Confidence::Low,
        None => Confidence::Medium,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_in_many_ways() {
        for (text, expected) in [
            ("85", Some(85)),
            ("85%", Some(85)),
            ("0.85", Some(85)),
            ("0,85", Some(85)),
            (".85", Some(85)),
            ("1", Some(1)),
            ("1.0", Some(100)),
            ("0", Some(0)),
            ("150", Some(100)),
            ("-5", Some(0)),
            ("80-90", Some(80)),
            ("~90", Some(90)),
            ("8/10", Some(80)),
            ("85/100", Some(85)),
            ("9 out of 10", Some(90)),
            ("High", Some(90)),
            ("medium", Some(60)),
            ("Very low", Some(30)),
            ("n/a", None),
            ("", None),
            ("1%", Some(1)),
            ("0.9/1.0", Some(90)),
            ("≥ 70", Some(70)),
        ] {
            assert_eq!(confidence_percent(text), expected, "{text:?}");
        }
    }
}
