//! Copies what is kept out of the original's text: its own formatting and comments, never anything written anew but a
//! `pass` where a block has become empty.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{ExceptHandler, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::facts::Removed;
use super::program::{NodeId, Program};
use super::tails::{Left, Tails};
use codeproof_python::Module;

/// Text with where each part of it was in the original.
#[derive(Clone, Debug, Default)]
pub(crate) struct Copied {
    pub(crate) text: String,
    /// Start and end in the original, start in the text; in the order of the text.
    pieces: Vec<(u32, u32, usize)>,
}

impl Copied {
    /// Where a place of the original is in the text.
    pub(crate) fn place(&self, offset: u32) -> Option<usize> {
        let holds = |(from, to, _): &&(u32, u32, usize)| *from <= offset && offset <= *to;
        self.pieces.iter().find(holds).map(|(from, _, at)| at + (offset - from) as usize)
    }

    /// Where the text of the original that begins at a place begins in the text.
    pub(crate) fn start(&self, offset: u32) -> Option<usize> {
        let holds = |(from, to, _): &&(u32, u32, usize)| *from <= offset && offset < *to;
        self.pieces.iter().find(holds).map(|(from, _, at)| at + (offset - from) as usize)
    }

    /// One line: text of our own, then text that stood somewhere in the original.
    pub(super) fn new(own: &str, copied: &str, range: (u32, u32)) -> Self {
        Self { text: format!("{own}{copied}\n"), pieces: vec![(range.0, range.1, own.len())] }
    }

    pub(super) fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }
}

pub(super) struct Copier<'p, 'a> {
    pub(super) module: &'a Module,
    pub(super) program: &'p Program<'a>,
    pub(super) kept: &'p [bool],
    pub(super) removed: &'p Removed,
    /// Where the scanner starts whose results are kept as they come, when the program does not keep them.
    pub(super) recorded: Option<u32>,
    /// What is left of statements.
    pub(super) tails: &'p Tails<'a>,
    /// A line behind the scanner's statement, and where that one starts: what keeps the table with its flag.
    pub(super) behind: Option<(u32, String)>,
    /// Text in quotes that goes over several lines: its lines are not moved.
    strings: Vec<TextRange>,
}

/// What keeps the results that callers of a scanner get, and those it returns itself; see `templates/recorder.py`.
pub(crate) const GIVEN: &str = "recorder(GIVEN)";
pub(crate) const RETURNED: &str = "recorder(RETURNED)";

/// Spaces of one level.
const INDENT: &str = "    ";

impl<'p, 'a> Copier<'p, 'a> {
    pub(super) fn new(
        module: &'a Module,
        program: &'p Program<'a>,
        kept: &'p [bool],
        removed: &'p Removed,
        tails: &'p Tails<'a>,
    ) -> Self {
        Self {
            module,
            program,
            kept,
            removed,
            recorded: None,
            tails,
            behind: None,
            strings: long_strings(module.parsed.tokens(), &module.text),
        }
    }

    /// A statement with what is kept of its blocks, and the comments above it.
    pub(super) fn statement(&self, id: NodeId, depth: usize, out: &mut Copied) {
        let node = &self.program.nodes[id];
        self.comments_above(node.statement, depth, out);
        let recorded = self.recorded.is_some_and(|start| start == node.statement.range().start().to_u32());
        let indent = INDENT.repeat(depth);
        if recorded && node.statement.is_function_def_stmt() {
            out.line(&format!("{indent}@{GIVEN}"));
        }
        self.without_comments(id, depth, out);
        if recorded && !node.statement.is_function_def_stmt() {
            node.facts.binds.iter().for_each(|name| out.line(&format!("{indent}{name} = {GIVEN}({name})")));
        }
        if let Some((_, line)) =
            self.behind.as_ref().filter(|(start, _)| *start == node.statement.range().start().to_u32())
        {
            out.line(&format!("{indent}{line}"));
        }
    }

    pub(super) fn without_comments(&self, id: NodeId, depth: usize, out: &mut Copied) {
        let node = &self.program.nodes[id];
        let range = node.statement.range();
        if let Some(left) = self.tails.left(node.statement) {
            self.left(left, range.start(), depth, out);
            return;
        }
        if let (Some(scope), Some(body)) = (node.opens, body_of(node.statement)) {
            self.header(range.start(), body, depth, range.start(), out);
            self.block(&self.program.scopes[scope].top, depth + 1, out);
            return;
        }
        if node.blocks.is_empty() {
            self.copy(range, range.start(), depth, out);
            self.rest_of_line(range.end(), out);
            out.text.push('\n');
            return;
        }
        self.compound(id, depth, out);
    }

