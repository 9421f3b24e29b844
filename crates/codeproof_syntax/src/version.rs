//! What the facts of a file depend on besides its text and language.

use std::sync::LazyLock;

use crate::languages;

/// Names the grammars and the extractor, for keys of caches: equal text, language and version give equal facts. It
/// changes with every edit of this crate's sources (the build script hashes them) and with every grammar.
pub fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let grammars = languages::ALL.iter().map(|definition| {
            let grammar = (definition.grammar)();
            let (abi, states, kinds) = (grammar.abi_version(), grammar.parse_state_count(), grammar.node_kind_count());
            format!("{}-{abi}.{states}.{kinds}", definition.language)
        });
        let parts: Vec<String> = std::iter::once(env!("CODEPROOF_SYNTAX_SOURCES").to_owned()).chain(grammars).collect();
        parts.join("+")
    });
    &VERSION
}
