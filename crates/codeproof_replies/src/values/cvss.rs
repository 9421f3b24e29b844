//! CVSS scores: a number, or computed from a 3.x vector (CVSS 3.1 specification, section 7.1).

use super::number::first_number;

/// The base score in a text, 0.0-10.0: a number when there is one, else from a 3.0 or 3.1 vector, else `None`.
pub(crate) fn cvss_score(text: &str) -> Option<f64> {
    let text = super::super::markers::first_line(text);
    let upper = text.to_ascii_uppercase();
    let vector = upper.find("AV:").map(|metrics| {
        let start = upper[..metrics]
            .rfind(|char: char| char.is_whitespace() || matches!(char, '(' | '[' | '`'))
            .map_or(0, |at| at + 1);
        let end = upper[metrics..]
            .find(|char: char| char.is_whitespace() || matches!(char, ')' | ']' | '`' | ','))
            .map_or(upper.len(), |at| metrics + at);
        (start, end)
    });
    let rest = match vector {
        Some((start, end)) => format!("{} {}", &upper[..start], &upper[end..]),
        None => upper.clone(),
    };
    match number_in(&rest) {
        Some(score) => (0.0..=10.0).contains(&score).then_some(score),
        None => vector.and_then(|(start, end)| base_score(&upper[start..end])),
    }
}

/// The first number that is no version: `CVSS 3.1: 8.1`, `CVSSv3 8.1`, `8.1/10`.
fn number_in(text: &str) -> Option<f64> {
    let mut text = text.trim();
    if text.starts_with(['-', '−']) {
        return first_number(text).map(|number| number.value);
    }
    for name in ["CVSS", "V2", "V3", "V4", "BASE", "SCORE"] {
        text = text.trim_start_matches([' ', ':', '-', '=', '(']);
        let Some(rest) = text.strip_prefix(name) else { continue };
        text = rest;
        let version = rest.trim_start_matches([' ', ':', 'V']);
        for number in ["3.1", "3.0", "4.0", "2.0"] {
            if let Some(rest) = version.strip_prefix(number)
                && first_number(rest).is_some()
                && !rest.starts_with(['/', '.'])
            {
                text = rest;
            }
        }
        if matches!(name, "V3" | "V4") {
            text = text.strip_prefix(".1").or_else(|| text.strip_prefix(".0")).unwrap_or(text);
        }
    }
    first_number(text).map(|number| number.value)
}

/// The weights of the base metrics.
struct Base {
    attack_vector: f64,
    attack_complexity: f64,
    privileges_required: f64,
    user_interaction: f64,
    scope_changed: bool,
    confidentiality: f64,
    integrity: f64,
    availability: f64,
}

fn base_score(vector: &str) -> Option<f64> {
    if vector.starts_with("CVSS:4") || vector.starts_with("CVSS:2") {
        return None;
    }
    let metric = |name: &str| {
        vector.split('/').find_map(|part| part.split_once(':').filter(|(key, _)| *key == name)).map(|(_, value)| value)
    };
    let weight = |name: &str, weights: &[(&str, f64)]| {
        let value = metric(name)?;
        weights.iter().find(|(key, _)| *key == value).map(|(_, weight)| *weight)
    };
    let scope_changed = match metric("S")? {
        "C" => true,
        "U" => false,
        _ => return None,
    };
    let impact: &[(&str, f64)] = &[("H", 0.56), ("L", 0.22), ("N", 0.0)];
    let privileges: &[(&str, f64)] =
        if scope_changed { &[("N", 0.85), ("L", 0.68), ("H", 0.5)] } else { &[("N", 0.85), ("L", 0.62), ("H", 0.27)] };
    Some(score(&Base {
        attack_vector: weight("AV", &[("N", 0.85), ("A", 0.62), ("L", 0.55), ("P", 0.2)])?,
        attack_complexity: weight("AC", &[("L", 0.77), ("H", 0.44)])?,
        privileges_required: weight("PR", privileges)?,
        user_interaction: weight("UI", &[("N", 0.85), ("R", 0.62)])?,
        scope_changed,
        confidentiality: weight("C", impact)?,
        integrity: weight("I", impact)?,
        availability: weight("A", impact)?,
    }))
}

fn score(base: &Base) -> f64 {
    let missed = 1.0 - (1.0 - base.confidentiality) * (1.0 - base.integrity) * (1.0 - base.availability);
    let impact =
        if base.scope_changed { 7.52 * (missed - 0.029) - 3.25 * (missed - 0.02).powi(15) } else { 6.42 * missed };
    if impact <= 0.0 {
        return 0.0;
    }
    let exploitability =
        8.22 * base.attack_vector * base.attack_complexity * base.privileges_required * base.user_interaction;
    let sum = impact + exploitability;
    round_up(if base.scope_changed { 1.08 * sum } else { sum }.min(10.0))
}

/// The specification's rounding (appendix A), which floating point cannot upset.
#[expect(clippy::cast_possible_truncation, reason = "between 0 and 1,000,000")]
fn round_up(value: f64) -> f64 {
    let scaled = (value * 100_000.0).round() as i64;
    let tenths = if scaled % 10_000 == 0 { scaled / 10_000 } else { scaled / 10_000 + 1 };
    tenths as f64 / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores() {
        for (text, expected) in [
            ("8.1", Some(8.1)),
            ("8,1", Some(8.1)),
            ("8", Some(8.0)),
            ("8.1/10", Some(8.1)),
            ("9.8 (Critical)", Some(9.8)),
            ("CVSS 3.1: 8.1", Some(8.1)),
            ("CVSSv3.1 7.5", Some(7.5)),
            ("CVSS:3.1 base score 7.5", Some(7.5)),
            ("3.1", Some(3.1)),
            ("CVSS: 3.1", Some(3.1)),
            ("81", None),
            ("-1", None),
            ("High", None),
            ("N/A", None),
            ("10.0", Some(10.0)),
            ("", None),
            ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(8.1)),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(9.8)),
            ("AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", Some(6.1)),
            ("AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", Some(10.0)),
            ("AV:L/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Some(0.0)),
            ("8.8 (CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H)", Some(8.8)),
            ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H (8.8)", Some(8.8)),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", None),
        ] {
            assert_eq!(cvss_score(text), expected, "{text:?}");
        }
    }
}
