//! `broad`: issues of a whole repository, as the JSON of seed 003.

use codeproof_types::{Confidence, Severity};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::ReplyStatus;
use crate::context::{RepoContext, normal_path};
use crate::json;
use crate::outcome::Barren;
use crate::spoken;
use crate::text::Answer;
use crate::values::{LineRange, confidence_tier, line_range, line_range_of_json, lower_case, severity_or_medium};

/// The issues in an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BroadReply {
    /// What the answer amounts to.
    pub status: ReplyStatus,
    /// What the model takes the repository for, as it wrote it.
    pub repo_overview: Option<Value>,
    /// The issues in order; merging is the caller's.
    pub issues: Vec<BroadIssue>,
    /// Issues that cite only files that do not exist.
    pub dropped: usize,
}

/// One issue. Texts are empty where the model gave none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BroadIssue {
    /// The model's own name for it.
    pub id_hint: String,
    /// What it is about.
    pub dimension: Dimension,
    /// One of four levels; medium when nothing known was said.
    #[serde(serialize_with = "lower_case")]
    pub severity: Severity,
    /// The files it cites; with a known repository, only files that exist.
    pub files: Vec<CitedFile>,
    /// One line.
    pub summary: String,
    /// The whole story.
    pub detailed_description: String,
    /// Quotes.
    pub evidence_snippets: Vec<String>,
    /// What could happen.
    pub potential_impact: String,
    /// What to do.
    pub remediation_idea: String,
    /// How sure the model is; medium when it did not say.
    pub confidence: Confidence,
}

/// What an issue is about (seed 003).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Vulnerabilities, secrets, injection.
    Security,
    /// Schema and migrations.
    DbConsistency,
    /// Contracts and validation.
    ApiCorrectness,
    /// Dead code, duplication, complexity.
    CodeHealth,
    /// Anything else, and words we do not know.
    Other,
}

/// A file an issue cites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CitedFile {
    /// Path with `/`, without `./`.
    pub path: String,
    /// First line, 1-based.
    pub line_start: Option<u32>,
    /// Last line, 1-based and inclusive; not behind the end of a known file.
    pub line_end: Option<u32>,
}

/// Reads the issues in an answer.
pub fn read_broad(answer: &Answer, context: &RepoContext) -> BroadReply {
    let (text, found) = spoken::json(answer);
    let Some(items) = json::items(&found, &["issues", "findings", "vulnerabilities"], is_issue) else {
        let barren = Barren { text: &text, cut: answer.is_cut(), echoed: false, may_be_clean: true };
        let unfinished = found.iter().any(|found| found.cut);
        let status = if unfinished && answer.is_cut() { ReplyStatus::Truncated } else { barren.status() };
        return BroadReply { status, repo_overview: None, issues: Vec::new(), dropped: 0 };
    };
    let objects: Vec<&Map<String, Value>> =
        items.items.iter().filter_map(Value::as_object).filter(|map| is_issue(map)).collect();
    let (asked, cut, blank) = (objects.len(), items.cut, items.items.is_empty());
    let issues: Vec<BroadIssue> = objects.into_iter().filter_map(|map| issue(map, context)).collect();
    let status = match (asked, cut, blank) {
        (1.., ..) => ReplyStatus::Ok,
        (0, true, _) => ReplyStatus::Truncated,
        (0, false, true) => ReplyStatus::Clean,
        (0, false, false) => ReplyStatus::Malformed,
    };
    let repo_overview = items.around.and_then(|mut around| around.remove("repo_overview"));
    let dropped = asked - issues.len();
    BroadReply { status, repo_overview, issues, dropped }
}

const SUMMARY: &[&str] = &["summary", "title", "name", "issue"];
const DESCRIPTION: &[&str] = &["detailed_description", "description", "details", "explanation"];

fn is_issue(map: &Map<String, Value>) -> bool {
    let has = |names: &[&str]| json::first_of(map, names).is_some();
    has(&["id_hint", "dimension"]) || has(SUMMARY) || (has(DESCRIPTION) && has(&["severity", "files"]))
}

