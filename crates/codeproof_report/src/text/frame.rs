//! The code frame: numbered lines with a caret line under the exact span.

use codeproof_types::{Location, Severity, Snippets};

use super::source_line::fit;
use super::{Painter, Style, paragraph, width};
use crate::code_lines::{self, CodeLine, Extent, as_usize, span_lines};

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
    let extent = Extent { context: place.context, span_lines_max: SPAN_LINES_MAX };
    match code_lines::read(place.location, place.quote, extent, snippets) {
        Ok(lines) => draw_lines(place, &lines, style),
        Err(why) => draw_quote(place, style, Some(&why)),
    }
}

fn draw_lines(place: Place<'_>, lines: &[CodeLine], style: FrameStyle<'_>) -> Vec<String> {
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
    drawn.extend(rest_of_span(place.location, style, &gutter));
    drawn
}

/// Says how much of a long span is not shown.
fn rest_of_span(location: &Location, style: FrameStyle<'_>, gutter: &Gutter) -> Option<String> {
    let hidden = code_lines::hidden_lines(location, SPAN_LINES_MAX);
    if hidden == 0 {
        return None;
    }
    let (_, last) = span_lines(location);
    let text = format!("… {} more, to line {last}", crate::numbers::counted(hidden.into(), "line", "lines"));
    Some(gutter.unnumbered(&style.painter.paint(Style::Quiet, &width::cut(&text, gutter.room))))
}

/// The quote in place of the file's own lines.
fn draw_quote(place: Place<'_>, style: FrameStyle<'_>, why: Option<&str>) -> Vec<String> {
    let (first, _) = span_lines(place.location);
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
        drawn.extend(rest_of_span(place.location, style, &gutter));
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
