//! Prose wrapped to the terminal.

use super::width;

/// The lines of `text` at most `columns` wide. Line ends in the text start new lines; a word that is wider than a whole
/// line is broken.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    text.lines().flat_map(|line| wrap_line(line, columns)).collect()
}

/// `label` in the margin, the wrapped text beside it. `indent` counts the blanks before the label, `margin` the columns
/// of label and gap.
pub(crate) fn labelled(label: &str, text: &str, indent: usize, margin: usize, columns: usize) -> Vec<(String, String)> {
    let body = wrap(text, columns.saturating_sub(indent + margin));
    let labels = std::iter::once(label).chain(std::iter::repeat(""));
    let before = |label: &str| format!("{}{}", " ".repeat(indent), width::fill(label, margin));
    labels.zip(body).map(|(label, line)| (before(label), line)).collect()
}

fn wrap_line(line: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut current = String::new();
    for word in line.split_whitespace() {
        let mut rest = word;
        let room = columns.saturating_sub(width::of(&current) + 1);
        if !current.is_empty() && width::of(rest) > room {
            lines.push(std::mem::take(&mut current));
        }
        while width::of(rest) > columns {
            let (start, end) = width::split_at(rest, columns);
            // One wide character in one column: better too wide than never done.
            let (start, end) = if start.is_empty() { first_char(rest) } else { (start, end) };
            lines.push(start.to_owned());
            rest = end;
        }
        if !current.is_empty() && !rest.is_empty() {
            current.push(' ');
        }
        current.push_str(rest);
    }
    if !current.is_empty() || lines.is_empty() {
        lines.push(current);
    }
    lines
}

fn first_char(text: &str) -> (&str, &str) {
    text.split_at(text.chars().next().map_or(0, char::len_utf8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_words_and_breaks_what_does_not_fit() {
        assert_eq!(wrap("one two  three", 8), ["one two", "three"]);
        assert_eq!(wrap("a bcdefghij k", 4), ["a", "bcde", "fghi", "j k"]);
        assert_eq!(wrap("漢字表 x", 4), ["漢字", "表 x"]);
        assert_eq!(wrap("漢", 1), ["漢"]);
        assert_eq!(wrap("first\n\nsecond", 20), ["first", "", "second"]);
        assert!(wrap("", 20).is_empty());
    }
}
