//! A syntax tree laid out flat, with a meter on every step a rule takes in it.
//!
//! ast-grep's matchers run on any [`Doc`]. On tree-sitter's own nodes `parent`, `next_sibling` and `ancestors` each walk
//! down from the root, a `has` with a `stopBy` rule recurses once per level, and nothing bounds what a rule may cost.
//! Here one walk copies the tree into rows in pre-order, so that
//! - the parent, the next sibling and the whole subtree of a row are plain indices;
//! - nothing lies deeper than [`DEPTH_MAX`], which bounds every recursion of the matchers;
//! - each step is paid from a budget that depends on the file alone, so that the same file always stops at the same
//!   place, on any machine.
//!
//! Kinds and fields are numbered as the grammar that ast-grep compiles patterns with: for PHP that is the grammar of
//! code without HTML around it, while files are parsed with the one that knows both.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use ast_grep_core::source::{Edit, SgNode};
use ast_grep_core::{Doc, Position};
use ast_grep_language::SupportLang;

use super::grammar::KindNumbers;

/// Levels of nesting a rule can see. In Django, redis, curl and Laravel 99.9 % of the files stay below 50, and the
/// deepest, a header full of macros that the grammar cannot read, has 692.
pub(super) const DEPTH_MAX: usize = 1000;

/// Steps every file may use, whatever its size: 0.05 to 0.1 s of work.
const STEPS_BASE: u64 = 10_000_000;

/// Further steps for each row of the tree. All built-in rules together use under 20 on real code.
const STEPS_PER_ROW: u64 = 400;

/// No row: there is no such parent or sibling. Row 0 is the root, which is nobody's sibling.
const NONE: u32 = 0;

/// One node. 36 bytes.
#[derive(Debug, Clone, Copy)]
struct Row {
    parent: u32,
    previous: u32,
    next: u32,
    /// One past the last row of this node's subtree; the subtree starts at the node itself.
    subtree_end: u32,
    start: u32,
    end: u32,
    kind: u16,
    field: u16,
    is_named: bool,
    is_extra: bool,
    is_missing: bool,
    is_error: bool,
    has_named_children: bool,
}

/// A file's tree in rows. Cheap to clone.
#[derive(Clone)]
pub(super) struct FlatTree {
    shared: Rc<Shared>,
}

struct Shared {
    source: String,
    language: SupportLang,
    grammar: tree_sitter::Language,
    rows: Vec<Row>,
    steps_left: Cell<u64>,
}

impl FlatTree {
    /// Puts a budget on `rows`, the copy of the tree of `source`.
    pub(super) fn new(source: &str, language: SupportLang, numbers: &KindNumbers, rows: Rows) -> Self {
        let rows = rows.rows;
        let steps_left = Cell::new(STEPS_BASE + STEPS_PER_ROW * rows.len() as u64);
        let grammar = numbers.grammar().clone();
        Self { shared: Rc::new(Shared { source: source.to_owned(), language, grammar, rows, steps_left }) }
    }

    /// Whether the budget is used up. What a matcher said since then is worth nothing: its steps led nowhere.
    pub(super) fn is_exhausted(&self) -> bool {
        self.shared.steps_left.get() == 0
    }
}

/// A tree copied into rows, which may go to another thread.
pub(super) struct Rows {
    rows: Vec<Row>,
    /// The deepest level that has a row; the root is level 0.
    pub(super) depth: usize,
    /// The first byte of the first place that lies deeper than [`DEPTH_MAX`], if there is one.
    pub(super) cut_at: Option<usize>,
}

impl Rows {
    /// Copies `tree`. O(nodes).
    pub(super) fn copy(tree: &tree_sitter::Tree, numbers: &KindNumbers) -> Self {
        let mut rows = Vec::with_capacity(tree.root_node().descendant_count().min(1 << 20));
        let mut open: Vec<u32> = Vec::new();
        let (mut depth, mut cut_at) = (0, None);
        let mut cursor = tree.walk();
        let mut previous = NONE;
        loop {
            let node = cursor.node();
            let index = rows.len() as u32;
            let parent = open.last().copied().unwrap_or(NONE);
            depth = depth.max(open.len());
            rows.push(row(&cursor, numbers, parent, previous, index));
            if previous != NONE {
                rows[previous as usize].next = index;
            }
            if node.is_named() && !open.is_empty() {
                rows[parent as usize].has_named_children = true;
            }
            if open.len() < DEPTH_MAX && cursor.goto_first_child() {
                open.push(index);
                previous = NONE;
                continue;
            }
            if open.len() == DEPTH_MAX && node.child_count() > 0 && cut_at.is_none() {
                cut_at = Some(node.start_byte());
            }
            previous = index;
            while !cursor.goto_next_sibling() {
                let Some(parent) = open.pop() else { return Self { rows, depth, cut_at } };
                rows[parent as usize].subtree_end = rows.len() as u32;
                previous = parent;
                if !cursor.goto_parent() {
                    return Self { rows, depth, cut_at };
                }
            }
        }
    }
}

fn row(cursor: &tree_sitter::TreeCursor<'_>, numbers: &KindNumbers, parent: u32, previous: u32, index: u32) -> Row {
    let node = cursor.node();
    Row {
        parent,
        previous,
        next: NONE,
        subtree_end: index + 1,
        start: node.start_byte() as u32,
        end: node.end_byte() as u32,
        kind: numbers.kind(node.kind_id()),
        field: cursor.field_id().map_or(0, |field| numbers.field(field.get())),
        is_named: node.is_named(),
        is_extra: node.is_extra(),
        is_missing: node.is_missing(),
        is_error: node.is_error(),
        has_named_children: false,
    }
}

