//! The value of a field: fences, quoting and emphasis around it do not belong to it.

use crate::text::without_line_number;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One line: a title, a word, a number.
    Line,
    /// Text of any length.
    Prose,
    /// Code of any length.
    Code,
}

/// The value of a field from its lines.
pub(crate) fn clean_value(shape: Shape, text: &str) -> String {
    match shape {
        Shape::Line => plain_words(first_line(text)).to_owned(),
        Shape::Prose => without_trailing_rules(text).trim().to_owned(),
        Shape::Code => code(text),
    }
}

/// The first line that is not blank, trimmed.
pub(crate) fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}

/// A short text without emphasis or quotes around all of it.
pub(crate) fn plain_words(text: &str) -> &str {
    let mut text = text.trim();
    for quote in ["**", "__", "`", "\"", "'"] {
        if text.len() > 2 * quote.len()
            && let Some(inner) = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote))
            && !inner.contains(quote)
        {
            text = inner.trim();
        }
    }
    text
}

/// Drops separators such as `---` and stray fences from the end.
fn without_trailing_rules(text: &str) -> &str {
    let mut text = text.trim_end();
    let mut fences = text.lines().filter(|line| line.trim_start().starts_with("```")).count();
    loop {
        let start = text.rfind('\n').map_or(0, |at| at + 1);
        let line = text[start..].trim();
        let rule = line.len() >= 3 && line.chars().all(|char| matches!(char, '-' | '*' | '=' | '_' | '`'));
        let fence = line.starts_with("```");
        // A fence that closes another belongs to the value.
        if start == 0 || !rule || (fence && fences % 2 == 0) {
            return text;
        }
        fences -= usize::from(fence);
        text = text[..start].trim_end();
    }
}

fn code(text: &str) -> String {
    let text = without_trailing_rules(text).trim_matches('\n');
    let code = match fenced(text) {
        Some(inner) => inner,
        None => inline_code(text.trim()),
    };
    without_line_numbers(code.trim_matches('\n').trim_end())
}

/// The inside of the first fence: code, when a field that wants code has text around it.
fn fenced(text: &str) -> Option<&str> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if let Some(fence) = Fence::opened_by(line) {
            let mut at = end;
            for inner in text[end..].split_inclusive('\n') {
                if fence.is_closed_by(inner) {
                    return Some(&text[end..at]);
                }
                at += inner.len();
            }
            return (!text[end..].trim().is_empty()).then(|| &text[end..]);
        }
        start = end;
    }
    None
}

/// Code between single or tripled backticks on one line.
fn inline_code(text: &str) -> &str {
    for quote in ["```", "``", "`"] {
        if text.len() > 2 * quote.len()
            && let Some(inner) = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote))
            && !inner.contains('`')
        {
            return inner.trim();
        }
    }
    text
}

/// Without the `NN| ` of the prompt, when every line has it.
fn without_line_numbers(code: &str) -> String {
    let lines: Option<Vec<&str>> =
        code.lines().map(|line| if line.trim().is_empty() { Some("") } else { without_line_number(line) }).collect();
    match lines {
        Some(lines) if !lines.is_empty() => lines.join("\n"),
        _ => code.to_owned(),
    }
}

/// An open fence of backticks or tildes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fence {
    char: char,
    length: usize,
    /// Words stand behind it: it can only open.
    pub(super) has_info: bool,
}

impl Fence {
    /// The fence a line opens. Text in which a fence also ends on its line is inline code.
    pub(super) fn opened_by(line: &str) -> Option<Self> {
        let line = line.trim();
        let line = line.trim_start_matches("> ").trim_start();
        let char = line.chars().next().filter(|char| matches!(char, '`' | '~'))?;
        let length = line.chars().take_while(|other| *other == char).count();
        let info = line[length..].trim();
        (length >= 3 && !info.contains(char)).then_some(Self { char, length, has_info: !info.is_empty() })
    }

    /// Whether a line closes it.
    pub(super) fn is_closed_by(self, line: &str) -> bool {
        Self::opened_by(line)
            .is_some_and(|fence| fence.char == self.char && fence.length >= self.length && !fence.has_info)
    }
}
