//! Tags that tie templates together: blocks, macros, and what is taken from other templates.

use super::expressions::Parser;
use super::scan::{Piece, Span};
use super::tags::{OPEN_MAX, OpenKind};
use super::tokens::TokenKind;
use super::{BLOCK, Template, bytes};
use crate::ir::{Argument, BodyId, BodyKind, Constant, Name, Parameter, ParameterKind, Stmt, StmtKind};

impl<'t> Template<'t> {
    /// A block is a body of its own, which the engine finds by its name.
    pub(super) fn open_block(&mut self, whole: Span, rest: Span) {
        let open = self.open.len();
        let mut parser = Parser::new(self, rest);
        let Some(name) = parser.take_name().filter(|_| open < OPEN_MAX) else { return };
        // Twig's `block title 'text'` needs no end.
        if !parser.is_done() && !matches!(parser.here(), "scoped" | "required") {
            let value = Span { start: parser.span_from(0).end, end: rest.end };
            self.block_body(whole, rest, name);
            let given = self.whole_expression(value);
            self.echo(whole, value, given);
            return self.close_innermost();
        }
        self.block_body(whole, rest, name);
    }

    fn block_body(&mut self, whole: Span, rest: Span, name: &str) {
        let constant = self.constant(Constant::Str(name.into()), rest);
        let call = self.engine("@block", &[constant], whole);
        self.put(whole, StmtKind::Eval(call));
        let name = self.builder.name(&format!("{BLOCK}{name}"));
        self.open_body(whole, "block", name);
    }

    fn open_body(&mut self, whole: Span, word: &str, name: Name) {
        let id = self.builder.enter(BodyKind::Function, name, bytes(whole));
        let body = self.builder.body();
        body.is_public = false;
        body.is_static = true;
        body.parent = Some(BodyId(0));
        self.open(whole, word, OpenKind::Body(id));
    }

    /// A macro is a function that adds to the page where it is called.
    pub(super) fn open_macro(&mut self, whole: Span, rest: Span) {
        if self.open.len() >= OPEN_MAX {
            return;
        }
        let mut parser = Parser::new(self, rest);
        let Some(name) = parser.take_name() else { return };
        let mut parameters = Vec::new();
        let mut depth = 0_usize;
        while !parser.is_done() {
            match parser.here() {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                // Names behind `(` and `,` are parameters, those behind `=` defaults.
                parameter
                    if depth == 1
                        && parser.kind_here() == Some(TokenKind::Name)
                        && matches!(parser.text_at(parser.at.saturating_sub(1)), "(" | ",") =>
                {
                    parameters.push(parameter);
                }
                _ => {}
            }
            parser.at += 1;
        }
        let name = self.builder.name(name);
        self.open_body(whole, "macro", name);
        for parameter in parameters {
            let name = self.builder.name(parameter);
            if self.builder.known_local(name).is_some() {
                continue;
            }
            self.builder.local(name);
            self.builder.body().parameters.push(Parameter {
                name,
                kind: ParameterKind::Plain,
                by_reference: false,
                default: None,
                declared_type: None,
                bytes: bytes(whole),
            });
        }
    }

    /// `call(x) macro(…)`: what stands in it is emitted behind the macro.
    pub(super) fn call_tag(&mut self, whole: Span, rest: Span) {
        let text = rest.of(self.text);
        let skipped = match text.starts_with('(') {
            true => text.find(')').map_or(text.len(), |end| end + 1),
            false => 0,
        };
        let called = Span { start: rest.start + skipped, end: rest.end };
        let given = self.whole_expression(called);
        self.put(whole, StmtKind::Eval(given.expr));
    }

    /// `include "name" with a=b only`, `include "name" ignore missing without context`, Twig's `with {…}`.
    pub(super) fn include(&mut self, whole: Span, rest: Span) {
        let mut parser = Parser::new(self, rest);
        let name = match parser.expression() {
            Some(name) => name,
            None => parser.unknown_from(0),
        };
        let behind = Span { start: parser.span_from(parser.at.saturating_sub(1)).end, end: rest.end };
        let words = behind.of(self.text);
        let is_only = words.ends_with(" only") || words.contains("without context");
        let mut arguments = vec![super::plain(name.expr)];
        if let Some(at) = words.find('{') {
            let table =
                self.whole_expression(Span { start: behind.start + at, end: behind.end - if is_only { 5 } else { 0 } });
            arguments.push(super::plain(table.expr));
        } else {
            for (name, given) in self.pairs(behind) {
                let name = self.builder.name(name);
                arguments.push(Argument { name: Some(name), value: given.expr, is_mapping: false });
            }
        }
        let call = self.engine_call(if is_only { "@include_only" } else { "@include" }, arguments, whole);
        self.put(whole, StmtKind::Eval(call));
    }

    pub(super) fn extends(&mut self, whole: Span, rest: Span) {
        if self.parent.is_none() && self.open.is_empty() {
            let name = self.whole_expression(rest);
            let call = self.engine("@extends", &[name.expr], whole);
            self.parent = Some(Stmt { bytes: bytes(whole), kind: StmtKind::Eval(call) });
        }
    }

    /// `import "name" as forms`.
    pub(super) fn import(&mut self, rest: Span) {
        let mut parser = Parser::new(self, rest);
        if let (Some(template), true) = (template_name(&mut parser), parser.take("as"))
            && let Some(name) = parser.take_name()
        {
            self.imported.insert(name, (template, None));
        }
    }

    /// `from "name" import field, label as other`.
    pub(super) fn from(&mut self, rest: Span) {
        let mut parser = Parser::new(self, rest);
        let Some(template) = template_name(&mut parser) else { return };
        if !parser.take("import") {
            return;
        }
        let mut bound = Vec::new();
        while let Some(name) = parser.take_name().filter(|name| *name != "with" && *name != "without") {
            let binds = if parser.take("as") { parser.take_name() } else { Some(name) };
            bound.extend(binds.map(|binds| (binds, name)));
            parser.take(",");
        }
        for (binds, name) in bound {
            self.imported.insert(binds, (template.clone(), Some(name)));
        }
    }
}

/// The name of the macro that a piece begins.
pub(super) fn defined_macro<'t>(piece: &Piece, text: &'t str) -> Option<&'t str> {
    let Piece::Tag { inner, .. } = piece else { return None };
    let rest = text.get(inner.start..inner.end)?.strip_prefix("macro")?;
    let name = rest.trim_start();
    let size = name.find(|char: char| !(char.is_alphanumeric() || char == '_')).unwrap_or(name.len());
    (name.len() < rest.len() && size > 0).then(|| &name[..size])
}

/// The constant name of a template.
fn template_name(parser: &mut Parser<'_, '_>) -> Option<String> {
    let is_text = parser.kind_here() == Some(TokenKind::Text);
    let name = is_text.then(|| super::tokens::unquoted(parser.here()))?;
    parser.at += 1;
    Some(name)
}
