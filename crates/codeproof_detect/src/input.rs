//! What the engine is given.

use std::path::PathBuf;

use codeproof_syntax::ParsedFile;
use codeproof_types::{ContentHash, FileFacts, Language, LineIndex, RepoPath};

/// Settings of the engine.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Folders with the user's own rules: `*.yml`/`*.yaml` are ast-grep rules, `*.toml` are gitleaks rules.
    pub rule_folders: Vec<PathBuf>,
    /// A gitleaks configuration of the user, read beside the built-in secret rules.
    pub gitleaks_config: Option<PathBuf>,
    /// Ids of rules that stay off.
    pub rules_off: Vec<String>,
    /// Key of the salted hashes of secrets; the same key gives the same hashes.
    pub salt: [u8; 32],
}

/// One file, as the other crates understood it.
pub struct FileInput<'a> {
    /// Its place in the tree.
    pub path: &'a RepoPath,
    /// Its decoded text, without byte-order mark.
    pub text: &'a str,
    /// Hash of its bytes on the disk.
    pub hash: ContentHash,
    /// The lines of `text`.
    pub lines: &'a LineIndex,
    /// Its language, when it has a grammar and was parsed.
    pub language: Option<Language>,
    /// Its tree; without one no pattern rule is tried.
    pub parsed: Option<&'a ParsedFile>,
    /// Its facts; empty when there is no grammar.
    pub facts: &'a FileFacts,
    /// Vendored, generated and minified files: only secrets and file rules are looked at.
    pub secrets_only: bool,
}

/// Hands `look` a file made of its path and text alone, for tests.
#[cfg(test)]
pub(crate) fn with_file<T>(path: &str, text: &str, secrets_only: bool, look: impl FnOnce(&FileInput<'_>) -> T) -> T {
    let path = RepoPath::new(path).expect("tests use paths that can be");
    let language = codeproof_syntax::language_of(&path, text).filter(|_| !secrets_only);
    let parsed = language.and_then(|language| codeproof_syntax::parse(text, language).0);
    let facts = parsed.as_ref().map_or_else(FileFacts::default, |parsed| codeproof_syntax::facts(text, parsed));
    look(&FileInput {
        path: &path,
        text,
        hash: ContentHash::of(text.as_bytes()),
        lines: &LineIndex::new(text),
        language,
        parsed: parsed.as_ref(),
        facts: &facts,
        secrets_only,
    })
}
