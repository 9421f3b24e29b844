//! Fills a rule's message with the code it matched.

use ast_grep_core::meta_var::MetaVarEnv;
use codeproof_types::visible;

use super::flat_tree::FlatTree;

/// Characters of matched code shown for one metavariable; longer code says less than its place does.
const INSERT_CHARS_MAX: usize = 80;

/// One piece of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// `$NAME`: one node, or the result of a transformation.
    One(String),
    /// `$$$NAME`: a list of nodes.
    Many(String),
}

/// A message, split at its metavariables.
#[derive(Debug, Clone)]
pub(super) struct MessageTemplate {
    parts: Vec<Part>,
}

impl MessageTemplate {
    /// Splits `message`. A `$` that starts no metavariable is itself.
    pub(super) fn new(message: &str) -> Self {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = message;
        while let Some(at) = rest.find('$') {
            text.push_str(&rest[..at]);
            let sigils = rest[at..].len() - rest[at..].trim_start_matches('$').len();
            let after = &rest[at + sigils..];
            let name = variable_name(after);
            rest = &after[name.len()..];
            if name.is_empty() || (sigils != 1 && sigils != 3) {
                text.extend(std::iter::repeat_n('$', sigils));
                text.push_str(name);
                continue;
            }
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut text)));
            }
            parts.push(if sigils == 1 { Part::One(name.to_owned()) } else { Part::Many(name.to_owned()) });
        }
        text.push_str(rest);
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Self { parts }
    }

    /// The message of one match, when it differs from match to match.
    pub(super) fn render(&self, matched: &MetaVarEnv<'_, FlatTree>) -> Option<String> {
        if self.parts.iter().all(|part| matches!(part, Part::Text(_))) {
            return None;
        }
        let mut message = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => message.push_str(text),
                Part::One(name) => message.push_str(&shorten(&one(matched, name))),
                Part::Many(name) => message.push_str(&shorten(&many(matched, name))),
            }
        }
        Some(message)
    }
}

/// The longest name of a metavariable at the start of `text`; empty when there is none.
fn variable_name(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')).unwrap_or(text.len());
    if text.starts_with(|c: char| c.is_ascii_digit()) { "" } else { &text[..end] }
}

fn one(matched: &MetaVarEnv<'_, FlatTree>, name: &str) -> String {
    match (matched.get_match(name), matched.get_transformed(name)) {
        (Some(node), _) => node.text().into_owned(),
        (None, Some(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        (None, None) => String::new(),
    }
}

fn many(matched: &MetaVarEnv<'_, FlatTree>, name: &str) -> String {
    matched.get_multiple_matches(name).iter().map(|node| node.text()).collect()
}

/// Foreign code on one line, cut, with nothing in it that could steer a terminal.
fn shorten(code: &str) -> String {
    let folded = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = match folded.char_indices().nth(INSERT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &folded[..end]),
        None => folded,
    };
    visible(&cut).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: &[Part]) {
        assert_eq!(MessageTemplate::new(message).parts, expected);
    }

    #[test]
    fn splits_messages_at_metavariables() {
        let text = |text: &str| Part::Text(text.to_owned());
        check("plain", &[text("plain")]);
        check(
            "`$A` and $$$REST.",
            &[text("`"), Part::One("A".to_owned()), text("` and "), Part::Many("REST".to_owned()), text(".")],
        );
        check("costs $5, $php and $", &[text("costs $5, $php and $")]);
        check("", &[]);
    }

    #[test]
    fn code_in_messages_is_short_and_harmless() {
        assert_eq!(shorten("a\n   b\u{1b}[31m"), "a b\u{fffd}[31m");
        assert_eq!(shorten(&"é".repeat(100)), format!("{}…", "é".repeat(80)));
    }
}
