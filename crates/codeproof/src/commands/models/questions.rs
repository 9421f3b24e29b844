//! The small questions of `codeproof models check`: one for each role, with the prompts that scans use, and one that shows
//! whether a schema is obeyed.

use std::sync::Arc;

use codeproof_judge::{Analyzer, Prompt, Verifier, read_chunk, read_vote};
use codeproof_llm::{Finish, ModelConfig, Output, Reply, Request, Role};
use codeproof_types::OutputMode;
use serde_json::{Value, json};

use super::sample;

/// Tokens of an answer: enough for a short thought before it, little enough to come soon.
const ANSWER_TOKENS: u32 = 1_500;

/// Characters of an answer that are shown.
const SHOWN_CHARACTERS: usize = 40;

/// A question and how its answer is read.
pub(super) struct Question {
    pub(super) request: Request,
    reader: Reader,
}

enum Reader {
    Drafts(OutputMode),
    Vote(String),
    Words,
    Schema,
}

impl Question {
    fn new(mut request: Request, reader: Reader, config: Option<&ModelConfig>) -> Self {
        request.max_tokens = Some(config.map_or(ANSWER_TOKENS, |config| config.max_tokens.min(ANSWER_TOKENS)));
        Self { request, reader }
    }

    /// What stands in the answer, in a few words; or what is wrong with it and what to try.
    pub(super) fn read(&self, reply: &Reply) -> Result<String, String> {
        let is_cut = reply.finish == Finish::Length;
        match &reply.finish {
            Finish::Refused(word) => Err(format!("it declined ({word}); use another model for this role")),
            Finish::Length if reply.text.trim().is_empty() => {
                Err("it used up its tokens before it answered; raise max_tokens, or lower its reasoning".to_owned())
            }
            _ if reply.text.trim().is_empty() => {
                Err("its answer is empty; check the model's name and its chat template".to_owned())
            }
            _ => self.reader.read(&reply.text, is_cut),
        }
    }
}

impl Reader {
    fn read(&self, text: &str, is_cut: bool) -> Result<String, String> {
        match self {
            Self::Drafts(mode) => drafts(*mode, text, is_cut),
            Self::Vote(shown) => read_vote("", text, shown, is_cut)
                .map(|vote| format!("its vote was read: {}", vote.verdict))
                .map_err(|problem| format!("{problem}: {}; use another model for this role", beginning(text))),
            Self::Words => Ok(format!("it answered {}", beginning(text))),
            Self::Schema => obeyed(text),
        }
    }
}

fn drafts(mode: OutputMode, text: &str, is_cut: bool) -> Result<String, String> {
    let reading = read_chunk(mode, &sample::code(), text, is_cut);
    if let Some(draft) = reading.drafts.first() {
        let place = if draft.snippet.contains("strcpy") { "" } else { ", which quotes another line than the mistake" };
        return Ok(format!("its draft was read{place}"));
    }
    match serde_json::to_value(reading.status).unwrap_or_default().as_str() {
        Some("clean") => Ok("its answer was read; it sees nothing wrong in a plain overflow, expect little".to_owned()),
        status => Err(format!(
            "no draft could be read ({}): {}; try another output_mode, or a larger model",
            status.unwrap_or("unknown"),
            beginning(text)
        )),
    }
}

fn beginning(text: &str) -> String {
    format!("{:?}", text.trim().chars().take(SHOWN_CHARACTERS).collect::<String>())
}

/// The question for a role; `None` for a role that is asked nothing yet.
pub(super) fn of_role(role: Role, config: &ModelConfig) -> Option<Question> {
    match role {
        Role::Analyzer => Some(draft(config)),
        Role::Verifier => Some(vote(config)),
        Role::Enricher | Role::Investigator | Role::Chat => Some(word("ready")),
        Role::Embedding => None,
    }
}

fn draft(config: &ModelConfig) -> Question {
    let mode = config.output_mode;
    let prompt = sample::draft(&Analyzer::of(&config.name), mode);
    let output = match (mode, &prompt.schema) {
        (OutputMode::GuidedJson, Some(schema)) => {
            Output::Schema { name: prompt.schema_name.to_owned(), schema: Arc::clone(schema) }
        }
        (OutputMode::Json, _) => Output::Json,
        _ => Output::Text,
    };
    Question::new(request(Role::Analyzer, &prompt).with_output(output), Reader::Drafts(mode), Some(config))
}

fn vote(config: &ModelConfig) -> Question {
    let prompt = sample::vote(&Verifier::of(&config.name));
    Question::new(request(Role::Verifier, &prompt), Reader::Vote(prompt.shown), Some(config))
}

fn request(role: Role, prompt: &Prompt) -> Request {
    Request::new(role, Arc::clone(&prompt.system), prompt.user.clone())
}

/// Asks for a word.
pub(super) fn word(word: &str) -> Question {
    let request = Request::new(Role::Chat, "Answer with one word.", format!("Write the word {word}."));
    Question::new(request, Reader::Words, None)
}

/// A question that a model answers as JSON only when its server holds it to the schema.
pub(super) fn schema() -> Question {
    let schema = json!({
        "type": "object",
        "properties": {"color": {"type": "string", "enum": ["red", "green", "blue"]}},
        "required": ["color"],
        "additionalProperties": false,
    });
    let output = Output::Schema { name: "color".to_owned(), schema: Arc::new(schema) };
    let prompt = "Which color has the sky at noon? Answer in one sentence.";
    Question::new(Request::new(Role::Chat, "You are a painter.", prompt).with_output(output), Reader::Schema, None)
}

fn obeyed(text: &str) -> Result<String, String> {
    let answer = serde_json::from_str::<Value>(text.trim()).unwrap_or_default();
    let color = answer.get("color").and_then(Value::as_str);
    match color.is_some_and(|color| ["red", "green", "blue"].contains(&color)) {
        true => Ok("obeyed".to_owned()),
        false => Err("not obeyed; try another schema_field, or keep to output_mode = \"markers\"".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_are_read_as_scans_read_them() {
        let good = "*DRAFT: overflow\n*TYPE: CWE-120\n*SEVERITY: High\n*LINE: 6\n*SNIPPET: strcpy(line, name);\n\
                    *REASON: no bound\n*END_DRAFT";
        assert_eq!(drafts(OutputMode::Markers, good, false), Ok("its draft was read".to_owned()));
        assert!(drafts(OutputMode::Markers, "*NO_FINDINGS", false).is_ok_and(|text| text.contains("expect little")));
        assert!(drafts(OutputMode::Markers, "What a lovely day it is today.", false).is_err());
    }

    #[test]
    fn only_json_of_the_schema_obeys() {
        assert!(obeyed("{\"color\": \"blue\"}").is_ok());
        for text in ["It is blue.", "{\"color\": \"azure\"}", "{}", "", "[1]"] {
            assert!(obeyed(text).is_err(), "{text}");
        }
    }
}
