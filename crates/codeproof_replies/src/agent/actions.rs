//! Finds the first thing in an answer that is a tool call or a verdict, in whichever notation.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::calls::{Call, arguments_in, call_in, call_in_xml, call_on_line};
use super::tools::{Arguments, TOOLS, checked, is_final, is_no_tool};
use super::{AgentTurn, NoAction, Verdict};
use crate::context::CodeContext;
use crate::echo::Planted;
use crate::json;
use crate::markers::{Field, Grammar, MarkedText, Meaning, Opening, Record, Shape, mark, read};
use crate::prose::is_refusal;
use crate::text::{Answer, without_thinking, without_tokens};
use crate::values::{Word, confidence_percent, confidence_percent_of_json, vote_word};
use crate::{ReplyStatus, Vote};

const FIRST: usize = 0;
const CONFIDENCE: usize = 1;
const REASONING: usize = 2;
const ATTACK_PATH: usize = 3;

static VERDICT: Grammar = Grammar {
    fields: &[
        Field { names: &["VERDICT", "FINAL_VERDICT", "VOTE", "DECISION"], shape: Shape::Line },
        Field { names: &["CONFIDENCE", "CONFIDENCE_SCORE"], shape: Shape::Line },
        Field { names: &["REASONING", "REASON", "EXPLANATION"], shape: Shape::Prose },
        Field { names: &["ATTACK_PATH", "ATTACK_VECTOR"], shape: Shape::Prose },
    ],
    ends: &["END_VERDICT", "VERDICT_END", "END_VOTE"],
    opening: Opening::FirstField,
    words: &[],
};

const ARGS: usize = 1;

static TOOL: Grammar = Grammar {
    fields: &[
        Field { names: &["TOOL", "TOOL_NAME", "ACTION", "TOOL_CALL"], shape: Shape::Line },
        Field {
            names: &["ARGS", "ARGUMENTS", "PARAMS", "PARAMETERS", "ACTION_INPUT", "INPUT", "TOOL_INPUT"],
            shape: Shape::Prose,
        },
    ],
    ends: &["END_TOOL", "TOOL_END", "END_ACTION"],
    opening: Opening::FirstField,
    words: &[],
};

/// Names of lines that only the host writes; what follows them is made up.
const RESULTS: &[&str] = &["TOOL_RESULT", "RESULT", "OBSERVATION", "TOOL_OUTPUT", "END_TOOL", "THOUGHT", "VERDICT"];

/// Reads the first action of an answer.
pub(super) fn first_action(answer: &Answer, context: &CodeContext) -> AgentTurn {
    let code = context.plain_code();
    let planted = [Planted::in_code(&VERDICT, &code), Planted::in_code(&TOOL, &code)];
    let text = without_tokens(answer.text());
    let edge = |line: &str| match TOOL.edge(line) {
        crate::text::Edge::None => VERDICT.edge(line),
        edge => edge,
    };
    let spoken = without_thinking(&text, edge);
    let mut scan = Scan {
        text: &spoken.text,
        cut: answer.is_cut(),
        needs_end: spoken.unclosed_from.is_some(),
        planted,
        echoed: false,
        at: 0,
        budget: 4 * spoken.text.len() + (64 << 10),
    };
    scan.run().unwrap_or_else(|| nothing(&spoken.text, scan.echoed))
}

fn nothing(text: &str, echoed: bool) -> AgentTurn {
    let (why, message) = if echoed {
        (NoAction::EchoOnly, "the answer only repeats text of the code")
    } else if !text.chars().any(char::is_alphanumeric) {
        (NoAction::Empty, "the answer is empty")
    } else if is_refusal(text) {
        (NoAction::Refusal, "the model declined to answer")
    } else {
        (NoAction::NoAction, "call one tool, or give your verdict")
    };
    AgentTurn::None { why, message: message.to_owned() }
}

struct Scan<'t> {
    text: &'t str,
    cut: bool,
    /// Only what has its end counts.
    needs_end: bool,
    planted: [Planted; 2],
    echoed: bool,
    /// Byte of the line that is looked at.
    at: usize,
    /// Bytes that may still be read as JSON: attempts that fail may start again in the next line, but not for ever.
    budget: usize,
}

