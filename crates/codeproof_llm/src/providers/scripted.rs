//! A model that says what a file tells it to: for demonstrations, dry runs and tests. It needs no server, and the same
//! prompts always get the same answers.
//!
//! A script is JSON:
//!
//! ```json
//! {
//!   "lists": false,
//!   "answers": [
//!     {
//!       "role": "analyzer",
//!       "contains": ["strcpy"],
//!       "replies": [
//!         {"status": 429, "message": "busy", "retry_after_ms": 3000},
//!         {"text": "*DRAFT: …", "finish": "stop", "latency_ms": 20}
//!       ]
//!     },
//!     {"replies": [{"text": "nothing found"}]}
//!   ]
//! }
//! ```
//!
//! The first entry that fits answers: `role` (absent: any) and all of `contains` must stand in the prompt. The n-th
//! attempt gets the n-th reply, the last one stays. A reply is a `text` (`finish`: stop, length, refusal;
//! `input_tokens` and `output_tokens`, else estimated), or an error with `status`. `lists` lets several prompts share a
//! request, which takes as long as its slowest prompt and fails with its first error.

use std::time::Duration;

use serde::Deserialize;

use super::{Answer, Ask, Outgoing, Problem, Reading, Setup, Wire};
use crate::config::{ModelConfig, Role, Script};
use crate::fault::Fault;
use crate::record::Usage;
use crate::request::{Finish, Request};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scripted {
    #[serde(default)]
    lists: bool,
    answers: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    role: Option<Role>,
    #[serde(default)]
    contains: Vec<String>,
    replies: Vec<Line>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    finish: LineFinish,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    retry_after_ms: Option<u64>,
    #[serde(default)]
    latency_ms: u64,
    #[serde(default)]
    input_tokens: Option<u64>,
    #[serde(default)]
    output_tokens: Option<u64>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LineFinish {
    #[default]
    Stop,
    Length,
    Refusal,
}

pub(super) fn connect(setup: Setup<'_>) -> Result<Box<dyn Wire>, Problem> {
    let problem = |why: String| Problem::Setting("script", why);
    let text = match &setup.config.script {
        Some(Script::Text(text)) => text.to_string(),
        Some(Script::File(path)) => std::fs::read_to_string(path)
            .map_err(|error| problem(format!("{} cannot be read: {error}", path.display())))?,
        None => return Err(problem("it is missing; write the path of the file with the answers".to_owned())),
    };
    let script: Scripted = serde_json::from_str(&text).map_err(|error| problem(format!("it is no script: {error}")))?;
    match script.answers.iter().position(|entry| entry.replies.is_empty()) {
        Some(at) => Err(problem(format!("entry {} has no replies", at + 1))),
        None => Ok(Box::new(script)),
    }
}

impl Wire for Scripted {
    fn server(&self) -> String {
        "the script".to_owned()
    }

    fn takes_lists(&self) -> bool {
        self.lists
    }

    fn sends_form(&self, _: &ModelConfig, _: &Request) -> bool {
        false
    }

    fn write(&self, ask: &Ask<'_>) -> Outgoing {
        let lines: Vec<Option<&Line>> = ask.requests.iter().map(|request| self.line(request, ask.attempt)).collect();
        let latency_ms = lines.iter().flatten().map(|line| line.latency_ms).max().unwrap_or(0);
        let read = lines.iter().zip(ask.requests).map(|(line, request)| said(*line, request));
        let result = read.collect::<Result<Vec<(Answer, Usage)>, Fault>>().map(joined);
        Outgoing::Local { latency: Duration::from_millis(latency_ms), result }
    }

    fn read(&self, _: &[u8], _: usize) -> Result<Reading, String> {
        Err("a script has no bodies".to_owned())
    }
}

impl Scripted {
    fn line(&self, request: &Request, attempt: u32) -> Option<&Line> {
        let says = |word: &String| request.parts().any(|(_, text)| text.contains(word.as_str()));
        let fits = |entry: &&Entry| entry.role.is_none_or(|role| role == request.role) && entry.contains.iter().all(says);
        let replies = &self.answers.iter().find(fits)?.replies;
        replies.get(attempt.saturating_sub(1) as usize).or(replies.last())
    }
}

fn said(line: Option<&Line>, request: &Request) -> Result<(Answer, Usage), Fault> {
    let Some(line) = line else {
        return Err(Fault::status(404, "no entry of the script fits this prompt", None));
    };
    if let Some(status) = line.status {
        let delay = line.retry_after_ms.map(Duration::from_millis);
        return Err(Fault::status(status, line.message.as_deref().unwrap_or("as scripted"), delay));
    }
    let text = line.text.as_deref().unwrap_or_default().to_owned();
    let finish = match line.finish {
        LineFinish::Stop => Finish::Stop,
        LineFinish::Length => Finish::Length,
        LineFinish::Refusal => Finish::Refused("refusal".to_owned()),
    };
    let usage = Usage {
        input_tokens: line.input_tokens.unwrap_or_else(|| crate::tokens::guess_tokens(request.bytes())),
        output_tokens: line.output_tokens.unwrap_or_else(|| crate::tokens::guess_tokens(text.len())),
        estimated: line.input_tokens.is_none() || line.output_tokens.is_none(),
        ..Usage::default()
    };
    Ok((Answer { text, finish }, usage))
}

fn joined(said: Vec<(Answer, Usage)>) -> Reading {
    let sum = said.iter().fold(Usage::default(), |sum, (_, usage)| Usage {
        input_tokens: sum.input_tokens + usage.input_tokens,
        output_tokens: sum.output_tokens + usage.output_tokens,
        estimated: sum.estimated || usage.estimated,
        ..sum
    });
    Reading { answers: said.into_iter().map(|(answer, _)| answer).collect(), usage: Some(sum) }
}
