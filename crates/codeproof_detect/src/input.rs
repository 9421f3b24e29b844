//! What the engine is given.

use std::path::PathBuf;

use codeproof_syntax::ParsedFile;
use codeproof_types::{ContentHash, FileFacts, LineIndex, RepoPath};

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
    /// Its tree, when its language has a grammar.
    pub parsed: Option<&'a ParsedFile>,
    /// Its facts; empty when there is no grammar.
    pub facts: &'a FileFacts,
    /// Vendored, generated and minified files: only secrets and file rules are looked at.
    pub secrets_only: bool,
}