impl Scan<'_> {
    fn run(&mut self) -> Option<AgentTurn> {
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            let line = rest.split('\n').next().unwrap_or_default();
            let next = self.at + line.len() + 1;
            if let Some(turn) = self.line(line) {
                return Some(turn);
            }
            self.at = self.at.max(next);
        }
        None
    }

    /// The action that starts on a line.
    fn line(&mut self, line: &str) -> Option<AgentTurn> {
        if let Some(mark) = mark(line)
            && mark.separator.is_some()
        {
            if mark.quoted && (is_first(&TOOL, &mark.name) || is_first(&VERDICT, &mark.name)) {
                self.echoed = true;
                return None;
            }
            if is_first(&TOOL, &mark.name) {
                return self.marked_tool();
            }
            if is_first(&VERDICT, &mark.name) {
                return self.marked_verdict();
            }
            if mark.name == "FINAL_ANSWER" {
                return self.final_answer(mark.value);
            }
        }
        if let Some(turn) = self.xml(line) {
            return Some(turn);
        }
        if let Some((name, arguments)) = line.split_once("[ARGS]")
            && name.trim().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            let call = Call { name: name.trim().to_owned(), arguments: arguments_in(arguments, self.cut) };
            return Some(self.tool(call, false));
        }
        if let Some(call) = call_on_line(line, true) {
            return Some(self.tool(call, false));
        }
        self.json(line)
    }

    fn marked_tool(&mut self) -> Option<AgentTurn> {
        let block = self.block(&TOOL)?;
        let (record, lines) = block;
        if is_final(record.value(FIRST)) || is_no_tool(record.value(FIRST)) {
            return None;
        }
        if self.planted[1].holds(&record) && !record.has_more_than_first() && lines.is_empty() {
            self.echoed = true;
            return None;
        }
        if self.needs_end && !record.complete {
            return None;
        }
        let name = record.value(FIRST);
        let mut call = match call_on_line(name, false) {
            Some(call) if name.contains('(') && !name.ends_with("()") => call,
            _ => match name.split_once(['[', '{', ' ']).filter(|(tool, _)| super::tools::tool_named(tool).is_some()) {
                // `read_file[src/a.c]`, `read_file {"path": …}`
                Some((tool, _)) => {
                    let rest = &name[tool.len()..];
                    let rest = rest.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(rest);
                    Call { name: tool.to_owned(), arguments: arguments_in(rest, self.cut) }
                }
                None => Call { name: name.to_owned(), arguments: Arguments::default() },
            },
        };
        if !record.value(ARGS).is_empty() {
            call.arguments = arguments_in(record.value(ARGS), self.cut && !record.complete);
        }
        call.arguments.named.extend(lines);
        let unfinished = self.cut && !record.complete && record.cut_in.is_some() && record.value(ARGS).is_empty();
        Some(self.tool(call, unfinished))
    }

    /// The record that starts on this line, and the parameters on lines of their own.
    fn block(&self, grammar: &Grammar) -> Option<(Record, Vec<(String, Value)>)> {
        let rest = on_own_lines(&self.text[self.at..], grammar);
        let rest = rest.as_ref();
        let mut end = rest.len();
        let mut params = Vec::new();
        let mut kept = String::new();
        let mut at = 0;
        let mut closed = false;
        for line in rest.split_inclusive('\n') {
            let found = mark(line);
            let name = found.as_ref().map_or("", |mark| mark.name.as_str());
            let meaning = grammar.meaning(name);
            if at > 0
                && (meaning == Meaning::Field(0)
                    || is_first(&TOOL, name)
                    || is_first(&VERDICT, name)
                    || (RESULTS.contains(&name) && meaning != Meaning::End))
            {
                end = at;
                break;
            }
            match param_on_line(line).filter(|_| at > 0 && std::ptr::eq(grammar, &TOOL)) {
                Some(param) => params.push(param),
                None => kept.push_str(line),
            }
            at += line.len();
            if meaning == Meaning::End && found.is_some() {
                closed = true;
                end = at;
                break;
            }
        }
        let MarkedText { records, .. } = read(grammar, &kept, self.cut && !closed && end == rest.len());
        let mut record = records.into_iter().next()?;
        if self.cut && !closed && end == rest.len() {
            record.cut_in = record.cut_in.or(Some(FIRST));
        } else if !record.complete {
            record.cut_in = None;
        }
        Some((record, params))
    }

    fn tool(&self, call: Call, unfinished: bool) -> AgentTurn {
        if unfinished || (self.cut && call.arguments.broken) {
            let message = "the call was cut off; repeat it, and think less before it".to_owned();
            return AgentTurn::None { why: NoAction::Truncated, message };
        }
        checked(&call.name, &call.arguments, self.thought())
    }

    fn marked_verdict(&mut self) -> Option<AgentTurn> {
        let (record, _) = self.block(&VERDICT)?;
        if self.planted[0].holds(&record) {
            self.echoed = true;
            return None;
        }
        if self.needs_end && !record.complete {
            return None;
        }
        let verdict = match vote_word(record.value(FIRST)) {
            Word::Vote(vote) => verdict(vote),
            _ if record.cut_in.is_some() && !record.has_more_than_first() => {
                let message = "the verdict was cut off; repeat it".to_owned();
                return Some(AgentTurn::None { why: NoAction::Truncated, message });
            }
            _ => return None,
        };
        Some(AgentTurn::Final {
            verdict,
            confidence: confidence_percent(record.value(CONFIDENCE)),
            reasoning: record.value(REASONING).to_owned(),
            attack_path: record.value(ATTACK_PATH).to_owned(),
            thought: self.thought(),
        })
    }

    /// `Final Answer: REJECTED, it is bounded`; a verdict on the lines behind it is found later.
    fn final_answer(&self, value: &str) -> Option<AgentTurn> {
        let start = value.trim();
        if start.is_empty() || start.starts_with('{') || mark(start).is_some_and(|mark| mark.separator.is_some()) {
            return None;
        }
        let Word::Vote(vote) = vote_word(start) else { return None };
        Some(AgentTurn::Final {
            verdict: verdict(vote),
            confidence: None,
            reasoning: start.to_owned(),
            attack_path: String::new(),
            thought: self.thought(),
        })
    }

    fn xml(&mut self, line: &str) -> Option<AgentTurn> {
        let tag = ["<invoke", "<function="].iter().filter_map(|tag| line.find(tag)).min()?;
        let (call, unclosed) = call_in_xml(&self.text[self.at + tag..])?;
        if unclosed && self.needs_end {
            return None;
        }
        Some(self.tool(call, unclosed && self.cut))
    }

    /// JSON that starts on this line; text that is none is passed over as a whole.
    fn json(&mut self, line: &str) -> Option<AgentTurn> {
        let start = line.find(['{', '['])?;
        let first = self.first_json(self.at + start)?;
        let action = first.value.as_ref().and_then(|value| {
            let object = value.as_object().or_else(|| value.as_array()?.first()?.as_object());
            let verdict = object.and_then(|map| self.verdict_in(map));
            verdict.or_else(|| call_in(value).filter(|call| !is_no_tool(&call.name)).map(Action::Tool))
        });
        let source = &self.text[first.start..first.end];
        if action.is_none() {
            // `[TOOL_CALLS]` in another place, a list, code: look on behind it, or in the next line if it never ends.
            let line_end = self.at + line.len();
            self.at = if first.cut || first.end <= line_end { self.at } else { first.end.min(self.text.len()) };
            return self.after(line, start + 1, first.cut);
        }
        if self.planted[0].holds_json(source) {
            self.echoed = true;
            self.at = first.end;
            return None;
        }
        if first.cut && (self.cut || self.needs_end) {
            let message = "the call was cut off; repeat it, and think less before it".to_owned();
            return self.cut.then_some(AgentTurn::None { why: NoAction::Truncated, message });
        }
        match action? {
            Action::Verdict(turn) => Some(turn),
            Action::Tool(call) => Some(self.tool(call, false)),
        }
    }

    fn first_json(&mut self, from: usize) -> Option<json::First> {
        if self.budget == 0 {
            return None;
        }
        let first = json::first_at(self.text, from, !self.cut)?;
        self.budget = self.budget.saturating_sub(first.end - first.start);
        Some(first)
    }

    /// A second look at the same line, for `I call [1] {"tool": …}`.
    fn after(&mut self, line: &str, from: usize, cut: bool) -> Option<AgentTurn> {
        let key = ["{\"tool", "{\"name", "{\"action", "{\"function", "{\"verdict", "{'tool", "{'name"];
        let start = key.iter().filter_map(|key| line.get(from..)?.find(key)).min()? + from;
        if cut && self.cut {
            return None;
        }
        let first = self.first_json(self.at + start)?;
        let call = call_in(first.value.as_ref()?)?;
        Some(self.tool(call, first.cut && self.cut))
    }

    fn verdict_in(&self, map: &Map<String, Value>) -> Option<Action> {
        let inner = json::first_of(map, &["params", "arguments", "parameters", "action_input", "input"]);
        let is_final_call =
            ["tool", "name", "action"].iter().any(|key| map.get(*key).and_then(Value::as_str).is_some_and(is_final));
        let map = inner.filter(|_| is_final_call).and_then(Value::as_object).unwrap_or(map);
        let names = ["verdict", "final_verdict", "vote", "decision", "final_answer", "answer"];
        let word = json::first_of(map, &names).and_then(Value::as_str)?;
        let Word::Vote(vote) = vote_word(word) else { return None };
        Some(Action::Verdict(AgentTurn::Final {
            verdict: verdict(vote),
            confidence: json::first_of(map, &["confidence"]).and_then(confidence_percent_of_json),
            reasoning: json::text_in(map, &["reasoning", "reason", "explanation"]),
            attack_path: json::text_in(map, &["attack_path", "attack_vector"]),
            thought: self.thought(),
        }))
    }

    /// What stands before the action, without the name of its field.
    fn thought(&self) -> String {
        let before = self.text[..self.at.min(self.text.len())].trim();
        let last = before.rfind("THOUGHT:").map_or(before, |at| &before[at + "THOUGHT:".len()..]);
        last.trim().trim_matches('`').trim().to_owned()
    }
}

