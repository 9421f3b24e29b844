//! A copy of a text that keeps its length and lines while parts of it are painted over.

use std::ops::Range;

/// The copy; made when the first byte changes.
pub(super) struct Canvas<'t> {
    text: &'t str,
    painted: Option<Vec<u8>>,
}

impl<'t> Canvas<'t> {
    /// Starts as `text`.
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, painted: None }
    }

    /// Writes spaces over `range`; line ends stay.
    pub(super) fn blank(&mut self, range: Range<usize>) {
        for byte in &mut self.bytes()[range] {
            if !matches!(*byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }

    /// Writes one ASCII byte over another.
    pub(super) fn put(&mut self, at: usize, byte: u8) {
        self.bytes()[at] = byte;
    }

    /// Writes one ASCII byte over each of `range`.
    pub(super) fn fill(&mut self, range: Range<usize>, byte: u8) {
        self.bytes()[range].fill(byte);
    }

    /// Writes ASCII bytes over others.
    pub(super) fn put_all(&mut self, at: usize, bytes: &[u8]) {
        self.bytes()[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn bytes(&mut self) -> &mut Vec<u8> {
        self.painted.get_or_insert_with(|| self.text.as_bytes().to_vec())
    }

    /// The changed text; `None` when nothing was painted.
    pub(super) fn finish(self) -> Option<String> {
        // Whole tokens are painted over, so that no character is cut; a text where one was would be of no use.
        String::from_utf8(self.painted?).ok()
    }
}
