//! A template's parts: text, echoes, directives, code. No PHP is read here but for its quotes and brackets.

use super::directives::meaning;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Emitted as it stands.
    Text(Span),
    /// `<?php … ?>`, tags included.
    Php(Span),
    /// `<?php …` up to the end of the template.
    OpenPhp(Span),
    /// A place between two texts where PHP would see a tag that Blade does not (`<?xml`).
    Cut(usize),
    /// `{{ … }}` and `{!! … !!}`.
    Echo { whole: Span, value: Span, is_escaped: bool },
    /// `@php … @endphp`.
    Code { whole: Span, code: Span },
    /// `@name` or `@name(arguments)`.
    Directive { whole: Span, name: Span, arguments: Option<Span> },
}

/// The parts of a template in their order. Comments are none.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut scanner = Scanner { text, pieces: Vec::new(), text_start: 0, unclosed: [false; ECHOES.len()], wasted: 0 };
    let mut at = 0;
    while let Some(offset) = text[at..].find(['{', '@', '<']) {
        at = scanner.special(at + offset);
    }
    scanner.end_text(text.len());
    scanner.pieces
}

/// What opens and closes a value that is emitted, and whether it is escaped; longer ones first.
const ECHOES: [(&str, &str, bool); 3] = [("{!!", "!!}", false), ("{{{", "}}}", true), ("{{", "}}", true)];

/// How often the whole text may be gone through for parentheses that are not closed; after that, no directive has
/// arguments.
const UNCLOSED_MAX: usize = 64;

struct Scanner<'t> {
    text: &'t str,
    pieces: Vec<Piece>,
    /// Where the text began that is not yet a part.
    text_start: usize,
    /// Which of [`ECHOES`] are not closed any more from here on.
    unclosed: [bool; ECHOES.len()],
    /// Bytes gone through for parentheses that are not closed.
    wasted: usize,
}

