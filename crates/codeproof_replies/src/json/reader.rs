//! A tolerant JSON reader with an explicit stack: comments, stray and missing commas, any quotes, bare keys and words,
//! raw control characters, bad escapes, mismatched and missing brackets.
//!
//! Each byte is looked at a bounded number of times. Nesting beyond [`MAX_DEPTH`] is not data and gives nothing.

use serde_json::{Map, Number, Value};

use super::string::{self, Place};

/// Deepest nesting that is read; answers need five levels.
const MAX_DEPTH: usize = 64;

/// Longest value without quotes that is read, in characters.
const MAX_WORD_CHARS: usize = 256;

/// What became of one attempt.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) value: Option<Value>,
    /// The text ended before the value did; what was unfinished is left out.
    pub(super) cut: bool,
    /// The byte behind all that was looked at: where to look for the next value.
    pub(super) end: usize,
}

/// Reads one value at the start of `text[start..]`. With `keep_open`, what is unfinished but not cut inside a value
/// is kept, as if its brackets had been closed.
pub(super) fn read(text: &str, start: usize, keep_open: bool) -> Attempt {
    let mut reader = Reader { text, at: start, stack: Vec::new(), done: None };
    let outcome = reader.run();
    let end = reader.at;
    match outcome {
        Step::Done => Attempt { value: reader.done, cut: false, end },
        Step::End { inside_value } => {
            let value = reader.close_all(keep_open && !inside_value);
            Attempt { value, cut: true, end }
        }
        Step::Failed | Step::Next => Attempt { value: None, cut: false, end: end.max(start + 1) },
    }
}

enum Frame {
    Object { map: Map<String, Value>, key: Option<String> },
    Array(Vec<Value>),
}

impl Frame {
    fn finish(self) -> Value {
        match self {
            Self::Object { map, .. } => Value::Object(map),
            Self::Array(items) => Value::Array(items),
        }
    }
}

enum Step {
    Next,
    /// The outermost value is complete.
    Done,
    /// The text ended.
    End {
        inside_value: bool,
    },
    /// This is not JSON.
    Failed,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    stack: Vec<Frame>,
    done: Option<Value>,
}

