//! What methods of texts and bytes give, and texts that are filled in.

use std::rc::Rc;

use super::super::value::{Arguments, HOLE, Origins, Shape, Value};
use super::{ELEMENTS_MAX, TEXT_BYTES_MAX, as_bytes, as_piece, decode, joined};

/// A method of a text or of bytes. `None` when it is not one of those, or not known.
pub(in super::super) fn text_method(receiver: &Value, method: &str, arguments: &Arguments) -> Option<Value> {
    let origins = receiver.origins.with(arguments.origins());
    let argument = |place: usize| arguments.positional.get(place);
    let value = match (method, &receiver.shape) {
        ("join", Shape::Text(between)) => join(between, argument(0)?),
        ("join", Shape::Bytes(between)) if between.is_empty() => {
            let parts: Vec<Value> = argument(0)?.elements().iter().flat_map(Value::elements).collect();
            as_bytes(&parts)?
        }
        ("format", Shape::Text(text)) => formatted(text, arguments),
        ("replace", Shape::Text(text)) => {
            let old = argument(0)?.as_known_text()?;
            let new = as_piece(argument(1)?);
            // Letters that stand in a name only to be taken out again.
            let hidden = new.is_empty() && old.len() <= 3 && text.contains(&*old) && !text.contains("://");
            Value::text(text.replace(&*old, &new)).from(if hidden { Origins::DECODED } else { Origins::NONE })
        }
        ("translate", Shape::Text(_)) => Value::default().from(Origins::DECODED),
        ("lower" | "casefold", Shape::Text(text)) => Value::text(text.to_lowercase()),
        ("upper", Shape::Text(text)) => Value::text(text.to_uppercase()),
        ("swapcase", Shape::Text(text)) => {
            Value::text(text.chars().map(swapped).collect::<String>()).from(Origins::DECODED)
        }
        ("strip", Shape::Text(text)) if arguments.positional.is_empty() => Value::text(text.trim()),
        ("lstrip", Shape::Text(text)) if arguments.positional.is_empty() => Value::text(text.trim_start()),
        ("rstrip", Shape::Text(text)) if arguments.positional.is_empty() => Value::text(text.trim_end()),
        ("strip" | "lstrip" | "rstrip", Shape::Text(_)) => receiver.clone(),
        ("removeprefix", Shape::Text(text)) => Value::text(text.trim_start_matches(&*argument(0)?.as_known_text()?)),
        ("removesuffix", Shape::Text(text)) => Value::text(text.trim_end_matches(&*argument(0)?.as_known_text()?)),
        ("split" | "splitlines", Shape::Text(text)) => split(text, argument(0)),
        ("encode", Shape::Text(text)) => match argument(0).and_then(Value::as_known_text).as_deref() {
            Some(codec @ ("rot13" | "rot_13" | "hex" | "base64")) => decode(receiver, codec)?,
            _ if text.contains(HOLE) => receiver.clone(),
            _ => Value::bytes(text.as_bytes()),
        },
        ("decode", Shape::Bytes(bytes)) => match arguments.get(0, "encoding").and_then(Value::as_known_text).as_deref()
        {
            None | Some("utf-8" | "utf8" | "ascii" | "latin-1" | "latin1") => {
                Value::text(String::from_utf8_lossy(bytes))
            }
            Some(codec) => decode(receiver, codec)?,
        },
        ("decode" | "encode", Shape::Unknown) => receiver.clone(),
        ("hex", Shape::Bytes(_)) => Value::default(),
        _ => return None,
    };
    Some(value.from(origins))
}

fn swapped(letter: char) -> char {
    match letter.is_ascii_lowercase() {
        true => letter.to_ascii_uppercase(),
        false => letter.to_ascii_lowercase(),
    }
}

fn join(between: &str, list: &Value) -> Value {
    let elements = list.elements();
    if elements.is_empty() {
        return Value::text(HOLE.to_string()).from(list.origins);
    }
    let mut pieces = Vec::with_capacity(elements.len() * 2);
    for element in elements.into_iter().take(ELEMENTS_MAX) {
        if !pieces.is_empty() && !between.is_empty() {
            pieces.push(Value::text(between));
        }
        pieces.push(element);
    }
    joined(&pieces)
}

fn split(text: &str, separator: Option<&Value>) -> Value {
    let parts: Vec<Value> = match separator.and_then(Value::as_known_text) {
        Some(separator) if !separator.is_empty() => {
            text.split(&*separator).take(ELEMENTS_MAX).map(Value::text).collect()
        }
        _ => text.split_whitespace().take(ELEMENTS_MAX).map(Value::text).collect(),
    };
    Value::list(parts)
}

/// `text % value`.
pub(super) fn percent(text: &str, value: &Value) -> Value {
    let mut given = match &value.shape {
        Shape::List(values) => values.to_vec(),
        _ => vec![value.clone()],
    }
    .into_iter();
    let mut built = String::new();
    let mut hidden = Origins::NONE;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            built.push(letter);
            continue;
        }
        if letters.peek() == Some(&'%') {
            letters.next();
            built.push('%');
            continue;
        }
        while letters.next_if(|letter| !letter.is_ascii_alphabetic()).is_some() {}
        match letters.next() {
            Some('c') => {
                hidden = Origins::DECODED;
                built.push_str(&given.next().map_or_else(|| HOLE.to_string().into(), |value| character(&value)));
            }
            _ => built.push_str(&given.next().map_or_else(|| HOLE.to_string().into(), |value| as_piece(&value))),
        }
        if built.len() > TEXT_BYTES_MAX {
            return Value::default();
        }
    }
    Value::text(built).from(hidden)
}

pub(super) fn character(value: &Value) -> Rc<str> {
    let known = value.as_integer().and_then(|number| u32::try_from(number).ok()).and_then(char::from_u32);
    known.map_or_else(|| as_piece(value), |letter| letter.to_string().into())
}

/// `text.format(…)`: fields in order, by number and by name.
fn formatted(text: &str, arguments: &Arguments) -> Value {
    let mut built = String::new();
    let mut rest = text;
    let mut next = 0;
    while let Some(at) = rest.find(['{', '}']) {
        built.push_str(&rest[..at]);
        let brace = &rest[at..];
        if brace.starts_with("{{") || brace.starts_with("}}") {
            built.push_str(&brace[..1]);
            rest = &brace[2..];
            continue;
        }
        let Some(end) = brace.find('}') else { break };
        let field = brace[1..end.max(1)].split([':', '!']).next().unwrap_or_default();
        let place = field.parse::<usize>().ok();
        let given = match (field.is_empty(), place) {
            (true, _) => arguments.positional.get(next),
            (false, Some(place)) => arguments.positional.get(place),
            (false, None) => arguments.named(field),
        };
        next += usize::from(field.is_empty());
        built.push_str(&given.map_or_else(|| HOLE.to_string().into(), as_piece));
        rest = &brace[end + 1..];
        if built.len() > TEXT_BYTES_MAX {
            return Value::default();
        }
    }
    built.push_str(rest);
    Value::text(built).from(arguments.origins())
}
