//! What is asked, and what comes back.

use std::sync::Arc;

use codeproof_types::ContentHash;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::Role;
use crate::record::CallRecord;
use crate::tokens::count_tokens;

/// One prompt for one model.
///
/// What many requests share stands in [`Self::system`] and is sent first, what differs stands last: servers keep the
/// beginnings of prompts, and so do the lists this crate makes.
#[derive(Clone, Debug)]
pub struct Request {
    /// What the answer is for.
    pub role: Role,
    /// Instructions; may be empty.
    pub system: Arc<str>,
    /// The conversation; its last turn is the user's.
    pub turns: Vec<Turn>,
    /// The form of the answer.
    pub output: Output,
    /// Most tokens of the answer; the model's own limit when absent.
    pub max_tokens: Option<u32>,
}

impl Request {
    /// One question without a history, answered as text.
    pub fn new(role: Role, system: impl Into<Arc<str>>, prompt: impl Into<String>) -> Self {
        let turns = vec![Turn { speaker: Speaker::User, text: prompt.into() }];
        Self { role, system: system.into(), turns, output: Output::Text, max_tokens: None }
    }

    /// The same request with another form of answer.
    #[must_use]
    pub fn with_output(mut self, output: Output) -> Self {
        self.output = output;
        self
    }

    /// The prompt's identity, whatever model it is sent to: BLAKE3 over speakers and texts.
    pub fn prompt_hash(&self) -> ContentHash {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        let mut bytes = Vec::with_capacity(self.bytes() + 16 * (self.turns.len() + 1));
        for (speaker, text) in self.parts() {
            bytes.extend_from_slice(speaker.as_bytes());
            bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        ContentHash::of(&bytes)
    }

    /// Bytes of all texts together.
    pub(crate) fn bytes(&self) -> usize {
        self.parts().map(|(_, text)| text.len()).sum()
    }

    /// Tokens of all texts, by our own count.
    pub(crate) fn count_tokens(&self) -> u64 {
        self.parts().map(|(_, text)| count_tokens(text)).sum()
    }

    /// All texts in the order they are sent, with who says them.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let turns = self.turns.iter().map(|turn| (turn.speaker.as_str(), turn.text.as_str()));
        std::iter::once(("system", &*self.system)).chain(turns)
    }
}

/// One contribution to a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who says it.
    pub speaker: Speaker,
    /// What is said.
    pub text: String,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// We.
    User,
    /// The model.
    Assistant,
}

impl Speaker {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// The form of an answer, for servers that can hold a model to it.
///
/// It is a wish: servers ignore what they do not know, and some answers break the schema they were held to. Whoever
/// asks reads the answer as if nothing had been promised.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Output {
    /// Any text.
    #[default]
    Text,
    /// A JSON object.
    Json,
    /// JSON of a schema.
    Schema {
        /// Its name: letters, digits, `_` and `-`, at most 64.
        name: String,
        /// The JSON Schema.
        schema: Arc<Value>,
    },
    /// Text that matches a regular expression; only vLLM's `structured_outputs` knows it, others send any text.
    Regex(String),
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The text, without anything the server marked as reasoning. Empty when the model said nothing.
    pub text: String,
    /// Why it ends.
    pub finish: Finish,
    /// Whether the server was told the wished form. `false` for [`Output::Text`], and for servers known not to obey.
    pub form_was_sent: bool,
    /// What it cost: the same record that went to the sink.
    pub record: CallRecord,
}

/// Why an answer ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "finish", content = "word")]
pub enum Finish {
    /// The model was done.
    Stop,
    /// A limit cut it: `max_tokens`, or the context.
    Length,
    /// The model or its server declined; the server's word for it.
    Refused(String),
    /// Something else; the server's word for it.
    Other(String),
}
