//! Places of a file that its tree does not show, so that no rule can look at them.

use codeproof_syntax::ParsedFile;
use codeproof_types::{Language, Span};
use tree_sitter::{Node, Tree, TreeCursor};

/// The places with what they are, in file order: where the text does not follow the grammar, and, in languages with a
/// preprocessor, text that was left out of the tree; in PHP, what templates write. O(nodes).
pub(super) fn places(text: &str, parsed: &ParsedFile) -> Vec<(Span, &'static str)> {
    let mut places = Vec::new();
    if parsed.tree().root_node().has_error() {
        broken(parsed.tree(), &mut places);
    }
    if matches!(parsed.language(), Language::C | Language::Cpp | Language::CSharp) {
        left_out(text, parsed.tree(), &mut places);
    }
    if parsed.language() == Language::Php {
        markup(text, parsed.tree(), &mut places);
    }
    places
}

/// What a template writes outside of the code that rules for PHP are written for: `<?= … ?>`, `{{ … }}`, `{!! … !!}`,
/// directives and scripts.
fn markup(text: &str, tree: &Tree, places: &mut Vec<(Span, &'static str)>) {
    each(tree, |node, _| {
        let written = || text.get(node.byte_range()).unwrap_or_default();
        let is_site = match node.kind() {
            "php_tag" => written().ends_with('='),
            "text" => {
                ["{{", "{!!", "@php", "<script", "javascript:", "v-html"].iter().any(|mark| written().contains(mark))
            }
            _ => false,
        };
        if is_site {
            places.push((span(node.start_byte(), node.end_byte()), "value written by a template"));
        }
        true
    });
}

fn broken(tree: &Tree, places: &mut Vec<(Span, &'static str)>) {
    each(tree, |node, _| {
        let is_broken = node.is_error() || node.is_missing();
        if is_broken {
            places.push((span(node.start_byte(), node.end_byte()), "place that does not follow the grammar"));
        }
        !is_broken && node.has_error()
    });
}

/// Text between the tokens of the tree that could do something: a branch of a conditional, a macro with arguments.
fn left_out(text: &str, tree: &Tree, places: &mut Vec<(Span, &'static str)>) {
    let mut end = 0;
    let mut gap = |from: usize, to: usize| {
        let between = text.get(from..to).unwrap_or_default();
        let does_something =
            |line: &str| !line.trim_start().starts_with('#') && line.contains(['(', '[', '*', '=', '>', '{', ';']);
        if between.lines().any(does_something) {
            let start = from + (between.len() - between.trim_start().len());
            let end = start + between.trim().len();
            places.push((span(start, end), "code that the preprocessor may leave out"));
        }
    };
    each(tree, |node, is_leaf| {
        if is_leaf {
            gap(end, node.start_byte().max(end));
            end = end.max(node.end_byte());
        }
        true
    });
    gap(end, text.len());
}

fn span(start: usize, end: usize) -> Span {
    Span { start, end }
}

/// Calls `enter` with every node and whether it has no children, from the top; it tells whether to look inside.
fn each<'t>(tree: &'t Tree, mut enter: impl FnMut(Node<'t>, bool) -> bool) {
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let inside = enter(node, node.child_count() == 0);
        if !(inside && cursor.goto_first_child() || goto_next(&mut cursor)) {
            return;
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
