//! From byte offsets to the lines and columns a person counts, and back.

use std::ops::Range;

use crate::{Position, Span};

/// The starts of all lines of one text. Lines end at LF; a CR before it belongs to the line end, a lone CR does not
/// end a line (as editors and git count).
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<usize>,
    length: usize,
}

impl LineIndex {
    /// Finds all line starts of `text`. O(bytes).
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1));
        Self { starts, length: text.len() }
    }

    /// How many lines the text has; a text that ends in LF has no empty line after it, the empty text has none.
    pub fn line_count(&self) -> u32 {
        let lines = match self.starts.last() {
            Some(&last) if last == self.length => self.starts.len() - 1,
            _ => self.starts.len(),
        };
        as_u32(lines)
    }

    /// The 1-based line of a byte offset; offsets past the end belong to the last line.
    pub fn line(&self, offset: usize) -> u32 {
        as_u32(self.starts.partition_point(|&start| start <= offset).max(1))
    }

    /// The line and column of a byte offset in `text`, the text this index was made from. O(length of the line).
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let line = self.line(offset);
        let start = self.starts[line as usize - 1];
        let before = text.get(start..offset.min(text.len())).unwrap_or_default();
        Position { line, column: as_u32(before.chars().count() + 1) }
    }

    /// The bytes of a 1-based line without its line end; `None` when there is no such line.
    pub fn line_range(&self, text: &str, line: u32) -> Option<Range<usize>> {
        let at = (line as usize).checked_sub(1)?;
        let start = *self.starts.get(at)?;
        let end = self.starts.get(at + 1).map_or(self.length, |next| next - 1);
        let trimmed = text.get(start..end)?.strip_suffix('\r').map_or(end, |_| end - 1);
        Some(start..trimmed)
    }

    /// The text of a 1-based line without its line end; empty when there is no such line.
    pub fn line_text<'t>(&self, text: &'t str, line: u32) -> &'t str {
        self.line_range(text, line).and_then(|range| text.get(range)).unwrap_or_default()
    }

    /// First and last line a span touches; an empty span touches one.
    pub fn lines_of(&self, span: Span) -> (u32, u32) {
        let last = if span.end > span.start { span.end - 1 } else { span.start };
        (self.line(span.start), self.line(last))
    }
}

fn as_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_lines_as_git_does() {
        for (text, lines) in [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n\n", 2), ("a\rb", 1)] {
            assert_eq!(LineIndex::new(text).line_count(), lines, "{text:?}");
        }
    }

    #[test]
    fn columns_are_characters() {
        let text = "é = 'ü'\r\nnext";
        let index = LineIndex::new(text);
        let at = text.find('ü').unwrap();
        assert_eq!(index.position(text, at), Position { line: 1, column: 6 });
        assert_eq!(index.line_text(text, 1), "é = 'ü'");
        assert_eq!(index.line_text(text, 2), "next");
        assert_eq!(index.line_range(text, 3), None);
        assert_eq!(index.line_range(text, 0), None);
    }

    proptest! {
        #[test]
        fn every_offset_lies_in_its_line(text in "(a|é|\r|\n){0,40}") {
            let index = LineIndex::new(&text);
            for (offset, _) in text.char_indices() {
                let position = index.position(&text, offset);
                let line: Vec<&str> = text.split('\n').collect();
                let before = &line[..position.line as usize - 1];
                let start: usize = before.iter().map(|l| l.len() + 1).sum();
                let column = text[start..offset].chars().count() + 1;
                prop_assert_eq!(position.column as usize, column);
            }
        }
    }
}
