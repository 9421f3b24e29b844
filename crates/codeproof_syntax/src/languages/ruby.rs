//! Ruby.

use codeproof_types::Language;

use crate::ruby;

/// Ruby for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::Ruby,
    grammar: || tree_sitter_ruby::LANGUAGE.into(),
    extensions: &["rb", "rake", "gemspec", "ru", "rbw", "rbi", "jbuilder", "podspec", "thor"],
    file_names: &[
        "Appraisals",
        "Berksfile",
        "Brewfile",
        "Capfile",
        "Dangerfile",
        "Fastfile",
        "Gemfile",
        "Guardfile",
        "Podfile",
        "Rakefile",
        "Thorfile",
        "Vagrantfile",
    ],
    interpreters: &["ruby", "jruby", "rake"],
    prepare: |_| None,
    read: ruby::read,
    module: |_| None,
};

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = ruby::Kind::NAMES;
