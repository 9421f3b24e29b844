//! Forms in which two texts are compared: blanks folded, or letters and digits alone.

/// Joins the words of a text with single spaces.
pub(crate) fn fold_blanks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The runs of letters and digits of a text in lower case, joined with single spaces: punctuation, quoting, blanks and
/// case do not count.
pub(crate) fn alphanumeric_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase));
    }
    out
}

/// A line of code without the `NN| ` that prompts put before it; `None` when it has none.
pub(crate) fn without_line_number(line: &str) -> Option<&str> {
    let rest = line.trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 7 {
        return None;
    }
    let rest = rest[digits..].strip_prefix(' ').unwrap_or(&rest[digits..]);
    let rest = rest.strip_prefix('|')?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}
