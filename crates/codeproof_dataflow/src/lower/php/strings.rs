//! Strings of all kinds, and the `.` chains they stand in.

use super::Lowering;
use super::kinds::Kind;
use super::table::At;
use super::unescape::{Quote, unescape, unescape_single_quoted};
use crate::ir::{Bytes, Constant, Expr, ExprId};

/// How the literal parts of a string are read.
#[derive(Debug, Clone, Copy)]
struct Literal {
    quote: Quote,
    /// Blanks that are taken off the beginning of each line.
    indentation: usize,
}

impl Lowering<'_> {
    /// A text of parts: a `.` chain, `"…$x…"`, a here-document.
    pub(super) fn text(&mut self, at: At) -> ExprId {
        let mut parts = Vec::new();
        self.text_parts(at, &mut parts);
        match parts.as_slice() {
            [part] if matches!(self.builder.body().expr(*part), Expr::Constant(Constant::Str(_))) => *part,
            _ => self.add(Expr::Text(parts.into()), at),
        }
    }

    /// Adds the parts of a text to `parts`, from left to right; chains are walked along, whatever their parentheses.
    pub(super) fn text_parts(&mut self, at: At, parts: &mut Vec<ExprId>) {
        let table = self.table;
        let mut rest = vec![at];
        while let Some(next) = rest.pop() {
            let next = table.inside(next);
            match table.kind(next) {
                Kind::EncapsedString => self.double_quoted(next, parts),
                Kind::Heredoc => self.heredoc(next, parts),
                Kind::Binary => match self.operands(next) {
                    Some((left, Kind::Concat, right)) => rest.extend([right, left]),
                    _ => parts.push(self.expr(next)),
                },
                _ => parts.push(self.expr(next)),
            }
        }
    }

    /// `'…'`.
    pub(super) fn single_quoted(&mut self, at: At) -> ExprId {
        let written = self.text_of(at).trim_start_matches(['b', 'B']);
        let inside = written.strip_prefix('\'').unwrap_or(written);
        let inside = inside.strip_suffix('\'').unwrap_or(inside);
        let text = unescape_single_quoted(inside);
        self.add(Expr::Constant(Constant::Str(text)), at)
    }

    fn double_quoted(&mut self, at: At, parts: &mut Vec<ExprId>) {
        let bytes = self.table.bytes(at);
        let prefix = u32::from(self.text_of(at).starts_with(['b', 'B']));
        let inside = Bytes { start: bytes.start + prefix + 1, end: bytes.end.saturating_sub(1) };
        self.interpolated(at, at, inside, Literal { quote: Quote::Double, indentation: 0 }, parts);
    }

    /// `` `…` ``.
    pub(super) fn shell_command(&mut self, at: At) -> ExprId {
        let bytes = self.table.bytes(at);
        let inside = Bytes { start: bytes.start + 1, end: bytes.end.saturating_sub(1) };
        let mut parts = Vec::new();
        self.interpolated(at, at, inside, Literal { quote: Quote::Backtick, indentation: 0 }, &mut parts);
        let text = self.builder.expr(Expr::Text(parts.into()), inside);
        self.add(Expr::Command(text), at)
    }

    fn heredoc(&mut self, at: At, parts: &mut Vec<ExprId>) {
        let (inside, indentation) = document(self.text, self.table.bytes(at));
        let body = self.table.child(at, Kind::HeredocBody).unwrap_or(at);
        self.interpolated(at, body, inside, Literal { quote: Quote::Document, indentation }, parts);
    }

    pub(super) fn nowdoc(&mut self, at: At) -> ExprId {
        let (inside, indentation) = document(self.text, self.table.bytes(at));
        let text = unindented(self.slice(inside), indentation, true).into();
        self.add(Expr::Constant(Constant::Str(text)), at)
    }

    /// Adds the literal and other parts of the text in `inside`; the others are children of `body`.
    fn interpolated(&mut self, at: At, body: At, inside: Bytes, literal: Literal, parts: &mut Vec<ExprId>) {
        let table = self.table;
        let before = parts.len();
        let mut from = inside.start;
        let children = table.children(body).filter(|child| {
            let bytes = table.bytes(*child);
            let is_part = !matches!(table.kind(*child), Kind::Error | Kind::HeredocStart | Kind::HeredocEnd);
            is_part && bytes.start >= inside.start && bytes.end <= inside.end
        });
        for child in children {
            let bytes = table.bytes(child);
            let braced = self.braced(bytes, from, inside.end);
            let outside = braced.unwrap_or(bytes);
            self.literal(Bytes { start: from, end: outside.start }, from == inside.start, literal, parts);
            parts.push(if braced.is_some() { self.expr(child) } else { self.simple_part(child) });
            from = outside.end.max(from);
        }
        self.literal(Bytes { start: from, end: inside.end }, from == inside.start, literal, parts);
        if parts.len() == before {
            parts.push(self.add(Expr::Constant(Constant::Str("".into())), at));
        }
    }

    fn literal(&mut self, bytes: Bytes, is_first: bool, literal: Literal, parts: &mut Vec<ExprId>) {
        let text = self.slice(bytes);
        if text.is_empty() {
            return;
        }
        let text = if literal.indentation == 0 {
            unescape(text, literal.quote)
        } else {
            unescape(&unindented(text, literal.indentation, is_first), literal.quote)
        };
        // The indentation of a line that begins with a variable.
        if !text.is_empty() {
            parts.push(self.builder.expr(Expr::Constant(Constant::Str(text)), bytes));
        }
    }

    /// The bytes of `{$…}` around an expression that stands in one.
    fn braced(&self, inner: Bytes, from: u32, end: u32) -> Option<Bytes> {
        let text = self.text.as_bytes();
        let start = inner.start.checked_sub(1).filter(|start| *start >= from)?;
        if text.get(start as usize) != Some(&b'{') || text.get(inner.start as usize) != Some(&b'$') {
            return None;
        }
        let behind = text.get(inner.end as usize..end as usize)?;
        let brace = behind.iter().position(|byte| *byte == b'}')?;
        let end = inner.end + u32::try_from(brace).ok()? + 1;
        Some(Bytes { start, end })
    }

    /// `$a`, `$a[key]`, `$a->b`, `${a}` in a string, where names are no constants.
    fn simple_part(&mut self, at: At) -> ExprId {
        let table = self.table;
        match table.kind(at) {
            Kind::Subscript => self.simple_element(at),
            Kind::DynamicVariable => match table.first(at) {
                Some(name) if table.kind(name) == Kind::Name => self.named_variable(name),
                Some(element) if table.kind(element) == Kind::Subscript => self.simple_element(element),
                _ => self.expr(at),
            },
            _ => self.expr(at),
        }
    }

    fn simple_element(&mut self, at: At) -> ExprId {
        let (Some(object), Some(index)) = self.item(at) else { return self.unknown(at) };
        let object = match self.table.kind(object) {
            Kind::Name => self.named_variable(object),
            _ => self.expr(object),
        };
        let index = match self.table.kind(index) {
            Kind::Name => self.add(Expr::Constant(Constant::Str(self.text_of(index).into())), index),
            _ => self.expr(index),
        };
        self.add(Expr::Index(object, index), at)
    }

    fn named_variable(&mut self, name: At) -> ExprId {
        let variable = self.variable(self.text_of(name));
        self.add(variable.expr(), name)
    }
}

