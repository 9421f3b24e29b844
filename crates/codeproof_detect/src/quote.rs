//! Quotes: a few lines of the file, cut to what a person reads, made from text whose secrets are already masked.

use codeproof_types::{LineIndex, Span};

/// Lines a quote has at most; longer findings are quoted from their first line on.
const LINES_MAX: u32 = 6;

/// Characters of a quoted line; longer lines (minified code) are cut around the finding.
const LINE_CHARACTERS_MAX: usize = 240;

/// Characters kept before the finding in a cut line.
const CHARACTERS_BEFORE: usize = 60;

/// Stands where a line was cut.
const CUT: char = '…';

/// The lines of `span` in `masked`, the masked text of the file, and the number of the last line quoted. Every byte of
/// the masked text stands where it stood in the file.
pub(crate) fn quote(masked: &str, lines: &LineIndex, span: Span) -> (String, u32) {
    let (first, last) = lines.lines_of(span);
    let last = last.min(first.saturating_add(LINES_MAX - 1));
    let quoted: Vec<String> = (first..=last).map(|line| line_around(masked, lines, line, span.start)).collect();
    (quoted.join("\n"), last)
}

/// A line, cut around the byte `at` when it is long. O(characters kept).
pub(crate) fn line_around(masked: &str, lines: &LineIndex, line: u32, at: usize) -> String {
    let Some(range) = lines.line_range(masked, line) else { return String::new() };
    let text = &masked[range.clone()];
    if text.char_indices().nth(LINE_CHARACTERS_MAX).is_none() {
        return text.to_owned();
    }
    let at = at.clamp(range.start, range.end) - range.start;
    let start = text[..at].char_indices().rev().nth(CHARACTERS_BEFORE - 1).map_or(0, |(start, _)| start);
    let length = text[start..].char_indices().nth(LINE_CHARACTERS_MAX).map_or(text.len() - start, |(end, _)| end);
    let end = start + length;
    let cut = |is_cut: bool| if is_cut { CUT.to_string() } else { String::new() };
    format!("{}{}{}", cut(start > 0), &text[start..end], cut(end < text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, at: usize, expected: &str) {
        assert_eq!(line_around(text, &LineIndex::new(text), 1, at), expected);
    }

    #[test]
    fn long_lines_are_cut_around_the_finding() {
        check("short\nnext", 3, "short");
        let (before, after) = ("é".repeat(1000), "b".repeat(1000));
        let line = format!("{before}X{after}");
        let at = before.len();
        check(&line, at, &format!("…{}X{}…", "é".repeat(60), "b".repeat(179)));
        check(&line, 0, &format!("{}…", "é".repeat(240)));
        check(&line, line.len(), &format!("…{}", "b".repeat(60)));
    }

    #[test]
    fn long_findings_are_quoted_from_their_start() {
        let text = "1\n2\n3\n4\n5\n6\n7\n8\n";
        assert_eq!(quote(text, &LineIndex::new(text), Span { start: 2, end: 15 }), ("2\n3\n4\n5\n6\n7".to_owned(), 7));
    }
}
