//! C++.

use std::sync::LazyLock;

use codeproof_types::Language;

use crate::c_family::{self, Dialect, Kind};

/// C++ for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::Cpp,
    grammar: || tree_sitter_cpp::LANGUAGE.into(),
    extensions: &["cpp", "cc", "cxx", "c++", "hpp", "hh", "hxx", "h++", "ipp", "tpp", "txx", "inl", "cppm", "ixx"],
    file_names: &[],
    interpreters: &[],
    prepare: |text| c_family::prepare(text, Dialect::Cpp),
    read: |tree, facts| c_family::read(tree, &KINDS, Dialect::Cpp, facts),
    module: |_| None,
};

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| Kind::table(&tree_sitter_cpp::LANGUAGE.into()));

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = Kind::NAMES;
