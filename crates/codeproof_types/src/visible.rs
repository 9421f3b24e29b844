//! Makes foreign text safe to print.

use std::borrow::Cow;

/// Replaces what could steer a terminal or reorder a line: control characters (tab and LF stay), ANSI escapes,
/// bidirectional overrides and isolates, line and paragraph separators. Each becomes U+FFFD, so the reader sees that
/// something stood there and columns stay as they are.
///
/// ```
/// assert_eq!(codeproof_types::visible("a\u{1b}[31mb\u{202e}c\td"), "a\u{fffd}[31mb\u{fffd}c\td");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_hidden) {
        Cow::Owned(text.chars().map(|c| if is_hidden(c) { '\u{fffd}' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn is_hidden(c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        // Bidirectional marks, embeddings, overrides and isolates (Unicode Annex 9), and invisible separators.
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{2028}' | '\u{2029}' | '\u{feff}' => true,
        c => c.is_control(),
    }
}
