//! Under which key the answer of a model about a chunk is memorised.

use codeproof_types::OutputMode;

use crate::code_lines::CodeLines;
use crate::profile::Analyzer;
use crate::prompt::PROMPT_VERSION;

/// The key: everything that an answer depends on but the place of the chunk. Code that moves within its file or to another
/// one keeps its answers, whose lines are counted from the chunk's first.
///
/// `served_model` is the model's name on its server.
pub fn chunk_key(analyzer: &Analyzer, mode: OutputMode, served_model: &str, chunk: &CodeLines) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    // Each part has its length before it, each list its count, so that no two keys run together.
    let mut add = |part: &str| {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    };
    add("draft");
    add(&PROMPT_VERSION.to_string());
    add(&analyzer.name);
    add(if analyzer.prompt_template.is_some() { "own" } else { "built in" });
    add(analyzer.prompt_template.as_deref().unwrap_or_default());
    add(mode.name());
    add(served_model);
    add(chunk.language.map_or("", |language| language.name()));
    add(chunk.symbol.as_deref().unwrap_or_default());
    add(&chunk.preamble.len().to_string());
    chunk.preamble.iter().for_each(|(_, line)| add(line));
    chunk.lines.iter().for_each(|line| add(line));
    *hasher.finalize().as_bytes()
}