enum Action {
    Tool(Call),
    Verdict(AgentTurn),
}

/// A call on one line, `*TOOL: a *PARAM b: c *END_TOOL`, with each marker on a line of its own.
fn on_own_lines<'t>(text: &'t str, grammar: &Grammar) -> Cow<'t, str> {
    let (line, rest) = text.split_at(text.find('\n').unwrap_or(text.len()));
    if !std::ptr::eq(grammar, &TOOL) || !line.contains(" *") {
        return Cow::Borrowed(text);
    }
    let mut split = line.to_owned();
    for name in ["PARAM", "ARGS", "END_TOOL"] {
        split = split.replace(&format!(" *{name}"), &format!("\n*{name}"));
    }
    Cow::Owned(split + rest)
}

fn is_first(grammar: &Grammar, name: &str) -> bool {
    grammar.meaning(name) == Meaning::Field(0)
}

fn verdict(vote: Vote) -> Verdict {
    match vote {
        Vote::Verify => Verdict::Verified,
        Vote::Weakness => Verdict::Weakness,
        Vote::Reject => Verdict::Rejected,
        Vote::Abstain => Verdict::Abstain,
    }
}

/// `*PARAM path: a.c`, `*PARAM: path = a.c`, `*PATH: a.c`, `path: a.c`.
fn param_on_line(line: &str) -> Option<(String, Value)> {
    let mark = mark(line)?;
    mark.separator?;
    let value = |text: &str| Value::String(text.trim().to_owned());
    if matches!(mark.name.as_str(), "PARAM" | "PARAMETER" | "ARG" | "PARAMS" | "ARGUMENT") {
        let (key, rest) = mark.value.split_once([':', '='])?;
        let is_name =
            key.trim().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !key.trim().is_empty();
        // `*PARAMS: a=1, b=2` are several.
        let several = mark.name == "PARAMS" && rest.contains([',']) && rest.contains(['=', ':']);
        return (is_name && !several).then(|| (key.trim().to_owned(), param_value(rest)));
    }
    if let Some(key) = mark
        .name
        .strip_prefix("PARAM_")
        .or_else(|| mark.name.strip_prefix("PARAMETER_"))
        .or_else(|| mark.name.strip_prefix("ARG_"))
    {
        return Some((key.to_ascii_lowercase(), param_value(mark.value)));
    }
    let key = mark.name.to_ascii_lowercase();
    let known = TOOLS
        .iter()
        .flat_map(|tool| tool.params)
        .any(|param| param.names[0] == key || (mark.starred && param.names.contains(&key.as_str())));
    known.then(|| (key, value(plain(mark.value))))
}

fn param_value(text: &str) -> Value {
    Value::String(plain(text).to_owned())
}

/// A value without quotes or backticks around it.
fn plain(text: &str) -> &str {
    crate::markers::plain_words(text)
}

impl From<NoAction> for ReplyStatus {
    /// The status an answer without an action has.
    fn from(why: NoAction) -> Self {
        match why {
            NoAction::Empty => Self::Empty,
            NoAction::Refusal => Self::Refusal,
            NoAction::Truncated => Self::Truncated,
            NoAction::EchoOnly => Self::EchoOnly,
            NoAction::NoAction | NoAction::UnknownTool | NoAction::BadParams => Self::Malformed,
        }
    }
}
