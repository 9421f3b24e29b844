//! From byte offsets to lines and columns, each in constant or logarithmic time whatever the length of the line.

use codeproof_types::Position;

/// Bytes between two remembered character counts: at most this many are counted again for one column.
const STRIDE: usize = 256;

/// Lines and columns of one text.
pub(crate) struct Places<'t> {
    text: &'t str,
    line_starts: Vec<usize>,
    /// Characters that start before byte `index * STRIDE`; empty for ASCII text, where bytes are characters.
    characters: Vec<usize>,
}

impl<'t> Places<'t> {
    /// Indexes `text`. O(bytes).
    pub(crate) fn new(text: &'t str) -> Self {
        let mut line_starts = vec![0];
        line_starts.extend(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1));
        let characters = if text.is_ascii() { Vec::new() } else { count_characters(text.as_bytes()) };
        Self { text, line_starts, characters }
    }

    /// The 1-based line of a byte offset.
    pub(crate) fn line(&self, offset: usize) -> u32 {
        let line = self.line_starts.partition_point(|&start| start <= offset.min(self.text.len()));
        u32::try_from(line.max(1)).unwrap_or(u32::MAX)
    }

    /// The last line that `start..end` touches, blanks at its end not counted.
    pub(crate) fn last_line(&self, start: usize, end: usize) -> u32 {
        let end = end.min(self.text.len());
        let bytes = self.text.as_bytes().get(start..end).unwrap_or_default();
        self.line(start + bytes.trim_ascii_end().len().saturating_sub(1))
    }

    /// The line and column of a byte offset.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.line(offset);
        let start = self.line_starts.get(line as usize - 1).copied().unwrap_or_default();
        let column = self.characters_before(offset) - self.characters_before(start) + 1;
        Position { line, column: u32::try_from(column).unwrap_or(u32::MAX) }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let Some(counted) = self.characters.get(offset / STRIDE) else { return offset };
        let since = offset / STRIDE * STRIDE;
        counted + self.text.as_bytes()[since..offset].iter().filter(|byte| starts_character(**byte)).count()
    }
}

fn count_characters(bytes: &[u8]) -> Vec<usize> {
    let mut total = 0;
    let mut counts = vec![0];
    for stride in bytes.chunks(STRIDE) {
        total += stride.iter().filter(|byte| starts_character(**byte)).count();
        counts.push(total);
    }
    counts
}

/// Whether `byte` is not a continuation byte of UTF-8.
fn starts_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

#[cfg(test)]
mod tests {
    use super::*;
    use codeproof_types::LineIndex;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_the_line_index(text in "(a|é|漢|\r|\n|bbbbbbbbbbbbbbbbbbbbbbbbbbb){0,80}") {
            let places = Places::new(&text);
            let lines = LineIndex::new(&text);
            for (offset, _) in text.char_indices() {
                prop_assert_eq!(places.position(offset), lines.position(&text, offset));
            }
        }
    }
}
