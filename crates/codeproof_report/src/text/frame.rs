//! The code frame: numbered lines with a caret line under the exact span.

use codeproof_types::{ContentHash, Location, RepoPath, Severity, SnippetError, Snippets};

use super::source_line::{Marked, fit};
use super::{Painter, Style, paragraph, width};

/// Lines of a longer span that are shown; the rest is counted.
const SPAN_LINES_MAX: u32 = 4;

/// How frames are drawn in one report.
#[derive(Clone, Copy)]
pub(super) struct FrameStyle<'s> {
    pub painter: Painter,
    /// Columns of the whole frame, gutter included.
    pub columns: usize,
    /// Blanks before the line numbers.
    pub indent: usize,
    pub snippets: Option<&'s dyn Snippets>,
}

/// One place to draw.
#[derive(Clone, Copy)]
pub(super) struct Place<'f> {
    pub location: &'f Location,
    /// The lines of the place, checked and masked when the scan ran.
    pub quote: &'f str,
    pub severity: Severity,
    /// Lines shown before and after the span.
    pub context: u32,
}

/// The lines of a frame, ready to print. When the lines cannot be read, the quote is shown and the reason said.
pub(super) fn draw(place: Place<'_>, style: FrameStyle<'_>) -> Vec<String> {
    let Some(snippets) = style.snippets else { return draw_quote(place, style, None) };
    match read(place, snippets) {
        Ok(lines) => draw_lines(place, &lines, style),
        Err(why) => draw_quote(place, style, Some(&why)),
    }
}

/// A line to draw: its number, text and the characters to mark.
struct Line {
    number: u32,
    text: String,
    marked: Option<Marked>,
}

/// Reads the span's lines and those around it, and puts the mark where the span is.
fn read(place: Place<'_>, snippets: &dyn Snippets) -> Result<Vec<Line>, String> {
    let location = place.location;
    let (first, last) = span_lines(location);
    let from = first.saturating_sub(place.context).max(1);
    // After a span that is cut, the lines that follow it are of no use.
    let shown_last = last.min(first.saturating_add(SPAN_LINES_MAX - 1));
    let to = if shown_last < last { shown_last } else { last.saturating_add(place.context) };
    let texts = read_lines(snippets, &location.path, location.content_hash, from, to)?;
    let mut lines: Vec<Line> =
        (from..=to).zip(texts).map(|(number, text)| Line { number, text, marked: None }).collect();
    // An empty file has no lines to show, and no quote either.
    let is_empty_file = lines.is_empty() && from == 1 && place.quote.is_empty();
    if !is_empty_file && lines.last().is_none_or(|line| line.number < first) {
        return Err(format!("the file has no line {first} any more"));
    }
    for line in lines.iter_mut().filter(|line| (first..=last).contains(&line.number)) {
        line.marked = Some(mark_of(location, line));
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
fn span_lines(location: &Location) -> (u32, u32) {
    let first = location.first_line.max(1);
    (first, location.last_line.max(first))
}

/// The characters of one line that belong to the span.
fn mark_of(location: &Location, line: &Line) -> Marked {
    let (first_line, last_line) = span_lines(location);
    let trimmed = trimmed(&line.text);
    let start = match location.first_column {
        Some(column) if line.number == first_line => as_usize(column).max(1),
        _ => trimmed.first,
    };
    let end = match location.last_column {
        Some(column) if line.number == last_line => as_usize(column),
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
fn drop_blank_context(lines: &mut Vec<Line>) {
    let is_blank = |line: &Line| line.marked.is_none() && line.text.trim().is_empty();
    let before = lines.iter().take_while(|line| is_blank(line)).count();
    lines.drain(..before);
    while lines.last().is_some_and(is_blank) {
        lines.pop();
    }
}

fn draw_lines(place: Place<'_>, lines: &[Line], style: FrameStyle<'_>) -> Vec<String> {
    let Some(last_shown) = lines.last() else { return Vec::new() };
    let gutter = Gutter::new(last_shown.number, style);
    let mut drawn = Vec::new();
    for line in lines {
        let fitted = fit(&line.text, line.marked, gutter.room);
        drawn.push(gutter.numbered(line.number, &fitted.text));
        if line.marked.is_some() && !(line.text.trim().is_empty() && place.location.first_column.is_none()) {
            let caret = "^".repeat(fitted.mark_columns);
            let caret = style.painter.paint(Style::Severity(place.severity), &caret);
            drawn.push(gutter.unnumbered(&format!("{}{caret}", " ".repeat(fitted.mark_start))));
        }
    }
    let (first, last) = span_lines(place.location);
    drawn.extend(rest_of_span(first, last, style, &gutter));
    drawn
}

/// Says how much of a long span is not shown.
fn rest_of_span(first: u32, last: u32, style: FrameStyle<'_>, gutter: &Gutter) -> Option<String> {
    let hidden = (last - first).checked_sub(SPAN_LINES_MAX - 1).filter(|hidden| *hidden > 0)?;
    let text = format!("… {} more, to line {last}", crate::numbers::counted(hidden.into(), "line", "lines"));
    Some(gutter.unnumbered(&style.painter.paint(Style::Quiet, &width::cut(&text, gutter.room))))
}

/// The quote in place of the file's own lines.
fn draw_quote(place: Place<'_>, style: FrameStyle<'_>, why: Option<&str>) -> Vec<String> {
    let (first, last) = span_lines(place.location);
    let lines: Vec<&str> = place.quote.lines().take(as_usize(SPAN_LINES_MAX)).collect();
    let shown_last = first.saturating_add(u32::try_from(lines.len()).unwrap_or(u32::MAX).saturating_sub(1));
    let gutter = Gutter::new(shown_last, style);
    let mut drawn = Vec::new();
    if let Some(why) = why {
        let text = if lines.is_empty() { format!("{why}.") } else { format!("{why}; this was quoted then:") };
        let wrapped = paragraph::wrap(&text, gutter.room);
        drawn.extend(wrapped.iter().map(|line| gutter.unnumbered(&style.painter.paint(Style::Alert, line))));
    }
    for (number, line) in (first..=shown_last).zip(&lines) {
        let fitted = fit(line, None, gutter.room);
        drawn.push(gutter.numbered(number, &fitted.text));
    }
    if !lines.is_empty() {
        drawn.extend(rest_of_span(first, last, style, &gutter));
    }
    drawn
}

/// The margin with line numbers.
struct Gutter {
    painter: Painter,
    indent: usize,
    digits: usize,
    /// Columns left for code.
    room: usize,
}

impl Gutter {
    fn new(last: u32, style: FrameStyle<'_>) -> Self {
        // Three columns at least: neighbouring frames of one file line up.
        let digits = last.to_string().len().max(3);
        let room = style.columns.saturating_sub(style.indent + digits + " │ ".len() - 2);
        Self { painter: style.painter, indent: style.indent, digits, room }
    }

    fn numbered(&self, number: u32, text: &str) -> String {
        self.line(&number.to_string(), text)
    }

    fn unnumbered(&self, text: &str) -> String {
        self.line("", text)
    }

    fn line(&self, number: &str, text: &str) -> String {
        let margin = format!("{}{number:>width$} │", " ".repeat(self.indent), width = self.digits);
        let margin = self.painter.paint(Style::Quiet, &margin);
        if text.is_empty() { margin } else { format!("{margin} {text}") }
    }
}

fn as_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
