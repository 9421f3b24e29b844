//! What a model's answer about a chunk says, with lines counted from the chunk's first: so it can be memorised and used
//! again where the same code stands elsewhere.

use codeproof_replies::{Answer, CodeContext, DraftReply, FinishReason, ReplyStatus, read_drafts, read_drafts_json};
use codeproof_types::{Cwe, OutputMode, Severity};
use serde::{Deserialize, Serialize};

use crate::code_lines::CodeLines;
use crate::prompt::{draft_form, shown};

/// The word for nothing in the form of answers.
const NOTHING: &str = "*NO_FINDINGS";

/// An answer about a chunk, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkReading {
    /// What the answer amounts to. Only `ok` and `clean` say something of the code; only `malformed` is worth mending.
    pub status: ReplyStatus,
    /// The drafts, in the order of the answer.
    pub drafts: Vec<RelativeDraft>,
}

/// A draft as the model wrote it; nothing of it is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelativeDraft {
    /// A few words: what it is.
    pub title: String,
    /// The weakness class.
    pub cwe: Option<Cwe>,
    /// Impact.
    pub severity: Severity,
    /// The line it claims, 0 for the first of the chunk; may lie outside. `None` when it gave none that can be read.
    pub line: Option<i64>,
    /// The code it quotes; may be empty.
    pub snippet: String,
    /// Its reason.
    pub reason: String,
}

impl RelativeDraft {
    /// The line it claims in the file, when the chunk starts at `first_line`; `None` when there is no such line.
    pub(crate) fn claimed_line(&self, first_line: u32) -> Option<u32> {
        let line = i64::from(first_line).checked_add(self.line?)?;
        u32::try_from(line).ok().filter(|line| *line > 0)
    }
}

/// Reads the answer of a model that was asked about `chunk` in the form of `mode`; models that answer in another form are
/// understood. `cut` says that the answer ran into its limit of tokens. A record that stands in the code that was shown,
/// or in our description of the form, is an echo and no draft.
pub fn read_chunk(mode: OutputMode, chunk: &CodeLines, raw: &str, cut: bool) -> ChunkReading {
    let finish = if cut { FinishReason::Length } else { FinishReason::Stop };
    let answer = Answer::new(raw.as_bytes(), finish);
    let read = |context: &CodeContext| match mode {
        OutputMode::Markers => read_drafts(&answer, context),
        OutputMode::Json | OutputMode::GuidedJson => read_drafts_json(&answer, context),
    };
    // A model that repeats the form reports nothing; one that says the word for nothing repeats it, and is right to.
    let record: String = draft_form(mode).split_inclusive('\n').filter(|line| !line.contains(NOTHING)).collect();
    // The chunk comes first, so that its lines have their numbers.
    let code = Some(shown(chunk) + &record);
    let reply = read(&CodeContext { code, start_line: Some(chunk.first_line), end_line: Some(chunk.last_line()) });
    if reply.findings.is_empty() {
        return ChunkReading { status: reply.status, drafts: Vec::new() };
    }
    // Readers that know the code move drafts to where their snippet stands. Here the claim is wanted as it was made, so
    // that the move can be counted: it is taken from a second reading, which knows nothing.
    let claims = read(&CodeContext::default());
    ChunkReading { status: reply.status, drafts: relative(reply, &claims, chunk.first_line) }
}

/// The drafts of `reply` with the lines that `claims`, another reading of the same answer, has for them.
fn relative(reply: DraftReply, claims: &DraftReply, first_line: u32) -> Vec<RelativeDraft> {
    let mut rest = claims.findings.iter();
    let drafts = reply.findings.into_iter().map(|draft| {
        let mut ahead = rest.clone();
        let says_the_same = |other: &codeproof_replies::Draft| {
            (&other.title, &other.snippet, &other.reason) == (&draft.title, &draft.snippet, &draft.reason)
        };
        let claimed = match ahead.find(|other| says_the_same(other)) {
            Some(same) => {
                rest = ahead;
                same.line
            }
            None => draft.line,
        };
        RelativeDraft {
            title: draft.title,
            cwe: draft.cwe,
            severity: draft.severity,
            line: claimed.map(|line| i64::from(line) - i64::from(first_line)),
            snippet: draft.snippet,
            reason: draft.reason,
        }
    });
    drafts.collect()
}
