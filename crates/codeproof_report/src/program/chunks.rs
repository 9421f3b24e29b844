//! Chunks as rows.

use codeproof_types::{ContentHash, RepoPath};
use serde::Serialize;

use crate::TableRow;
use crate::clean;

/// One chunk; its serde form is a line of `codeproof chunks --format jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChunkRow {
    /// Its file.
    pub path: RepoPath,
    /// First line, 1-based.
    pub first_line: u32,
    /// Last line, inclusive.
    pub last_line: u32,
    /// Qualified name of the definition it is or stands in.
    pub symbol: Option<String>,
    /// Lines of imports that belong before it, each with its first and last line.
    pub preamble_lines: Vec<(u32, u32)>,
    /// Estimated tokens with its preamble.
    pub tokens: u32,
    /// Hash of the whole file.
    pub content_hash: ContentHash,
    /// Whether a model should look at it.
    pub needs_model: bool,
    /// Why, or why not.
    pub reason: String,
}

impl TableRow for ChunkRow {
    const NAMES: (&'static str, &'static str) = ("chunk", "chunks");
    const HEADS: &'static [&'static str] = &["place", "tokens", "model", "symbol and reason"];

    fn cells(&self) -> Vec<String> {
        let place = format!("{}:{}-{}", clean::path(&self.path), self.first_line, self.last_line);
        let model = if self.needs_model { "yes" } else { "no" };
        let symbol = self.symbol.as_deref().map(clean::one_line).unwrap_or_default();
        let text = format!("{symbol}  {}", clean::one_line(&self.reason));
        vec![place, self.tokens.to_string(), model.to_owned(), text.trim().to_owned()]
    }
}
