//! C, and headers that hold no C++.

use std::sync::LazyLock;

use codeproof_types::Language;

use crate::c_family::{self, Dialect, Kind};

/// C for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::C,
    grammar: || tree_sitter_c::LANGUAGE.into(),
    // Headers are told from C++ ones by their text, in `recognise`.
    extensions: &["c", "h", "def"],
    file_names: &[],
    interpreters: &["tcc"],
    prepare: |text| c_family::prepare(text, Dialect::C),
    read: |tree, facts| c_family::read(tree, &KINDS, Dialect::C, facts),
    module: |_| None,
};

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| Kind::table(&tree_sitter_c::LANGUAGE.into()));

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = c_family::C_KIND_NAMES;