impl Reader<'_> {
    fn run(&mut self) -> Step {
        loop {
            match self.step() {
                Step::Next => {}
                step => return step,
            }
        }
    }

    fn step(&mut self) -> Step {
        self.skip_blanks();
        let Some(byte) = self.text.as_bytes().get(self.at).copied() else {
            let inside_value = matches!(self.stack.last(), Some(Frame::Object { key: Some(_), .. }));
            return Step::End { inside_value };
        };
        match byte {
            b'{' | b'[' => self.open(byte),
            b'}' | b']' => self.close(byte),
            b',' | b';' => {
                self.at += 1;
                Step::Next
            }
            _ => match self.stack.last() {
                Some(Frame::Object { key: None, .. }) => self.key(),
                Some(_) => self.scalar(),
                None => Step::Failed,
            },
        }
    }

    fn open(&mut self, byte: u8) -> Step {
        if self.stack.len() == MAX_DEPTH {
            // Skip the rest of the run, so that a long one is looked at once.
            self.at += self.text.as_bytes()[self.at..].iter().take_while(|byte| matches!(byte, b'[' | b'{')).count();
            return Step::Failed;
        }
        if matches!(self.stack.last(), Some(Frame::Object { key: None, .. })) {
            return Step::Failed;
        }
        self.at += 1;
        self.stack.push(match byte {
            b'{' => Frame::Object { map: Map::new(), key: None },
            _ => Frame::Array(Vec::new()),
        });
        Step::Next
    }

    /// Closes the innermost container of the bracket's kind and all that is open in it; a bracket that closes nothing
    /// is skipped.
    fn close(&mut self, byte: u8) -> Step {
        self.at += 1;
        let is_kind = |frame: &Frame| matches!(frame, Frame::Object { .. }) == (byte == b'}');
        let Some(depth) = self.stack.iter().rposition(is_kind) else { return Step::Next };
        while self.stack.len() > depth {
            let Some(frame) = self.stack.pop() else { return Step::Failed };
            if self.put(frame.finish()) {
                return Step::Done;
            }
        }
        Step::Next
    }

    /// Puts a finished value where it belongs; `true` when it is the outermost.
    fn put(&mut self, value: Value) -> bool {
        match self.stack.last_mut() {
            Some(Frame::Object { map, key }) => {
                if let Some(key) = key.take() {
                    map.insert(key, value);
                }
            }
            Some(Frame::Array(items)) => items.push(value),
            None => {
                self.done = Some(value);
                return true;
            }
        }
        false
    }

    fn key(&mut self) -> Step {
        let key = match string::read(self.text, self.at, Place::Key) {
            Some(string) if string.closed => {
                self.at = string.end;
                string.text
            }
            Some(_) => {
                self.at = self.text.len();
                return Step::End { inside_value: true };
            }
            None => {
                let rest = &self.text[self.at..];
                let is_part = |char: &char| char.is_alphanumeric() || matches!(char, '_' | '-' | '$' | '.');
                let bytes: usize = rest.chars().take(64).take_while(is_part).map(char::len_utf8).sum();
                if bytes == 0 {
                    return Step::Failed;
                }
                self.at += bytes;
                rest[..bytes].to_owned()
            }
        };
        self.skip_blanks();
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return Step::End { inside_value: true };
        }
        let Some(separator) = ["=>", ":", "="].iter().find(|separator| rest.starts_with(**separator)) else {
            return Step::Failed;
        };
        self.at += separator.len();
        if let Some(Frame::Object { key: open, .. }) = self.stack.last_mut() {
            *open = Some(key);
        }
        Step::Next
    }

    fn scalar(&mut self) -> Step {
        let place = match self.stack.last() {
            Some(Frame::Object { .. }) => Place::ObjectValue,
            _ => Place::ArrayValue,
        };
        let value = match string::read(self.text, self.at, place) {
            Some(string) if !string.closed => {
                self.at = self.text.len();
                return Step::End { inside_value: true };
            }
            Some(string) => {
                self.at = string.end;
                let mut text = string.text;
                self.join(&mut text, place);
                Value::String(text)
            }
            None => match self.word() {
                Some(value) => value,
                None => return Step::Failed,
            },
        };
        self.put(value);
        Step::Next
    }

    /// `"a" + "b"` is one text.
    fn join(&mut self, text: &mut String, place: Place) {
        loop {
            let before = self.at;
            self.skip_blanks();
            if !self.text[self.at..].starts_with('+') {
                self.at = before;
                return;
            }
            self.at += 1;
            self.skip_blanks();
            match string::read(self.text, self.at, place) {
                Some(string) if string.closed => {
                    text.push_str(&string.text);
                    self.at = string.end;
                }
                _ => {
                    self.at = before;
                    return;
                }
            }
        }
    }

    /// A number, a literal, or words without quotes up to the end of the member.
    fn word(&mut self) -> Option<Value> {
        let mut rest = &self.text[self.at..];
        if let Some((bytes, _)) = rest.char_indices().nth(MAX_WORD_CHARS) {
            rest = &rest[..bytes];
        }
        let end = rest.find([',', '}', ']', '\n', ';', '{', '[']).unwrap_or(rest.len());
        let goes_on = self.at + end < self.text.len();
        if goes_on && !self.text[self.at + end..].starts_with([',', '}', ']', '\n', ';']) {
            // Too long, or another value begins: look on from there, so that nothing is looked at again and again.
            self.at += end;
            return None;
        }
        let mut text = rest[..end].trim_end();
        for comment in ["//", "/*", " #"] {
            if let Some(at) = text.find(comment).filter(|at| !text[..*at].ends_with(':')) {
                text = text[..at].trim_end();
            }
        }
        if text.is_empty() {
            return None;
        }
        self.at += text.len();
        Some(literal(text))
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            let skip = if trimmed.starts_with("//") || trimmed.starts_with('#') {
                trimmed.find('\n').unwrap_or(trimmed.len())
            } else if trimmed.starts_with("/*") {
                trimmed.find("*/").map_or(trimmed.len(), |at| at + 2)
            } else if trimmed.starts_with("...") {
                3
            } else if trimmed.starts_with('…') {
                '…'.len_utf8()
            } else {
                return;
            };
            self.at += skip;
        }
    }

    /// What is there when the text ends: complete values, and, if `keep`, the open ones as they are.
    fn close_all(&mut self, keep: bool) -> Option<Value> {
        // The outermost element of a list that is unfinished takes all that is in it with it.
        let cut_at = self
            .stack
            .windows(2)
            .position(|pair| matches!(pair, [Frame::Array(_), Frame::Object { .. }]))
            .filter(|_| !keep);
        if let Some(at) = cut_at {
            self.stack.truncate(at + 1);
        }
        while let Some(frame) = self.stack.pop() {
            let value = frame.finish();
            if self.put(value) {
                break;
            }
        }
        self.done.take()
    }
}

