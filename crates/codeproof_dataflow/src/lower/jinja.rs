//! Templates of Jinja and of those who write like it (Django, Twig): a template becomes the program that emits the page.
//!
//! Text and `{{ … }}` become [`StmtKind::Output`], tags become the statements they stand for, blocks and macros bodies of
//! their own. Variables are those that were passed to the template: locals that nobody assigns. What only the engine can
//! do, which knows other templates, is a call of a name that no program has: `@escaped(value)`, `@text()` (something nobody
//! outside chose), `@include(name, variable=…)` and `@include_only`, `@extends(name)`, `@block(name)`, `@super()`,
//! `@macro(template, name, arguments…)`. A filter `x|f(y)` is the call `|f(x, y)`. Whether a value is escaped when it is
//! emitted is decided here, from the filters on its way.
//!
//! One pass with a list of open tags. An expression that is nested too deep, or is none, becomes [`Expr::Unknown`] of the
//! variables in it. Blanks that a template trims are kept.

mod expressions;
mod filters;
mod operands;
mod parts;
mod scan;
mod tags;
#[cfg(test)]
mod tests;
mod tokens;

use codeproof_types::Language;
use rustc_hash::{FxHashMap, FxHashSet};

use super::builder::Builder;
use crate::ir::{Argument, Block, Bytes, Constant, Expr, ExprId, Module, Name, Stmt, StmtKind};
use expressions::Given;
use scan::{Piece, Span, pieces};
use tags::Open;

/// What the name of a block's body begins with.
pub(crate) const BLOCK: &str = "@block ";

/// How many levels an expression of a template has; deeper ones are not followed.
const HEIGHT_MAX: u8 = 40;

/// How many variables stand for an expression that is not followed.
const OPERANDS_MAX: usize = 32;

/// How a template is emitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    /// The language of the program that renders it.
    pub(super) language: Language,
    /// Values are escaped unless the template says otherwise.
    pub(super) escapes: bool,
    /// It is a page; other texts (mails, configurations) reach no browser.
    pub(super) is_page: bool,
}

/// Lowers a template.
pub(super) fn lower(text: &str, manner: Manner) -> Module {
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let mut template = Template {
        text,
        manner,
        builder: Builder::new(manner.language, Bytes { start: 0, end }),
        code: Vec::new(),
        open: Vec::new(),
        macros: FxHashSet::default(),
        imported: FxHashMap::default(),
        markup: FxHashSet::default(),
        parent: None,
    };
    let pieces = pieces(text);
    // A child's macros are known in its blocks, wherever they stand.
    template.macros = pieces.iter().filter_map(|piece| parts::defined_macro(piece, text)).collect();
    for piece in pieces {
        template.piece(piece);
    }
    template.finish()
}

/// A template on its way into the IR.
struct Template<'t> {
    text: &'t str,
    manner: Manner,
    builder: Builder,
    /// The statements outside of all tags.
    code: Vec<Stmt>,
    /// The tags that are still to be closed, innermost last.
    open: Vec<Open>,
    /// Macros of this template.
    macros: FxHashSet<&'t str>,
    /// What `import` and `from … import` bind: the template, and which macro of it; `None` for all of them.
    imported: FxHashMap<&'t str, (String, Option<&'t str>)>,
    /// Variables that hold markup: they were set to a value that is not escaped.
    markup: FxHashSet<&'t str>,
    /// What `extends` names.
    parent: Option<Stmt>,
}

impl<'t> Template<'t> {
    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Text(span) => {
                let value = self.constant(Constant::Str(span.of(self.text).into()), span);
                self.emit(span, value);
            }
            Piece::Echo { whole, inner } => {
                let given = self.whole_expression(inner);
                self.echo(whole, inner, given);
            }
            Piece::Tag { whole, inner } => self.tag(whole, inner),
        }
    }

    /// Emits a value, escaped when the template escapes.
    fn echo(&mut self, whole: Span, inner: Span, given: Given) {
        if given.emits {
            return self.put(whole, StmtKind::Eval(given.expr));
        }
        let value = match given.is_markup || !self.manner.escapes {
            true => given.expr,
            false => self.engine("@escaped", &[given.expr], inner),
        };
        self.emit(whole, value);
    }

    fn emit(&mut self, whole: Span, value: ExprId) {
        let kind = if self.manner.is_page { StmtKind::Output(value) } else { StmtKind::Eval(value) };
        self.put(whole, kind);
    }

    /// Adds a statement to the innermost open tag.
    fn put(&mut self, whole: Span, kind: StmtKind) {
        let statement = Stmt { bytes: bytes(whole), kind };
        match self.open.last_mut() {
            Some(open) => open.code.push(statement),
            None => self.code.push(statement),
        }
    }

    fn constant(&mut self, constant: Constant, span: Span) -> ExprId {
        self.builder.expr(Expr::Constant(constant), bytes(span))
    }

    /// A call that the engine carries out.
    fn engine(&mut self, name: &str, values: &[ExprId], span: Span) -> ExprId {
        let arguments = values.iter().map(|value| plain(*value)).collect();
        self.engine_call(name, arguments, span)
    }

    fn engine_call(&mut self, name: &str, arguments: Vec<Argument>, span: Span) -> ExprId {
        let name = self.builder.name(name);
        let callee = self.builder.expr(Expr::Global(name), bytes(span));
        self.builder.expr(Expr::Call(callee, arguments.into()), bytes(span))
    }

    /// The variable, or what the language means by the name.
    fn variable(&mut self, name: &str, span: Span) -> ExprId {
        let expr = match name {
            "true" | "True" => Expr::Constant(Constant::Bool(true)),
            "false" | "False" => Expr::Constant(Constant::Bool(false)),
            "none" | "None" | "null" => Expr::Constant(Constant::None),
            name if self.macros.contains(name) => Expr::Global(self.builder.name(name)),
            name => {
                let name = self.builder.name(name);
                Expr::Local(self.builder.local(name))
            }
        };
        self.builder.expr(expr, bytes(span))
    }

    fn name(&mut self, name: &str) -> Name {
        self.builder.name(name)
    }

    fn finish(mut self) -> Module {
        while !self.open.is_empty() {
            self.close_innermost();
        }
        let parent = self.parent.take();
        let mut code = std::mem::take(&mut self.code);
        if let Some(parent) = parent {
            // What stands outside of the blocks of a child is not emitted.
            code.retain(|statement| !is_emitted(statement));
            code.push(parent);
        }
        self.builder.body().code = code.into();
        self.builder.finish()
    }
}

/// Whether a statement only adds to the page.
fn is_emitted(statement: &Stmt) -> bool {
    matches!(statement.kind, StmtKind::Output(_) | StmtKind::Eval(_) | StmtKind::If(..) | StmtKind::Loop(_))
}

/// An argument by place.
fn plain(value: ExprId) -> Argument {
    Argument { name: None, value, is_mapping: false }
}

/// A span as the IR says it.
fn bytes(span: Span) -> Bytes {
    let number = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
    Bytes { start: number(span.start), end: number(span.end) }
}

fn block(code: Vec<Stmt>) -> Block {
    code.into()
}
