//! Semantic chunks: a file cut at its definitions into pieces that a model can be given (seed 000, "File Chunker").
//!
//! Every line of the file is in exactly one chunk. Functions and classes stay whole where they fit; neighbours that are
//! small are put together; what is larger than the limit is cut at the definitions inside it, and at last at lines. The
//! file's imports are the preamble of each chunk that does not hold them itself.

use codeproof_types::{FileFacts, Symbol, SymbolKind};

use crate::tokens::estimate_tokens;

/// One piece of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// First line, 1-based.
    pub first_line: u32,
    /// Last line, inclusive.
    pub last_line: u32,
    /// Qualified name (without the path's part) of the definition it is or stands in; `None` for several and for none.
    pub symbol: Option<String>,
    /// Lines of imports that belong before it, each with its first and last line; outside of the chunk.
    pub preamble: Vec<(u32, u32)>,
    /// Estimated tokens of the chunk with its preamble.
    pub tokens: u32,
}

/// Cuts `text` into chunks of at most `tokens_max` estimated tokens, preamble included; a single line may be longer.
/// Without facts (no grammar, or nothing understood) lines decide. O(bytes + symbols).
pub fn chunks(text: &str, facts: &FileFacts, tokens_max: u32) -> Vec<Chunk> {
    let lines = Lines::new(text);
    let preamble = preamble(facts, lines.count());
    let preamble_tokens: u32 = preamble.iter().map(|(first, last)| lines.tokens(*first, *last)).sum();
    // A preamble that fills a chunk alone leaves no room for what it is the preamble of.
    let (preamble, preamble_tokens) =
        if preamble_tokens.saturating_mul(3) > tokens_max { (Vec::new(), 0) } else { (preamble, preamble_tokens) };
    let room = tokens_max.saturating_sub(preamble_tokens).max(1);
    let pieces = merge(cut(&lines, facts, room), &lines, room);
    pieces.into_iter().map(|piece| piece.finish(&lines, &preamble)).collect()
}

/// The lines of a text with the tokens up to each.
struct Lines {
    /// Tokens of the lines before line `n + 1`.
    sums: Vec<u32>,
}

impl Lines {
    fn new(text: &str) -> Self {
        let mut sums = vec![0u32];
        for line in text.split_inclusive('\n') {
            sums.push(sums.last().copied().unwrap_or_default().saturating_add(estimate_tokens(line)));
        }
        Self { sums }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.sums.len() - 1).unwrap_or(u32::MAX)
    }

    fn tokens(&self, first: u32, last: u32) -> u32 {
        let sum = |line: u32| self.sums[(line as usize).min(self.sums.len() - 1)];
        sum(last).saturating_sub(sum(first.saturating_sub(1)))
    }
}

/// A run of lines on its way to be a chunk.
#[derive(Debug, Clone)]
struct Piece {
    first: u32,
    last: u32,
    symbol: Option<String>,
    /// Whether it may be put together with its neighbours.
    is_open: bool,
}

impl Piece {
    fn finish(self, lines: &Lines, preamble: &[(u32, u32)]) -> Chunk {
        let outside = |(first, last): &&(u32, u32)| *last < self.first || self.last < *first;
        let preamble: Vec<(u32, u32)> = preamble.iter().filter(outside).copied().collect();
        let of_preamble: u32 = preamble.iter().map(|(first, last)| lines.tokens(*first, *last)).sum();
        let tokens = lines.tokens(self.first, self.last).saturating_add(of_preamble);
        Chunk { first_line: self.first, last_line: self.last, symbol: self.symbol, preamble, tokens }
    }
}

/// Import statements at the top, neighbouring lines as one range.
fn preamble(facts: &FileFacts, line_count: u32) -> Vec<(u32, u32)> {
    let first_code =
        facts.symbols.iter().filter(|symbol| is_unit(symbol.kind)).map(|symbol| symbol.decorated_first_line);
    let end = first_code.min().unwrap_or(u32::MAX);
    let mut lines: Vec<u32> = facts.imports.iter().map(|import| import.line).collect();
    lines.retain(|line| *line < end && *line <= line_count);
    lines.sort_unstable();
    lines.dedup();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for line in lines {
        match ranges.last_mut() {
            Some((_, last)) if line <= *last + 1 => *last = line,
            _ => ranges.push((line, line)),
        }
    }
    ranges
}

fn is_unit(kind: SymbolKind) -> bool {
    use SymbolKind::{Class, Enum, Function, Interface, Method, Struct, Trait, Union};
    matches!(kind, Class | Trait | Interface | Enum | Struct | Union | Function | Method)
}

/// Cuts the file at the outermost definitions that fit, and what is too large at the ones inside.
fn cut(lines: &Lines, facts: &FileFacts, room: u32) -> Vec<Piece> {
    let units: Vec<&Symbol> = facts.symbols.iter().filter(|symbol| is_unit(symbol.kind)).collect();
    let mut pieces = Vec::new();
    let mut next = 1;
    // Definitions that were too large and are open at the current line, with where they end.
    let mut around: Vec<(&Symbol, u32)> = Vec::new();
    for unit in units {
        let (first, last) = (unit.decorated_first_line.max(next), unit.last_line.min(lines.count()));
        if first > last || unit.decorated_first_line < next && unit.last_line < next {
            continue;
        }
        close_around(&mut around, first, &mut next, &mut pieces, lines, room);
        between(next, first - 1, around.last().map(|(symbol, _)| *symbol), lines, room, &mut pieces);
        next = first;
        if lines.tokens(first, last) <= room {
            let symbol = Some(unit.qualified_name.clone());
            pieces.push(Piece { first, last, symbol, is_open: true });
            next = last + 1;
        } else {
            around.push((unit, last));
        }
    }
    close_around(&mut around, u32::MAX, &mut next, &mut pieces, lines, room);
    between(next, lines.count(), None, lines, room, &mut pieces);
    pieces
}

