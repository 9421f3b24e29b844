//! One line of source fitted into the terminal, and where a span of it went.
//!
//! Tabs become blanks up to the next stop, wide characters keep their two columns, hidden ones show as U+FFFD, and a
//! line that is too long is cut around the span, with `…` where something is missing.

use codeproof_types::visible;

use super::width;
use crate::code_lines::Marked;

/// Distance of tab stops.
const TAB_COLUMNS: usize = 4;

/// Characters looked at on each side of a span; the rest of a minified line cannot reach the screen.
const REACH: usize = 600;

/// A line ready to print, with the columns of the span in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FittedLine {
    pub text: String,
    /// Columns before the mark.
    pub mark_start: usize,
    /// Columns of the mark, at least one.
    pub mark_columns: usize,
}

/// One character on the screen; a tab is several blanks of one character.
struct Cell {
    shown: char,
    columns: usize,
    /// 0-based number of the character in the line.
    character: usize,
}

/// Fits `line` into `room` columns. Without a mark the start of the line is kept.
pub(super) fn fit(line: &str, marked: Option<Marked>, room: usize) -> FittedLine {
    let room = room.max(8);
    let (cells, is_cut) = cells_near(line, marked, room);
    let (start, end) = marked_cells(&cells, marked);
    let total: usize = columns_of(&cells);
    if total <= room && !is_cut.before && !is_cut.after {
        let mark_columns = columns_of(&cells[start..end]).max(1);
        // A mark behind a line that fills the room stands under its last column.
        let mark_start = columns_of(&cells[..start]).min(room - mark_columns);
        return FittedLine { text: shown(&cells), mark_start, mark_columns };
    }
    cut_around(&cells, (start, end), is_cut, room)
}

#[derive(Clone, Copy)]
struct IsCut {
    before: bool,
    after: bool,
}

/// The cells of the characters that can matter, and whether others were left out.
fn cells_near(line: &str, marked: Option<Marked>, room: usize) -> (Vec<Cell>, IsCut) {
    let line = visible(line);
    let reach = REACH.max(room * 2);
    let first = marked.map_or(0, |marked| marked.first.saturating_sub(1));
    // Short lines are looked at from their start, so that tab stops are where an editor has them.
    let skipped = if first > 2 * reach { first.min(line.chars().count()).saturating_sub(reach) } else { 0 };
    let mut rest = line.chars().enumerate().skip(skipped);
    let mut cells = Vec::new();
    let mut column = 0;
    for (character, shown) in rest.by_ref().take(first - skipped + reach) {
        let (shown, repeated) = match shown {
            '\t' => (' ', TAB_COLUMNS - column % TAB_COLUMNS),
            '\n' => ('\u{fffd}', 1),
            other => (other, 1),
        };
        for _ in 0..repeated {
            let columns = width::of_char(shown);
            cells.push(Cell { shown, columns, character });
            column += columns;
        }
    }
    (cells, IsCut { before: skipped > 0, after: rest.next().is_some() })
}

/// The range of cells a mark covers; empty and at the end when it lies behind the line.
fn marked_cells(cells: &[Cell], marked: Option<Marked>) -> (usize, usize) {
    let Some(marked) = marked else { return (0, 0) };
    let start = cells.partition_point(|cell| cell.character + 1 < marked.first);
    let end = cells.partition_point(|cell| cell.character < marked.last);
    (start, end.max(start))
}

fn columns_of(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.columns).sum()
}

fn shown(cells: &[Cell]) -> String {
    cells.iter().map(|cell| cell.shown).collect::<String>().trim_end().to_owned()
}

/// Cuts so that the mark stays in sight: all of it with as much before as after when it fits, else its start.
fn cut_around(cells: &[Cell], (start, end): (usize, usize), is_cut: IsCut, room: usize) -> FittedLine {
    let mark = columns_of(&cells[start..end]);
    let before = columns_of(&cells[..start]);
    let inner = room - 2;
    let after = if is_cut.after { room } else { columns_of(&cells[end..]) };
    let spare = inner.saturating_sub(mark);
    // Half of the spare room on each side, and what the end of the line does not need as well.
    let wanted_before = if spare == 0 { inner / 5 } else { (spare / 2).max(spare.saturating_sub(after)) };
    // From the start of the line when the mark can be seen from there.
    let from = if !is_cut.before && before + mark <= inner {
        0
    } else {
        first_cell_within(cells, start, wanted_before.min(before))
    };
    let is_cut_before = is_cut.before || from > 0;
    let lead = usize::from(is_cut_before);
    let (to, used) = cells_until(cells, from, room - lead - 1);
    let is_cut_after = is_cut.after || to < cells.len();
    let mark_start = lead + columns_of(&cells[from..start.clamp(from, to)]);
    let seen_mark = columns_of(&cells[start.clamp(from, to)..end.clamp(from, to)]);
    let mark_columns = if end > to { seen_mark + 1 } else { seen_mark };
    debug_assert!(used < room);
    let text = format!(
        "{}{}{}",
        if is_cut_before { "…" } else { "" },
        cells[from..to].iter().map(|cell| cell.shown).collect::<String>(),
        if is_cut_after { "…" } else { "" }
    );
    FittedLine { text: text.trim_end().to_owned(), mark_start, mark_columns: mark_columns.max(1) }
}

