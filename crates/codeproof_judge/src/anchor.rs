//! Finds the place of a draft in the chunk it is about. Nothing a model says about *where* is believed: what it quotes
//! must stand in the chunk.
//!
//! A quote at the claimed line stays there; one that stands elsewhere is relocated, to the occurrence nearest to the
//! claim; one that stands nowhere is an invention, and the draft is dropped. A draft without a quote is believed its line
//! when there is code in it. Models change blanks, keep the numbers we put before lines, cut with `…`, add comments and
//! quotes: such changes are tolerated where what is left could not stand just anywhere ([`quote`]).

mod comment;
mod quote;
mod tokens;

use codeproof_types::{DroppedDraft, ModelDraft, RepoPath};
use serde::{Deserialize, Serialize};

use self::quote::{Found, Haystack};
use crate::code_lines::CodeLines;
use crate::profile::Analyzer;
use crate::reading::{ChunkReading, RelativeDraft};

/// Lines that one draft may cover; models quote whole functions, people look at statements.
pub(crate) const LINES_MAX: u32 = 8;

/// Characters of what a model says that are kept: a model that runs away says nothing in its thousandth word.
const TITLE_CHARACTERS_MAX: usize = 160;
const REASON_CHARACTERS_MAX: usize = 2_000;

/// A draft whose place is in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnchoredDraft {
    /// The file.
    pub path: RepoPath,
    /// What the model said, with the line where it was found.
    pub draft: ModelDraft,
    /// The last line it covers; the first is `draft.line`.
    pub last_line: u32,
    /// The covered lines as they stand in the chunk, LF between them.
    pub code: String,
    /// Whether it was found at another line than the model claimed.
    pub is_relocated: bool,
}

/// Finds the place of each draft of `reading`, which must be of `chunk` (or of the same text elsewhere). `model` is the
/// user's name of the model. Drafts come in the order of the answer, without repetitions; what was dropped has its reason.
pub fn anchor(
    reading: &ChunkReading,
    chunk: &CodeLines,
    analyzer: &Analyzer,
    model: &str,
) -> (Vec<AnchoredDraft>, Vec<DroppedDraft>) {
    if reading.drafts.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let haystack = Haystack::new(chunk);
    let mut anchored: Vec<AnchoredDraft> = Vec::new();
    let mut dropped: Vec<DroppedDraft> = Vec::new();
    for draft in &reading.drafts {
        match place(draft, chunk, &haystack) {
            Ok(found) => {
                let found = believed(draft, found, chunk, analyzer, model);
                if !anchored.iter().any(|earlier| says_the_same(earlier, &found)) {
                    anchored.push(found);
                }
            }
            Err(reason) => dropped.push(DroppedDraft {
                model: model.to_owned(),
                path: chunk.path.clone(),
                first_line: chunk.first_line,
                last_line: chunk.last_line(),
                title: shortened(&draft.title, TITLE_CHARACTERS_MAX),
                claimed_line: draft.claimed_line(chunk.first_line),
                reason: reason.to_owned(),
            }),
        }
    }
    dropped.dedup();
    (anchored, dropped)
}

/// Where a draft belongs, or why it is not believed.
fn place(draft: &RelativeDraft, chunk: &CodeLines, haystack: &Haystack<'_>) -> Result<Found, &'static str> {
    let claimed = draft.claimed_line(chunk.first_line);
    if draft.snippet.trim().is_empty() {
        let outside = "it quotes no code and names no line of the chunk";
        let line = claimed.ok_or(outside)?;
        let text = chunk.line(line).ok_or(outside)?;
        return match comment::is_code(text, chunk.language) && tokens::says_something(text) {
            true => Ok(Found { first: line, last: line }),
            false => Err("it quotes no code, and there is none in the line it names"),
        };
    }
    haystack.find(&draft.snippet, claimed).ok_or("the code it quotes does not stand in the chunk")
}

fn believed(draft: &RelativeDraft, found: Found, chunk: &CodeLines, analyzer: &Analyzer, model: &str) -> AnchoredDraft {
    let claimed_line = draft.claimed_line(chunk.first_line);
    let last_line = found.last.min(found.first.saturating_add(LINES_MAX - 1)).min(chunk.last_line());
    let lines: Vec<&str> = (found.first..=last_line).filter_map(|line| chunk.line(line)).collect();
    AnchoredDraft {
        path: chunk.path.clone(),
        draft: ModelDraft {
            analyzer: analyzer.name.clone(),
            model: model.to_owned(),
            title: shortened(&draft.title, TITLE_CHARACTERS_MAX),
            cwe: draft.cwe,
            severity: draft.severity,
            claimed_line,
            line: found.first,
            reason: shortened(&draft.reason, REASON_CHARACTERS_MAX),
        },
        last_line,
        code: lines.join("\n"),
        is_relocated: claimed_line.is_some_and(|line| line != found.first),
    }
}

fn says_the_same(one: &AnchoredDraft, other: &AnchoredDraft) -> bool {
    one.draft.line == other.draft.line && one.draft.cwe == other.draft.cwe && one.draft.cwe.is_some()
}

fn shortened(text: &str, characters_max: usize) -> String {
    match text.char_indices().nth(characters_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
