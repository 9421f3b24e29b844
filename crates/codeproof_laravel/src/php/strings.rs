//! Literals as PHP reads them: escapes in strings, the notations of integers.

/// Appends what an escape sequence stands for. In single quotes only `\\` and `\'` are escapes.
pub(super) fn push_escape(text: &mut String, escape: &str, double_quoted: bool) {
    let rest = escape.strip_prefix('\\').unwrap_or(escape);
    let first = rest.chars().next();
    if !double_quoted {
        match first {
            Some('\\' | '\'') => text.push_str(rest),
            _ => text.push_str(escape),
        }
        return;
    }
    let code = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let special = match first {
        Some('n') => Some('\n'),
        Some('r') => Some('\r'),
        Some('t') => Some('\t'),
        Some('v') => Some('\u{b}'),
        Some('e') => Some('\u{1b}'),
        Some('f') => Some('\u{c}'),
        Some('\\') => Some('\\'),
        Some('$') => Some('$'),
        Some('"') => Some('"'),
        Some('x') => code(&rest[1..], 16),
        Some('u') => code(rest[1..].trim_matches(['{', '}']), 16),
        Some('0'..='7') => code(rest, 8),
        _ => None,
    };
    match special {
        Some(special) => text.push(special),
        None => text.push_str(escape),
    }
}

/// The value of an integer literal; `None` when it does not fit.
pub(super) fn integer(written: &str) -> Option<i64> {
    let digits = written.replace('_', "").to_lowercase();
    let (digits, radix) = if let Some(rest) = digits.strip_prefix("0x") {
        (rest, 16)
    } else if let Some(rest) = digits.strip_prefix("0b") {
        (rest, 2)
    } else if let Some(rest) = digits.strip_prefix("0o") {
        (rest, 8)
    } else if digits.len() > 1 && digits.starts_with('0') {
        (&digits[1..], 8)
    } else {
        (digits.as_str(), 10)
    };
    i64::from_str_radix(digits, radix).ok()
}
