//! Where a settings file is wrong, and what was probably meant.

use std::ops::Range;
use std::path::Path;

use crate::failure::Failure;

use super::nearest;

/// Says where a settings file is wrong; `help` gets an unknown key and the keys that may stand in its place.
pub(super) fn explain_toml(
    path: &Path,
    text: &str,
    error: &toml::de::Error,
    help: impl Fn(&str, &[&str]) -> String,
) -> Failure {
    let line = error
        .span()
        .map(|span: Range<usize>| text.as_bytes().iter().take(span.start).filter(|byte| **byte == b'\n').count() + 1);
    let place = line.map_or_else(|| path.display().to_string(), |line| format!("{}:{line}", path.display()));
    let message = error.message().lines().next().unwrap_or("it is not TOML");
    if let Some((key, known)) = unknown(message, "unknown field `") {
        return Failure::usage(format_args!("{place}: `{key}` is not a setting here")).help(help(key, &known));
    }
    let failure = Failure::usage(format_args!("{place}: {message}"));
    match unknown(message, "unknown variant `") {
        Some((word, known)) => failure.help(did_you_mean(word, &known)),
        None => failure,
    }
}

/// The nearest of the known words, or all of them.
pub(super) fn did_you_mean(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here are {}", known.join(", ")),
    }
}

/// The word that was not expected and those that were, from serde's own sentence: "unknown field `a`, expected one of
/// `b`, `c`". It always knows what stands where the wrong word stands, however deep.
fn unknown<'m>(message: &'m str, start: &str) -> Option<(&'m str, Vec<&'m str>)> {
    let mut quoted = message.strip_prefix(start)?.split('`').step_by(2);
    let word = quoted.next()?;
    let known = message.split_once("expected").map_or("", |(_, known)| known).split('`').skip(1).step_by(2).collect();
    Some((word, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serdes_sentences_are_read() {
        let found = unknown("unknown field `a`, expected one of `b`, `c`", "unknown field `");
        assert_eq!(found, Some(("a", vec!["b", "c"])));
        assert_eq!(unknown("unknown field `a`, expected `b`", "unknown field `"), Some(("a", vec!["b"])));
        assert_eq!(unknown("unknown field `a`, there are no fields", "unknown field `"), Some(("a", vec![])));
        assert_eq!(unknown("invalid type: string", "unknown field `"), None);
    }
}