    /// What is left of a statement.
    fn left(&self, left: Left<'_>, base: TextSize, depth: usize, out: &mut Copied) {
        let indent = INDENT.repeat(depth);
        match left {
            Left::Return(None) => out.line(&format!("{indent}return")),
            Left::Expression(part) | Left::Return(Some(part)) => {
                let word = if matches!(left, Left::Return(_)) { "return " } else { "" };
                out.text.push_str(&indent);
                out.text.push_str(word);
                self.copy_behind(part.range(), base, depth, out);
                out.text.push('\n');
            }
        }
    }

    fn compound(&self, id: NodeId, depth: usize, out: &mut Copied) {
        let node = &self.program.nodes[id];
        let start = node.statement.range().start();
        let bodies = super::facts::blocks(node.statement);
        let filled = |at: usize| node.blocks[at].iter().any(|inner| self.kept[*inner]);
        let last = (0..bodies.len()).rev().find(|at| filled(*at)).unwrap_or(0);
        for (at, body) in bodies.iter().enumerate() {
            if body.is_empty() {
                continue;
            }
            match (node.statement, at) {
                (_, 0) => self.header(start, body, depth, start, out),
                (Stmt::If(stmt), _) => {
                    if at > last {
                        break;
                    }
                    self.header(stmt.elif_else_clauses[at - 1].range().start(), body, depth, start, out);
                }
                (Stmt::Try(stmt), _) if at <= stmt.handlers.len() => {
                    let ExceptHandler::ExceptHandler(handler) = &stmt.handlers[at - 1];
                    self.header(handler.range().start(), body, depth, start, out);
                }
                (Stmt::Try(stmt), _) => {
                    let is_needed = stmt.handlers.is_empty() && at == bodies.len() - 1;
                    if !filled(at) && !is_needed {
                        continue;
                    }
                    let word = if at == stmt.handlers.len() + 1 { "else:" } else { "finally:" };
                    out.line(&format!("{}{word}", INDENT.repeat(depth)));
                }
                _ if !filled(at) => continue,
                _ => out.line(&format!("{}else:", INDENT.repeat(depth))),
            }
            self.block(&node.blocks[at], depth + 1, out);
        }
    }

    fn block(&self, ids: &[NodeId], depth: usize, out: &mut Copied) {
        let mut empty = true;
        let mut only_words = true;
        for (at, id) in ids.iter().enumerate() {
            let node = &self.program.nodes[*id];
            let is_docstring = at == 0
                && node.parent.is_none()
                && matches!(node.statement, Stmt::Expr(stmt) if is_docstring(&stmt.value));
            if !self.kept[*id] && !is_docstring {
                continue;
            }
            if !empty && self.blank_lines_above(node.statement) > 0 {
                out.text.push('\n');
            }
            self.statement(*id, depth, out);
            empty = false;
            only_words &= matches!(node.statement, Stmt::Global(_) | Stmt::Nonlocal(_));
        }
        if empty || only_words {
            out.line(&format!("{}pass", INDENT.repeat(depth)));
        }
    }

    /// The first line or lines of a compound statement, up to its colon.
    fn header(&self, start: TextSize, body: &[Stmt], depth: usize, base: TextSize, out: &mut Copied) {
        let Some(first) = body.first() else { return };
        let range = TextRange::new(start, first.range().start());
        let colon =
            self.module.parsed.tokens().in_range(range).iter().rev().find(|token| token.kind() == TokenKind::Colon);
        let end = colon.map_or(range.end(), Ranged::end);
        self.copy(TextRange::new(start, end), base, depth, out);
        self.rest_of_line(end, out);
        out.text.push('\n');
    }

    /// Copies a range without what is removed, moved to a depth.
    fn copy(&self, range: TextRange, base: TextSize, depth: usize, out: &mut Copied) {
        out.text.push_str(&INDENT.repeat(depth));
        self.copy_behind(range, base, depth, out);
    }

    /// The same behind what the line begins with.
    fn copy_behind(&self, range: TextRange, base: TextSize, depth: usize, out: &mut Copied) {
        let old = self.indent_of(base);
        let new = INDENT.repeat(depth);
        let mut at = range.start();
        let gone = self.removed.iter().map(|gone| (*gone, ""));
        let put = self.removed.texts().map(|(at, text)| (TextRange::empty(*at), text.as_str()));
        let mut changes: Vec<(TextRange, &str)> =
            gone.chain(put).filter(|(place, _)| range.contains_range(*place)).collect();
        changes.sort_by_key(|(place, _)| (place.start(), place.end()));
        for (place, instead) in changes {
            if place.start() > at {
                self.copy_part(TextRange::new(at, place.start()), &old, &new, out);
            }
            out.text.push_str(instead);
            at = at.max(place.end());
        }
        if at < range.end() {
            self.copy_part(TextRange::new(at, range.end()), &old, &new, out);
        }
    }

