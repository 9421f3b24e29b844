//! The small questions of `codeproof models check`: one for each role, and one that shows whether a schema is obeyed.

use std::sync::Arc;

use codeproof_llm::{Finish, Output, Reply, Request, Role};
use serde_json::{Value, json};

/// Tokens of an answer: enough for a short thought before it, little enough to come soon.
const ANSWER_TOKENS: u32 = 800;

/// A question and how its answer is read.
pub(super) struct Question {
    pub request: Request,
    read: fn(&Reply) -> Result<String, String>,
}

impl Question {
    /// What stands in the answer, in a few words; or what is wrong with it and what to try.
    pub(super) fn read(&self, reply: &Reply) -> Result<String, String> {
        match &reply.finish {
            Finish::Refused(word) => Err(format!("it declined ({word}); use another model for this role")),
            Finish::Length if reply.text.trim().is_empty() => {
                Err("it used up its tokens before it answered; raise max_tokens, or lower its reasoning".to_owned())
            }
            _ if reply.text.trim().is_empty() => {
                Err("its answer is empty; check the model's name and chat template".to_owned())
            }
            _ => (self.read)(reply),
        }
    }
}

/// The question for a role; `None` for a role that is asked nothing yet.
pub(super) fn of_role(role: Role) -> Option<Question> {
    match role {
        Role::Analyzer => Some(draft()),
        Role::Verifier => Some(vote()),
        Role::Enricher | Role::Investigator | Role::Chat => Some(word("ready")),
        Role::Embedding => None,
    }
}

fn draft() -> Question {
    let request = Request::new(
        Role::Analyzer,
        "You review source code for security. For each vulnerability write these lines and nothing else:\n*DRAFT: what it is\n*TYPE: its CWE \
         number\n*SEVERITY: Critical, High, Medium or Low\n*LINE: the number of the line\n*SNIPPET: that line, copied\n\
         *REASON: one sentence\n*END_DRAFT",
        "1| void greet(const char *name) {\n2|     char line[16];\n3|     strcpy(line, name);\n4|     puts(line);\n5| }\n",
    );
    Question { request: limited(request), read: |reply| has_marker(&reply.text, "DRAFT", "a draft") }
}

fn vote() -> Question {
    let request = Request::new(
        Role::Verifier,
        "You judge a finding of a scanner. Answer with these lines and nothing else:\n*VOTE: VERIFY, WEAKNESS, REJECT or \
         ABSTAIN, one of them\n*CONFIDENCE: 0 to 100\n*REASONING: one sentence\n*END_VOTE",
        "FINDING TO VERIFY\nline 3: strcpy into a buffer of 16 bytes\n\n1| void greet(const char *name) {\n2|     char \
         line[16];\n3|     strcpy(line, name);\n4|     puts(line);\n5| }\n",
    );
    Question { request: limited(request), read: |reply| has_marker(&reply.text, "VOTE", "a vote") }
}

fn has_marker(text: &str, marker: &str, what: &str) -> Result<String, String> {
    let is_marker = |line: &str| {
        let bare: String = line.chars().filter(|char| char.is_alphabetic() || *char == ':').collect();
        bare.to_uppercase().starts_with(&format!("{marker}:"))
    };
    match text.lines().any(is_marker) {
        true => Ok(format!("{what} was read")),
        false => Err(format!("no {marker} could be read in its answer; try output_mode = \"json\", or a larger model")),
    }
}

/// Asks for a word.
pub(super) fn word(word: &str) -> Question {
    let request = Request::new(Role::Chat, "Answer with one word.", format!("Write the word {word}."));
    Question {
        request: limited(request),
        read: |reply| Ok(format!("answered {:?}", reply.text.trim().chars().take(20).collect::<String>())),
    }
}

fn limited(mut request: Request) -> Request {
    request.max_tokens = Some(ANSWER_TOKENS);
    request
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
    let request =
        Request::new(Role::Chat, "You are a painter.", "Which color has the sky at noon? Answer in one sentence.");
    Question { request: limited(request).with_output(output), read: |reply| obeyed(&reply.text) }
}

fn obeyed(text: &str) -> Result<String, String> {
    let color =
        serde_json::from_str::<Value>(text.trim()).ok().and_then(|value| value["color"].as_str().map(str::to_owned));
    match color.is_some_and(|color| ["red", "green", "blue"].contains(&&*color)) {
        true => Ok("obeyed".to_owned()),
        false => Err("not obeyed; try another schema_field, or keep to output_mode = \"markers\"".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_found_however_they_are_dressed() {
        for text in ["*DRAFT: x", "Sure:\n- **Draft:** x", "1. *draft : x"] {
            assert!(has_marker(text, "DRAFT", "a draft").is_ok(), "{text}");
        }
        assert!(has_marker("A draft would be: none", "DRAFT", "a draft").is_err());
    }

    #[test]
    fn only_json_of_the_schema_obeys() {
        assert!(obeyed("{\"color\": \"blue\"}").is_ok());
        for text in ["It is blue.", "{\"color\": \"azure\"}", "{}", ""] {
            assert!(obeyed(text).is_err(), "{text}");
        }
    }
}
