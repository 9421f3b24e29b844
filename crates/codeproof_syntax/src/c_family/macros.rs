//! Facts of preprocessor lines, from the text: preparation may hide them from the tree.

use std::borrow::Cow;

use codeproof_types::{CallKind, HintSource, SymbolKind};

use super::tokens::{Directive, Token, TokenKind, tokens};
use crate::collector::{Collector, Definition, HintScope};

/// Adds what a preprocessor line includes or defines.
pub(super) fn add_directive(directive: &Token, facts: &mut Collector<'_>) {
    let text = facts.slice(directive.range.start, directive.range.end);
    let line = text.trim_start_matches('#').trim_start();
    let rest = line.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '_').trim_start();
    match directive.kind {
        TokenKind::Directive(Directive::Include) => include(directive.range.start, rest, facts),
        TokenKind::Directive(Directive::Define) => define(directive, rest, facts),
        _ => {}
    }
}

fn include(at: usize, target: &str, facts: &mut Collector<'_>) {
    let closing = match target.as_bytes().first() {
        Some(b'"') => '"',
        Some(b'<') => '>',
        _ => return,
    };
    if let Some((header, _)) = target[1..].split_once(closing) {
        facts.import(at, header, "", None, u32::from(closing == '"'));
    }
}

fn define(directive: &Token, rest: &str, facts: &mut Collector<'_>) {
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    let parameters = if after.starts_with('(') { after.find(')').map_or(after.len(), |at| at + 1) } else { 0 };
    let head_end = directive.range.end - after.len() + parameters;
    facts.define(Definition {
        kind: SymbolKind::Macro,
        name: Cow::Owned(name.to_owned()),
        qualified_name: name.to_owned(),
        parent: None,
        decorated_start: directive.range.start,
        start: directive.range.start,
        head_end,
        end: directive.range.end,
        visibility: None,
        is_static: false,
        doc: None,
    });
    body(&after[parameters..], directive.range.end, parameters > 0, facts);
    facts.reach(directive.range.end);
}

/// What the text of a macro calls, or the name it stands for. `end` is where the text ends in the file.
fn body(text: &str, end: usize, has_parameters: bool, facts: &mut Collector<'_>) {
    let start = end - text.len();
    let tokens = tokens(text);
    let word = |at: usize| match tokens.get(at) {
        Some(token) if token.kind == TokenKind::Word => Some(&text[token.range.clone()]),
        _ => None,
    };
    if let ([only], false) = (tokens.as_slice(), has_parameters)
        && let Some(name) = word(0)
    {
        return facts.hint(HintScope::Innermost, start + only.range.start, "", name, HintSource::Value);
    }
    for at in 0..tokens.len() {
        let Some(name) = word(at).filter(|name| !is_operator(name)) else { continue };
        let is_member = at > 0 && (tokens[at - 1].is(b'.') || tokens[at - 1].is(b'>'));
        if !is_member && tokens.get(at + 1).is_some_and(|next| next.is(b'(')) {
            let arguments = count_arguments(&tokens[at + 2..]);
            facts.call(CallKind::Call, start + tokens[at].range.start, name, None, arguments);
        }
    }
}

/// How many arguments stand before the parenthesis that ends a call.
fn count_arguments(tokens: &[Token]) -> u32 {
    let (mut depth, mut commas, mut is_empty) = (0u32, 0, true);
    for token in tokens {
        match token.kind {
            TokenKind::Punctuation(b'(' | b'[' | b'{') => depth += 1,
            TokenKind::Punctuation(b')' | b']' | b'}') if depth == 0 => break,
            TokenKind::Punctuation(b')' | b']' | b'}') => depth -= 1,
            TokenKind::Punctuation(b',') if depth == 0 => commas += 1,
            _ => {}
        }
        is_empty = false;
    }
    if is_empty { 0 } else { commas + 1 }
}

/// Words that stand before parentheses without being called.
fn is_operator(word: &str) -> bool {
    const OPERATORS: [&str; 18] = [
        "if",
        "while",
        "for",
        "switch",
        "return",
        "sizeof",
        "do",
        "else",
        "typeof",
        "__typeof__",
        "_Alignof",
        "alignof",
        "defined",
        "__attribute__",
        "asm",
        "__asm__",
        "static_assert",
        "_Static_assert",
    ];
    OPERATORS.contains(&word)
}
