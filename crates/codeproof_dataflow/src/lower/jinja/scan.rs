//! A template's parts: text, what is emitted, tags. No expression is read here but for its quotes.

/// Bytes of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    /// The text there.
    pub(super) fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// Emitted as it stands.
    Text(Span),
    /// `{{ … }}`.
    Echo { whole: Span, inner: Span },
    /// `{% … %}`.
    Tag { whole: Span, inner: Span },
}

/// The parts of a template in their order. Comments are none.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut scanner =
        Scanner { text, pieces: Vec::new(), text_start: 0, unclosed: [false; 3], raw_unclosed: false, wasted: 0 };
    let mut at = 0;
    while let Some(offset) = text[at..].find('{') {
        at = scanner.brace(at + offset);
    }
    scanner.end_text(text.len());
    scanner.pieces
}

/// What closes `{{`, `{%` and `{#`.
const CLOSERS: [&str; 3] = ["}}", "%}", "#}"];

/// How often the whole text may be gone through for quotes that are not closed; after that, the first closer counts.
const WASTED_MAX: usize = 16;

struct Scanner<'t> {
    text: &'t str,
    pieces: Vec<Piece>,
    /// Where the text began that is not yet a part.
    text_start: usize,
    /// Which of [`CLOSERS`] do not come any more.
    unclosed: [bool; 3],
    /// A `{% raw %}` was not closed, so no later one is.
    raw_unclosed: bool,
    /// Bytes gone through for quotes that are not closed.
    wasted: usize,
}

impl Scanner<'_> {
    /// Reads what may begin at a brace; gives where to go on.
    fn brace(&mut self, at: usize) -> usize {
        let number = match self.text.as_bytes().get(at + 1) {
            Some(b'{') => 0,
            Some(b'%') => 1,
            Some(b'#') => 2,
            _ => return at + 1,
        };
        if self.unclosed[number] {
            return at + 1;
        }
        let start = at + 2;
        let Some(first) = self.text[start..].find(CLOSERS[number]).map(|offset| start + offset) else {
            self.unclosed[number] = true;
            return at + 1;
        };
        let end = if number == 2 { first } else { self.closer(start, first, CLOSERS[number]) };
        let whole = Span { start: at, end: end + 2 };
        self.end_text(at);
        self.text_start = whole.end;
        let inner = self.trimmed(start, end);
        match number {
            0 => self.pieces.push(Piece::Echo { whole, inner }),
            1 => return self.tag(whole, inner),
            _ => {}
        }
        whole.end
    }

    /// The first closer that stands in no quotes; the first of all when quotes are not closed.
    fn closer(&mut self, start: usize, first: usize, closer: &str) -> usize {
        let bytes = self.text.as_bytes();
        if !self.text[start..first].contains(['\'', '"']) || self.wasted > WASTED_MAX * bytes.len() {
            return first;
        }
        let mut quote = None;
        let mut at = start;
        while let Some(byte) = bytes.get(at) {
            match (quote, byte) {
                (Some(_), b'\\') => at += 1,
                (Some(open), byte) if open == *byte => quote = None,
                (None, b'\'' | b'"') => quote = Some(*byte),
                (None, _) if self.text.as_bytes()[at..].starts_with(closer.as_bytes()) => return at,
                // No quote goes over a line that far.
                (Some(_), b'\n') if at > first => break,
                _ => {}
            }
            at += 1;
        }
        self.wasted += at.saturating_sub(first);
        first
    }

    /// What stands between the marks, without those that trim blanks.
    fn trimmed(&self, start: usize, end: usize) -> Span {
        let inner = &self.text[start..end];
        let front = inner.trim_start_matches(['-', '+', '~']).trim_start();
        let kept = front.trim_end();
        let kept = kept.strip_suffix(['-', '+', '~']).unwrap_or(kept).trim_end();
        let start = start + (inner.len() - front.len());
        Span { start, end: start + kept.len() }
    }

    fn tag(&mut self, whole: Span, inner: Span) -> usize {
        let tag = inner.of(self.text);
        let name = tag.split(|char: char| !char.is_alphanumeric() && char != '_').next().unwrap_or_default();
        let is_alone = tag.len() == name.len();
        let closing = match name {
            "raw" if is_alone => "endraw",
            "verbatim" => "endverbatim",
            "comment" => "endcomment",
            _ => {
                self.pieces.push(Piece::Tag { whole, inner });
                return whole.end;
            }
        };
        let Some((end, behind)) = self.end_tag(whole.end, closing) else { return whole.end };
        if name != "comment" {
            self.end_text(end);
        }
        self.text_start = behind;
        behind
    }

    /// Where a tag of that name begins and ends.
    fn end_tag(&mut self, from: usize, name: &str) -> Option<(usize, usize)> {
        if self.raw_unclosed {
            return None;
        }
        let mut at = from;
        while let Some(start) = self.text[at..].find("{%").map(|offset| at + offset) {
            let inner = self.text[start + 2..].trim_start_matches(['-', '+', '~', ' ', '\t', '\n']);
            if let Some(rest) = inner.strip_prefix(name) {
                let rest_start = self.text.len() - rest.len();
                let end = rest.find("%}").map_or(self.text.len(), |offset| rest_start + offset + 2);
                return Some((start, end));
            }
            at = start + 2;
        }
        self.raw_unclosed = true;
        None
    }

    fn end_text(&mut self, end: usize) {
        if self.text_start < end {
            self.pieces.push(Piece::Text(Span { start: self.text_start, end }));
        }
        self.text_start = end;
    }
}
