//! `draft` and `draft_json`: what an analyzer found in one chunk.
//!
//! ```text
//! *DRAFT: title            *TYPE: CWE-120          *SEVERITY: High         *LINE: 42
//! *SNIPPET: code           *REASON: text           *END_DRAFT              or *NO_FINDINGS
//! ```
//!
//! As JSON: `{"findings": [{"title", "type", "severity", "line", "snippet", "reason"}]}`. Either reader takes the other
//! form when the model chose it.

use codeproof_types::{Cwe, Severity};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::ReplyStatus;
use crate::anchor::Chunk;
use crate::context::CodeContext;
use crate::echo::Planted;
use crate::json::{self, Found};
use crate::markers::{Field, Grammar, Opening, Record, Shape};
use crate::outcome::Barren;
use crate::prose::says_nothing_found;
use crate::spoken::{self, Marked};
use crate::text::Answer;
use crate::values::{LineRange, capitalised, cwe_in, line_range, line_range_of_json, severity_or_medium};

/// What a model drafted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DraftReply {
    /// What the answer amounts to.
    pub status: ReplyStatus,
    /// The drafts in order, identical ones once.
    pub findings: Vec<Draft>,
}

/// One draft of a finding, not anchored to the file yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// A few words; empty when the model gave none.
    pub title: String,
    /// The weakness class, by number or by name.
    pub cwe: Option<Cwe>,
    /// One of four levels; medium when nothing known was said.
    #[serde(serialize_with = "capitalised")]
    pub severity: Severity,
    /// First line, 1-based; `None` when the model gave none that is in the chunk.
    pub line: Option<u32>,
    /// Last line, 1-based and inclusive.
    pub line_end: Option<u32>,
    /// The quoted code, without fences and line numbers; empty when the model quoted none.
    pub snippet: String,
    /// Why it is a finding.
    pub reason: String,
    /// Its end was there: nothing is missing.
    pub complete: bool,
}

const TITLE: usize = 0;
const TYPE: usize = 1;
const SEVERITY: usize = 2;
const LINE: usize = 3;
const SNIPPET: usize = 4;
const REASON: usize = 5;

static GRAMMAR: Grammar = Grammar {
    fields: &[
        Field { names: &["DRAFT"], shape: Shape::Line },
        Field { names: &["TYPE", "CWE", "VULN_TYPE", "VULNERABILITY_TYPE", "CATEGORY", "CWE_ID"], shape: Shape::Line },
        Field { names: &["SEVERITY"], shape: Shape::Line },
        Field { names: &["LINE", "LINES", "LINE_NUMBER", "LINE_NUMBERS", "LINE_NO"], shape: Shape::Line },
        Field { names: &["SNIPPET", "CODE_SNIPPET", "CODE"], shape: Shape::Code },
        Field { names: &["REASON", "REASONING", "REASONS", "EXPLANATION", "DESCRIPTION"], shape: Shape::Prose },
    ],
    ends: &["END_DRAFT", "DRAFT_END", "ENDDRAFT"],
    opening: Opening::FirstField,
    words: &[],
};

/// Reads an answer in the marker format.
pub fn read_drafts(answer: &Answer, context: &CodeContext) -> DraftReply {
    let planted = Planted::in_code(&GRAMMAR, &context.plain_code());
    let marked = spoken::marked(answer, &GRAMMAR, &planted);
    let (text, found) = if marked.records.is_empty() { spoken::json(answer) } else { Default::default() };
    from_parts(answer, context, &marked, &text, &found, &planted)
}

/// Reads an answer in JSON.
pub fn read_drafts_json(answer: &Answer, context: &CodeContext) -> DraftReply {
    let planted = Planted::in_code(&GRAMMAR, &context.plain_code());
    let (text, found) = spoken::json(answer);
    let marked = spoken::marked(answer, &GRAMMAR, &planted);
    let reply = from_json(context, &text, &found, &planted);
    match reply {
        Some(reply) => reply,
        None => from_parts(answer, context, &marked, &text, &[], &planted),
    }
}

fn from_parts(
    answer: &Answer,
    context: &CodeContext,
    marked: &Marked,
    text: &str,
    found: &[Found],
    planted: &Planted,
) -> DraftReply {
    let mut chunk = Chunk::new(context);
    let mut says_nothing = marked.says_nothing;
    let mut echoed = marked.echoed;
    let mut findings = Vec::new();
    for record in &marked.records {
        if is_template(record) {
            echoed = true;
        } else if is_nothing(record) {
            says_nothing = true;
        } else if stands(record) {
            findings.push(draft(record, &mut chunk));
        }
    }
    merge(&mut findings, marked.records.last().is_some_and(|record| record.cut_in.is_some()));
    if !findings.is_empty() {
        return DraftReply { status: ReplyStatus::Ok, findings };
    }
    if says_nothing {
        return DraftReply { status: ReplyStatus::Clean, findings };
    }
    if let Some(reply) = from_json(context, text, found, planted) {
        return reply;
    }
    let barren = Barren { text: &marked.text, cut: answer.is_cut(), echoed, may_be_clean: !marked.unclosed };
    DraftReply { status: barren.status(), findings }
}

/// Whether a record is more than a title; one that was cut off needs code, or it cannot be placed.
fn stands(record: &Record) -> bool {
    match record.cut_in {
        Some(_) => !record.value(SNIPPET).is_empty(),
        None => record.has_more_than_first() || (record.complete && !record.value(TITLE).is_empty()),
    }
}

/// The format of the prompt, repeated with its blanks not filled in.
fn is_template(record: &Record) -> bool {
    let is_blank = |text: &str| {
        text.is_empty()
            || [('<', '>'), ('[', ']'), ('{', '}')]
                .iter()
                .any(|(open, close)| text.starts_with(*open) && text.ends_with(*close))
    };
    !record.value(TITLE).is_empty() && is_blank(record.value(TITLE)) && is_blank(record.value(SNIPPET))
}

