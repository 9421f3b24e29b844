//! Facts of preprocessor lines, from the text: preparation may hide them from the tree.

use std::borrow::Cow;

use codeproof_types::SymbolKind;

use super::tokens::{Directive, Token, TokenKind};
use crate::collector::{Collector, Definition};

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
    facts.add(Definition {
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
}
