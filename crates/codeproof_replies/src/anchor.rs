//! Where a quoted snippet stands in the chunk a model was shown: a claimed line is believed only inside the chunk, and
//! the snippet beats it.

use crate::context::{CodeContext, code_lines};
use crate::values::LineRange;

/// Shorter snippets, without blanks, stand everywhere.
const MIN_SNIPPET_BYTES: usize = 4;

/// Bytes searched for one answer: far more than any chunk needs, and a bound for hostile ones.
const SEARCH_BYTES_MAX: usize = 16 << 20;

/// Places of a snippet that are looked at.
const PLACES_MAX: usize = 64;

/// The chunk, without blanks.
#[derive(Debug)]
pub(crate) struct Chunk {
    lines: Option<(u32, u32)>,
    packed: String,
    /// Byte in `packed` at which each line starts.
    starts: Vec<usize>,
    first_line: u32,
    budget: usize,
}

impl Chunk {
    pub(crate) fn new(context: &CodeContext) -> Self {
        let code = context.plain_code();
        let mut packed = String::with_capacity(code.len());
        let mut starts = Vec::new();
        for line in code_lines(&code) {
            starts.push(packed.len());
            packed.extend(line.chars().filter(|char| !char.is_whitespace()));
        }
        Self {
            lines: context.lines(),
            packed,
            starts,
            first_line: context.start_line.unwrap_or(1),
            budget: SEARCH_BYTES_MAX,
        }
    }

    /// The lines to believe: the claimed ones if they are in the chunk and the snippet is there or nowhere; else the
    /// place of the snippet nearest to them; else none.
    pub(crate) fn anchor(&mut self, claimed: Option<LineRange>, snippet: &str) -> Option<LineRange> {
        let Some((first, last)) = self.lines else { return claimed };
        let inside = claimed
            .filter(|range| (first..=last).contains(&range.first))
            .map(|range| LineRange { first: range.first, last: range.last.min(last) });
        let places = self.places(snippet);
        let near = claimed.map_or(first, |range| range.first);
        let Some(best) = places.iter().min_by_key(|place| place.first.abs_diff(near)).copied() else { return inside };
        match inside {
            Some(range) if (range.first..=range.last).contains(&best.first) => Some(range),
            // The snippet may start above the line that matters.
            Some(range) if (best.first..=best.last).contains(&range.first) => Some(range),
            _ => Some(best),
        }
    }

    fn places(&mut self, snippet: &str) -> Vec<LineRange> {
        let snippet: String = snippet.chars().filter(|char| !char.is_whitespace()).collect();
        if snippet.len() < MIN_SNIPPET_BYTES || self.packed.len() > self.budget {
            return Vec::new();
        }
        self.budget -= self.packed.len();
        let line_of = |byte: usize| {
            // Blank lines start where the next line does; the last of those is the one that holds the byte.
            let index = self.starts.partition_point(|start| *start <= byte).saturating_sub(1);
            self.first_line.saturating_add(u32::try_from(index).unwrap_or(u32::MAX))
        };
        let place = |(at, _)| LineRange { first: line_of(at), last: line_of(at + snippet.len() - 1) };
        self.packed.match_indices(snippet.as_str()).take(PLACES_MAX).map(place).collect()
    }
}