/// Finishes the large definitions that end before line `before`.
fn close_around(
    around: &mut Vec<(&Symbol, u32)>,
    before: u32,
    next: &mut u32,
    pieces: &mut Vec<Piece>,
    lines: &Lines,
    room: u32,
) {
    while let Some((symbol, last)) = around.last().copied()
        && last < before
    {
        between(*next, last, Some(symbol), lines, room, pieces);
        *next = (*next).max(last + 1);
        around.pop();
    }
}

/// Cuts lines that belong to no smaller definition.
fn between(first: u32, last: u32, within: Option<&Symbol>, lines: &Lines, room: u32, pieces: &mut Vec<Piece>) {
    let mut start = first;
    while start <= last {
        let mut end = start;
        while end < last && lines.tokens(start, end + 1) <= room {
            end += 1;
        }
        let symbol = within.map(|symbol| symbol.qualified_name.clone());
        pieces.push(Piece { first: start, last: end, symbol, is_open: true });
        start = end + 1;
    }
}

/// Puts small neighbours together while they fill at most half of the room: whole definitions stay easy to name.
fn merge(pieces: Vec<Piece>, lines: &Lines, room: u32) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::new();
    for piece in pieces {
        if let Some(last) = merged.last_mut()
            && last.is_open
            && piece.is_open
            && lines.tokens(last.first, piece.last) <= room
            && (lines.tokens(last.first, piece.last) <= room / 2
                || is_blank(&piece, lines)
                || is_blank(last, lines)
                || is_head_of(last, &piece, lines, room))
        {
            if last.symbol != piece.symbol && !is_blank(&piece, lines) {
                let is_named = is_blank(last, lines) || is_head_of(last, &piece, lines, room);
                last.symbol = if is_named { piece.symbol } else { None };
            }
            last.last = piece.last;
        } else {
            merged.push(piece);
        }
    }
    merged
}

/// Whether a piece is the short head of what the next one stands in: `class Two:` goes with its first method.
fn is_head_of(head: &Piece, next: &Piece, lines: &Lines, room: u32) -> bool {
    let (Some(outer), Some(inner)) = (&head.symbol, &next.symbol) else { return false };
    let is_inside = inner.strip_prefix(outer.as_str()).is_some_and(|rest| rest.starts_with(['.', ':', '#', '\\']));
    is_inside && lines.tokens(head.first, head.last) <= room / 4
}

fn is_blank(piece: &Piece, lines: &Lines) -> bool {
    lines.tokens(piece.first, piece.last) <= piece.last - piece.first + 1
}

#[cfg(test)]
mod tests {
    use codeproof_types::Language;
    use proptest::prelude::*;

    use super::*;
    use crate::{facts, parse};

    fn of(text: &str, tokens_max: u32) -> Vec<Chunk> {
        let (parsed, _) = parse(text, Language::Python);
        let facts = parsed.map(|parsed| facts(text, &parsed)).unwrap_or_default();
        chunks(text, &facts, tokens_max)
    }

    #[track_caller]
    fn check_cover(text: &str, tokens_max: u32) {
        let found = of(text, tokens_max);
        let lines = Lines::new(text);
        let mut next = 1;
        for chunk in &found {
            assert_eq!(chunk.first_line, next, "{found:?}");
            assert!(chunk.first_line <= chunk.last_line, "{found:?}");
            let is_line = chunk.first_line == chunk.last_line;
            assert!(is_line || lines.tokens(chunk.first_line, chunk.last_line) <= tokens_max, "{chunk:?}");
            next = chunk.last_line + 1;
        }
        assert_eq!(next, lines.count() + 1, "{found:?}");
    }

    #[test]
    fn functions_stay_whole_and_imports_come_along() {
        let body = "    total = total + price * count\n".repeat(6);
        let inner = body.replace("    total", "        total");
        let text = format!(
            "import os\nimport sys\n\nLIMIT = 3\n\n\ndef one(total):\n{body}\n\nclass Two:\n    def a(self):\n{inner}\n    def b(self):\n{inner}"
        );
        let shown: Vec<_> = of(&text, 100)
            .into_iter()
            .map(|it| (it.first_line, it.last_line, it.symbol.unwrap_or_default(), it.preamble))
            .collect();
        assert_eq!(
            shown,
            [
                (1, 6, String::new(), vec![]),
                (7, 15, "one".to_owned(), vec![(1, 2)]),
                (16, 24, "Two.a".to_owned(), vec![(1, 2)]),
                (25, 31, "Two.b".to_owned(), vec![(1, 2)]),
            ]
        );
    }

    proptest! {
        #[test]
        fn every_line_is_in_one_chunk(
            parts in prop::collection::vec(prop::sample::select(vec![
                "import a\n", "def f():\n", "    x = 1\n", "\n", "class C:\n", "    def g(self):\n", "        return h(1, 2)\n",
                "    class D:\n", "@d\n", "y = [1,\n", "]\n", "text",
            ]), 0..60),
            tokens_max in 1u32..60,
        ) {
            check_cover(&parts.concat(), tokens_max);
        }
    }
}