impl Scanner<'_> {
    /// Reads what may begin at a sign that is special; gives where to go on.
    fn special(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        match rest.as_bytes()[0] {
            b'{' => self.braces(at, rest),
            b'<' => self.tag(at, rest),
            _ => self.at_sign(at, rest),
        }
    }

    fn end_text(&mut self, end: usize) {
        if self.text_start < end {
            self.pieces.push(Piece::Text(Span { start: self.text_start, end }));
        }
        self.text_start = end;
    }

    /// Adds a part that ends the text before it.
    fn add(&mut self, whole: Span, piece: Option<Piece>) -> usize {
        self.end_text(whole.start);
        self.pieces.extend(piece);
        self.text_start = whole.end;
        whole.end
    }

    fn braces(&mut self, at: usize, rest: &str) -> usize {
        if rest.starts_with("{{--") {
            let end = rest.find("--}}").map_or(self.text.len(), |end| at + end + 4);
            return self.add(Span { start: at, end }, None);
        }
        for (number, (open, close, is_escaped)) in ECHOES.into_iter().enumerate() {
            let Some(inside) = rest.strip_prefix(open).filter(|_| !self.unclosed[number]) else { continue };
            let Some(end) = inside.find(close) else {
                self.unclosed[number] = true;
                continue;
            };
            let start = at + open.len();
            let whole = Span { start: at, end: start + end + close.len() };
            let value = Span { start, end: start + inside[..end].trim_end_matches([';', ' ', '\n', '\t']).len() };
            return self.add(whole, Some(Piece::Echo { whole, value, is_escaped }));
        }
        at + 1
    }

    fn tag(&mut self, at: usize, rest: &str) -> usize {
        if !rest.starts_with("<?") {
            return at + 1;
        }
        let is_php = rest.get(..5).is_some_and(|tag| tag.eq_ignore_ascii_case("<?php")) || rest.starts_with("<?=");
        if !is_php {
            self.end_text(at + 1);
            self.pieces.push(Piece::Cut(at + 1));
            return at + 1;
        }
        match rest.find("?>") {
            Some(end) => {
                let whole = Span { start: at, end: at + end + 2 };
                self.add(whole, Some(Piece::Php(whole)))
            }
            None => {
                let whole = Span { start: at, end: self.text.len() };
                self.add(whole, Some(Piece::OpenPhp(whole)))
            }
        }
    }

    fn at_sign(&mut self, at: usize, rest: &str) -> usize {
        let behind = &rest[1..];
        // `@{{ … }}`, `@@if`: the text without its first sign.
        for (open, close) in [("{{", "}}"), ("{!!", "!!}")] {
            if behind.starts_with(open) {
                let end = behind.find(close).map_or(self.text.len(), |end| at + 1 + end + close.len());
                self.add(Span { start: at, end: at + 1 }, None);
                return end;
            }
        }
        if behind.starts_with('@') {
            self.add(Span { start: at, end: at + 1 }, None);
            return at + 2;
        }
        let is_inside_word = self.text[..at].ends_with(|char: char| char.is_alphanumeric() || char == '_');
        let size = behind.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        if is_inside_word || size == 0 {
            return at + 1;
        }
        let name = Span { start: at + 1, end: at + 1 + size };
        self.named(name)
    }

    fn named(&mut self, name: Span) -> usize {
        let (at, text) = (name.start - 1, self.text);
        let behind = &text[name.end..];
        let blanks = behind.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let is_known = matches!(name.of(text), "verbatim" | "php")
            || meaning(name.of(text), true).is_some()
            || meaning(name.of(text), false).is_some();
        if !is_known {
            return name.end;
        }
        let arguments = self.arguments(name.end + blanks);
        match (name.of(text), arguments) {
            ("verbatim", _) => {
                let end = behind.find("@endverbatim").map_or(text.len(), |end| name.end + end);
                self.add(Span { start: at, end: name.end }, None);
                self.end_text(end);
                self.text_start = (end + "@endverbatim".len()).min(text.len());
                self.text_start
            }
            ("php", None) => match behind.find("@endphp") {
                Some(end) => {
                    let code = Span { start: name.end, end: name.end + end };
                    let whole = Span { start: at, end: code.end + "@endphp".len() };
                    self.add(whole, Some(Piece::Code { whole, code }))
                }
                None => name.end,
            },
            (known, arguments) if meaning(known, arguments.is_some()).is_some() => {
                let end = arguments.map_or(name.end, |arguments| arguments.end + 1);
                let whole = Span { start: at, end };
                self.add(whole, Some(Piece::Directive { whole, name, arguments }))
            }
            _ => name.end,
        }
    }

    /// What stands in the parentheses that begin at `at`.
    fn arguments(&mut self, at: usize) -> Option<Span> {
        let inside = self.text.get(at..)?.strip_prefix('(')?;
        if self.wasted > UNCLOSED_MAX * self.text.len() {
            return None;
        }
        let mut depth = 1_usize;
        let end = brackets(inside, |byte| {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        if end.is_none() {
            self.wasted += inside.len();
        }
        end.map(|end| Span { start: at + 1, end: at + 1 + end })
    }
}

/// Whether every bracket and quote of a piece of PHP is closed in it, and no tag ends it.
pub(super) fn is_whole(code: &str) -> bool {
    let mut open: Vec<u8> = Vec::new();
    let mut is_closed = true;
    brackets(code, |byte| {
        let matching = match byte {
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            _ => {
                open.push(byte);
                return false;
            }
        };
        is_closed &= open.pop() == Some(matching);
        !is_closed
    });
    is_closed && open.is_empty() && !code.contains("?>") && quotes_are_closed(code)
}

/// Gives each bracket outside of quotes to `visit` until it says that this is the one; gives where that is.
fn brackets(code: &str, mut visit: impl FnMut(u8) -> bool) -> Option<usize> {
    let bytes = code.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\'' | b'"' => at = end_of_quote(bytes, at)?,
            b'(' | b')' | b'[' | b']' | b'{' | b'}' if visit(*byte) => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn quotes_are_closed(code: &str) -> bool {
    let bytes = code.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if matches!(byte, b'\'' | b'"') {
            match end_of_quote(bytes, at) {
                Some(end) => at = end,
                None => return false,
            }
        }
        at += 1;
    }
    true
}

/// Where the quote that opens at `at` is closed.
fn end_of_quote(bytes: &[u8], at: usize) -> Option<usize> {
    let quote = bytes[at];
    let mut next = at + 1;
    loop {
        match bytes.get(next)? {
            b'\\' => next += 2,
            byte if *byte == quote => return Some(next),
            _ => next += 1,
        }
    }
}
