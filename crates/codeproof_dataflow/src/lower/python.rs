//! Lowering.

use codeproof_types::Language;
use tree_sitter::Tree;

use super::builder::Builder;
use crate::ir::{Bytes, Module};

pub(super) fn lower(text: &str, tree: &Tree) -> Module {
    let _ = tree;
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    Builder::new(Language::Python, Bytes { start: 0, end }).finish()
}
