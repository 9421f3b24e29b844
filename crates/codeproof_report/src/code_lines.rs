//! The lines of code a frame shows, whatever the frame is drawn with: read, numbered, with the characters to mark.

use codeproof_types::{ContentHash, Location, RepoPath, SnippetError, Snippets};

/// A span of characters in one line, 1-based, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marked {
    pub first: usize,
    pub last: usize,
}

/// A line to draw: its number, text and the characters to mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeLine {
    pub number: u32,
    pub text: String,
    pub marked: Option<Marked>,
}

/// How much is shown of one place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// Lines before and after the span.
    pub context: u32,
    /// Lines of a long span; the rest is only counted.
    pub span_lines_max: u32,
}

/// Reads the span's lines and those around it, and puts the mark where the span is. The error is a sentence without a
/// full stop.
pub(crate) fn read(
    location: &Location,
    quote: &str,
    extent: Extent,
    snippets: &dyn Snippets,
) -> Result<Vec<CodeLine>, String> {
    let (first, last) = span_lines(location);
    let from = first.saturating_sub(extent.context).max(1);
    // After a span that is cut, the lines that follow it are of no use.
    let shown_last = last.min(first.saturating_add(extent.span_lines_max - 1));
    let to = if shown_last < last { shown_last } else { last.saturating_add(extent.context) };
    let texts = read_lines(snippets, &location.path, location.content_hash, from, to)?;
    let mut lines: Vec<CodeLine> =
        (from..=to).zip(texts).map(|(number, text)| CodeLine { number, text, marked: None }).collect();
    // An empty file has no lines to show, and no quote either.
    let is_empty_file = lines.is_empty() && from == 1 && quote.is_empty();
    if !is_empty_file && lines.last().is_none_or(|line| line.number < first) {
        return Err(format!("the file has no line {first} any more"));
    }
    for line in lines.iter_mut().filter(|line| (first..=last).contains(&line.number)) {
        line.marked = Some(mark_of(location, line.number, &line.text));
    }
    drop_blank_context(&mut lines);
    Ok(lines)
}

fn read_lines(
    snippets: &dyn Snippets,
    path: &RepoPath,
    hash: ContentHash,
    first: u32,
    last: u32,
) -> Result<Vec<String>, String> {
    snippets.lines(path, hash, first, last).map_err(|error| match error {
        SnippetError::Changed { .. } => "the file changed since the scan".to_owned(),
        SnippetError::Unreadable { why, .. } => format!("the file cannot be read ({})", crate::clean::one_line(&why)),
    })
}

/// First and last line, in order and from 1.
pub(crate) fn span_lines(location: &Location) -> (u32, u32) {
    let first = location.first_line.max(1);
    (first, location.last_line.max(first))
}

/// Lines of a span that are not shown when only the first `span_lines_max` are.
pub(crate) fn hidden_lines(location: &Location, span_lines_max: u32) -> u32 {
    let (first, last) = span_lines(location);
    (last - first).saturating_sub(span_lines_max - 1)
}

/// The characters of one line that belong to the span.
pub(crate) fn mark_of(location: &Location, number: u32, text: &str) -> Marked {
    let (first_line, last_line) = span_lines(location);
    let trimmed = trimmed(text);
    let start = match location.first_column {
        Some(column) if number == first_line => as_usize(column).max(1),
        _ => trimmed.first,
    };
    let end = match location.last_column {
        Some(column) if number == last_line => as_usize(column),
        _ => trimmed.last,
    };
    Marked { first: start, last: end.max(start) }
}

/// The characters of a line without the blanks around them.
fn trimmed(text: &str) -> Marked {
    let length = text.trim_end().chars().count();
    let blanks = text.chars().take_while(|character| character.is_whitespace()).count();
    Marked { first: blanks.min(length) + 1, last: length.max(1) }
}

/// Blank lines at the rim of a frame tell nothing.
fn drop_blank_context(lines: &mut Vec<CodeLine>) {
    let is_blank = |line: &CodeLine| line.marked.is_none() && line.text.trim().is_empty();
    let before = lines.iter().take_while(|line| is_blank(line)).count();
    lines.drain(..before);
    while lines.last().is_some_and(is_blank) {
        lines.pop();
    }
}

/// A line or column number as a length.
pub(crate) fn as_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
