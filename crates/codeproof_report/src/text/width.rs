//! Columns of a terminal: how wide text is, how to cut and fill it.

use unicode_width::UnicodeWidthChar as _;

/// Columns when nobody knows better.
pub(super) const DEFAULT: usize = 80;

/// Columns of one character: 2 for wide ones, 0 for marks that join the one before.
pub(crate) fn of_char(character: char) -> usize {
    character.width().unwrap_or(0)
}

/// Columns of a text without control characters, as terminals add them up.
pub(crate) fn of(text: &str) -> usize {
    text.chars().map(of_char).sum()
}

/// The longest start of `text` that fits `columns`, and the rest.
pub(crate) fn split_at(text: &str, columns: usize) -> (&str, &str) {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += of_char(character);
        if used > columns {
            return text.split_at(at);
        }
    }
    (text, "")
}

/// `text`, or its start and `…` when it is wider than `columns`.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if of(text) <= columns {
        return text.to_owned();
    }
    let (start, _) = split_at(text, columns.saturating_sub(1));
    format!("{start}…")
}

/// `text` filled with blanks on the right to `columns`.
pub(crate) fn fill(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(of(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(of("漢字a\u{301}"), 5);
        assert_eq!(split_at("漢字", 3), ("漢", "字"));
        assert_eq!(cut("漢字表", 5), "漢字…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(fill("漢", 4), "漢  ");
    }
}
