//! Reading syntax trees without recursion: node kinds as enums, a walk with an explicit cursor, small look-ups.

use std::ops::ControlFlow;

use tree_sitter::{Node, Tree, TreeCursor};

/// Declares the node kinds a language reads: an enum with one variant for each named node of the grammar that matters
/// and `Other` for the rest. Node ids become variants through one table, so that a walk compares no strings.
macro_rules! node_kinds {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind { Other, $($variant),+ }

        impl Kind {
            /// The grammar's names, in the order of the variants.
            #[cfg(test)]
            pub(crate) const NAMES: &'static [&'static str] = &[$($name),+];

            /// The kind for each node id of `grammar`.
            pub(crate) fn table(grammar: &tree_sitter::Language) -> Vec<Self> {
                let known = |id: u16| match grammar.node_kind_for_id(id) {
                    Some(_) if !grammar.node_kind_is_named(id) => Self::Other,
                    $(Some($name) => Self::$variant,)+
                    _ => Self::Other,
                };
                (0..=u16::MAX).take(grammar.node_kind_count()).map(known).collect()
            }
        }
    };
    ($grammar:expr; $($kinds:tt)+) => {
        $crate::nodes::node_kinds! { $($kinds)+ }

        impl Kind {
            /// The kind of `node`.
            pub(crate) fn of(node: tree_sitter::Node<'_>) -> Self {
                static TABLE: std::sync::LazyLock<Vec<Kind>> =
                    std::sync::LazyLock::new(|| Kind::table(&$grammar.into()));
                TABLE.get(usize::from(node.kind_id())).copied().unwrap_or(Self::Other)
            }
        }

        impl $crate::nodes::NodeKind for Kind {
            fn of_node(node: tree_sitter::Node<'_>) -> Self {
                Self::of(node)
            }
        }
    };
}
pub(crate) use node_kinds;

/// The node kinds of one grammar, for what is looked up alike in all of them.
pub(crate) trait NodeKind: Copy + Eq {
    /// The kind of `node`.
    fn of_node(node: Node<'_>) -> Self;
}

/// The first child of `node` that is of `kind`. O(children).
pub(crate) fn child<K: NodeKind>(node: Node<'_>, kind: K) -> Option<Node<'_>> {
    find_child(node, |child| (K::of_node(child) == kind).then_some(child))
}

/// Visits every node of `tree` in file order, parents first. O(nodes), no recursion.
pub(crate) fn walk<'t>(tree: &'t Tree, mut visit: impl FnMut(Node<'t>)) {
    let mut cursor = tree.walk();
    loop {
        visit(cursor.node());
        if !cursor.goto_first_child() && !goto_next(&mut cursor) {
            return;
        }
    }
}

/// Visits the children of `node`, tokens included, until `visit` breaks. O(children).
pub(crate) fn each_child<'t>(node: Node<'t>, mut visit: impl FnMut(Node<'t>) -> ControlFlow<()>) {
    let mut cursor = node.walk();
    if cursor.goto_first_child() {
        while visit(cursor.node()).is_continue() && cursor.goto_next_sibling() {}
    }
}

/// The first child of `node` for which `find` has an answer. O(children).
pub(crate) fn find_child<'t, T>(node: Node<'t>, mut find: impl FnMut(Node<'t>) -> Option<T>) -> Option<T> {
    let mut found = None;
    each_child(node, |child| match find(child) {
        Some(value) => {
            found = Some(value);
            ControlFlow::Break(())
        }
        None => ControlFlow::Continue(()),
    });
    found
}

/// How many named children `node` has, comments not counted. O(children).
pub(crate) fn count_arguments(node: Node<'_>) -> u32 {
    let mut count = 0;
    each_child(node, |child| {
        count += u32::from(child.is_named() && !child.is_extra());
        ControlFlow::Continue(())
    });
    count
}

/// The end of the last token below `node` that is no comment and has a width. O(depth of the last branch).
pub(crate) fn end_of_content(node: Node<'_>) -> usize {
    let mut cursor = node.walk();
    let mut end = node.end_byte();
    while cursor.goto_last_child() {
        while cursor.node().is_extra() || cursor.node().byte_range().is_empty() {
            if !cursor.goto_previous_sibling() {
                return end;
            }
        }
        end = cursor.node().end_byte();
    }
    end
}

/// The outermost nodes that do not follow the grammar (ERROR and MISSING), in file order. Sound parts are not entered.
pub(crate) fn errors(tree: &Tree) -> Vec<Node<'_>> {
    let mut places = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let is_error = node.is_error() || node.is_missing();
        if is_error {
            places.push(node);
        }
        let entered = !is_error && node.has_error() && cursor.goto_first_child();
        if !entered && !goto_next(&mut cursor) {
            return places;
        }
    }
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