/// The first cell so that at most `columns` columns lie between it and cell `start`.
fn first_cell_within(cells: &[Cell], start: usize, columns: usize) -> usize {
    let mut left = columns;
    let mut at = start;
    while at > 0 && cells[at - 1].columns <= left {
        left -= cells[at - 1].columns;
        at -= 1;
    }
    at
}

/// The cell after the last one that fits `columns` from cell `from` on, and the columns used.
fn cells_until(cells: &[Cell], from: usize, columns: usize) -> (usize, usize) {
    let mut used = 0;
    let mut to = from;
    while to < cells.len() && used + cells[to].columns <= columns {
        used += cells[to].columns;
        to += 1;
    }
    (to, used)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Draws the mark under the line.
    #[track_caller]
    fn check(line: &str, first: usize, last: usize, room: usize, expected: [&str; 2]) {
        let fitted = fit(line, Some(Marked { first, last }), room);
        let caret = format!("{}{}", " ".repeat(fitted.mark_start), "^".repeat(fitted.mark_columns));
        assert_eq!([fitted.text.as_str(), caret.as_str()], expected);
    }

    #[test]
    fn a_mark_behind_a_full_line_stays_in_the_room() {
        check("12345678", 99, 99, 8, ["12345678", "       ^"]);
        check("1234567", 99, 99, 8, ["1234567", "       ^"]);
    }

    #[test]
    fn marks_the_exact_span() {
        check("x = eval(y)", 5, 11, 40, ["x = eval(y)", "    ^^^^^^^"]);
        check("\tgets(b);", 2, 8, 40, ["    gets(b);", "    ^^^^^^^"]);
        check("a\tb", 3, 3, 40, ["a   b", "    ^"]);
        check("s = '漢字' + x", 6, 7, 40, ["s = '漢字' + x", "     ^^^^"]);
        check("abc\u{202e}d", 4, 4, 40, ["abc\u{fffd}d", "   ^"]);
    }

    #[test]
    fn odd_spans_stay_on_the_line() {
        check("abc", 9, 12, 40, ["abc", "   ^"]);
        check("abc", 2, 1, 40, ["abc", " ^"]);
        check("", 1, 5, 40, ["", "^"]);
        check("abc", 0, 0, 40, ["abc", "^"]);
    }

    #[test]
    fn long_lines_are_cut_around_the_span() {
        let line = format!("{}eval(x){}", "a".repeat(50), "b".repeat(50));
        check(&line, 51, 57, 20, ["…aaaaaeval(x)bbbbbb…", "      ^^^^^^^"]);
        check(&line, 1, 3, 20, ["aaaaaaaaaaaaaaaaaaa…", "^^^"]);
        check(&line, 51, 107, 20, ["…aaaeval(x)bbbbbbbb…", "    ^^^^^^^^^^^^^^^^"]);
        check(&line, 107, 107, 20, ["…bbbbbbbbbbbbbbbbbb", "                  ^"]);
    }

    proptest! {
        #[test]
        fn never_wider_than_the_room_and_never_panics(
            line in "(a|\t|漢|e\u{301}|\u{202e}| |\\PC){0,60}",
            repeated in 1_usize..60,
            first in 0_usize..5000,
            length in 0_usize..400,
            room in 8_usize..100,
        ) {
            let line = line.repeat(repeated);
            let fitted = fit(&line, Some(Marked { first, last: first + length }), room);
            prop_assert!(width::of(&fitted.text) <= room, "{:?}", fitted);
            prop_assert!(fitted.mark_start + fitted.mark_columns <= room + 1, "{:?}", fitted);
        }
    }
}
