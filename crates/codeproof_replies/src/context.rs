//! What the caller knows about the question: the code a model was shown, the files there are, the sources it may cite.

use serde::Deserialize;
use serde_json::Value;

use crate::text::{decode, without_line_number};

/// The code that a model was shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CodeContext {
    /// The lines, with or without `NN| ` before each.
    pub code: Option<String>,
    /// 1-based number of the first line.
    pub start_line: Option<u32>,
    /// 1-based number of the last line.
    pub end_line: Option<u32>,
}

impl CodeContext {
    /// The code after S1, as answers are.
    pub(crate) fn plain_code(&self) -> String {
        decode(self.code.as_deref().unwrap_or_default().as_bytes())
    }

    /// First and last line of the chunk, when they are known.
    pub(crate) fn lines(&self) -> Option<(u32, u32)> {
        let count = self.code.as_deref().map(|code| u32::try_from(code.lines().count()).unwrap_or(u32::MAX));
        let first = self.start_line.or(self.code.as_ref().map(|_| 1))?;
        let last = self.end_line.or(count.map(|count| first.saturating_add(count.saturating_sub(1))))?;
        Some((first, last))
    }
}

/// Code as single lines without the numbers of the prompt.
pub(crate) fn code_lines(code: &str) -> Vec<&str> {
    let all_numbered =
        code.lines().filter(|line| !line.trim().is_empty()).all(|line| without_line_number(line).is_some());
    let plain = |line| if all_numbered { without_line_number(line).unwrap_or(line) } else { line };
    code.lines().map(plain).collect()
}

/// The files a repository has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepoContext {
    /// Path and number of lines, when it is known; `None` when the files are not known.
    pub files: Option<Vec<(String, Option<u32>)>>,
}

impl RepoContext {
    /// Reads a list of paths, a list of `{path, lines}`, or an object from path to lines, under `files` or alone.
    pub fn from_json(value: &Value) -> Self {
        let list = match value {
            Value::Object(map) => {
                let under = crate::json::first_of(map, &["files", "repo_files", "paths", "repo", "tree"]);
                under.or_else(|| (!map.is_empty() && map.keys().all(|key| key.contains(['.', '/']))).then_some(value))
            }
            Value::Array(_) => Some(value),
            _ => None,
        };
        let lines = |value: &Value| crate::json::integer_in(value).and_then(|lines| u32::try_from(lines).ok());
        let files = match list {
            Some(Value::Object(map)) => map
                .iter()
                .map(|(path, value)| {
                    let count = match value {
                        Value::Object(file) => crate::json::first_of(file, LINE_COUNTS).and_then(lines),
                        Value::String(text) => u32::try_from(text.lines().count()).ok(),
                        other => lines(other),
                    };
                    (normal_path(path), count)
                })
                .collect(),
            Some(Value::Array(list)) => list
                .iter()
                .filter_map(|file| match file {
                    Value::String(path) => Some((normal_path(path), None)),
                    Value::Object(map) => {
                        let path = crate::json::text_in(map, &["path", "file_path", "file", "name"]);
                        Some((normal_path(&path), crate::json::first_of(map, LINE_COUNTS).and_then(lines)))
                    }
                    Value::Array(pair) => Some((normal_path(pair.first()?.as_str()?), pair.get(1).and_then(lines))),
                    _ => None,
                })
                .collect(),
            _ => return Self::default(),
        };
        Self { files: Some(files) }
    }
}

const LINE_COUNTS: &[&str] =
    &["lines", "line_count", "n_lines", "num_lines", "total_lines", "loc", "end_line", "length"];

/// A path with `/` and without quotes, `./` or a leading `/`.
pub(crate) fn normal_path(path: &str) -> String {
    let path = path.trim().trim_matches(['`', '"', '\'']).replace('\\', "/");
    let mut path = path.as_str();
    while let Some(rest) = path.strip_prefix("./").or_else(|| path.strip_prefix('/')) {
        path = rest;
    }
    path.to_owned()
}

/// The sources an answer may cite.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SourceContext {
    /// The sources, as they were numbered in the prompt.
    pub sources: Vec<SourceRef>,
}

/// One source an answer may cite.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SourceRef {
    /// Its number in the prompt.
    #[serde(alias = "id", alias = "source_id")]
    pub index: i64,
    /// Its path in the repository.
    #[serde(alias = "path", alias = "file")]
    pub file_path: String,
}
