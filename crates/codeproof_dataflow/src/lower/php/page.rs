//! Text outside of `<?php`: what a file emits by itself.

use super::Lowering;
use super::kinds::Kind;
use super::table::Table;
use crate::ir::{Bytes, Constant, Expr, StmtKind};

/// The texts outside of `<?php` in the order of the file. The grammar lets them stand between any two tokens, so they
/// are not looked for among the statements: each is emitted before the first statement that begins behind it.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    pieces: Vec<Bytes>,
    next: usize,
}

impl Pieces {
    /// Those of a file.
    pub(super) fn of(text: &str, table: &Table) -> Self {
        let root = table.root();
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let first = match table.child(root, Kind::PhpTag) {
            Some(tag) => table.bytes(tag).start,
            None if table.child(root, Kind::Text).is_some() => end,
            None => 0,
        };
        let mut pieces = vec![Bytes { start: end_of_interpreter_line(text), end: first }];
        pieces.extend(
            table
                .below(root)
                .filter(|at| table.kind(*at) == Kind::TextInterpolation)
                .map(|at| inside_of_tags(text, table.bytes(at))),
        );
        pieces.retain(|piece| piece.start < piece.end);
        Self { pieces, next: 0 }
    }

    fn next_before(&mut self, limit: u32) -> Option<Bytes> {
        let piece = *self.pieces.get(self.next).filter(|piece| piece.start < limit)?;
        self.next += 1;
        Some(piece)
    }
}

impl Lowering<'_> {
    /// Emits the texts that begin before `limit`.
    pub(super) fn output_pieces(&mut self, limit: u32) {
        while let Some(bytes) = self.pieces.next_before(limit).filter(|_| !self.is_halted) {
            let text = self.slice(bytes).into();
            let text = self.builder.expr(Expr::Constant(Constant::Str(text)), bytes);
            self.push(StmtKind::Output(text), bytes);
        }
    }

    /// Drops the texts that begin before `limit`: blanks between `switch` and its first case.
    pub(super) fn skip_pieces(&mut self, limit: u32) {
        while self.pieces.next_before(limit).is_some() {}
    }

    /// Whether `<?=` stands before this byte.
    pub(super) fn is_echoed(&self, start: u32) -> bool {
        let before = self.text.as_bytes().get(..start as usize).unwrap_or(b"");
        before.trim_ascii_end().ends_with(b"<?=")
    }
}

/// The end of a first line `#!…`, which is not emitted.
fn end_of_interpreter_line(text: &str) -> u32 {
    let end = if text.starts_with("#!") { text.find('\n').map_or(text.len(), |at| at + 1) } else { 0 };
    u32::try_from(end).unwrap_or(u32::MAX)
}

/// The text between `?>` and the next `<?php`; the line break right behind `?>` is not emitted.
fn inside_of_tags(text: &str, bytes: Bytes) -> Bytes {
    let all = text.as_bytes().get(bytes.start as usize..bytes.end as usize).unwrap_or(b"");
    let opened = all.strip_prefix(b"?>").unwrap_or(all);
    let opened = opened.strip_prefix(b"\r\n").or_else(|| opened.strip_prefix(b"\n")).unwrap_or(opened);
    let length = |text: &[u8]| u32::try_from(text.len()).unwrap_or(u32::MAX);
    Bytes { start: bytes.end - length(opened), end: bytes.end - length(closing_tag(opened)) }
}

/// The tag that a text between two tags ends with.
fn closing_tag(text: &[u8]) -> &[u8] {
    let size = [&b"<?php"[..], b"<?=", b"<?"]
        .into_iter()
        .find(|tag| text.len() >= tag.len() && text[text.len() - tag.len()..].eq_ignore_ascii_case(tag))
        .map_or(0, <[u8]>::len);
    &text[text.len() - size..]
}
