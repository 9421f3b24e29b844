//! Tool calls in notations other than markers: JSON of several makers, function calls, XML.

use serde_json::{Map, Value};

use super::tools::{Arguments, tool_named};
use crate::json;

/// A call: the name of a tool and what is passed to it.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) arguments: Arguments,
}

const NAME_KEYS: &[&str] = &["tool", "tool_name", "name", "function", "action", "function_name", "recipient_name"];
const ARGUMENT_KEYS: &[&str] =
    &["params", "arguments", "parameters", "args", "input", "action_input", "tool_input", "tool_params", "kwargs"];

/// The call in a JSON value: the first, if it holds several.
pub(super) fn call_in(value: &Value) -> Option<Call> {
    match value {
        Value::Array(list) => list.first().and_then(|first| first.as_object()).and_then(call_in_object),
        Value::Object(map) => call_in_object(map),
        _ => None,
    }
}

fn call_in_object(map: &Map<String, Value>) -> Option<Call> {
    // `{"tool_calls": [{"function": {"name", "arguments"}}]}`
    let inner = json::first_of(map, &["tool_calls", "tool_call", "function_call", "calls"])
        .or_else(|| json::first_of(map, &["function", "tool", "action"]).filter(|value| value.is_object()));
    let first = match inner {
        Some(Value::Array(list)) => list.first().and_then(Value::as_object),
        Some(Value::Object(inner)) => Some(inner),
        _ => None,
    };
    if let Some(first) = first {
        let nested = json::first_of(first, &["function"]).and_then(Value::as_object);
        return plain_call(nested.unwrap_or(first));
    }
    plain_call(map)
}

fn plain_call(map: &Map<String, Value>) -> Option<Call> {
    let arguments = json::first_of(map, ARGUMENT_KEYS);
    let name = NAME_KEYS.iter().find_map(|key| map.get(*key).and_then(Value::as_str))?;
    // An object with a name alone is a call only if the name is a tool's, or the key says so.
    let says_tool = ["tool", "tool_name", "action"].iter().any(|key| map.get(*key).is_some_and(Value::is_string));
    if arguments.is_none() && !says_tool && tool_named(name).is_none() {
        return None;
    }
    let arguments = match arguments {
        Some(arguments) => arguments_of(arguments),
        // The parameters stand beside the name.
        None => Arguments::from_map(
            &map.iter()
                .filter(|(key, _)| !NAME_KEYS.contains(&key.as_str()) || *key == "function_name")
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        ),
    };
    Some(Call { name: name.to_owned(), arguments })
}

/// Arguments as an object, as JSON in a text, as a list, or as one text.
pub(super) fn arguments_of(value: &Value) -> Arguments {
    match value {
        Value::Object(map) => Arguments::from_map(map),
        Value::Array(list) => Arguments { positional: list.clone(), ..Arguments::default() },
        Value::String(text) => arguments_in(text, false),
        Value::Null => Arguments::default(),
        other => Arguments { positional: vec![other.clone()], ..Arguments::default() },
    }
}

/// Arguments in a text: JSON, or one plain value. With `cut`, JSON without its end is broken.
pub(super) fn arguments_in(text: &str, cut: bool) -> Arguments {
    let text = text.trim().trim_start_matches("```json").trim_matches('`').trim();
    if text.is_empty() {
        return Arguments::default();
    }
    if !text.starts_with(['{', '[']) {
        if let Some(arguments) = pairs(text) {
            return arguments;
        }
        let value = Value::String(crate::markers::plain_words(text).to_owned());
        return Arguments { positional: vec![value], ..Arguments::default() };
    }
    match json::first_at(text, 0, !cut) {
        Some(first) if !(cut && first.cut) => match first.value {
            Some(value) => arguments_of(&value),
            None => Arguments { broken: true, ..Arguments::default() },
        },
        _ => Arguments { broken: true, ..Arguments::default() },
    }
}

/// `path=a.c, start_line=3` without brackets.
fn pairs(text: &str) -> Option<Arguments> {
    let (key, _) = text.split_once(['=', ':'])?;
    let is_name = !key.trim().is_empty() && key.trim().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let known = super::tools::TOOLS.iter().flat_map(|tool| tool.params).any(|param| param.names.contains(&key.trim()));
    (is_name && known).then(|| call_arguments(&text.replace(": ", "=")))
}

