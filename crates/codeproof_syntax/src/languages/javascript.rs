//! JavaScript, with or without JSX.

use std::sync::LazyLock;

use codeproof_types::Language;

use crate::ecmascript::{self, Kind};

/// JavaScript, with or without JSX for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::JavaScript,
    grammar: || tree_sitter_javascript::LANGUAGE.into(),
    extensions: &["js", "mjs", "cjs", "jsx", "es6", "jsm"],
    file_names: &["Jakefile"],
    interpreters: &["node", "nodejs", "zx"],
    prepare: |_| None,
    read: |tree, facts| ecmascript::read(tree, &KINDS, facts),
    module: |_| None,
};

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| Kind::table(&tree_sitter_javascript::LANGUAGE.into()));

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = ecmascript::JAVASCRIPT_KIND_NAMES;
