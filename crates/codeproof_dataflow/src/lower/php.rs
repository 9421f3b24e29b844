//! From PHP's syntax trees to the IR, and from Blade's templates.
//!
//! PHP 5 to 8.5. Text outside of `<?php` is output. Names of classes, functions and methods are in lower case and full as
//! far as the file says; variables are locals by their name without `$`. What the grammar does not understand is gone
//! through for what it does, so that a broken place costs that place.
//!
//! Nothing here recurses deeper than [`Depth`] lets it: long chains (`.`, `+`, `&&`, `->`, `else if`) are walked along, and
//! what stands too deep becomes [`Expr::Unknown`] of the variables below it.

mod assignments;
mod blade;
mod calls;
mod classes;
mod conditions;
mod constants;
mod expressions;
mod functions;
mod imports;
mod kinds;
mod loops;
mod members;
mod names;
mod operators;
mod page;
mod places;
mod signatures;
mod statements;
mod strings;
mod switches;
mod table;
mod unescape;
mod variables;

#[cfg(test)]
mod tests;

pub use blade::lower_blade;

use codeproof_types::Language;
use rustc_hash::FxHashSet;
use tree_sitter::Tree;

use super::builder::Builder;
use crate::ir::{Block, BodyId, BodyKind, Bytes, DEPTH_MAX, Expr, ExprId, Module, Name, Stmt, StmtKind};
use kinds::Kind;
use names::Names;
use page::Pieces;
use table::{At, Table};

/// How many nodes that contain each other the lowering follows in all, closures in closures included. Each costs less
/// than 3 KiB of stack.
const RECURSION_MAX: usize = 240;

/// How deep expressions are lowered: what is deeper is [`Expr::Unknown`] of variables, elements among them.
const EXPRESSIONS_MAX: usize = DEPTH_MAX - 4;

/// How deep blocks are lowered, the one of the body itself not counted.
const BLOCKS_MAX: usize = DEPTH_MAX - 1;

/// How many variables of an expression that stands too deep are kept.
const GATHERED_MAX: usize = 32;

/// Lowers a file.
pub(super) fn lower(text: &str, tree: &Tree) -> Module {
    let table = Table::new(tree, |byte| u32::try_from(byte).unwrap_or(u32::MAX));
    let mut lowering = Lowering::new(text, &table);
    lowering.file();
    lowering.builder.finish()
}

/// A file being lowered.
struct Lowering<'t> {
    text: &'t str,
    table: &'t Table,
    builder: Builder,
    names: Names<'t>,
    /// The texts outside of `<?php` that are still to come.
    pieces: Pieces,
    /// The block being lowered; what an expression needs to have done before goes to its end.
    block: Vec<Stmt>,
    /// One for each open body, innermost last.
    scopes: Vec<Scope>,
    /// After `__halt_compiler()`: the rest of the file is data.
    is_halted: bool,
    /// Nodes being lowered that contain the current one, whatever body they are in.
    recursion: usize,
}

/// What is known of an open body beside what the builder knows.
struct Scope {
    body: BodyId,
    kind: ScopeKind,
    /// Names of variables that mean the file's here.
    globals: FxHashSet<Name>,
    depth: Depth,
    /// The loops (`true`) and switches (`false`) around the current statement, innermost last.
    loops: Vec<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScopeKind {
    /// The file's own statements: its variables are the global ones.
    File,
    /// A function, method or closure: it sees its own variables only.
    Function,
    /// An arrow function: it sees the variables around it.
    Arrow,
}

/// How deep in its body the current node stands.
#[derive(Debug, Clone, Copy, Default)]
struct Depth {
    expressions: usize,
    blocks: usize,
}

impl<'t> Lowering<'t> {
    fn new(text: &'t str, table: &'t Table) -> Self {
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let builder = Builder::new(Language::Php, Bytes { start: 0, end });
        let mut lowering = Self {
            text,
            table,
            builder,
            names: Names::default(),
            pieces: Pieces::default(),
            block: Vec::new(),
            scopes: Vec::new(),
            is_halted: false,
            recursion: 0,
        };
        lowering.open_scope(ScopeKind::File);
        lowering
    }

