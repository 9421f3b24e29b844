//! JavaScript, with or without JSX.

use codeproof_types::Language;
use tree_sitter::Tree;

use crate::collector::Collector;
use crate::nodes::{node_kinds, walk};

/// JavaScript, with or without JSX for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::JavaScript,
    grammar: || tree_sitter_javascript::LANGUAGE.into(),
    extensions: &["js", "mjs", "cjs", "jsx", "es6", "jsm"],
    file_names: &["Jakefile"],
    interpreters: &["node", "nodejs", "zx"],
    prepare: |_| None,
    read,
    module: |_| None,
};

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = Kind::NAMES;

node_kinds! {
    tree_sitter_javascript::LANGUAGE;
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
