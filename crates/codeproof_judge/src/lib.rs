//! Turns code into prompts, and models' answers into anchored drafts and counted votes.
//!
//! In: a [`Profile`], numbered lines of code ([`CodeLines`], secrets masked), raw answers. Out: [`Prompt`]s, drafts whose
//! place was found in the chunk, and a [`Judgement`](codeproof_types::Judgement) of votes. Everything here is a plain
//! function of its arguments: this crate asks no model, reads no file, no clock and no environment, and writes no row.
//!
//! The way of a chunk: [`draft_prompt`], (a model), [`read_chunk`], [`anchor`], [`merge`], [`join`] with what detectors
//! found, [`finding`]. The way of a finding: [`verify_prompt`], (models), [`read_vote`], [`data_flow_vote`], [`decide`],
//! [`apply`].
//!
//! Three things are never believed. *Where* something is: what a model quotes must stand in the chunk, or the draft is
//! dropped with the reason. What the code *says*: it stands between fences that its author cannot close, behind line
//! numbers, and a record that is repeated from it is no answer. What an answer *is*: one that cannot be read is not "nothing
//! found", and a voter that fails rejects nothing.
//!
//! ```
//! use codeproof_judge::{Analyzer, CodeLines, PromptKey, anchor, draft_prompt, finding, merge, read_chunk};
//! use codeproof_types::{ContentHash, Language, OutputMode, RepoPath, State};
//!
//! let chunk = CodeLines {
//!     path: RepoPath::new("src/greet.c")?,
//!     language: Some(Language::C),
//!     symbol: Some("greet".to_owned()),
//!     preamble: vec![(1, "#include <string.h>".to_owned())],
//!     first_line: 7,
//!     lines: vec!["void greet(char *name) {".into(), "  char line[8];".into(), "  strcpy(line, name);".into(), "}".into()],
//! };
//! let analyzer = Analyzer::of("local");
//! let prompt = draft_prompt(&analyzer, OutputMode::Markers, &chunk, &PromptKey::new([0; 32]));
//! assert!(prompt.user.contains("\n9|   strcpy(line, name);\n"));
//!
//! // The model miscounts; the line it quotes tells the place.
//! let answer = "*DRAFT: Overflow in greet\n*TYPE: CWE-120\n*SEVERITY: High\n*LINE: 3\n\
//!               *SNIPPET: strcpy(line, name);\n*REASON: name may be longer than line\n*END_DRAFT";
//! let reading = read_chunk(OutputMode::Markers, &chunk, answer, false);
//! let (drafts, dropped) = anchor(&reading, &chunk, &analyzer, "local");
//! assert_eq!((drafts[0].draft.line, drafts[0].is_relocated, dropped.len()), (9, true, 0));
//!
//! let merged = merge(drafts, 1);
//! let found = finding(&merged[0], ContentHash::of(b"the file"), "greet", 0);
//! assert_eq!((found.rule_id.as_str(), found.state), ("model-cwe-120", State::Unverified));
//! # Ok::<(), codeproof_types::InvalidPath>(())
//! ```

mod anchor;
mod chunk_key;
mod code_lines;
mod error;
mod family;
mod fence;
mod finding;
mod join;
mod merge;
mod profile;
mod prompt;
mod reading;
mod template;
mod vote;

pub use anchor::{AnchoredDraft, anchor};
pub use chunk_key::chunk_key;
pub use code_lines::CodeLines;
pub use error::{InvalidGlob, ProfileError, ReplyProblem, TemplateProblem};
pub use family::rule_info;
pub use fence::PromptKey;
pub use finding::finding;
pub use join::{Joined, join};
pub use merge::{MergedDraft, merge};
pub use profile::{Analyzer, Filter, InvestigatorMode, Profile, Verifier};
pub use prompt::{
    AnswerForm, ContextPart, PROMPT_VERSION, Prompt, VerifyInput, draft_prompt, mend_prompt, verify_prompt,
};
pub use reading::{ChunkReading, RelativeDraft, read_chunk};
pub use vote::{apply, data_flow_vote, decide, read_vote};