/// A record that says "none" in its title.
fn is_nothing(record: &Record) -> bool {
    let title = record.value(TITLE);
    let word = title.trim_end_matches('.').to_ascii_lowercase();
    let none = matches!(word.as_str(), "none" | "n/a" | "nothing" | "no" | "no findings" | "no finding");
    (none || says_nothing_found(title))
        && matches!(record.value(SNIPPET).to_ascii_lowercase().as_str(), "" | "n/a" | "none" | "-")
}

fn draft(record: &Record, chunk: &mut Chunk) -> Draft {
    let snippet = record.value(SNIPPET).to_owned();
    let lines = chunk.anchor(line_range(record.value(LINE)), &snippet);
    Draft {
        title: record.value(TITLE).to_owned(),
        cwe: cwe_in(record.value(TYPE)),
        severity: severity_or_medium(record.value(SEVERITY)),
        line: lines.map(|lines| lines.first),
        line_end: lines.map(|lines| lines.last),
        snippet,
        reason: record.value(REASON).to_owned(),
        complete: record.complete,
    }
}

/// S6: identical drafts are one, and the cut-off start of one that is there is no other.
fn merge(findings: &mut Vec<Draft>, last_is_cut: bool) {
    let mut seen = std::collections::HashSet::new();
    let key = |draft: &Draft| {
        (
            draft.title.clone(),
            draft.cwe,
            draft.severity,
            draft.line,
            draft.line_end,
            draft.snippet.clone(),
            draft.reason.clone(),
        )
    };
    findings.retain(|draft| seen.insert(key(draft)));
    if let Some(last) = findings.last().filter(|last| last_is_cut && !last.complete) {
        let same = |other: &Draft| {
            other.complete
                && other.title == last.title
                && other.cwe == last.cwe
                && other.snippet.starts_with(&last.snippet)
                && other.reason.starts_with(&last.reason)
        };
        if findings.iter().any(same) {
            findings.pop();
        }
    }
}

const LIST_NAMES: &[&str] = &["findings", "vulnerabilities", "drafts", "issues", "results", "vulns"];
const TITLE_NAMES: &[&str] = &["title", "name", "draft", "vulnerability", "finding", "issue", "summary"];
const TYPE_NAMES: &[&str] =
    &["type", "cwe", "cwe_id", "vuln_type", "vulnerability_type", "category", "class", "weakness"];
const LINE_NAMES: &[&str] =
    &["line", "line_number", "lineno", "lines", "line_range", "line_no", "line_start", "start_line", "location"];
const LINE_END_NAMES: &[&str] = &["line_end", "end_line", "last_line"];
const SNIPPET_NAMES: &[&str] = &["snippet", "code", "code_snippet", "vulnerable_code", "evidence"];
const REASON_NAMES: &[&str] =
    &["reason", "description", "explanation", "reasoning", "details", "detail", "rationale", "message"];

/// Reads the list of findings among the values of an answer; `None` when there is none.
fn from_json(context: &CodeContext, text: &str, found: &[Found], planted: &Planted) -> Option<DraftReply> {
    let items = json::items(found, LIST_NAMES, is_draft)?;
    if planted.holds_json(&text[items.found.start..items.found.end]) {
        return Some(DraftReply { status: ReplyStatus::EchoOnly, findings: Vec::new() });
    }
    let mut chunk = Chunk::new(context);
    let objects = items.items.iter().filter_map(Value::as_object).filter(|map| is_draft(map));
    let mut findings: Vec<Draft> = objects.map(|map| draft_of_json(map, &mut chunk)).collect();
    merge(&mut findings, false);
    let status = match (findings.is_empty(), items.cut, items.items.is_empty()) {
        (false, ..) => ReplyStatus::Ok,
        (true, true, _) => ReplyStatus::Truncated,
        (true, false, true) => ReplyStatus::Clean,
        // A list of something else.
        (true, false, false) => ReplyStatus::Malformed,
    };
    Some(DraftReply { status, findings })
}

fn is_draft(map: &Map<String, Value>) -> bool {
    let has = |names: &[&str]| json::first_of(map, names).is_some();
    has(&["title", "name", "draft", "vulnerability", "finding", "issue", "summary"]) && !has(&["vote", "tool"])
        || (has(TYPE_NAMES) && (has(LINE_NAMES) || has(SNIPPET_NAMES) || has(REASON_NAMES)))
}

fn draft_of_json(map: &Map<String, Value>, chunk: &mut Chunk) -> Draft {
    let snippet = json::text_in(map, SNIPPET_NAMES);
    let lines = chunk.anchor(lines_of_json(map), &snippet);
    Draft {
        title: json::text_in(map, TITLE_NAMES),
        cwe: TYPE_NAMES.iter().find_map(|name| cwe_in(&json::text_in(map, &[name]))),
        severity: severity_or_medium(&json::text_in(map, &["severity", "level", "risk", "priority", "impact"])),
        line: lines.map(|lines| lines.first),
        line_end: lines.map(|lines| lines.last),
        snippet,
        reason: json::text_in(map, REASON_NAMES),
        complete: true,
    }
}

fn lines_of_json(map: &Map<String, Value>) -> Option<LineRange> {
    let first = json::first_of(map, LINE_NAMES).and_then(line_range_of_json)?;
    let last = json::first_of(map, LINE_END_NAMES).and_then(line_range_of_json);
    Some(match last {
        Some(last) => LineRange { first: first.first.min(last.first), last: first.last.max(last.last) },
        None => first,
    })
}
