//! `agent`: one turn of an agent: a tool to run, or its verdict.
//!
//! ```text
//! *THOUGHT: text   *TOOL: name   *PARAM key: value   or *ARGS: {json}   *END_TOOL
//! *VERDICT: VERIFIED|WEAKNESS|REJECTED|ABSTAIN   *CONFIDENCE   *REASONING   *ATTACK_PATH   *END_VERDICT
//! ```
//!
//! Models trained on other notations use those: `<tool_call>{json}`, `[TOOL_CALLS]`, `<invoke>`, `Action:`, plain JSON,
//! calls such as `read_file("a.c", 1, 9)`. Whatever comes first counts; all behind it is made up.

mod actions;
mod calls;
mod tools;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::context::CodeContext;
use crate::text::Answer;

/// What an agent wants to happen next.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum AgentTurn {
    /// A tool is to run.
    Tool {
        /// Its name, one of the six.
        tool: &'static str,
        /// Its parameters: all that are required, numbers as numbers.
        params: Map<String, Value>,
        /// What the model said before.
        thought: String,
    },
    /// The investigation is over.
    Final {
        /// The verdict.
        verdict: Verdict,
        /// Percent, 0-100; `None` when none was given.
        confidence: Option<u8>,
        /// Why; empty when nothing was said.
        reasoning: String,
        /// How it could be exploited; empty when nothing was said.
        attack_path: String,
        /// What the model said before.
        thought: String,
    },
    /// Nothing that can be done; the reason is sent back as the result of the tool.
    None {
        /// The reason.
        why: NoAction,
        /// What was wrong, in words for the model.
        message: String,
    },
}

/// The verdict of an investigation (seed 002).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// A real vulnerability.
    Verified,
    /// Risky, but of little harm or unlikely.
    Weakness,
    /// Not a finding.
    Rejected,
    /// Not to be told.
    Abstain,
}

/// Why a turn holds nothing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAction {
    /// The answer is blank.
    Empty,
    /// The model declined.
    Refusal,
    /// The answer names neither a tool nor a verdict.
    NoAction,
    /// There is no such tool.
    UnknownTool,
    /// A parameter is missing or is not what it should be.
    BadParams,
    /// The answer was cut off within the call.
    Truncated,
    /// The call only repeats text of the scanned code.
    EchoOnly,
}

/// Reads one turn.
pub fn read_agent_turn(answer: &Answer, context: &CodeContext) -> AgentTurn {
    actions::first_action(answer, context)
}
