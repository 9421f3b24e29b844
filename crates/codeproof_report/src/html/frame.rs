//! A code frame as lines with the marked characters apart.

use codeproof_types::{Location, Snippets, visible};

use crate::code_lines::{self, CodeLine, Extent, Marked, as_usize, span_lines};
use crate::numbers;

/// Lines of a long span that are shown.
const SPAN_LINES_MAX: u32 = 12;

/// Characters of one line that are shown; a longer line is cut around its mark.
const LINE_CHARACTERS_MAX: usize = 240;

/// The lines of one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Frame {
    /// Why the lines are the stored quote instead of the file's own; empty when they are not.
    pub caution: String,
    pub lines: Vec<Line>,
    /// How much of the span is not shown; empty when all is.
    pub rest: String,
}

/// A line in three parts; only a marked one has more than the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub number: u32,
    pub is_marked: bool,
    pub before: String,
    pub marked: String,
    pub after: String,
}

impl Frame {
    /// Bytes of text the frame brings into the page.
    pub(super) fn bytes(&self) -> usize {
        let of_line = |line: &Line| line.before.len() + line.marked.len() + line.after.len() + LINE_MARKUP_BYTES;
        self.caution.len() + self.rest.len() + self.lines.iter().map(of_line).sum::<usize>()
    }
}

/// Markup of a line, roughly.
const LINE_MARKUP_BYTES: usize = 60;

/// The frame of a place: the file's lines when they can be read, else the quote.
pub(super) fn frame(location: &Location, quote: &str, context: u32, snippets: Option<&dyn Snippets>) -> Frame {
    let Some(snippets) = snippets else { return of_quote(location, quote, "") };
    match code_lines::read(location, quote, Extent { context, span_lines_max: SPAN_LINES_MAX }, snippets) {
        Ok(lines) => Frame { caution: String::new(), lines: lines.iter().map(line).collect(), rest: rest(location) },
        Err(why) => of_quote(location, quote, &why),
    }
}

fn of_quote(location: &Location, quote: &str, why: &str) -> Frame {
    let (first, _) = span_lines(location);
    let texts = quote.lines().take(as_usize(SPAN_LINES_MAX));
    let lines: Vec<Line> = (first..=u32::MAX)
        .zip(texts)
        .map(|(number, text)| {
            line(&CodeLine { number, text: text.to_owned(), marked: mark_of_quote(location, number, text) })
        })
        .collect();
    let caution = match (why.is_empty(), lines.is_empty()) {
        (true, _) => String::new(),
        (false, true) => format!("{why}."),
        (false, false) => format!("{why}; this was quoted then:"),
    };
    let rest = if lines.is_empty() { String::new() } else { rest(location) };
    Frame { caution: capitalised(&caution), lines, rest }
}

/// The mark in a quote, where its columns are those of the file: not in a line whose start was cut off.
fn mark_of_quote(location: &Location, number: u32, text: &str) -> Option<Marked> {
    let marked = code_lines::mark_of(location, number, text);
    let fits = marked.last <= text.chars().count() && !text.starts_with('…');
    fits.then_some(marked)
}

fn rest(location: &Location) -> String {
    match code_lines::hidden_lines(location, SPAN_LINES_MAX) {
        0 => String::new(),
        hidden => {
            let (_, last) = span_lines(location);
            format!("… {} more, to line {last}", numbers::counted(hidden.into(), "line", "lines"))
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

/// Splits a line at its mark and cuts what is too long. Looks no further than it shows.
fn line(code: &CodeLine) -> Line {
    let marked = code.marked.unwrap_or(Marked { first: 1, last: 0 });
    let start = marked.first.saturating_sub(1);
    let length = marked.last.saturating_sub(start);
    let from = first_shown(start, length);
    let mut rest = code.text.chars().skip(from);
    let window: String = rest.by_ref().take(LINE_CHARACTERS_MAX).collect();
    let is_cut_after = rest.next().is_some();
    // A tab is a tab on a page; no other character of a line may break it.
    let characters: Vec<char> = visible(&window).chars().map(|c| if c == '\n' { '\u{fffd}' } else { c }).collect();
    let start = (start - from).min(characters.len());
    let end = (start + length).min(characters.len());
    let part = |from: usize, to: usize| characters[from..to].iter().collect::<String>();
    let dots = |is_cut: bool| if is_cut { "…" } else { "" };
    let before = format!("{}{}", dots(from > 0), part(0, start));
    let after = format!("{}{}", part(end, characters.len()), dots(is_cut_after));
    if code.marked.is_none() {
        let text = format!("{before}{}{after}", part(start, end));
        return Line { number: code.number, before: text.trim_end().to_owned(), ..Line::default() };
    }
    // A mark behind the last character is shown under a blank.
    let marked = if start == end { " ".to_owned() } else { part(start, end) };
    Line { number: code.number, is_marked: true, before, marked, after: after.trim_end().to_owned() }
}

/// The first character shown of a line whose mark starts at the 0-based character `start`: the line's own, unless the
/// mark is far from it.
fn first_shown(start: usize, length: usize) -> usize {
    if start + length <= LINE_CHARACTERS_MAX {
        return 0;
    }
    let spare = LINE_CHARACTERS_MAX.saturating_sub(length);
    start.saturating_sub((spare / 2).max(LINE_CHARACTERS_MAX / 6))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, first: usize, last: usize, expected: [&str; 3]) {
        let line = line(&CodeLine { number: 1, text: text.to_owned(), marked: Some(Marked { first, last }) });
        assert_eq!([line.before.as_str(), &line.marked, &line.after], expected);
    }

    #[test]
    fn a_line_is_split_at_its_mark() {
        check("x = eval(y)  ", 5, 11, ["x = ", "eval(y)", ""]);
        check("\tf();", 2, 4, ["\t", "f()", ";"]);
        check("a漢b", 2, 2, ["a", "漢", "b"]);
        check("abc", 9, 12, ["abc", " ", ""]);
        check("", 0, 0, ["", " ", ""]);
        check("a\u{202e}b", 3, 3, ["a\u{fffd}", "b", ""]);
        check("abc", u32::MAX as usize, 4, ["…", " ", ""]);
    }

    #[test]
    fn a_long_line_is_cut_around_its_mark() {
        let text = format!("{}eval(x){}", "a".repeat(1000), "b".repeat(1000));
        let line = line(&CodeLine { number: 1, text, marked: Some(Marked { first: 1001, last: 1007 }) });
        assert_eq!(line.marked, "eval(x)");
        assert!(line.before.starts_with("…a") && line.after.ends_with("b…"), "{line:?}");
        assert_eq!(line.before.chars().count() + 7 + line.after.chars().count(), LINE_CHARACTERS_MAX + 2);
    }

    proptest! {
        #[test]
        fn never_longer_than_allowed(length in 0_usize..2000, first in 0_usize..3000, marked in 0_usize..2500) {
            let text = "x".repeat(length);
            let mark = Some(Marked { first, last: first + marked });
            let line = line(&CodeLine { number: 1, text, marked: mark });
            let shown: usize = [&line.before, &line.marked, &line.after].iter().map(|part| part.chars().count()).sum();
            prop_assert!(shown <= LINE_CHARACTERS_MAX + 3, "{shown}");
            prop_assert!(!line.marked.is_empty());
        }
    }
}
