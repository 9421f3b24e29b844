//! The seven formats by name, for callers that choose one at run time.

use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::context::{CodeContext, RepoContext, SourceContext};
use crate::error::Error;
use crate::text::Answer;
use crate::{read_agent_turn, read_answer, read_broad, read_drafts, read_drafts_json, read_enrichment, read_votes};

/// A format that models answer in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Drafts as markers.
    Draft,
    /// Drafts as JSON.
    DraftJson,
    /// Votes.
    Verify,
    /// A turn of an agent.
    Agent,
    /// The report of a finding.
    Enrich,
    /// Issues of a repository.
    Broad,
    /// An answer with sources.
    Qa,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] =
        &[Self::Draft, Self::DraftJson, Self::Verify, Self::Agent, Self::Enrich, Self::Broad, Self::Qa];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::DraftJson => "draft_json",
            Self::Verify => "verify",
            Self::Agent => "agent",
            Self::Enrich => "enrich",
            Self::Broad => "broad",
            Self::Qa => "qa",
        }
    }

    fn context_example(self) -> &'static str {
        match self {
            Self::Broad => r#"{"files": {"src/api.py": 120}}"#,
            Self::Qa => r#"{"sources": [{"index": 1, "file_path": "src/api.py"}]}"#,
            _ => r#"{"code": "…", "start_line": 30, "end_line": 34}"#,
        }
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.iter().copied().find(|format| format.name() == name).ok_or_else(|| Error::Format {
            name: name.to_owned(),
            known: Self::ALL.iter().map(|format| format.name()).collect(),
        })
    }
}

/// Reads an answer in `format` and returns the reply as JSON. `context` is JSON: for drafts, votes, turns and reports
/// `{"code", "start_line", "end_line"}`, for broad scans `{"files": {path: lines}}`, for answers
/// `{"sources": [{"index", "file_path"}]}`.
///
/// # Errors
/// When `context` is not JSON of that shape.
pub fn read_as_json(format: Format, answer: &Answer, context: Option<&str>) -> Result<Value, Error> {
    Ok(match format {
        Format::Draft => value(&read_drafts(answer, &parsed(format, context)?)),
        Format::DraftJson => value(&read_drafts_json(answer, &parsed(format, context)?)),
        Format::Verify => value(&read_votes(answer, &parsed(format, context)?)),
        Format::Agent => value(&read_agent_turn(answer, &parsed(format, context)?)),
        Format::Enrich => value(&read_enrichment(answer, &parsed(format, context)?)),
        Format::Broad => {
            let repo = parsed::<Value>(format, context)?;
            value(&read_broad(answer, &RepoContext::from_json(&repo)))
        }
        Format::Qa => value(&read_answer(answer, &parsed::<SourceContext>(format, context)?)),
    })
}

fn parsed<C: DeserializeOwned + Default>(format: Format, context: Option<&str>) -> Result<C, Error> {
    let Some(context) = context else { return Ok(C::default()) };
    let error = |source| Error::Context { format: format.name(), example: format.context_example(), source };
    serde_json::from_str(context).map_err(error)
}

fn value(reply: &impl Serialize) -> Value {
    serde_json::to_value(reply).expect("replies are plain data with texts as keys")
}

// The context of code is shared by five formats.
const _: fn(&Answer, &CodeContext) -> crate::DraftReply = read_drafts;