/// A function call at the start of a line: `read_file("a.c", 1, 9)`, `default_api.read_file(path='a.c')`.
pub(super) fn call_on_line(line: &str, known_only: bool) -> Option<Call> {
    let line = line.trim().trim_start_matches('`').trim_start();
    let line = line.strip_prefix("print(").map_or(line, |inner| inner.strip_suffix(')').unwrap_or(inner));
    let open = line.find('(').filter(|open| *open <= 60)?;
    let name = line[..open].trim();
    let is_name =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let name = name.strip_suffix(".call").unwrap_or(name);
    if !is_name || (known_only && tool_named(name).is_none()) {
        return None;
    }
    let inner = &line[open + 1..];
    Some(Call { name: name.to_owned(), arguments: call_arguments(inner) })
}

/// The arguments up to the closing bracket, at commas outside quotes.
fn call_arguments(text: &str) -> Arguments {
    let mut arguments = Arguments::default();
    let mut quote = None;
    let mut depth = 0usize;
    let mut start = 0;
    let mut escaped = false;
    let mut end = text.len();
    for (at, char) in text.char_indices() {
        match (quote, char) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if open == char => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(char),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') if depth > 0 => depth -= 1,
            (None, ')') => {
                end = at;
                break;
            }
            (None, ',') if depth == 0 => {
                push_argument(&mut arguments, &text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    push_argument(&mut arguments, &text[start..end.max(start)]);
    arguments
}

fn push_argument(arguments: &mut Arguments, text: &str) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    if text.starts_with('{') && arguments.named.is_empty() {
        *arguments = arguments_in(text, false);
        return;
    }
    let named = text.split_once('=').filter(|(key, _)| {
        let key = key.trim();
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    match named {
        Some((key, value)) => arguments.named.push((key.trim().to_owned(), argument(value))),
        None => arguments.positional.push(argument(text)),
    }
}

fn argument(text: &str) -> Value {
    let text = text.trim();
    let quoted = ['"', '\'', '`'].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    match quoted {
        Some(inner) => Value::String(inner.replace("\\\"", "\"").replace("\\'", "'").replace("\\\\", "\\")),
        None => text.parse::<i64>().map_or_else(|_| Value::String(text.to_owned()), Value::from),
    }
}

/// `<invoke name="read_file"><parameter name="path">a.c</parameter>…`, `<function=read_file>…`; also whether its end
/// is missing. `text` starts at the tag.
pub(super) fn call_in_xml(text: &str) -> Option<(Call, bool)> {
    let open_end = text.split('\n').next().unwrap_or_default().find('>')?;
    let open = &text[..open_end];
    let name = open.split_once("name=").map(|(_, rest)| rest).or_else(|| open.split_once('=').map(|(_, rest)| rest))?;
    let name = name.trim().trim_end_matches('/').trim_matches(['"', '\'']).split(['"', '\'', ' ']).next()?.to_owned();
    let closer = if open.starts_with("<invoke") { "</invoke" } else { "</function" };
    let rest = &text[open_end + 1..];
    let body_end = rest.find(closer);
    let body = &rest[..body_end.unwrap_or(rest.len())];
    let mut arguments = Arguments::default();
    let mut at = 0;
    while let Some(offset) = body[at..].find("<parameter") {
        let tag = &body[at + offset..];
        let Some(tag_end) = tag.find('>') else { break };
        let key = tag[..tag_end].split_once('=').map_or("", |(_, key)| key).trim_matches(['"', '\'', ' ']);
        let value = &tag[tag_end + 1..];
        let value_end = value.find("</parameter").or_else(|| value.find("</")).unwrap_or(value.len());
        arguments.named.push((key.to_owned(), Value::String(unescaped(value[..value_end].trim()))));
        at += offset + tag_end + 1 + value_end;
    }
    if arguments.named.is_empty() && body.trim_start().starts_with('{') {
        arguments = arguments_in(body.split("</").next().unwrap_or(body), body_end.is_none());
    }
    Some((Call { name, arguments }, body_end.is_none()))
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}
