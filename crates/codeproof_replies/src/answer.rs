//! `qa`: an answer in sections that cite their sources (seed 004).
//!
//! Only what cites a source that was given counts. A section without text or without a valid source is dropped, and so is
//! one that names a file that is not among the sources.

use std::collections::BTreeSet;

use codeproof_types::Confidence;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::ReplyStatus;
use crate::context::{SourceContext, normal_path};
use crate::json;
use crate::outcome::Barren;
use crate::paths::named_paths;
use crate::spoken;
use crate::text::Answer;

/// An answer whose citations were checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerReply {
    /// What the answer amounts to.
    pub status: ReplyStatus,
    /// The sections that cite valid sources.
    pub sections: Vec<Section>,
    /// What the model could not answer.
    pub unknowns: Vec<String>,
    /// How well it is supported, by the number of sources and files cited.
    pub confidence_tier: Confidence,
    /// Nothing had to be dropped or mended.
    pub validation_passed: bool,
    /// What had to be.
    pub validation_errors: Vec<String>,
}

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// What it says.
    pub text: String,
    /// Numbers of the sources it cites, each once.
    pub source_ids: Vec<i64>,
}

const TEXT: &[&str] = &["text", "content", "answer", "claim"];
const IDS: &[&str] = &["source_ids", "source_id", "sources", "citations", "ids"];

/// Reads an answer and checks its citations.
pub fn read_answer(answer: &Answer, context: &SourceContext) -> AnswerReply {
    let (text, found) = spoken::json(answer);
    let is_section =
        |map: &Map<String, Value>| json::first_of(map, TEXT).is_some() && json::first_of(map, IDS).is_some();
    let items = json::items(&found, &["sections"], is_section)
        .or_else(|| json::items(&found, &["unknowns"], |_| false).filter(|items| items.around.is_some()));
    let Some(items) = items else {
        let barren = Barren { text: &text, cut: answer.is_cut(), echoed: false, may_be_clean: false };
        return failed(barren.status());
    };
    let has_sections = items.around.as_ref().is_none_or(|around| json::first_of(around, &["sections"]).is_some());
    let values = if has_sections { items.items } else { Vec::new() };
    if values.is_empty() && items.cut {
        return failed(ReplyStatus::Truncated);
    }
    let mut errors = Vec::new();
    let sections: Vec<Section> =
        values.iter().enumerate().filter_map(|(number, value)| section(number, value, context, &mut errors)).collect();
    let unknowns = items.around.map(|around| json::texts_in(&around, &["unknowns", "unknown"])).unwrap_or_default();
    AnswerReply {
        status: ReplyStatus::Ok,
        confidence_tier: tier(&sections, context),
        sections,
        unknowns,
        validation_passed: errors.is_empty(),
        validation_errors: errors,
    }
}

fn failed(status: ReplyStatus) -> AnswerReply {
    AnswerReply {
        status,
        sections: Vec::new(),
        unknowns: Vec::new(),
        confidence_tier: Confidence::None,
        validation_passed: false,
        validation_errors: vec!["the answer holds no sections".to_owned()],
    }
}

fn section(number: usize, value: &Value, context: &SourceContext, errors: &mut Vec<String>) -> Option<Section> {
    let Some(map) = value.as_object() else {
        errors.push(format!("section {number} is not an object"));
        return None;
    };
    let text = json::text_in(map, TEXT);
    if text.is_empty() {
        errors.push(format!("section {number} has no text"));
        return None;
    }
    let mut source_ids = Vec::new();
    let given = json::list_of(json::first_of(map, IDS));
    if given.is_empty() {
        errors.push(format!("section {number} cites no source"));
    }
    for value in given {
        let ids = ids_in(value);
        if ids.is_empty() {
            errors.push(format!("section {number} cites something that is no source"));
        }
        for id in ids {
            if !context.sources.iter().any(|source| source.index == id) {
                errors.push(format!("section {number} cites source {id}, which was not given"));
            } else if !source_ids.contains(&id) {
                source_ids.push(id);
            }
        }
    }
    if let Some(path) = named_paths(&text).find(|path| !is_source(path, context)) {
        errors.push(format!("section {number} names {path}, which is no source"));
        return None;
    }
    (!source_ids.is_empty()).then_some(Section { text, source_ids })
}

/// The numbers of a citation: `1`, `1.0`, `"[1]"`, `"Source 2"`, `"1, 2"`, `{"index": 1}`; never a boolean.
fn ids_in(value: &Value) -> Vec<i64> {
    match value {
        Value::Number(_) => json::integer_in(value).into_iter().collect(),
        Value::String(text) => {
            let runs = text.split(|char: char| !char.is_ascii_digit()).filter(|run| !run.is_empty());
            let is_decimal = text.trim().parse::<f64>().is_ok();
            if is_decimal {
                json::integer_in(value).into_iter().collect()
            } else {
                runs.filter_map(|run| run.parse().ok()).collect()
            }
        }
        Value::Object(map) => json::first_of(map, &["index", "id", "source_id", "source"])
            .filter(|id| !id.is_object())
            .map(ids_in)
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn is_source(path: &str, context: &SourceContext) -> bool {
    let path = normal_path(path);
    context.sources.iter().any(|source| {
        let known = normal_path(&source.file_path);
        let ends = |long: &str, short: &str| {
            long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        ends(&known, &path) || ends(&path, &known)
    })
}

/// Seed 004: three sources of two files are high, two sources medium, one is low.
fn tier(sections: &[Section], context: &SourceContext) -> Confidence {
    let cited: BTreeSet<i64> = sections.iter().flat_map(|section| section.source_ids.iter().copied()).collect();
    let files: BTreeSet<&str> = context
        .sources
        .iter()
        .filter(|source| cited.contains(&source.index))
        .map(|source| source.file_path.as_str())
        .collect();
    match (cited.len(), files.len()) {
        (0, _) => Confidence::None,
        (1, _) => Confidence::Low,
        (3.., 2..) => Confidence::High,
        _ => Confidence::Medium,
    }
}
