//! What a file's analysis depends on, as the key of its cache entry.

use codeproof_source::SourceFile;
use codeproof_store::CacheKey;
use codeproof_types::ContentHash;

/// Raised when the stored form or the meaning of an entry changes.
const FORMAT: u32 = 1;

/// Key of one file's findings: content, path (rules and fingerprints depend on it), class, grammars, extractors and
/// rules.
pub(crate) fn of(file: &SourceFile, secrets_only: bool, rules_version: &str) -> CacheKey {
    let hash = file.hash.to_string();
    let parts: [&str; 5] = [
        &hash,
        file.path.as_str(),
        if secrets_only { "secrets" } else { "all" },
        rules_version,
        env!("CARGO_PKG_VERSION"),
    ];
    let mut text = format!("{FORMAT}\n{}\n", codeproof_syntax::version());
    for part in parts {
        text.push_str(&format!("{} {part}\n", part.len()));
    }
    CacheKey(*ContentHash::of(text.as_bytes()).as_bytes())
}
