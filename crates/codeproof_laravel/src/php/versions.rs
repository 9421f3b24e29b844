//! `version_compare()`: versions part by part, as PHP orders them.

use std::cmp::Ordering;

/// Which of two versions is the later one.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    let (left, right) = (parts(left), parts(right));
    for place in 0..left.len().max(right.len()) {
        let order = match (left.get(place), right.get(place)) {
            (Some(left), Some(right)) => rank(left).cmp(&rank(right)),
            // A further number makes a version later, a further word (`-beta`) mostly earlier.
            (Some(more), None) => rank(more).cmp(&NOTHING),
            (None, Some(more)) => NOTHING.cmp(&rank(more)),
            (None, None) => Ordering::Equal,
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// What stands for a part that is missing: behind `RC`, in front of a number.
const NOTHING: (u8, u64) = (5, 0);

fn rank(part: &str) -> (u8, u64) {
    if let Ok(number) = part.parse() {
        return (6, number);
    }
    match part {
        "dev" => (1, 0),
        "alpha" | "a" => (2, 0),
        "beta" | "b" => (3, 0),
        "RC" | "rc" | "c" => (4, 0),
        "pl" | "p" => (7, 0),
        _ => (0, 0),
    }
}

/// Numbers and words.
fn parts(version: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut is_digit = None;
    for character in version.chars().take(100) {
        if !character.is_ascii_alphanumeric() {
            is_digit = None;
            continue;
        }
        match parts.last_mut() {
            Some(part) if is_digit == Some(character.is_ascii_digit()) => part.push(character),
            _ => parts.push(character.to_string()),
        }
        is_digit = Some(character.is_ascii_digit());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::compare;
    use std::cmp::Ordering;

    #[test]
    fn versions_are_ordered_as_php_orders_them() {
        for (left, right, order) in [
            ("1.0.6", "1.0.10", Ordering::Less),
            ("5.7", "5.7.0", Ordering::Less),
            ("8.0.0-beta1", "8.0.0", Ordering::Less),
            ("8.0.0RC1", "8.0.0beta2", Ordering::Greater),
            ("8.3.1", "8.3.1", Ordering::Equal),
        ] {
            assert_eq!(compare(left, right), order, "{left} {right}");
        }
    }
}