/// One issue; `None` when it cites files and none of them exists.
fn issue(map: &Map<String, Value>, context: &RepoContext) -> Option<BroadIssue> {
    let text = |names: &[&str]| json::text_in(map, names);
    let cited: Vec<CitedFile> =
        json::list_of(json::first_of(map, &["files", "file", "locations", "location", "paths", "path", "file_path"]))
            .into_iter()
            .filter_map(cited_file)
            .collect();
    let cites = !cited.is_empty();
    let files: Vec<CitedFile> = cited.into_iter().filter_map(|file| known_file(file, context)).collect();
    if cites && files.is_empty() {
        return None;
    }
    Some(BroadIssue {
        id_hint: text(&["id_hint", "id"]),
        dimension: dimension(&text(&["dimension", "category"])),
        severity: severity_or_medium(&text(&["severity"])),
        files,
        summary: text(SUMMARY),
        detailed_description: text(DESCRIPTION),
        evidence_snippets: json::texts_in(
            map,
            &["evidence_snippets", "evidence_snippet", "evidence", "snippets", "snippet"],
        ),
        potential_impact: text(&["potential_impact", "impact"]),
        remediation_idea: text(&["remediation_idea", "remediation", "fix", "recommendation"]),
        confidence: confidence_tier(json::first_of(map, &["confidence"])),
    })
}

fn dimension(text: &str) -> Dimension {
    match crate::text::alphanumeric_words(text).as_str() {
        "security" => Dimension::Security,
        "db consistency" | "database consistency" | "dbconsistency" => Dimension::DbConsistency,
        "api correctness" | "apicorrectness" => Dimension::ApiCorrectness,
        "code health" | "codehealth" => Dimension::CodeHealth,
        _ => Dimension::Other,
    }
}

/// `{"path", "line_start", "line_end"}`, `"a.py"`, `"a.py:45-50"`, `"a.py#L45-L50"`.
fn cited_file(value: &Value) -> Option<CitedFile> {
    match value {
        Value::String(text) => {
            let (path, lines) = split_lines(text);
            file(path, lines)
        }
        Value::Object(map) => {
            let path = json::text_in(map, &["path", "file", "file_path", "filename", "name"]);
            let (path, in_path) = split_lines(&path);
            let at = |names: &[&str]| json::first_of(map, names).and_then(line_range_of_json);
            let start = at(&["line_start", "start_line", "start", "line", "lines", "line_number", "line_range"]);
            let end = at(&["line_end", "end_line", "end"]);
            let lines = match (start, end) {
                (Some(start), Some(end)) => {
                    Some(LineRange { first: start.first.min(end.first), last: start.last.max(end.last) })
                }
                (start, end) => start.or(end).or(in_path),
            };
            file(path, lines)
        }
        _ => None,
    }
}

fn file(path: &str, lines: Option<LineRange>) -> Option<CitedFile> {
    let path = normal_path(path);
    (!path.is_empty()).then(|| CitedFile {
        path,
        line_start: lines.map(|lines| lines.first),
        line_end: lines.map(|lines| lines.last),
    })
}

/// Splits lines off a path.
fn split_lines(text: &str) -> (&str, Option<LineRange>) {
    let text = text.trim();
    let numbers = |rest: &str| rest.trim_start_matches(['L', 'l', ' ']).starts_with(|char: char| char.is_ascii_digit());
    for (at, separator) in text.match_indices([':', '#', '(', ' ']) {
        let rest = text[at + separator.len()..].trim_start();
        let rest = rest.strip_prefix("lines").or_else(|| rest.strip_prefix("line")).unwrap_or(rest);
        if numbers(rest) {
            return (text[..at].trim_end(), line_range(rest.trim_end_matches(')')));
        }
    }
    (text, None)
}

/// The file with its lines inside it; `None` when the repository is known not to have it.
fn known_file(file: CitedFile, context: &RepoContext) -> Option<CitedFile> {
    let Some(files) = &context.files else { return Some(file) };
    let (_, lines) = files.iter().find(|(path, _)| *path == file.path)?;
    let Some(count) = *lines else { return Some(file) };
    // A start behind the end of the file is made up, and so is its end.
    let line_start = file.line_start.filter(|start| *start <= count);
    let line_end = line_start.and(file.line_end).map(|end| end.min(count));
    Some(CitedFile { path: file.path, line_start, line_end })
}
