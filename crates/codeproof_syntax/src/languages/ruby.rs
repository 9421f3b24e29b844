//! Ruby.

use codeproof_types::Language;
use tree_sitter::Tree;

use crate::collector::Collector;
use crate::nodes::{node_kinds, walk};

/// Ruby for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::Ruby,
    grammar: || tree_sitter_ruby::LANGUAGE.into(),
    extensions: &["rb", "rake", "gemspec", "ru", "rbw", "rbi", "jbuilder", "podspec", "thor"],
    file_names: &["Rakefile", "Gemfile", "Guardfile", "Capfile", "Vagrantfile", "Podfile", "Fastfile", "Berksfile", "Thorfile", "Brewfile", "Dangerfile", "Appraisals"],
    interpreters: &["ruby", "jruby", "rake"],
    prepare: |_| None,
    read,
    module: |_| None,
};

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = Kind::NAMES;

node_kinds! {
    tree_sitter_ruby::LANGUAGE;
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
