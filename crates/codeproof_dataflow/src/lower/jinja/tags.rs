//! Tags: what they open, close and stand for.

use codeproof_types::Language;

use super::expressions::{Given, Parser};
use super::scan::Span;
use super::tokens::TokenKind;
use super::{Template, block, bytes};
use crate::ir::{Block, BodyId, Each, Expr, ExprId, Local, Loop, Name, Place, PlaceItem, Stmt, StmtKind};

/// How many tags may stand in each other; further ones are read as if they stood side by side.
pub(super) const OPEN_MAX: usize = 20;

/// A tag that is still to be closed.
pub(super) struct Open {
    /// The name that `end` stands before where it is closed.
    word: Box<str>,
    kind: OpenKind,
    /// The statements since it was opened, or since its last part.
    pub(super) code: Vec<Stmt>,
    /// The tag itself.
    whole: Span,
}

pub(super) enum OpenKind {
    /// The parts before, and the test of this one; `None` behind `else`.
    If {
        arms: Vec<(ExprId, Block)>,
        test: Option<ExprId>,
    },
    /// The names that mean something else in it, and, behind `else`, the code before.
    For {
        each: Each,
        scoped: Vec<(Name, Option<Local>)>,
        body: Option<Block>,
    },
    With {
        scoped: Vec<(Name, Option<Local>)>,
    },
    /// A block or macro: a body of its own.
    Body(BodyId),
    /// Whether values were escaped before.
    Autoescape(bool),
    Plain,
}

impl<'t> Template<'t> {
    pub(super) fn tag(&mut self, whole: Span, inner: Span) {
        let text = inner.of(self.text);
        let word = text.split(|char: char| !(char.is_alphanumeric() || char == '_')).next().unwrap_or_default();
        let rest = Span { start: inner.start + word.len(), end: inner.end };
        match word {
            "if" => self.open_if(whole, rest, true),
            "unless" | "ifequal" | "ifnotequal" | "ifchanged" | "ifhasperm" => self.open_if_unknown(whole, word, rest),
            "elif" | "elseif" => self.next_arm(rest),
            "else" if rest.of(self.text).trim_start().starts_with("if ") => {
                let at = rest.of(self.text).find("if ").unwrap_or(0);
                self.next_arm(Span { start: rest.start + at + 2, end: rest.end });
            }
            "else" | "empty" => self.otherwise(),
            "for" => self.open_for(whole, rest),
            "set" | "assign" => self.set(whole, rest),
            "with" => self.open_with(whole, rest),
            "block" => self.open_block(whole, rest),
            "macro" => self.open_macro(whole, rest),
            "call" => {
                self.open(whole, word, OpenKind::Plain);
                self.call_tag(whole, rest);
            }
            "autoescape" => self.open_autoescape(whole, rest),
            "include" => self.include(whole, rest),
            "extends" | "extend" => self.extends(whole, rest),
            "import" => self.import(rest),
            "from" => self.from(rest),
            "do" | "print" => {
                let given = self.whole_expression(rest);
                match word {
                    "do" => self.put(whole, StmtKind::Eval(given.expr)),
                    _ => self.echo(whole, rest, given),
                }
            }
            "firstof" => self.first_of(whole, rest),
            "blocktrans" | "blocktranslate" | "trans" | "translate" => self.translated(whole, word, rest),
            "load" | "csrf_token" | "spaceless" | "filter" | "cache" | "debug" | "plural" | "pluralize" | "apply"
            | "break" | "continue" | "pluralized" | "language" | "localize" | "localtime" | "compress" => {}
            "end" => self.close_innermost(),
            word if word.strip_prefix("end").is_some() => self.close(word.strip_prefix("end").unwrap_or_default()),
            _ => self.other(whole, rest),
        }
    }

    pub(super) fn open(&mut self, whole: Span, word: &str, kind: OpenKind) -> bool {
        if self.open.len() >= OPEN_MAX {
            return false;
        }
        self.open.push(Open { word: word.into(), kind, code: Vec::new(), whole });
        true
    }

    fn open_if(&mut self, whole: Span, rest: Span, is_known: bool) {
        if self.open.len() < OPEN_MAX {
            let test = if is_known { self.whole_expression(rest) } else { Parser::new(self, rest).unknown_from(0) };
            self.open(whole, "if", OpenKind::If { arms: Vec::new(), test: Some(test.expr) });
        }
    }

    /// Tags like `ifchanged`, whose test is not followed.
    fn open_if_unknown(&mut self, whole: Span, word: &str, rest: Span) {
        let before = self.open.len();
        self.open_if(whole, rest, false);
        if let Some(open) = self.open.last_mut().filter(|_| before < OPEN_MAX) {
            open.word = word.into();
        }
    }

    fn next_arm(&mut self, rest: Span) {
        if !matches!(self.open.last(), Some(Open { kind: OpenKind::If { test: Some(_), .. }, .. })) {
            return;
        }
        let next = self.whole_expression(rest);
        if let Some(Open { kind: OpenKind::If { arms, test }, code, .. }) = self.open.last_mut()
            && let Some(known) = test.replace(next.expr)
        {
            arms.push((known, block(std::mem::take(code))));
        }
    }

