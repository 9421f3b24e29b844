//! Byte offsets to 1-based lines; a line ends with LF, CR LF or CR, as in Python.

use ruff_text_size::{TextRange, TextSize};

/// Where the lines of a text start.
#[derive(Clone, Debug)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    /// Finds the lines of a text of less than 4 GiB.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, &byte) in bytes.iter().enumerate() {
            let ends = byte == b'\n' || byte == b'\r' && bytes.get(at + 1) != Some(&b'\n');
            if ends {
                starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
            }
        }
        Self { starts }
    }

    /// The line an offset is on.
    pub fn line(&self, offset: TextSize) -> u32 {
        let before = self.starts.partition_point(|&start| start <= offset.to_u32());
        u32::try_from(before).unwrap_or(u32::MAX)
    }

    /// The line the last character of a range is on.
    pub fn last_line(&self, range: TextRange) -> u32 {
        let last = range.end().to_u32().saturating_sub(1).max(range.start().to_u32());
        self.line(TextSize::new(last))
    }

    /// Line and column of an offset, both 1-based; columns count bytes.
    pub fn place(&self, offset: TextSize) -> (u32, u32) {
        let line = self.line(offset);
        (line, offset.to_u32() - self.start(line) + 1)
    }

    /// Where a line starts; lines behind the last one start where it does.
    pub fn start(&self, line: u32) -> u32 {
        let at = (line.max(1) as usize - 1).min(self.starts.len() - 1);
        self.starts[at]
    }

    /// How many lines there are; a text that ends with a line break has an empty last one.
    pub fn count(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }
}
