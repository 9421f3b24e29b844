//! From syntax trees to the IR, one module for each language.

mod builder;
mod nodes;
mod php;
#[cfg(test)]
mod print;
mod python;
#[cfg(test)]
mod soundness;

pub use php::lower_blade;

use codeproof_syntax::ParsedFile;
use codeproof_types::Language;

use crate::ir::Module;

/// Lowers one file; `None` for languages that have no lowering yet. Never fails: what is not understood becomes
/// [`crate::ir::Expr::Unknown`].
pub fn lower(text: &str, parsed: &ParsedFile) -> Option<Module> {
    match parsed.language() {
        Language::Python => Some(python::lower(text, parsed.tree())),
        Language::Php => Some(php::lower(text, parsed.tree())),
        _ => None,
    }
}
