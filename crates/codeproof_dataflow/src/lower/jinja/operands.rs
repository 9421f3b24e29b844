//! Operands of expressions: names, literals, members and calls.

use super::expressions::{Given, Parser};
use super::tokens::{TokenKind, unquoted};
use super::{bytes, plain};
use crate::ir::{Argument, Constant, Expr, ExprId};

/// Functions of the template languages that give addresses, tokens and texts nobody outside chose.
fn is_harmless_function(name: &str) -> bool {
    matches!(
        name,
        "url_for"
            | "url"
            | "static"
            | "reverse"
            | "csrf_token"
            | "csrf_input"
            | "lipsum"
            | "caller"
            | "path"
            | "asset"
            | "get_csrf_token"
            | "form_start"
            | "form_end"
            | "csp_nonce"
            | "cycler"
            | "joiner"
    )
}

impl<'t> Parser<'_, 't> {
    /// A primary with its members, calls and filters.
    pub(super) fn operand(&mut self) -> Option<Given> {
        let first = self.at;
        let mut value = self.primary()?;
        loop {
            let is_text = self.kind_here() == Some(TokenKind::Text);
            value = match self.here() {
                _ if is_text => return Some(value),
                "." => self.member(first, value)?,
                "[" => self.item(first, value)?,
                "(" => {
                    self.at += 1;
                    let arguments = self.arguments()?;
                    self.call(first, value, &arguments)?
                }
                "|" => self.filtered(first, value)?,
                _ => return Some(value),
            };
        }
    }

    pub(super) fn member(&mut self, first: usize, object: Given) -> Option<Given> {
        self.at += 1;
        if self.kind_here() == Some(TokenKind::Int) {
            let number: i64 = self.here().parse().ok()?;
            let span = self.tokens.get(self.at)?.span;
            self.at += 1;
            let index = self.template.constant(Constant::Int(number), span);
            return self.node(first, Expr::Index(object.expr, index), &[object]);
        }
        let name = self.take_name()?;
        let name = self.template.name(name);
        self.node(first, Expr::Attribute(object.expr, name), &[object])
    }

    /// `a[b]`, `a[b:c]`.
    fn item(&mut self, first: usize, object: Given) -> Option<Given> {
        self.at += 1;
        let start = if self.here() == ":" { None } else { Some(self.expression()?) };
        if !self.take(":") {
            let index = start?;
            self.take("]").then_some(())?;
            return self.node(first, Expr::Index(object.expr, index.expr), &[object, index]);
        }
        let stop = if self.here() == "]" { None } else { Some(self.expression()?) };
        self.take("]").then_some(())?;
        let parts: Vec<Given> = [Some(object), start, stop].into_iter().flatten().collect();
        let of = |part: Option<Given>| part.map(|part| part.expr);
        self.node(first, Expr::Slice(object.expr, of(start), of(stop)), &parts)
    }

    /// Arguments up to the closing parenthesis; the opening one was read.
    pub(super) fn arguments(&mut self) -> Option<Vec<(Argument, Given)>> {
        let mut arguments = Vec::new();
        while !self.take(")") {
            let is_mapping = self.take("**");
            let is_list = !is_mapping && self.take("*");
            let is_named = self.kind_here() == Some(TokenKind::Name) && self.text_at(self.at + 1) == "=";
            let name = match is_named {
                true => {
                    let name = self.take_name()?;
                    self.at += 1;
                    Some(self.template.name(name))
                }
                false => None,
            };
            let first = self.at;
            let given = self.expression()?;
            let given = if is_list { self.node(first, Expr::Spread(given.expr), &[given])? } else { given };
            arguments.push((Argument { name, value: given.expr, is_mapping }, given));
            if !self.take(",") && self.here() != ")" {
                return None;
            }
        }
        Some(arguments)
    }

    fn call(&mut self, first: usize, callee: Given, arguments: &[(Argument, Given)]) -> Option<Given> {
        let mut parts: Vec<Given> = arguments.iter().map(|(_, given)| *given).collect();
        parts.push(callee);
        let arguments: Vec<Argument> = arguments.iter().map(|(argument, _)| *argument).collect();
        let (callee_text, member) = (self.text_at(first), self.text_at(first + 2));
        let end = self.template.builder.body().bytes_of(callee.expr).end as usize;
        let tokens_of_callee = self.tokens.iter().skip(first).take_while(|token| token.span.start < end).count();
        match (tokens_of_callee, self.imported(callee_text)) {
            (1, Some((template, Some(name)))) => return self.imported_call(first, &template, name, arguments, &parts),
            (3, Some((template, None))) => return self.imported_call(first, &template, member, arguments, &parts),
            _ => {}
        }
        if tokens_of_callee == 1 {
            let is_variable =
                self.template.imported.contains_key(callee_text) || self.template.macros.contains(callee_text);
            match callee_text {
                "super" | "parent" | "caller" => {
                    let name = if callee_text == "caller" { "@text" } else { "@super" };
                    let given = self.engine_node(first, name, Vec::new(), &[])?;
                    return Some(Given { emits: callee_text != "caller", is_markup: true, ..given });
                }
                name if !is_variable && is_harmless_function(name) => {
                    return self.engine_node(first, "@text", Vec::new(), &[]);
                }
                "range" | "dict" if !is_variable => {
                    let name = self.template.name(callee_text);
                    let span = self.span_from(first);
                    let callee = self.template.builder.expr(Expr::Global(name), bytes(span));
                    return self.node(first, Expr::Call(callee, arguments.into()), &parts);
                }
                _ => {}
            }
        }
        let is_macro = tokens_of_callee == 1 && self.template.macros.contains(callee_text);
        let given = self.node(first, Expr::Call(callee.expr, arguments.into()), &parts)?;
        Some(Given { emits: is_macro, is_markup: is_macro, ..given })
    }

    fn imported(&self, name: &str) -> Option<(String, Option<&'t str>)> {
        self.template.imported.get(name).cloned()
    }

    /// A call of another template's macro.
    fn imported_call(
        &mut self,
        first: usize,
        template: &str,
        name: &str,
        arguments: Vec<Argument>,
        parts: &[Given],
    ) -> Option<Given> {
        let span = self.span_from(first);
        let template = self.template.constant(Constant::Str(template.into()), span);
        let name = self.template.constant(Constant::Str(name.into()), span);
        let all = [plain(template), plain(name)].into_iter().chain(arguments).collect();
        let given = self.engine_node(first, "@macro", all, parts)?;
        Some(Given { emits: true, is_markup: true, ..given })
    }

    pub(super) fn engine_node(
        &mut self,
        first: usize,
        name: &str,
        arguments: Vec<Argument>,
        parts: &[Given],
    ) -> Option<Given> {
        let name = self.template.name(name);
        let span = self.span_from(first);
        let callee = self.template.builder.expr(Expr::Global(name), bytes(span));
        self.node(first, Expr::Call(callee, arguments.into()), parts)
    }

    pub(super) fn primary(&mut self) -> Option<Given> {
        let first = self.at;
        let token = *self.tokens.get(self.at)?;
        let text = token.span.of(self.template.text);
        self.at += 1;
        let constant = match token.kind {
            TokenKind::Text => Constant::Str(unquoted(text).into()),
            TokenKind::Int => Constant::Int(text.replace('_', "").parse().ok()?),
            TokenKind::Float => Constant::Float(text.replace('_', "").parse().ok()?),
            TokenKind::Name => return self.named(first, text),
            TokenKind::Mark => return self.bracketed(first, text),
        };
        // Texts side by side are one.
        self.node(first, Expr::Constant(constant), &[])
    }

    fn named(&mut self, first: usize, name: &'t str) -> Option<Given> {
        // Django's and Jinja's `_("text")` mark what is translated.
        if matches!(name, "_" | "gettext" | "ngettext" | "pgettext" | "trans") && self.take("(") {
            let arguments = self.arguments()?;
            let parts: Vec<Given> = arguments.iter().map(|(_, given)| *given).collect();
            let arguments = arguments.into_iter().map(|(argument, _)| argument).collect();
            return self.engine_node(first, "|translated", arguments, &parts);
        }
        let is_markup = self.template.markup.contains(name);
        let span = self.span_from(first);
        let expr = self.template.variable(name, span);
        Some(Given { expr, height: 1, is_markup, emits: false })
    }

    /// Lists, tuples, tables, and expressions in parentheses.
    fn bracketed(&mut self, first: usize, open: &str) -> Option<Given> {
        let close = match open {
            "(" => ")",
            "[" => "]",
            "{" => return self.table(first),
            _ => return None,
        };
        let mut items: Vec<Given> = Vec::new();
        let mut has_comma = false;
        while !self.take(close) {
            items.push(self.expression()?);
            if self.take(",") {
                has_comma = true;
            } else if self.here() != close {
                return None;
            }
        }
        let exprs: Box<[ExprId]> = items.iter().map(|item| item.expr).collect();
        match (open, items.as_slice()) {
            ("(", [one]) if !has_comma => Some(*one),
            ("(", _) => self.node(first, Expr::Tuple(exprs), &items),
            _ => self.node(first, Expr::List(exprs), &items),
        }
    }

    fn table(&mut self, first: usize) -> Option<Given> {
        let (mut parts, mut entries) = (Vec::new(), Vec::new());
        while !self.take("}") {
            // Twig's keys may be bare names.
            let is_bare = self.kind_here() == Some(TokenKind::Name) && self.text_at(self.at + 1) == ":";
            let key = match is_bare && self.template.manner.language == codeproof_types::Language::Php {
                true => {
                    let name = self.take_name()?;
                    self.node(self.at - 1, Expr::Constant(Constant::Str(name.into())), &[])?
                }
                false => self.expression()?,
            };
            self.take(":").then_some(())?;
            let value = self.expression()?;
            entries.push((Some(key.expr), value.expr));
            parts.extend([key, value]);
            if !self.take(",") && self.here() != "}" {
                return None;
            }
        }
        self.node(first, Expr::Dict(entries.into()), &parts)
    }
}
