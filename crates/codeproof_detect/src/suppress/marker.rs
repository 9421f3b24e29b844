//! Finds suppression markers in a file and reads them.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use codeproof_types::{Comment, Span};

use crate::FileInput;

/// Which findings a marker accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Accepts<'t> {
    /// Those of the named rules.
    Rules(Vec<&'t str>),
    /// All secrets.
    Secrets,
    /// All pattern rules.
    Patterns,
    /// All pattern rules, in Python.
    PythonPatterns,
}

/// One marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker<'t> {
    /// Its name as shown, such as `codeproof: ignore`.
    pub name: &'static str,
    /// Whether it is codeproof's own.
    pub is_ours: bool,
    /// Which findings it accepts.
    pub accepts: Accepts<'t>,
    /// What stands behind it; empty without a reason.
    pub reason: String,
    /// Its 1-based line.
    pub line: u32,
    /// The last line of the comment around it.
    pub last_line: u32,
    /// Whether it accepts findings on the line below: its comment stands alone, or it says so.
    pub covers_below: bool,
    /// Whether it stands in a comment, as far as the file's language is known.
    pub in_comment: bool,
    /// From its first character to the end of the reason.
    pub span: Span,
}

/// How a marker is written.
struct Form {
    /// Lower-case text that starts it, without the blank after a colon.
    word: &'static str,
    name: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ours,
    Secrets,
    SecretsBelow,
    Bandit,
    Semgrep,
}

/// Longer words before those they start with.
const FORMS: &[Form] = &[
    Form { word: "codeproof:", name: "codeproof", kind: Kind::Ours },
    Form { word: "gitleaks:allow", name: "gitleaks:allow", kind: Kind::Secrets },
    Form { word: "trufflehog:ignore", name: "trufflehog:ignore", kind: Kind::Secrets },
    Form { word: "pragma: allowlist secret", name: "pragma: allowlist secret", kind: Kind::Secrets },
    Form { word: "pragma: whitelist secret", name: "pragma: allowlist secret", kind: Kind::Secrets },
    Form { word: "pragma: allowlist nextline secret", name: "pragma: allowlist secret", kind: Kind::SecretsBelow },
    Form { word: "nosemgrep", name: "nosemgrep", kind: Kind::Semgrep },
    Form { word: "nosem", name: "nosemgrep", kind: Kind::Semgrep },
    Form { word: "nosec", name: "nosec", kind: Kind::Bandit },
];

static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(aho_corasick::MatchKind::LeftmostFirst)
        .kind(Some(AhoCorasickKind::DFA))
        .build(FORMS.iter().map(|form| form.word))
        .expect("a handful of short words makes a small automaton")
});

/// Bytes read behind a marker, ids and reason together.
const REASON_BYTES_MAX: usize = 500;

/// Bytes read before a marker to see whether it stands in a comment.
const BEFORE_BYTES_MAX: usize = 1000;

/// All markers of a file, in their order. Without findings (`any_finding`) only our own matter, and most files do not
/// name us at all.
pub(super) fn markers<'t>(file: &FileInput<'t>, any_finding: bool) -> Vec<Marker<'t>> {
    if !any_finding && memchr::memmem::find(file.text.as_bytes(), b"codeproof").is_none() {
        return Vec::new();
    }
    WORDS
        .find_iter(file.text)
        .filter_map(|found| marker(file, &FORMS[found.pattern().as_usize()], found.start(), found.end()))
        .collect()
}

fn marker<'t>(file: &FileInput<'t>, form: &Form, start: usize, end: usize) -> Option<Marker<'t>> {
    let line = file.lines.line(start);
    let range = file.lines.line_range(file.text, line)?;
    let place = Place::of(file, range.start, start);
    if !starts_a_word(file.text, start) {
        return None;
    }
    let line_end = file.text.floor_char_boundary(range.end.clamp(end, end + REASON_BYTES_MAX)).max(end);
    let stop = place.comment.map_or(line_end, |comment| line_end.min(comment.span.end).max(end));
    let rest = file.text.get(end..stop)?;
    // In a text without comments (JSON) the marker is part of a value, and so is its reason.
    let rest = if place.in_comment { rest } else { rest.split(['"', '\'']).next().unwrap_or(rest) };
    let (name, accepts, reason) = match form.kind {
        Kind::Ours => ours(rest)?,
        Kind::Secrets | Kind::SecretsBelow => (form.name, Accepts::Secrets, plain_reason(ends_word(rest)?)),
        Kind::Bandit => (form.name, Accepts::PythonPatterns, bandit_reason(ends_word(rest)?)),
        Kind::Semgrep => (form.name, Accepts::Patterns, bandit_reason(ends_word(rest)?)),
    };
    let span = Span { start, end: start + file.text[start..stop].trim_end().len() };
    Some(Marker {
        name,
        is_ours: form.kind == Kind::Ours,
        accepts,
        reason,
        line,
        last_line: place.comment.map_or(line, |comment| comment.last_line),
        covers_below: form.kind == Kind::SecretsBelow
            || (place.alone && matches!(form.kind, Kind::Ours | Kind::Semgrep)),
        in_comment: place.in_comment,
        span,
    })
}

