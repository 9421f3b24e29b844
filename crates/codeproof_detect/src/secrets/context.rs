//! What stands around a match.

use std::sync::LazyLock;

use codeproof_types::Span;
use regex::bytes::Regex;

/// Bytes looked at before a match for words that belong to it: about five lines.
const BEFORE_BYTES: usize = 400;

/// Bytes looked at behind it.
const AFTER_BYTES: usize = 200;

/// Whether one of `words` (lower case) stands near the span.
pub(super) fn is_near(text: &str, span: Span, words: &[String]) -> bool {
    let around = surroundings(text, span).to_ascii_lowercase();
    words.iter().any(|word| memchr::memmem::find(&around, word.as_bytes()).is_some())
}

/// Whether a Twilio account id is one: 32 hexadecimal digits behind two letters are many things. The words twilio or
/// sid stand near, or it is the value of a name for credentials, or the user of HTTP basic authentication.
pub(super) fn is_twilio(text: &str, span: Span) -> bool {
    static WORDS: LazyLock<Regex> =
        LazyLock::new(|| ascii(r"(?i:twilio)|(?:^|[^A-Za-z])(?i:sid)(?:[^a-z]|$)|[a-z0-9]S[iI][dD](?:[^a-z]|$)"));
    static ASSIGNED: LazyLock<Regex> = LazyLock::new(|| {
        ascii(
            r#"(?i)(?:token|key|secret|auth|passw|pwd|credential|account|username)\w*[\\"'\])]*[ \t]*(?:=>|:=|=|:|,|\()[ \t]*\\?["'`]?\z"#,
        )
    });
    static USER: LazyLock<Regex> = LazyLock::new(|| ascii(r#"(?:-u|--user)[ =]?\\?["']?\z|://\z"#));

    let bytes = text.as_bytes();
    let before = &bytes[span.start.saturating_sub(BEFORE_BYTES)..span.start];
    let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or(before);
    WORDS.is_match(surroundings(text, span))
        || ASSIGNED.is_match(line)
        || (bytes.get(span.end) == Some(&b':') && USER.is_match(line))
}

/// The bytes around a span.
fn surroundings(text: &str, span: Span) -> &[u8] {
    let end = span.end.saturating_add(AFTER_BYTES).min(text.len());
    &text.as_bytes()[span.start.saturating_sub(BEFORE_BYTES)..end]
}

fn ascii(pattern: &str) -> Regex {
    regex::bytes::RegexBuilder::new(pattern).unicode(false).build().expect("the pattern is a constant of this file")
}