fn literal(text: &str) -> Value {
    match text.to_ascii_lowercase().as_str() {
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        "null" | "none" | "undefined" | "nan" | "nil" | "infinity" | "-infinity" => return Value::Null,
        _ => {}
    }
    let plain = text.strip_prefix('+').unwrap_or(text).replace('_', "");
    if let Ok(number) = plain.parse::<i64>() {
        return Value::Number(number.into());
    }
    let looks_numeric = plain.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    let number = looks_numeric.then(|| plain.parse().ok()).flatten().and_then(Number::from_f64);
    number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let attempt = read(text, 0, false);
        let expected: Value = serde_json::from_str(expected).unwrap();
        assert_eq!(attempt.value, Some(expected), "{text}");
    }

    #[test]
    fn what_models_write_instead_of_json() {
        check("{'a': 'it''s', b: True, \"c\": None,}", r#"{"a": "it''s", "b": true, "c": null}"#);
        check("[1,,2,]", "[1, 2]");
        check("{\"a\": 1 // one\n \"b\": 2 /* two */ # three\n}", r#"{"a": 1, "b": 2}"#);
        check("{“a”: “b”}", r#"{"a": "b"}"#);
        check("{\"a\": \"use \"?\" here\", \"b\": \"x[\"k\"]\"}", r#"{"a": "use \"?\" here", "b": "x[\"k\"]"}"#);
        check("{\"a\": \"tab\there\nand \\d \\' \\u00e9 \\u12\"}", r#"{"a": "tab\there\nand \\d ' é \\u12"}"#);
        check("{\"a\": [{\"b\": 1], \"c\": 2}", r#"{"a": [{"b": 1}], "c": 2}"#);
        check(
            "{\"a\": 1.0, \"b\": high, \"c\": 90%, \"d\": \"x\" + \"y\"}",
            r#"{"a": 1.0, "b": "high", "c": "90%", "d": "xy"}"#,
        );
        check("{\"url\": https://a.example/x, \"n\": +5}", r#"{"url": "https://a.example/x", "n": 5}"#);
        check("[{\"a\": 1} {\"b\": 2}]", r#"[{"a": 1}, {"b": 2}]"#);
        check("[{\"a\": 1}, ...]", r#"[{"a": 1}]"#);
    }

    #[test]
    fn what_was_cut_off_is_left_out() {
        check("{\"i\": [{\"a\": 1}, {\"a\": 2, \"f\": [{\"p\": ", r#"{"i": [{"a": 1}]}"#);
        check("{\"i\": [{\"a\": \"x", r#"{"i": []}"#);
        check("{\"o\": {\"g", r#"{"o": {}}"#);
        let kept = read("{\"i\": [{\"a\": 1}, {\"a\": 2", 0, true);
        assert_eq!(kept.value.map(|value| value.to_string()), Some("{\"i\":[{\"a\":1},{\"a\":2}]}".to_owned()));
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(1000);
        let attempt = read(&deep, 0, false);
        assert!(attempt.value.is_none());
        assert_eq!(attempt.end, 1000);
    }
}
