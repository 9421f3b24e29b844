//! The six tools of seed 002, and the checks on what a model passes to them.

use serde_json::{Map, Value};

use super::{AgentTurn, NoAction};
use crate::json::integer_in;
use crate::markers::plain_words;

/// A tool and its parameters.
#[derive(Debug)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) params: &'static [Param],
}

/// A parameter.
#[derive(Debug)]
pub(super) struct Param {
    /// Its name, then other names models use.
    pub(super) names: &'static [&'static str],
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// What a parameter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A line, 1-based.
    Line,
}

const FUNCTION: Param = Param {
    names: &["function_name", "function", "name", "func", "symbol", "func_name", "method", "method_name"],
    kind: Kind::Text,
    required: true,
};

/// Every tool.
pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "read_file",
        params: &[
            Param {
                names: &["path", "file", "file_path", "filename", "filepath", "file_name"],
                kind: Kind::Text,
                required: true,
            },
            Param {
                names: &["start_line", "start", "line_start", "first_line", "from_line", "from", "begin", "line"],
                kind: Kind::Line,
                required: false,
            },
            Param {
                names: &["end_line", "end", "line_end", "last_line", "to_line", "to"],
                kind: Kind::Line,
                required: false,
            },
        ],
    },
    Tool {
        name: "search_code",
        params: &[Param {
            names: &["pattern", "query", "regex", "search", "text", "term", "q", "search_pattern"],
            kind: Kind::Text,
            required: true,
        }],
    },
    Tool { name: "list_files", params: &[] },
    Tool { name: "find_callers", params: &[FUNCTION] },
    Tool {
        name: "trace_data_flow",
        params: &[Param {
            names: &["variable_name", "variable", "name", "var", "symbol", "var_name"],
            kind: Kind::Text,
            required: true,
        }],
    },
    Tool { name: "get_call_graph", params: &[FUNCTION] },
];

/// The letters and digits of a name in lower case: `readFile`, `Read File` and `read_file` are one.
fn letters(name: &str) -> String {
    name.chars().filter(|char| char.is_ascii_alphanumeric()).map(|char| char.to_ascii_lowercase()).collect()
}

/// The tool of that name; what stands before its last point (`functions.read_file`) does not count.
pub(super) fn tool_named(name: &str) -> Option<&'static Tool> {
    let name = plain_words(name).trim_end_matches("()");
    let wanted = letters(name.rsplit(['.', ':', '/']).next().unwrap_or(name));
    TOOLS.iter().find(|tool| letters(tool.name) == wanted)
}

/// Whether a name says that no tool is wanted.
pub(super) fn is_no_tool(name: &str) -> bool {
    matches!(letters(name).as_str(), "" | "none" | "na" | "null" | "no" | "notool")
}

/// Whether a name is that of a last step: `final_answer`, `submit_verdict`.
pub(super) fn is_final(name: &str) -> bool {
    let name = letters(name);
    matches!(
        name.as_str(),
        "finalanswer" | "final" | "finish" | "verdict" | "submitverdict" | "submit" | "done" | "conclude"
    )
}

/// What a model passed to a tool.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub(super) named: Vec<(String, Value)>,
    pub(super) positional: Vec<Value>,
    /// The arguments could not be read at all.
    pub(super) broken: bool,
}

impl Arguments {
    pub(super) fn from_map(map: &Map<String, Value>) -> Self {
        let named = map.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        Self { named, ..Self::default() }
    }

    fn take(&self, param: &Param, position: usize) -> Option<&Value> {
        let named = param.names.iter().find_map(|name| {
            let wanted = letters(name);
            self.named.iter().find(|(key, _)| letters(key) == wanted)
        });
        named.map(|(_, value)| value).or_else(|| self.positional.get(position)).filter(|value| !value.is_null())
    }
}

/// The turn that runs a tool, or the reason why it cannot run. Nothing runs without what it needs.
pub(super) fn checked(name: &str, arguments: &Arguments, thought: String) -> AgentTurn {
    let Some(tool) = tool_named(name) else {
        let known: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
        let message = format!("there is no tool {:?}; use one of {}", short(name), known.join(", "));
        return AgentTurn::None { why: NoAction::UnknownTool, message };
    };
    let bad = |message: String| AgentTurn::None { why: NoAction::BadParams, message };
    if arguments.broken {
        return bad(format!("the arguments of {} could not be read", tool.name));
    }
    let mut params = Map::new();
    for (position, param) in tool.params.iter().enumerate() {
        let name = param.names[0];
        match (arguments.take(param, position), param.required) {
            (None, true) => return bad(format!("{} needs {name}", tool.name)),
            (None, false) => {}
            (Some(value), required) => match fitting(param.kind, value) {
                Some(value) => {
                    params.insert(name.to_owned(), value);
                }
                None if !required && is_blank(value) => {}
                None => return bad(format!("{name} of {} is not {}", tool.name, expected(param.kind))),
            },
        }
    }
    in_order(&mut params);
    AgentTurn::Tool { tool: tool.name, params, thought }
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "a text that is not empty",
        Kind::Line => "a line number of 1 or more",
    }
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(is_no_tool)
}

fn fitting(kind: Kind, value: &Value) -> Option<Value> {
    match kind {
        Kind::Text => {
            let text = match value {
                Value::String(text) => text.trim().to_owned(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            (!text.is_empty()).then_some(Value::String(text))
        }
        // Line 0 is what counting from zero makes of the first line.
        Kind::Line => integer_in(value).filter(|line| *line >= 0).map(|line| Value::from(line.max(1))),
    }
}

/// A range the wrong way round is turned.
fn in_order(params: &mut Map<String, Value>) {
    let line = |name: &str| params.get(name).and_then(Value::as_i64);
    if let (Some(start), Some(end)) = (line("start_line"), line("end_line"))
        && start > end
    {
        params.insert("start_line".to_owned(), end.into());
        params.insert("end_line".to_owned(), start.into());
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