impl Doc for FlatTree {
    type Source = String;
    type Lang = SupportLang;
    type Node<'r> = FlatNode<'r>;

    fn get_lang(&self) -> &SupportLang {
        &self.shared.language
    }

    fn get_source(&self) -> &String {
        &self.shared.source
    }

    fn do_edit(&mut self, _edit: &Edit<String>) -> Result<(), String> {
        Err("a scanned file is never edited".to_owned())
    }

    fn root_node(&self) -> FlatNode<'_> {
        FlatNode { tree: &self.shared, index: 0 }
    }

    fn get_node_text<'a>(&'a self, node: &FlatNode<'a>) -> Cow<'a, str> {
        let row = node.row();
        // Comparing or searching text costs by its length; 32 bytes weigh about as much as one step.
        node.spend(1 + u64::from(row.end - row.start) / 32);
        Cow::Borrowed(self.shared.source.get(row.start as usize..row.end as usize).unwrap_or_default())
    }
}

/// A node of a [`FlatTree`].
#[derive(Clone, Copy)]
pub(super) struct FlatNode<'r> {
    tree: &'r Shared,
    index: u32,
}

impl<'r> FlatNode<'r> {
    fn row(&self) -> &'r Row {
        &self.tree.rows[self.index as usize]
    }

    fn at(&self, index: u32) -> Self {
        Self { tree: self.tree, index }
    }

    fn at_some(&self, index: u32) -> Option<Self> {
        (index != NONE).then(|| self.at(index))
    }

    /// Pays `steps`; false when the budget does not hold that many any more.
    fn spend(&self, steps: u64) -> bool {
        let left = self.tree.steps_left.get().saturating_sub(steps);
        self.tree.steps_left.set(left);
        left > 0
    }

    fn first_child(&self) -> Option<Self> {
        let row = self.row();
        (row.subtree_end > self.index + 1).then(|| self.at(self.index + 1))
    }

    fn position(&self, offset: u32) -> Position {
        let before = self.tree.source.as_bytes().get(..offset as usize).unwrap_or_default();
        self.spend(1 + before.len() as u64 / 32);
        let line = memchr::memchr_iter(b'\n', before).count();
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        Position::new(line, before.len() - line_start, offset as usize)
    }
}

/// The children of a node, in order.
struct Children<'r> {
    next: Option<FlatNode<'r>>,
}

impl<'r> Iterator for Children<'r> {
    type Item = FlatNode<'r>;

    fn next(&mut self) -> Option<FlatNode<'r>> {
        let child = self.next?;
        if !child.spend(1) {
            self.next = None;
            return None;
        }
        self.next = child.at_some(child.row().next);
        Some(child)
    }
}

impl ExactSizeIterator for Children<'_> {
    fn len(&self) -> usize {
        Children { next: self.next }.count()
    }
}

impl<'r> SgNode<'r> for FlatNode<'r> {
    fn parent(&self) -> Option<Self> {
        (self.index != 0 && self.spend(1)).then(|| self.at(self.row().parent))
    }

    fn children(&self) -> impl ExactSizeIterator<Item = Self> {
        Children { next: self.first_child() }
    }

    fn ancestors(&self, _root: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), |node| node.parent())
    }

    fn dfs(&self) -> impl Iterator<Item = Self> {
        let start = *self;
        (self.index..self.row().subtree_end).map_while(move |index| start.spend(1).then(|| start.at(index)))
    }

    fn next(&self) -> Option<Self> {
        self.spend(1).then(|| self.at_some(self.row().next)).flatten()
    }

    fn prev(&self) -> Option<Self> {
        self.spend(1).then(|| self.at_some(self.row().previous)).flatten()
    }

    fn kind(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.tree.grammar.node_kind_for_id(self.row().kind).unwrap_or_default())
    }

    fn kind_id(&self) -> u16 {
        self.row().kind
    }

    fn node_id(&self) -> usize {
        self.index as usize
    }

    fn range(&self) -> std::ops::Range<usize> {
        let row = self.row();
        row.start as usize..row.end as usize
    }

    fn start_pos(&self) -> Position {
        self.position(self.row().start)
    }

    fn end_pos(&self) -> Position {
        self.position(self.row().end)
    }

    fn is_named(&self) -> bool {
        self.row().is_named
    }

    fn is_named_leaf(&self) -> bool {
        !self.row().has_named_children
    }

    fn is_leaf(&self) -> bool {
        self.first_child().is_none()
    }

    fn is_missing(&self) -> bool {
        self.row().is_missing
    }

    fn is_error(&self) -> bool {
        self.row().is_error
    }

    fn is_extra(&self) -> bool {
        self.row().is_extra
    }

    fn field(&self, name: &str) -> Option<Self> {
        self.child_by_field_id(self.tree.grammar.field_id_for_name(name)?.get())
    }

    fn field_children(&self, field_id: Option<u16>) -> impl Iterator<Item = Self> {
        let children = Children { next: self.first_child() };
        children.filter(move |child| field_id.is_some_and(|field| child.row().field == field))
    }

    fn child_by_field_id(&self, field_id: u16) -> Option<Self> {
        self.children().find(|child| child.row().field == field_id)
    }
}
