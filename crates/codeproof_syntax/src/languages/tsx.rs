//! TypeScript with JSX.

use std::sync::LazyLock;

use codeproof_types::Language;

use crate::ecmascript::{self, Kind};

/// TypeScript with JSX for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::Tsx,
    grammar: || tree_sitter_typescript::LANGUAGE_TSX.into(),
    extensions: &["tsx"],
    file_names: &[],
    interpreters: &[],
    prepare: |_| None,
    read: |tree, facts| ecmascript::read(tree, &KINDS, facts),
    module: |_| None,
};

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| Kind::table(&tree_sitter_typescript::LANGUAGE_TSX.into()));

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = ecmascript::TSX_KIND_NAMES;
