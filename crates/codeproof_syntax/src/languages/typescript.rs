//! TypeScript without JSX.

use std::sync::LazyLock;

use codeproof_types::Language;

use crate::ecmascript::{self, Kind};

/// TypeScript without JSX for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::TypeScript,
    grammar: || tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
    // Videos and translations of Qt share the first one; `recognise` looks at their text.
    extensions: &["ts", "mts", "cts"],
    file_names: &[],
    interpreters: &["deno", "bun", "ts-node", "tsx"],
    prepare: |_| None,
    read: |tree, facts| ecmascript::read(tree, &KINDS, facts),
    module: |_| None,
};

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| Kind::table(&tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into()));

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = ecmascript::TYPESCRIPT_KIND_NAMES;