    fn file(&mut self) {
        let root = self.table.root();
        self.pieces = Pieces::of(self.text, self.table);
        self.statements(root);
        self.output_pieces(u32::MAX);
        let code = std::mem::take(&mut self.block);
        self.builder.body().code = code.into();
    }

    /// Opens a body and its scope.
    fn enter(&mut self, kind: BodyKind, scope: ScopeKind, name: Name, bytes: Bytes) {
        self.builder.enter(kind, name, bytes);
        self.open_scope(scope);
    }

    fn open_scope(&mut self, kind: ScopeKind) {
        let body = self.builder.id();
        let globals = FxHashSet::default();
        self.scopes.push(Scope { body, kind, globals, depth: Depth::default(), loops: Vec::new() });
    }

    /// Closes the innermost body and its scope.
    fn leave(&mut self) {
        self.builder.leave();
        self.scopes.pop();
    }

    fn scope(&mut self) -> &mut Scope {
        self.scopes.last_mut().expect("the file's scope is open until the end")
    }

    /// The text of a node.
    fn text_of(&self, at: At) -> &'t str {
        self.slice(self.table.bytes(at))
    }

    /// The text of a range.
    fn slice(&self, bytes: Bytes) -> &'t str {
        self.text.get(bytes.start as usize..bytes.end as usize).unwrap_or("")
    }

    /// Adds an expression that is written at `at`.
    fn add(&mut self, expr: Expr, at: At) -> ExprId {
        self.builder.expr(expr, self.table.bytes(at))
    }

    /// Adds a statement.
    fn push(&mut self, kind: StmtKind, bytes: Bytes) {
        self.block.push(Stmt { bytes, kind });
    }

    /// Runs `lower` that many expressions deeper; `None` where that is too deep.
    fn deeper<T>(&mut self, levels: usize, lower: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let depth = self.scope().depth.expressions;
        if depth + levels > EXPRESSIONS_MAX || self.recursion >= RECURSION_MAX {
            return None;
        }
        self.scope().depth.expressions = depth + levels;
        self.recursion += 1;
        let lowered = lower(self);
        self.recursion -= 1;
        self.scope().depth.expressions = depth;
        Some(lowered)
    }

    /// What `lower` adds to a block of its own, one block deeper; `None` where that is too deep.
    fn block_of(&mut self, lower: impl FnOnce(&mut Self)) -> Option<Block> {
        let depth = self.scope().depth.blocks;
        if depth >= BLOCKS_MAX || self.recursion >= RECURSION_MAX {
            return None;
        }
        self.scope().depth.blocks = depth + 1;
        self.recursion += 1;
        let around = std::mem::take(&mut self.block);
        lower(self);
        let block = std::mem::replace(&mut self.block, around);
        self.recursion -= 1;
        self.scope().depth.blocks = depth;
        Some(block.into())
    }

    /// What is not understood: the variables below `at`, at most [`GATHERED_MAX`] of them.
    fn unknown(&mut self, at: At) -> ExprId {
        let mut operands = Vec::new();
        self.gather(at, &mut operands);
        self.add(Expr::Unknown(operands.into()), at)
    }

    /// Adds the variables at and below `at` to `operands`.
    fn gather(&mut self, at: At, operands: &mut Vec<ExprId>) {
        let table = self.table;
        let mut seen: Vec<&str> = Vec::new();
        for below in std::iter::once(at).chain(table.below(at)).filter(|it| table.kind(*it) == Kind::VariableName) {
            let name = self.text_of(below);
            if !seen.contains(&name) {
                seen.push(name);
                operands.push(self.variable_at(below));
                if operands.len() >= GATHERED_MAX {
                    return;
                }
            }
        }
    }
}
