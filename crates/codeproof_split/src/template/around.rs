//! Names of the code around a slice.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;

use super::slice::MODULES;

/// Names of the code around a slice; those the slice itself has get another one.
pub(super) struct Around {
    taken: BTreeMap<String, String>,
}

impl Around {
    pub(super) fn new(names: &BTreeSet<String>) -> Self {
        let own = [
            "program",
            "found",
            "picked",
            "joined",
            "is_symbol",
            "run_scan",
            "main",
            "wanted",
            "changed",
            "known",
            "like",
            "wrong_type",
            "ALIASES",
            "COMPUTED",
            "SOURCE_SHA256",
            "parameter",
            "plain",
            "rows_of",
            "row_of",
            "SCANNER",
            "PARAMETERS",
            "READS_ARGUMENTS",
        ];
        let mut taken = BTreeMap::new();
        for name in own.iter().chain(MODULES).filter(|name| names.contains(**name)) {
            let mut free = format!("{name}_");
            while names.contains(&free) {
                free.push('_');
            }
            taken.insert((*name).to_owned(), free);
        }
        Self { taken }
    }

    pub(super) fn name(&self, name: &str) -> String {
        self.taken.get(name).cloned().unwrap_or_else(|| name.to_owned())
    }

    /// Our own Python with the names that are free.
    pub(super) fn rename(&self, text: &str) -> String {
        if self.taken.is_empty() {
            return text.to_owned();
        }
        let Ok(module) = codeproof_python::read(text.as_bytes()) else { return text.to_owned() };
        let tokens = module.parsed.tokens();
        let mut renamed = String::with_capacity(text.len());
        let mut at = 0;
        let mut before = TokenKind::Newline;
        for token in tokens.iter() {
            let range = token.range().to_std_range();
            if token.kind() == TokenKind::Name
                && before != TokenKind::Dot
                && let Some(free) = self.taken.get(&text[range.clone()])
            {
                renamed.push_str(&text[at..range.start]);
                renamed.push_str(free);
                at = range.end;
            }
            before = token.kind();
        }
        renamed.push_str(&text[at..]);
        renamed
    }
}
