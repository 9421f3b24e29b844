//! Which values are put in the place of one.

/// A value that can be moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar {
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A truth value.
    Bool(bool),
}

impl Scalar {
    /// Its number, when it is one.
    #[expect(clippy::cast_precision_loss, reason = "compared with what Python has as a float")]
    pub(super) fn number(self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(value as f64),
            Self::Float(value) => Some(value),
            Self::Bool(_) => None,
        }
    }
}

/// Factors on the way up and down: a little first, then so far that hardly any threshold is met by the same rows.
const FACTORS: [f64; 4] = [1.5, 0.6, 8.0, 0.1];

/// Other values, the likeliest to change a row without breaking the program first. Signs stay, except around zero; whole
/// numbers that are positive stay so.
pub(super) fn moves(from: Scalar) -> Vec<Scalar> {
    let mut found: Vec<Scalar> = Vec::new();
    let mut add = |to: Scalar| {
        if to != from && !found.contains(&to) {
            found.push(to);
        }
    };
    match from {
        Scalar::Bool(is) => add(Scalar::Bool(!is)),
        Scalar::Int(0) => [1, -1, 10].into_iter().for_each(|to| add(Scalar::Int(to))),
        Scalar::Float(0.0) => [0.5, -0.5, 10.0].into_iter().for_each(|to| add(Scalar::Float(to))),
        Scalar::Int(value) => FACTORS.iter().filter_map(|factor| whole(value, *factor)).for_each(&mut add),
        Scalar::Float(value) => {
            FACTORS.iter().map(|factor| short(value * factor)).filter(|to| to.is_finite()).for_each(|to| {
                add(Scalar::Float(to));
            });
        }
    }
    found
}

/// Factor on the way to what no data comes near.
const BEYOND: f64 = 1e5;

/// A number so large that no data comes near: for thresholds of large numbers (volumes, values in dollars), of which
/// nobody knows how far below the data they are.
pub(super) fn beyond(from: Scalar) -> Option<Scalar> {
    match from {
        Scalar::Int(value) if value.unsigned_abs() >= 100 => whole(value, BEYOND),
        Scalar::Float(value) if value.abs() >= 100.0 => {
            Some(short(value * BEYOND)).filter(|to| to.is_finite()).map(Scalar::Float)
        }
        _ => None,
    }
}

/// At least one away, and not across zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "bounded below, and a mutant may be any number"
)]
fn whole(value: i64, factor: f64) -> Option<Scalar> {
    let size = value.unsigned_abs();
    let moved = (size as f64 * factor).round();
    let moved = if factor > 1.0 { moved.max(size as f64 + 1.0) } else { moved.min(size as f64 - 1.0) };
    let in_range = (1.0..9.0e15).contains(&moved);
    in_range.then(|| Scalar::Int((moved as i64) * value.signum()))
}

/// With four significant digits: what a person could have written.
fn short(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

/// As Python writes it.
pub(super) fn written(scalar: Scalar) -> String {
    match scalar {
        Scalar::Bool(true) => "True".to_owned(),
        Scalar::Bool(false) => "False".to_owned(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => float(value),
    }
}

/// `repr` of a float: an exponent below 1e-4 and from 1e16 on, with its sign and two digits.
fn float(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e16).contains(&size) {
        let scientific = format!("{value:e}");
        let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let exponent: i32 = exponent.parse().unwrap_or_default();
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    format!("{value:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: Scalar, expected: &str) {
        let found: Vec<String> = moves(from).into_iter().map(written).collect();
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn numbers_move_a_little_then_far_and_keep_their_kind() {
        check(Scalar::Int(20), "30 12 160 2");
        check(Scalar::Int(1), "2 8");
        check(Scalar::Int(-5), "-8 -3 -40 -1");
        check(Scalar::Int(0), "1 -1 10");
        check(Scalar::Int(i64::MAX), "");
        check(Scalar::Float(0.3), "0.45 0.18 2.4 0.03");
        check(Scalar::Float(-2.0), "-3.0 -1.2 -16.0 -0.2");
        check(Scalar::Float(0.0), "0.5 -0.5 10.0");
        check(Scalar::Float(1e16), "1.5e+16 6000000000000000.0 8e+16 1000000000000000.0");
        check(Scalar::Float(0.0001), "0.00015 6e-05 0.0008 1e-05");
        check(Scalar::Float(f64::MAX), "1.079e+308 1.798e+307");
        check(Scalar::Bool(true), "False");
    }

    #[test]
    fn only_large_numbers_go_beyond_all_data() {
        let beyond = |from| beyond(from).map(written);
        assert_eq!(beyond(Scalar::Int(1000)).as_deref(), Some("100000000"));
        assert_eq!(beyond(Scalar::Float(-2500.0)).as_deref(), Some("-250000000.0"));
        assert_eq!(beyond(Scalar::Int(i64::MAX)), None);
        assert_eq!(beyond(Scalar::Float(f64::MAX)), None);
        assert_eq!(beyond(Scalar::Int(20)), None);
        assert_eq!(beyond(Scalar::Bool(true)), None);
    }
}
