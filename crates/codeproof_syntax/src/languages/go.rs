//! Go.

use codeproof_types::Language;
use tree_sitter::Tree;

use crate::collector::Collector;
use crate::nodes::{node_kinds, walk};

/// Go for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::Go,
    grammar: || tree_sitter_go::LANGUAGE.into(),
    extensions: &["go"],
    file_names: &[],
    interpreters: &[],
    prepare: |_| None,
    read,
    module: |_| None,
};

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = Kind::NAMES;

node_kinds! {
    tree_sitter_go::LANGUAGE;
    Comment = "comment",
}

fn read<'t>(tree: &'t Tree, facts: &mut Collector<'t>) {
    walk(tree, |node| {
        facts.reach(node.start_byte());
        match Kind::of(node) {
            Kind::Comment => facts.comment(node),
            Kind::Other => {}
        }
    });
}