    fn otherwise(&mut self) {
        match self.open.last_mut() {
            Some(Open { kind: OpenKind::If { arms, test }, code, .. }) => {
                if let Some(known) = test.take() {
                    arms.push((known, block(std::mem::take(code))));
                }
            }
            Some(Open { kind: OpenKind::For { body, .. }, code, .. }) if body.is_none() => {
                *body = Some(block(std::mem::take(code)));
            }
            _ => {}
        }
    }

    /// `for a, b in items`, with Jinja's `if` and `recursive`, and Django's `reversed`, behind it.
    fn open_for(&mut self, whole: Span, rest: Span) {
        if self.open.len() >= OPEN_MAX {
            return;
        }
        let mut parser = Parser::new(self, rest);
        let mut names = Vec::new();
        while !matches!(parser.here(), "in" | "") {
            if parser.kind_here() == Some(TokenKind::Name) {
                names.push(parser.here());
            }
            parser.at += 1;
        }
        parser.at += 1;
        let first = parser.at;
        // `a if b` is a condition of the loop here, and no value.
        let items = match parser.operand() {
            Some(items) if matches!(parser.here(), "" | "if" | "recursive" | "reversed" | "sorted") => items,
            _ => {
                parser.at = first;
                match parser.expression() {
                    Some(items) => items,
                    None => parser.unknown_from(first),
                }
            }
        };
        let items = self.called_items(items, rest);
        let mut scoped = Vec::new();
        let places: Vec<Place> = names.into_iter().map(|name| self.scoped(name, &mut scoped)).collect();
        let mut places = places.into_iter();
        let is_php = self.manner.language == Language::Php;
        let key = if is_php && places.len() == 2 { places.next() } else { None };
        let each = Each { key, value: together(places.collect()), items };
        self.open(whole, "for", OpenKind::For { each, scoped, body: None });
    }

    /// Django calls `table.items` itself.
    fn called_items(&mut self, items: Given, span: Span) -> ExprId {
        let Expr::Attribute(_, name) = *self.builder.body().expr(items.expr) else { return items.expr };
        let name = self.builder.module().name(name).to_owned();
        if !matches!(name.as_str(), "items" | "values" | "keys") {
            return items.expr;
        }
        self.builder.expr(Expr::Call(items.expr, Box::default()), bytes(span))
    }

    /// A variable that only what stands in a tag sees.
    fn scoped(&mut self, name: &str, scoped: &mut Vec<(Name, Option<Local>)>) -> Place {
        let name = self.builder.name(name);
        scoped.push((name, self.builder.known_local(name)));
        Place::Local(self.builder.scoped_local(name))
    }

    /// `set a = b`, `set a, b = c`, `set a.b = c`; without a value, what follows is the value, and stays where it is.
    fn set(&mut self, whole: Span, rest: Span) {
        let mut parser = Parser::new(self, rest);
        let mut names = Vec::new();
        let mut member = None;
        while !parser.is_done() && parser.here() != "=" {
            match parser.here() {
                "." => {
                    parser.at += 1;
                    member = Some(parser.here());
                }
                _ if parser.kind_here() == Some(TokenKind::Name) => names.push(parser.here()),
                _ => {}
            }
            parser.at += 1;
        }
        if !parser.take("=") {
            self.open(whole, "set", OpenKind::Plain);
            return;
        }
        let first = parser.at;
        let given = match parser.expression() {
            Some(given) => given,
            None => parser.unknown_from(first),
        };
        if let (Some(member), [object]) = (member, names.as_slice()) {
            let object = self.variable(object, rest);
            let member = self.name(member);
            return self.put(whole, StmtKind::Assign(Place::Attribute(object, member), given.expr));
        }
        let mut places: Vec<Place> = Vec::new();
        for name in &names {
            match given.is_markup {
                true => self.markup.insert(name),
                false => self.markup.remove(name),
            };
            let name = self.builder.name(name);
            places.push(Place::Local(self.builder.local(name)));
        }
        self.put(whole, StmtKind::Assign(together(places), given.expr));
    }

    /// `with a = b, c = d`, `with a=b c=d`, `with value as name`.
    fn open_with(&mut self, whole: Span, rest: Span) {
        let is_open = self.open.len() < OPEN_MAX;
        let pairs = self.pairs(rest);
        let mut scoped = Vec::new();
        let assigned: Vec<(Place, ExprId)> =
            pairs.into_iter().map(|(name, given)| (self.scoped(name, &mut scoped), given.expr)).collect();
        if is_open {
            self.open(whole, "with", OpenKind::With { scoped });
        }
        for (place, value) in assigned {
            self.put(whole, StmtKind::Assign(place, value));
        }
    }

