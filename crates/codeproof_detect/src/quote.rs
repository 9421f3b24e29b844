//! Quotes: a few lines of the file, cut to what a person reads, made from text whose secrets are already masked.

use codeproof_types::{LineIndex, Location};

/// Lines a quote has at most; longer findings are quoted from their first line on.
const LINES_MAX: u32 = 6;

/// Characters of a quoted line; longer lines (minified code) are cut around the finding.
const LINE_CHARACTERS_MAX: usize = 240;

/// Characters kept before the finding's first column in a cut line.
const CHARACTERS_BEFORE: usize = 60;

/// Stands where a line was cut.
const CUT: char = '…';

/// The text at `location` and the last line it holds. `masked` is the file's text with secrets masked, `lines` its
/// lines; both have the same lines and columns as the file.
pub(crate) fn quote(masked: &str, lines: &LineIndex, location: &Location) -> (String, u32) {
    let last = location.last_line.min(location.first_line.saturating_add(LINES_MAX - 1));
    let first_column = location.first_column.unwrap_or(1) as usize;
    let quoted: Vec<String> = (location.first_line..=last)
        .map(|line| {
            let column = if line == location.first_line { first_column } else { 1 };
            cut(lines.line_text(masked, line), column)
        })
        .collect();
    (quoted.join("\n"), last)
}

/// Cuts a long line so that its 1-based `column` stays visible.
fn cut(line: &str, column: usize) -> String {
    if line.chars().nth(LINE_CHARACTERS_MAX).is_none() {
        return line.to_owned();
    }
    let skipped = column.saturating_sub(CHARACTERS_BEFORE + 1);
    let mut kept = String::new();
    if skipped > 0 {
        kept.push(CUT);
    }
    let mut rest = line.chars().skip(skipped);
    kept.extend(rest.by_ref().take(LINE_CHARACTERS_MAX));
    if rest.next().is_some() {
        kept.push(CUT);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn long_lines_are_cut_around_the_column() {
        assert_eq!(cut("short", 3), "short");
        let line = format!("{}X{}", "é".repeat(1000), "b".repeat(1000));
        let shown = cut(&line, 1001);
        assert_eq!(shown.chars().count(), 242);
        assert_eq!(shown.chars().position(|c| c == 'X'), Some(61));
        assert!(cut(&line, 1).starts_with('é') && cut(&line, 2001).ends_with('b'));
    }
}
