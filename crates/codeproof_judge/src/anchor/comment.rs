//! Tells code from comments and blanks, by the beginning of a line: enough to not believe a line that says nothing.

use codeproof_types::Language;

/// Whether a line holds more than blanks, brackets and a comment. What stands inside a comment of many lines is told by
/// its leading `*` only.
pub(super) fn is_code(line: &str, language: Option<Language>) -> bool {
    let text = line.trim();
    let is_comment = markers(language).iter().any(|marker| text.starts_with(marker)) || is_star_line(text);
    text.contains(char::is_alphanumeric) && !is_comment
}

/// `* text` and `*/` of a comment; not `*pointer = 1`.
fn is_star_line(text: &str) -> bool {
    text.strip_prefix('*').is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '/', '*']))
}

fn markers(language: Option<Language>) -> &'static [&'static str] {
    match language {
        // `#` begins a directive in C and an attribute in PHP (`#[`) and Rust.
        Some(Language::Python | Language::Ruby) => &["#", "\"\"\"", "'''"],
        Some(Language::Php) => &["//", "/*", "# "],
        Some(_) => &["//", "/*"],
        None => &["//", "/*", "# ", "--", "<!--"],
    }
}