/// The text between the lines `<<<NAME` and `NAME`, and how far `NAME` is indented.
fn document(text: &str, bytes: Bytes) -> (Bytes, usize) {
    let all = text.get(bytes.start as usize..bytes.end as usize).unwrap_or("");
    let first = all.find('\n').map_or(all.len(), |at| at + 1);
    let last = all.rfind('\n').map_or(all.len(), |at| at + 1);
    let indentation = all[last..].len() - all[last..].trim_start_matches([' ', '\t']).len();
    // The line break before the last line is no part of the text; an empty document has only one.
    let content = all[..last].strip_suffix('\n').unwrap_or("");
    let end = content.strip_suffix('\r').unwrap_or(content).len().max(first.min(content.len()));
    let place = |offset: usize| bytes.start + u32::try_from(offset).unwrap_or(0);
    if end <= first {
        return (Bytes { start: place(first), end: place(first) }, indentation);
    }
    (Bytes { start: place(first), end: place(end) }, indentation)
}

/// The text without that many blanks at the beginning of each line; the first line is one when `is_first`.
fn unindented(text: &str, indentation: usize, is_first: bool) -> String {
    let mut result = String::with_capacity(text.len());
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let is_line = index > 0 || is_first;
        let blanks = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count().min(indentation);
        result.push_str(if is_line { &line[blanks..] } else { line });
    }
    result
}
