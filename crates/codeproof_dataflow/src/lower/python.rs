//! Python 3 (and what Python 2 had in its place): one walk over the tree with one cursor.
//!
//! Names are resolved in the same walk. A name that the innermost function binds already is a local at once; every
//! other one is written down as [`Expr::Global`] and looked at again when its function ends, because Python lets a
//! function bind a name after its use ([`scope`]). The recursion follows the nesting of the text and ends at
//! [`LEVELS_MAX`]: below stands [`Expr::Unknown`] with the names of what was left out.

mod assignments;
mod collections;
mod compound;
mod definitions;
mod escapes;
mod expressions;
mod imports;
mod kinds;
mod operators;
mod patterns;
mod places;
mod scope;
mod statements;
mod strings;
#[cfg(test)]
mod tests;
mod types;

use codeproof_types::Language;
use tree_sitter::{Node, Tree, TreeCursor};

use super::builder::Builder;
use crate::ir::{Argument, Block, Bytes, DEPTH_MAX, Expr, ExprId, Module, Name, Stmt, StmtKind};
use kinds::{Fields, Kind};
use scope::Scope;

/// How many nodes, each one level of the IR, are followed into each other. The rest up to [`DEPTH_MAX`] is for nodes that
/// become up to three levels (`{x!r:>10}` is two calls in a text), and for the operands of what is left out.
const LEVELS_MAX: usize = DEPTH_MAX - 8;

/// How many names stand for an expression that is nested too deep.
const OPERANDS_MAX: usize = 32;

/// Lowers one file.
pub(super) fn lower(text: &str, tree: &Tree) -> Module {
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let builder = Builder::new(Language::Python, Bytes { start: 0, end });
    let mut lowering = Lowering {
        text,
        cursor: tree.walk(),
        kinds: Kind::table(),
        fields: Fields::new(),
        scopes: vec![Scope::new(builder.id())],
        builder,
        operands: Vec::new(),
        arguments: Vec::new(),
        levels: 0,
        blocks: 0,
    };
    let code = lowering.block();
    lowering.close_scope();
    lowering.builder.body().code = code;
    lowering.builder.finish()
}

/// A file on its way into the IR. Every method that lowers something starts with the cursor at its node, and leaves it
/// there.
struct Lowering<'t> {
    text: &'t str,
    cursor: TreeCursor<'t>,
    kinds: &'static [Kind],
    fields: Fields,
    /// One for each open body, innermost last.
    scopes: Vec<Scope>,
    builder: Builder,
    /// Operands of the expressions that are being gathered, the innermost one's last: one growing list for all.
    operands: Vec<ExprId>,
    /// The same for arguments.
    arguments: Vec<Argument>,
    /// How many expressions the cursor stands in.
    levels: usize,
    /// How many blocks the cursor stands in.
    blocks: usize,
}

