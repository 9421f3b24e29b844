//! What a file's analysis depends on, as the key of its cache entry.

use codeproof_source::SourceFile;
use codeproof_store::CacheKey;
use codeproof_types::ContentHash;

/// Key of one file's findings: content, path (rules and fingerprints depend on it), class, grammars, and `engine`, the
/// identity of program and rules.
pub(crate) fn of(file: &SourceFile, secrets_only: bool, engine: &str) -> CacheKey {
    let hash = file.hash.to_string();
    let rules = if secrets_only { "secrets" } else { "all" };
    let mut text = String::new();
    // Each part with its length before it, so that no two lists of parts run together.
    for part in [hash.as_str(), file.path.as_str(), rules, codeproof_syntax::version(), engine] {
        text.push_str(&format!("{} {part}\n", part.len()));
    }
    CacheKey(*ContentHash::of(text.as_bytes()).as_bytes())
}