    fn copy_part(&self, range: TextRange, old: &str, new: &str, out: &mut Copied) {
        let source = &self.module.text;
        let mut at = range.start().to_usize();
        let end = range.end().to_usize();
        while at < end {
            let line_end = source[at..end].find(['\n', '\r']).map_or(end, |length| at + length);
            out.pieces.push((offset(at), offset(line_end), out.text.len()));
            out.text.push_str(&source[at..line_end]);
            at = line_end;
            if at >= end {
                break;
            }
            at += if source[at..].starts_with("\r\n") { 2 } else { 1 };
            out.text.push('\n');
            let inside =
                self.strings.iter().any(|string| string.start().to_usize() < at && at < string.end().to_usize());
            if !inside && at < end {
                match source[at..end].strip_prefix(old) {
                    Some(_) => {
                        at += old.len();
                        if !source[at..end].starts_with(['\n', '\r']) {
                            out.text.push_str(new);
                        }
                    }
                    None => {
                        let blank = source[at..end].len() - source[at..end].trim_start_matches([' ', '\t']).len();
                        at += blank;
                        if !source[at..end].starts_with(['\n', '\r']) {
                            out.text.push_str(new);
                        }
                    }
                }
            }
        }
    }

    /// A comment behind a statement.
    fn rest_of_line(&self, end: TextSize, out: &mut Copied) {
        let rest = &self.module.text[end.to_usize()..];
        let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
        let comment = line.trim_start_matches([' ', '\t', ';']);
        if comment.starts_with('#') {
            out.text.push_str("  ");
            out.text.push_str(comment.trim_end());
        }
    }

    /// Whether a comment stands behind a statement.
    pub(super) fn has_comment(&self, end: TextSize) -> bool {
        let rest = &self.module.text[end.to_usize()..];
        rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())].trim_start_matches([' ', '\t', ';']).starts_with('#')
    }

    /// Lines that are only a comment, directly above a statement.
    fn comments_above(&self, statement: &Stmt, depth: usize, out: &mut Copied) {
        for line in self.comment_lines(statement) {
            out.line(&format!("{}{line}", INDENT.repeat(depth)));
        }
    }

    pub(super) fn comment_lines(&self, statement: &Stmt) -> Vec<&'a str> {
        let lines = &self.module.lines;
        let mut line = lines.line(statement.range().start());
        let own = self.indent_of(statement.range().start());
        let before = &self.module.text[lines.start(line) as usize..statement.range().start().to_usize()];
        let mut found = Vec::new();
        while line > 1 && before.trim().is_empty() {
            line -= 1;
            let text = self.line_text(line);
            let inside = self.strings.iter().any(|string| string.contains(TextSize::new(lines.start(line))));
            if !text.trim_start().starts_with('#') || inside || is_switch(text) || !text.starts_with(own.as_str()) {
                break;
            }
            found.push(text.trim());
        }
        found.reverse();
        found
    }

    pub(super) fn blank_lines_above(&self, statement: &Stmt) -> usize {
        let comments = u32::try_from(self.comment_lines(statement).len()).unwrap_or(0);
        let first = self.module.lines.line(statement.range().start()).saturating_sub(comments);
        (1..first).rev().take_while(|line| self.line_text(*line).trim().is_empty()).count()
    }

    fn line_text(&self, line: u32) -> &'a str {
        let start = self.module.lines.start(line) as usize;
        let rest = &self.module.text[start..];
        &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())]
    }

    fn indent_of(&self, start: TextSize) -> String {
        let text = self.line_text(self.module.lines.line(start));
        text[..text.len() - text.trim_start_matches([' ', '\t', '\u{c}']).len()].to_owned()
    }
}

/// Text at the top of a function that is no code which was switched off.
fn is_docstring(value: &Expr) -> bool {
    let Expr::StringLiteral(literal) = value else { return false };
    let text = literal.value.to_str();
    !(text.contains("] = ") || text.contains("def ") || text.contains(" & (") || text.contains("return "))
}

/// A line that switches the text block above it off, `#'''`, and the file's first lines.
fn is_switch(line: &str) -> bool {
    let line = line.trim();
    line.contains("'''") || line.contains("\"\"\"") || line.starts_with("#!") || line.contains("coding:")
}

fn body_of(statement: &Stmt) -> Option<&[Stmt]> {
    match statement {
        Stmt::FunctionDef(definition) => Some(&definition.body),
        Stmt::ClassDef(definition) => Some(&definition.body),
        _ => None,
    }
}

fn long_strings(tokens: &Tokens, text: &str) -> Vec<TextRange> {
    let is_text =
        |kind: TokenKind| matches!(kind, TokenKind::String | TokenKind::FStringMiddle | TokenKind::TStringMiddle);
    let long = |range: &TextRange| text[range.to_std_range()].contains(['\n', '\r']);
    tokens.iter().filter(|token| is_text(token.kind())).map(Ranged::range).filter(long).collect()
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
