//! Whether a token stands apart from its surroundings.

/// Whether a token may start at `start`: no letter, digit or underscore before it, unless that is the end of an escape
/// (`\n`, `%3D`, `\u0022`) or of a terminal colour.
pub(super) fn starts_token(text: &str, start: usize) -> bool {
    let before = &text.as_bytes()[..start];
    match before {
        [] => true,
        [.., last] if !is_word(*last) => true,
        [.., b'\\', b'n' | b't' | b'r' | b'b' | b'f'] => true,
        [.., b'%', a, b] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        [.., b'\\', b'x', a, b] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        [.., b'\\', b'u', a, b, c, d] => [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()),
        [.., b'[', a, b, b'm'] => a.is_ascii_digit() && b.is_ascii_digit(),
        _ => false,
    }
}

/// Whether a token may end at `end`: no letter, digit or underscore behind it.
pub(super) fn ends_token(text: &str, end: usize) -> bool {
    text.as_bytes().get(end).is_none_or(|next| !is_word(*next))
}

/// Non-ASCII letters count as word characters no more than they can be part of a token.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_stand_apart() {
        for (before, expected) in [
            ("", true),
            ("\"", true),
            ("x", false),
            ("_", false),
            ("0x", false),
            (r"a\n", true),
            ("a%3D", true),
            (r"\u0022", true),
            ("\u{1b}[32m", true),
            ("é", true),
            ("%zz", false),
        ] {
            assert_eq!(starts_token(before, before.len()), expected, "{before:?}");
        }
        assert!(ends_token("ab", 2) && ends_token("ab\"", 2) && !ends_token("abc", 2));
    }
}
