//! A syntax tree as a table: its nodes in the order of the file, parents first, without what no lowering asks for.
//!
//! One walk with a cursor makes it. From then on any child, and all that stands below a node, is a matter of adding
//! numbers: the lowering can look where it likes, and needs no recursion to gather what is far below.

use tree_sitter::Tree;

use super::kinds::Kind;
use crate::ir::Bytes;

/// Index of a node in its [`Table`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At(u32);

#[derive(Debug, Clone, Copy)]
struct Entry {
    kind: Kind,
    bytes: Bytes,
    /// The first node that is not below this one.
    after: u32,
}

/// The nodes of a tree; the first is its root.
#[derive(Debug)]
pub(super) struct Table {
    entries: Vec<Entry>,
    has_errors: bool,
}

/// What becomes of a node.
enum Fate {
    /// It is left out, with all that is below.
    Dropped,
    /// It stands in the table, and nothing below it.
    Leaf,
    /// It stands in the table with what is below.
    Branch,
}

impl Table {
    /// The table of `tree`; `place` says where in the text a byte of the tree is.
    pub(super) fn new(tree: &Tree, place: impl Fn(usize) -> u32) -> Self {
        let kinds = Kind::table();
        let has_errors = tree.root_node().has_error();
        let mut entries: Vec<Entry> = Vec::with_capacity(tree.root_node().descendant_count() / 2 + 1);
        let mut open: Vec<u32> = Vec::new();
        let mut parent = Kind::Other;
        let mut cursor = tree.walk();
        loop {
            let node = cursor.node();
            let kind = kinds.get(usize::from(node.kind_id())).copied().unwrap_or(Kind::Error);
            let fate = fate(kind, parent);
            let range = if matches!(fate, Fate::Dropped) { 0..0 } else { node.byte_range() };
            if !range.is_empty() || entries.is_empty() {
                let index = number(entries.len());
                let bytes = Bytes { start: place(range.start), end: place(range.end) };
                entries.push(Entry { kind, bytes, after: index + 1 });
                if matches!(fate, Fate::Branch) && cursor.goto_first_child() {
                    open.push(index);
                    parent = kind;
                    continue;
                }
            }
            while !cursor.goto_next_sibling() {
                let Some(closed) = open.pop() else { return Self { entries, has_errors } };
                entries[closed as usize].after = number(entries.len());
                parent = open.last().map_or(Kind::Other, |above| entries[*above as usize].kind);
                cursor.goto_parent();
            }
        }
    }

    /// The root.
    pub(super) fn root(&self) -> At {
        At(0)
    }

    /// What a node is.
    pub(super) fn kind(&self, at: At) -> Kind {
        self.entries[at.0 as usize].kind
    }

    /// The bytes of a node.
    pub(super) fn bytes(&self, at: At) -> Bytes {
        self.entries[at.0 as usize].bytes
    }

    /// The children of a node, in the order of the file.
    pub(super) fn children(&self, at: At) -> Children<'_> {
        Children { table: self, next: at.0 + 1, end: self.entries[at.0 as usize].after }
    }

    /// The first child that follows the grammar.
    pub(super) fn first(&self, at: At) -> Option<At> {
        self.children(at).find(|child| self.kind(*child) != Kind::Error)
    }

    /// The last child that follows the grammar.
    pub(super) fn last(&self, at: At) -> Option<At> {
        self.children(at).filter(|child| self.kind(*child) != Kind::Error).last()
    }

    /// The first child of a kind.
    pub(super) fn child(&self, at: At, kind: Kind) -> Option<At> {
        self.children(at).find(|child| self.kind(*child) == kind)
    }

    /// Whether something directly below does not follow the grammar.
    pub(super) fn is_broken(&self, at: At) -> bool {
        self.has_errors && self.child(at, Kind::Error).is_some()
    }

    /// All that is below a node, parents first.
    pub(super) fn below(&self, at: At) -> impl Iterator<Item = At> + use<> {
        (at.0 + 1..self.entries[at.0 as usize].after).map(At)
    }

    /// What is inside of any number of parentheses.
    pub(super) fn inside(&self, mut at: At) -> At {
        while self.kind(at) == Kind::Parenthesized
            && let Some(inner) = self.first(at)
        {
            at = inner;
        }
        at
    }
}

/// The children of a node.
#[derive(Debug, Clone)]
pub(super) struct Children<'t> {
    table: &'t Table,
    next: u32,
    end: u32,
}

impl Children<'_> {
    /// Makes the children of `at`, which was just given, come next: they are read as if they stood in its place.
    pub(super) fn enter(&mut self, at: At) {
        self.next = at.0 + 1;
    }
}

impl Iterator for Children<'_> {
    type Item = At;

    fn next(&mut self) -> Option<At> {
        let at = self.next;
        (at < self.end).then(|| {
            self.next = self.table.entries[at as usize].after;
            At(at)
        })
    }
}

fn fate(kind: Kind, parent: Kind) -> Fate {
    match kind {
        Kind::Token
        | Kind::Comment
        | Kind::StringContent
        | Kind::EscapeSequence
        | Kind::PhpEndTag
        | Kind::DeclareDirective
        | Kind::UseList => Fate::Dropped,
        Kind::Arrow | Kind::Comma if parent != Kind::ListLiteral => Fate::Dropped,
        Kind::Semicolon if parent != Kind::For => Fate::Dropped,
        // The sign of references, and of types that are several.
        Kind::BitAnd | Kind::BitOr if parent != Kind::Binary => Fate::Dropped,
        Kind::VariableName
        | Kind::Name
        | Kind::QualifiedName
        | Kind::RelativeName
        | Kind::NamespaceName
        | Kind::String
        | Kind::Nowdoc
        | Kind::TextInterpolation
        | Kind::Text
        | Kind::RelativeScope
        | Kind::PrimitiveType
        | Kind::CastType
        | Kind::VisibilityModifier => Fate::Leaf,
        _ => Fate::Branch,
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