    /// `name=value` and `value as name`, with or without commas; other words are gone over.
    pub(super) fn pairs(&mut self, span: Span) -> Vec<(&'t str, Given)> {
        let mut parser = Parser::new(self, span);
        let mut pairs = Vec::new();
        while !parser.is_done() {
            let is_named = parser.kind_here() == Some(TokenKind::Name) && parser.text_at(parser.at + 1) == "=";
            let name = if is_named { parser.take_name() } else { None };
            parser.at += usize::from(is_named);
            let first = parser.at;
            let Some(given) = parser.operand() else {
                parser.at = parser.at.max(first) + 1;
                continue;
            };
            let name = match name {
                None if parser.take("as") => parser.take_name(),
                name => name,
            };
            pairs.extend(name.map(|name| (name, given)));
        }
        pairs
    }

    fn open_autoescape(&mut self, whole: Span, rest: Span) {
        let before = self.manner.escapes;
        if self.open(whole, "autoescape", OpenKind::Autoescape(before)) {
            self.manner.escapes = !matches!(rest.of(self.text).trim(), "off" | "false" | "False" | "None");
        }
    }

    /// Django's `firstof a b "text"`.
    fn first_of(&mut self, whole: Span, rest: Span) {
        let mut parser = Parser::new(self, rest);
        let mut parts = Vec::new();
        while let Some(part) = parser.operand() {
            parts.push(part);
        }
        let given = match parser.node(0, Expr::Or(parts.iter().map(|part| part.expr).collect()), &parts) {
            Some(given) => Given { is_markup: !parts.is_empty() && parts.iter().all(|part| part.is_markup), ..given },
            None => parser.unknown_from(0),
        };
        self.echo(whole, rest, given);
    }

    /// Texts of translators, with values set in them: `blocktrans with a=b`, Jinja's `trans a=b`, `trans value as name`.
    fn translated(&mut self, whole: Span, word: &str, rest: Span) {
        for (name, given) in self.pairs(rest) {
            let name = self.builder.name(name);
            let place = Place::Local(self.builder.local(name));
            self.put(whole, StmtKind::Assign(place, given.expr));
        }
        if !word.starts_with("block") && rest.of(self.text).trim_start().starts_with(['"', '\'']) {
            self.text_of_tag(whole);
        }
    }

    /// A tag that is not known: it may emit something, and may bind a name.
    fn other(&mut self, whole: Span, rest: Span) {
        let text = rest.of(self.text);
        let name = text.rsplit_once(" as ").map(|(_, name)| name.trim());
        let is_name = |name: &&str| name.chars().all(|char| char.is_alphanumeric() || char == '_') && !name.is_empty();
        if let Some(name) = name.filter(is_name) {
            let value = self.engine("@text", &[], whole);
            let name = self.builder.name(name);
            let place = Place::Local(self.builder.local(name));
            return self.put(whole, StmtKind::Assign(place, value));
        }
        self.text_of_tag(whole);
    }

    fn text_of_tag(&mut self, whole: Span) {
        let value = self.engine("@text", &[], whole);
        self.emit(whole, value);
    }

    /// Closes the innermost tag of that name, and what was left open in it.
    fn close(&mut self, word: &str) {
        if !self.open.iter().any(|open| *open.word == *word) {
            return;
        }
        while let Some(open) = self.open.last() {
            let is_it = *open.word == *word;
            self.close_innermost();
            if is_it {
                return;
            }
        }
    }

    pub(super) fn close_innermost(&mut self) {
        let Some(Open { kind, code, whole, .. }) = self.open.pop() else { return };
        match kind {
            OpenKind::If { mut arms, test } => {
                let otherwise = match test {
                    Some(test) => {
                        arms.push((test, block(code)));
                        Block::default()
                    }
                    None => block(code),
                };
                self.put(whole, StmtKind::If(arms, otherwise));
            }
            OpenKind::For { each, scoped, body } => {
                self.forget(scoped);
                let (body, otherwise) = match body {
                    Some(body) => (body, block(code)),
                    None => (block(code), Block::default()),
                };
                let looped = Loop {
                    each: Some(each),
                    first: Block::default(),
                    test: None,
                    test_is_last: false,
                    step: Block::default(),
                    body,
                    otherwise,
                };
                self.put(whole, StmtKind::Loop(Box::new(looped)));
            }
            OpenKind::With { scoped } => {
                self.forget(scoped);
                self.put_all(code);
            }
            OpenKind::Body(id) => {
                debug_assert_eq!(self.builder.id(), id, "bodies are closed as they were opened");
                self.builder.body().code = block(code);
                self.builder.leave();
            }
            OpenKind::Autoescape(before) => {
                self.manner.escapes = before;
                self.put_all(code);
            }
            OpenKind::Plain => self.put_all(code),
        }
    }

    fn put_all(&mut self, code: Vec<Stmt>) {
        match self.open.last_mut() {
            Some(open) => open.code.extend(code),
            None => self.code.extend(code),
        }
    }

    fn forget(&mut self, scoped: Vec<(Name, Option<Local>)>) {
        for (name, before) in scoped.into_iter().rev() {
            self.builder.forget(name, before);
        }
    }
}

/// One place, or several that take a value apart.
fn together(mut places: Vec<Place>) -> Place {
    if places.len() == 1 {
        return places.swap_remove(0);
    }
    let item = |place| PlaceItem { key: None, is_rest: false, place: Some(place) };
    Place::Destructure(places.into_iter().map(item).collect())
}
