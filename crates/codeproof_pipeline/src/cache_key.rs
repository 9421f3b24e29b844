//! What a file's analysis and facts depend on, as the keys of their cache entries.

use codeproof_source::SourceFile;
use codeproof_store::CacheKey;
use codeproof_types::{ContentHash, FileClass, Language};

/// Key of one file's findings: content, path (rules and fingerprints depend on it), class, grammars, and `engine`, the
/// identity of program and rules.
pub(crate) fn of(file: &SourceFile, secrets_only: bool, engine: &str) -> CacheKey {
    let hash = file.hash.to_string();
    let rules = if secrets_only { "secrets" } else { "all" };
    from_parts(&["findings", &hash, file.path.as_str(), rules, codeproof_syntax::version(), engine])
}

/// Key of one file's facts, which are path-free: content, what of its name chooses the language, whether it is minified,
/// grammars, and `build`, the identity of the program.
pub(crate) fn of_facts(file: &SourceFile, build: &str) -> CacheKey {
    let hash = file.hash.to_string();
    let name = file.path.extension().unwrap_or_else(|| file.path.file_name());
    let class = if file.class == FileClass::Minified { "minified" } else { "source" };
    from_parts(&["facts", &hash, name, class, codeproof_syntax::version(), build])
}

/// Key of what data flow says of a program: its files with their places, its language, the users' specs, grammars, and
/// `engine`, the identity of program and rules.
pub(crate) fn of_flows(files: &[&SourceFile], language: Language, specs: &str, engine: &str) -> CacheKey {
    let files: String = files.iter().map(|file| format!("{} {}\n", file.hash, file.path)).collect();
    let files = ContentHash::of(files.as_bytes()).to_string();
    from_parts(&["flows", &files, language.name(), specs, codeproof_syntax::version(), engine])
}

/// Hashes the parts, each with its length before it, so that no two lists of parts run together. The first says what is
/// kept under the key.
fn from_parts(parts: &[&str]) -> CacheKey {
    let text: String = parts.iter().map(|part| format!("{} {part}\n", part.len())).collect();
    CacheKey(*ContentHash::of(text.as_bytes()).as_bytes())
}
