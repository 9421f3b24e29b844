//! Rust.

use codeproof_types::Language;

use crate::rust;

/// Rust for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::Rust,
    grammar: || tree_sitter_rust::LANGUAGE.into(),
    extensions: &["rs"],
    file_names: &[],
    interpreters: &["rust-script"],
    prepare: |_| None,
    read: rust::read,
    module: |_| None,
};

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = rust::Kind::NAMES;
