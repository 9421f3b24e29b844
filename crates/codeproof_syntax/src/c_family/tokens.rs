//! C and C++ text as tokens: comments left out, each preprocessor line one token.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// An identifier or keyword.
    Word,
    /// A number, string or character literal.
    Literal,
    /// One byte of punctuation.
    Punctuation(u8),
    /// A preprocessor line with its continuations, without comments behind it.
    Directive(Directive),
}

/// What a preprocessor line does, as far as preparation must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Directive {
    /// `#if`, `#ifdef`, `#ifndef`.
    If,
    /// `#elif`, `#elifdef`, `#elifndef`.
    ElseIf,
    /// `#else`.
    Else,
    /// `#endif`.
    EndIf,
    /// `#define`.
    Define,
    /// `#include`, `#include_next`, `#import`.
    Include,
    /// Any other.
    Other,
}

/// A token of a text.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: TokenKind,
    /// Its bytes.
    pub(super) range: Range<usize>,
}

impl Token {
    /// Whether it is this byte of punctuation.
    pub(super) fn is(&self, byte: u8) -> bool {
        self.kind == TokenKind::Punctuation(byte)
    }
}

/// Splits `text` into tokens. Total; O(bytes).
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { bytes: text.as_bytes(), at: 0, is_line_start: true };
    // One token for each four bytes is what C sources measure.
    let mut tokens = Vec::with_capacity(text.len() / 4);
    while let Some(token) = lexer.next_token() {
        tokens.push(token);
    }
    tokens
}

struct Lexer<'t> {
    bytes: &'t [u8],
    at: usize,
    /// Whether nothing but blanks and comments stands before `at` on its line.
    is_line_start: bool,
}

impl Lexer<'_> {
    fn next_token(&mut self) -> Option<Token> {
        self.skip_blanks();
        let start = self.at;
        let kind = match *self.bytes.get(start)? {
            b'#' if self.is_line_start => self.directive(),
            b'"' => self.quoted(b'"'),
            b'\'' => self.quoted(b'\''),
            byte if is_word_start(byte) => self.word(),
            byte if byte.is_ascii_digit() => self.number(),
            byte => {
                self.at += 1;
                TokenKind::Punctuation(byte)
            }
        };
        self.is_line_start = false;
        Some(Token { kind, range: start..self.at })
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn skip_blanks(&mut self) {
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'\n'), _) => {
                    self.is_line_start = true;
                    self.at += 1;
                }
                (Some(b' ' | b'\t' | b'\r' | 0x0b | 0x0c | 0), _) => self.at += 1,
                (Some(b'\\'), Some(b'\n' | b'\r')) => self.at += 2,
                (Some(b'/'), Some(b'/')) => self.skip_line_comment(),
                (Some(b'/'), Some(b'*')) => self.skip_block_comment(),
                // A byte order mark is three bytes that no rule needs.
                (Some(0xef), Some(0xbb)) if self.at == 0 => self.at += 3.min(self.bytes.len()),
                _ => return,
            }
        }
    }

    fn skip_line_comment(&mut self) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => return,
                b'\\' if self.continues_line() => self.at += self.continuation(),
                _ => self.at += 1,
            }
        }
    }

    fn skip_block_comment(&mut self) {
        let end = memchr::memmem::find(&self.bytes[self.at + 2..], b"*/");
        self.at = end.map_or(self.bytes.len(), |end| self.at + 2 + end + 2);
    }

    /// Whether a backslash stands here right before the line end.
    fn continues_line(&self) -> bool {
        matches!((self.peek(1), self.peek(2)), (Some(b'\n'), _) | (Some(b'\r'), Some(b'\n')))
    }

    fn continuation(&self) -> usize {
        if self.peek(1) == Some(b'\r') { 3 } else { 2 }
    }

    fn word(&mut self) -> TokenKind {
        let start = self.at;
        while self.peek(0).is_some_and(is_word_part) {
            self.at += 1;
        }
        let is_raw = matches!(&self.bytes[start..self.at], b"R" | b"LR" | b"uR" | b"UR" | b"u8R");
        match self.peek(0) {
            Some(b'"') if is_raw => self.raw_string(),
            Some(quote @ (b'"' | b'\'')) if matches!(&self.bytes[start..self.at], b"L" | b"u" | b"U" | b"u8") => {
                self.quoted(quote)
            }
            _ => TokenKind::Word,
        }
    }

    fn number(&mut self) -> TokenKind {
        while let Some(byte) = self.peek(0) {
            let is_separator = byte == b'\'' && self.peek(1).is_some_and(|next| next.is_ascii_alphanumeric());
            let is_exponent_sign =
                matches!(byte, b'+' | b'-') && matches!(self.bytes[self.at - 1], b'e' | b'E' | b'p' | b'P');
            if !(is_word_part(byte) || byte == b'.' || is_separator || is_exponent_sign) {
                break;
            }
            self.at += 1;
        }
        TokenKind::Literal
    }

    /// A literal up to its quote, or to the line end when it is not closed.
    fn quoted(&mut self, quote: u8) -> TokenKind {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.at += if self.continues_line() { self.continuation() } else { 2 },
                b'\n' => break,
                _ => {
                    self.at += 1;
                    if byte == quote {
                        break;
                    }
                }
            }
        }
        self.at = self.at.min(self.bytes.len());
        TokenKind::Literal
    }

    /// `R"delimiter(…)delimiter"`, the cursor on the quote.
    fn raw_string(&mut self) -> TokenKind {
        let rest = &self.bytes[self.at + 1..];
        let Some(open) = memchr::memchr(b'(', &rest[..rest.len().min(20)]) else { return self.quoted(b'"') };
        let closing = [b")", &rest[..open], b"\""].concat();
        let end = memchr::memmem::find(&rest[open..], &closing);
        self.at = end.map_or(self.bytes.len(), |end| self.at + 1 + open + end + closing.len());
        TokenKind::Literal
    }

    fn directive(&mut self) -> TokenKind {
        let start = self.at;
        let mut end = start;
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'\n', _) => break,
                (b'\\', _) if self.continues_line() => self.at += self.continuation(),
                (b'/', Some(b'*')) => self.skip_block_comment(),
                (b'/', Some(b'/')) => self.skip_line_comment(),
                (quote @ (b'"' | b'\''), _) => {
                    self.quoted(quote);
                    end = self.at;
                }
                _ => {
                    self.at += 1;
                    end = if byte.is_ascii_whitespace() { end } else { self.at };
                }
            }
        }
        // The comments behind it are no part of it.
        self.at = end;
        let line = &self.bytes[start..end];
        let word = line[1..].trim_ascii_start();
        let length = word.iter().take_while(|byte| is_word_part(**byte)).count();
        TokenKind::Directive(match &word[..length] {
            b"if" | b"ifdef" | b"ifndef" => Directive::If,
            b"elif" | b"elifdef" | b"elifndef" => Directive::ElseIf,
            b"else" => Directive::Else,
            b"endif" => Directive::EndIf,
            b"define" => Directive::Define,
            b"include" | b"include_next" | b"import" => Directive::Include,
            _ => Directive::Other,
        })
    }
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn is_word_part(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit()
}