/// A marker is a word of its own: `unnosec` is none, and neither is one that a text about markers puts in quotes.
fn starts_a_word(text: &str, start: usize) -> bool {
    !text[..start]
        .ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '`' | '"' | '\'' | '.' | '/' | '@'))
        || text[..start].ends_with("//")
}

fn ends_word(rest: &str) -> Option<&str> {
    (!rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'))).then_some(rest)
}

/// Reads what follows `codeproof:`.
fn ours(rest: &str) -> Option<(&'static str, Accepts<'_>, String)> {
    let rest = rest.trim_start_matches([' ', '\t']);
    if let Some(rest) = rest.strip_prefix("allow") {
        return Some(("codeproof: allow", Accepts::Secrets, plain_reason(ends_word(rest)?)));
    }
    let (ids, reason) = rest.strip_prefix("ignore")?.trim_start().strip_prefix('[')?.split_once(']')?;
    let ids = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    Some(("codeproof: ignore", Accepts::Rules(ids), plain_reason(reason)))
}

/// What is left after separators in front and the comment's own end behind.
fn plain_reason(rest: &str) -> String {
    const ENDS: [&str; 6] = ["*/", "-->", "--}}", "#}", "%>", "?>"];
    let mut reason = rest.trim();
    while let Some(shorter) = ENDS.iter().find_map(|end| reason.strip_suffix(end)) {
        reason = shorter.trim_end();
    }
    reason.trim_start_matches([':', '-', '–', '—', ',', ';']).trim().trim_matches(['"', '\'']).trim().to_owned()
}

/// As [`plain_reason`], without the test or rule ids that follow the word.
fn bandit_reason(rest: &str) -> String {
    let is_id = |word: &str| word.contains(['.', '-', '_']) || word.chars().any(|c| c.is_ascii_digit());
    let reason = plain_reason(rest);
    reason
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .skip_while(|word| is_id(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// What stands around a marker.
struct Place<'f> {
    comment: Option<&'f Comment>,
    in_comment: bool,
    /// Nothing but the comment stands on the line before the marker.
    alone: bool,
}

impl<'f> Place<'f> {
    fn of(file: &FileInput<'f>, line_start: usize, start: usize) -> Self {
        let clipped = file.text.floor_char_boundary(start.saturating_sub(BEFORE_BYTES_MAX));
        let before = &file.text[line_start.max(clipped)..start];
        let is_whole = line_start >= clipped;
        let at = file.facts.comments.partition_point(|comment| comment.span.end <= start);
        let comment = file.facts.comments.get(at).filter(|comment| comment.span.start <= start);
        match (comment, file.language) {
            (Some(comment), _) => {
                let first = file.lines.line_range(file.text, comment.first_line);
                let head = first.and_then(|line| file.text.get(line.start..comment.span.start));
                let alone = head.is_some_and(|head| head.trim().is_empty());
                Self { comment: Some(comment), in_comment: true, alone }
            }
            // Templates around PHP code have comments of their own.
            (None, Some(_)) => match before.rfind("<!--").max(before.rfind("{{--")) {
                Some(at) => Self { comment: None, in_comment: true, alone: is_whole && before[..at].trim().is_empty() },
                None => Self { comment: None, in_comment: false, alone: false },
            },
            (None, None) => match comment_start(before) {
                Some(at) => Self { comment: None, in_comment: true, alone: is_whole && before[..at].trim().is_empty() },
                None => Self { comment: None, in_comment: false, alone: false },
            },
        }
    }
}

/// Where a comment starts in the part of a line before a marker, in any of the usual notations. A guess: without a
/// grammar a string may look like a comment.
fn comment_start(before: &str) -> Option<usize> {
    const MARKS: [&str; 10] = ["//", "#", "--", ";", "/*", "<!--", "{{--", "{#", "%", "'"];
    let trimmed = before.trim_start();
    if trimmed.starts_with('*') || trimmed.to_ascii_lowercase().starts_with("rem ") {
        return Some(before.len() - trimmed.len());
    }
    MARKS.iter().filter_map(|mark| before.find(mark)).min()
}
