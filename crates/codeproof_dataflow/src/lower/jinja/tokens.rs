//! Words, numbers, texts and marks of the expressions in a template.

use super::scan::Span;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Name,
    Int,
    Float,
    /// Its quotes included.
    Text,
    /// One or two characters.
    Mark,
}

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// Marks of two characters.
const PAIRS: [&str; 9] = ["==", "!=", "<=", ">=", "//", "**", "??", "?:", "<>"];

/// The tokens of a part of `text`. Never fails: what is no word, number or text is a mark.
pub(super) fn tokens(text: &str, span: Span) -> Vec<Token> {
    let code = span.of(text);
    let bytes = code.as_bytes();
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let rest = &code[at..];
        let size_of = |is_part: fn(char) -> bool| rest.find(|char| !is_part(char)).unwrap_or(rest.len());
        let (kind, size) = match byte {
            b'\'' | b'"' => (TokenKind::Text, quoted(rest.as_bytes())),
            b'0'..=b'9' => {
                let whole = size_of(|char| char.is_ascii_digit() || char == '_');
                let is_member = tokens.last().is_some_and(|last| last.span.of(text) == ".");
                let fraction = rest[whole..]
                    .strip_prefix('.')
                    .map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
                if fraction > 0 && !is_member {
                    (TokenKind::Float, whole + 1 + fraction)
                } else {
                    (TokenKind::Int, whole)
                }
            }
            byte if *byte == b'_' || byte.is_ascii_alphabetic() || *byte >= 128 => {
                (TokenKind::Name, size_of(|char| char == '_' || char.is_alphanumeric()).max(1))
            }
            _ if PAIRS.iter().any(|pair| rest.starts_with(pair)) => (TokenKind::Mark, 2),
            _ => (TokenKind::Mark, 1),
        };
        let mut end = at + size;
        while !code.is_char_boundary(end) {
            end += 1;
        }
        tokens.push(Token { kind, span: Span { start: span.start + at, end: span.start + end } });
        at = end;
    }
    tokens
}

/// Bytes of the text that begins here with its quote.
fn quoted(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            byte if *byte == bytes[0] => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// What a text in quotes says.
pub(super) fn unquoted(text: &str) -> String {
    let quote = text.chars().next().unwrap_or('"');
    let inner = text.strip_prefix(quote).unwrap_or(text);
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    if !inner.contains('\\') {
        return inner.to_owned();
    }
    let mut said = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('n') => said.push('\n'),
                Some('t') => said.push('\t'),
                Some('r') => said.push('\r'),
                Some(other) => said.push(other),
                None => said.push('\\'),
            },
            char => said.push(char),
        }
    }
    said
}
