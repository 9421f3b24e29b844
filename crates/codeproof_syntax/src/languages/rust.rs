//! Rust.

use codeproof_types::Language;
use tree_sitter::Tree;

use crate::collector::Collector;
use crate::nodes::{node_kinds, walk};

/// Rust for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::Rust,
    grammar: || tree_sitter_rust::LANGUAGE.into(),
    extensions: &["rs"],
    file_names: &[],
    interpreters: &["rust-script"],
    prepare: |_| None,
    read,
    module: |_| None,
};

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = Kind::NAMES;

node_kinds! {
    tree_sitter_rust::LANGUAGE;
    BlockComment = "block_comment",
    LineComment = "line_comment",
}

fn read<'t>(tree: &'t Tree, facts: &mut Collector<'t>) {
    walk(tree, |node| {
        facts.reach(node.start_byte());
        match Kind::of(node) {
            Kind::BlockComment | Kind::LineComment => facts.comment(node),
            Kind::Other => {}
        }
    });
}
