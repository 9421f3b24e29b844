//! Hides secrets in text that leaves the program.

use std::borrow::Cow;

use codeproof_types::Span;

/// Replaces every character of the spans by an asterisk. Line breaks stay, and so do the number of characters and that
/// of bytes (a longer character becomes a dot as long as it), so that lines, columns and offsets of the masked text are
/// those of the original.
pub(super) fn masked(text: &str, mut hidden: Vec<Span>) -> Cow<'_, str> {
    hidden.sort();
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for span in hidden {
        let start = span.start.max(at);
        if let (Some(before), Some(inside)) = (text.get(at..start), text.get(start..span.end)) {
            shown.push_str(before);
            shown.extend(inside.chars().map(stand_in));
            at = span.end;
        }
    }
    shown.push_str(&text[at..]);
    Cow::Owned(shown)
}

/// A character of the same length that tells nothing; each long one means no more than an asterisk.
fn stand_in(c: char) -> char {
    match c {
        '\n' | '\r' => c,
        _ => ['*', '·', '•', '\u{1f512}'][c.len_utf8() - 1],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_overlapping_spans_and_keeps_lines() {
        let span = |start, end| Span { start, end };
        assert_eq!(masked("ab\r\ncdé ef", vec![span(5, 8), span(1, 6), span(9, 9)]), "a*\r\n**· ef");
        assert_eq!(masked("a€\u{1f600}", vec![span(1, 8)]).len(), 8);
        assert_eq!(masked("abc", Vec::new()), "abc");
    }
}