impl<'t> Lowering<'t> {
    fn node(&self) -> Node<'t> {
        self.cursor.node()
    }

    fn kind(&self) -> Kind {
        self.kind_of(self.node())
    }

    fn kind_of(&self, node: Node<'_>) -> Kind {
        self.kinds.get(usize::from(node.kind_id())).copied().unwrap_or(Kind::Error)
    }

    /// The number of the field that the cursor's node is in, 0 for none.
    fn field(&self) -> u16 {
        self.cursor.field_id().map_or(0, std::num::NonZeroU16::get)
    }

    fn bytes(&self) -> Bytes {
        bytes_of(self.node())
    }

    fn source(&self) -> &'t str {
        let bytes = self.bytes();
        self.source_of(bytes)
    }

    fn source_of(&self, bytes: Bytes) -> &'t str {
        self.text.get(bytes.start as usize..bytes.end as usize).unwrap_or_default()
    }

    /// The name that the cursor's node is.
    fn name(&mut self) -> Name {
        let source = self.source();
        self.builder.name(source)
    }

    fn add(&mut self, expr: Expr, bytes: Bytes) -> ExprId {
        self.builder.expr(expr, bytes)
    }

    /// The operands gathered since there were `start`.
    fn operands_since(&mut self, start: usize) -> Box<[ExprId]> {
        let operands = self.operands[start..].into();
        self.operands.truncate(start);
        operands
    }

    /// Lowers every child that is no token.
    fn parts(&mut self) -> Box<[ExprId]> {
        let start = self.operands.len();
        self.each_child(|lowering, kind| {
            if !kind.is_token() {
                let part = lowering.expr();
                lowering.operands.push(part);
            }
        });
        self.operands_since(start)
    }

    /// Goes through the children of the cursor's node, comments left out. `visit` finds the cursor at the child.
    fn each_child(&mut self, mut visit: impl FnMut(&mut Self, Kind)) {
        let end = self.node().end_byte();
        if !self.cursor.goto_first_child() {
            return;
        }
        loop {
            let node = self.node();
            let kind = self.kind_of(node);
            if kind != Kind::Comment && kind != Kind::LineContinuation {
                visit(self, kind);
            }
            // What ends where its parent ends is the last child, and asking for another is dear. Behind it can only be
            // what the parser made up, which has no bytes.
            if node.end_byte() == end || !self.cursor.goto_next_sibling() {
                break;
            }
        }
        self.cursor.goto_parent();
    }

    /// Does `what` at the first child that is no token or comment, if there is one.
    fn at_first_part<T>(&mut self, what: impl FnOnce(&mut Self, Kind) -> T) -> Option<T> {
        if !self.cursor.goto_first_child() {
            return None;
        }
        let mut kind = self.kind();
        while kind.is_token() && self.cursor.goto_next_sibling() {
            kind = self.kind();
        }
        let result = (!kind.is_token()).then(|| what(self, kind));
        self.cursor.goto_parent();
        result
    }

    /// The statements of the cursor's node: a block, or the file.
    fn block(&mut self) -> Block {
        let mut statements = Vec::new();
        if self.blocks >= LEVELS_MAX {
            let bytes = self.bytes();
            let unknown = self.unknown(bytes);
            statements.push(Stmt { bytes, kind: StmtKind::Eval(unknown) });
        } else {
            self.blocks += 1;
            self.each_child(|lowering, kind| lowering.statement(kind, &mut statements));
            self.blocks -= 1;
        }
        statements.into_boxed_slice()
    }

    /// What stands for the cursor's node when it is not understood: the names in it.
    fn unknown(&mut self, bytes: Bytes) -> ExprId {
        let mut operands = Vec::new();
        let mut seen = Vec::new();
        let mut cursor = self.node().walk();
        while operands.len() < OPERANDS_MAX {
            let node = cursor.node();
            if self.kind_of(node) == Kind::Identifier && !node.is_missing() && !self.is_label(&cursor) {
                let bytes = bytes_of(node);
                let name = self.builder.name(self.source_of(bytes));
                if !seen.contains(&name) {
                    seen.push(name);
                    operands.push(self.load(name, bytes));
                }
            }
            if !cursor.goto_first_child() && !goto_next(&mut cursor) {
                break;
            }
        }
        self.add(Expr::Unknown(operands.into()), bytes)
    }

    /// Whether the identifier at `cursor` names an attribute or argument, not a variable.
    fn is_label(&self, cursor: &TreeCursor<'_>) -> bool {
        let field = cursor.field_id().map_or(0, std::num::NonZeroU16::get);
        field == self.fields.attribute || field == self.fields.name
    }
}

fn bytes_of(node: Node<'_>) -> Bytes {
    let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
    Bytes { start: place(node.start_byte()), end: place(node.end_byte()) }
}

/// Moves to the next node that is not below the current one.
fn goto_next(cursor: &mut TreeCursor<'_>) -> bool {
    while !cursor.goto_next_sibling() {
        if !cursor.goto_parent() {
            return false;
        }
    }
    true
}
