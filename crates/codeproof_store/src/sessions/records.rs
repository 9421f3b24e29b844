//! What a session writes.

use codeproof_types::{ErrorEvent, SessionStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What is known when a session starts.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSession {
    /// The file as the user gave it.
    pub filename: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub source_sha256: String,
    /// How many bytes it has.
    pub source_bytes: u64,
    /// Where its files go, absolute.
    pub output_folder: Option<String>,
    /// What it runs with.
    pub settings: Json,
}

/// What was found in a file, and written, before anything was run.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitRows {
    /// The scanners, with what they use and their programs.
    pub boundaries: Vec<BoundaryRow>,
    /// The inspection, when the file could be read.
    pub security: Option<SecurityRow>,
    /// Wall time of looking for scanners.
    pub boundary_detection_ms: u64,
    /// Wall time of following values.
    pub parameter_isolation_ms: u64,
    /// Wall time of writing programs.
    pub template_generation_ms: u64,
}

/// A row of `scanner_boundaries`.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundaryRow {
    /// The scanner's name.
    pub scanner_name: String,
    /// First line, 1-based.
    pub start_line: u32,
    /// Last line, inclusive.
    pub end_line: u32,
    /// 0 to 1.
    pub confidence: f64,
    /// `function_based` and the like.
    pub boundary_type: String,
    /// The evidence.
    pub detected_patterns: Vec<String>,
    /// `ns_<scanner>_<hash>`.
    pub namespace: String,
    /// What it needs: names, and scanners that run as a part of it.
    pub dependencies: Vec<String>,
    /// `valid`, `needs_review`, `invalid`.
    pub validation_status: String,
    /// What else is known of it.
    pub context_metadata: Json,
    /// What it uses.
    pub parameters: Vec<ParameterRow>,
    /// Its program.
    pub template: TemplateRow,
}

/// A row of `isolated_parameters`: what its checksum is over. The order of the fields is a part of the checksum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParameterRow {
    /// The line the value is written on, 1-based.
    pub line: u32,
    /// Its place among those of the line, from 0; given by the store.
    pub ordinal: u32,
    /// As written.
    pub name: String,
    /// Where it is written: `constant`, `inline` and the like.
    pub kind: String,
    /// Its type in Python.
    pub type_name: String,
    /// JSON, as text.
    pub value: String,
    /// The expression there.
    pub expression: String,
    /// Why this value is the effective one.
    pub reason: String,
    /// `high`, `medium`, `low`.
    pub impact: Option<String>,
    /// Its comment.
    pub description: Option<String>,
    /// Whether scanners share it on purpose.
    pub shared: bool,
    /// 0 to 1.
    pub confidence: Option<f64>,
}

/// A row of `generated_templates`.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateRow {
    /// File name.
    pub name: String,
    /// `slice` or `whole_program`.
    pub form: String,
    /// The program's text with secrets masked.
    pub code: String,
    /// Files it needs beside it.
    pub dependencies: Vec<String>,
    /// What a proof said of it, when there was one.
    pub validation: Option<Json>,
    /// What else is known of it.
    pub metadata: Json,
    /// Where it was written, absolute.
    pub path: Option<String>,
    /// SHA-256 of the file as it was written, in hexadecimal digits.
    pub sha256: String,
}

/// A row of `security_analyses`.
#[derive(Debug, Clone, PartialEq)]
pub struct SecurityRow {
    /// `safe` to `critical`.
    pub level: String,
    /// 0 to 1.
    pub risk_score: f64,
    /// Whether it is run without being allowed by name.
    pub execution_allowed: bool,
    /// What was found.
    pub threats: Json,
    /// What to do.
    pub recommendations: Vec<String>,
}

/// A row of `isolation_validations`.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidationRow {
    /// Share of exercised parameters that change nothing but their owner's rows.
    pub isolation_score: Option<f64>,
    /// Values that reach scanners they do not belong to, with the runs that showed it.
    pub contamination: Vec<Json>,
    /// Each scanner's verdict with its runs.
    pub tests: Json,
    /// What to do.
    pub recommendations: Vec<String>,
    /// Whether every scanner was proven.
    pub passed: bool,
}

/// A row of `performance_metrics`.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricRow {
    /// `phase`, `scanner`, `session`.
    pub kind: &'static str,
    /// What was measured.
    pub name: String,
    /// How much.
    pub value: f64,
    /// `ms`, `bytes`, `runs`.
    pub unit: &'static str,
}

/// A row of `ai_model_performance`.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRunRow {
    /// `boundary_detection`.
    pub model_type: &'static str,
    /// What it was asked for.
    pub operation: &'static str,
    /// The mean confidence it told, 0 to 1.
    pub confidence: Option<f64>,
    /// The share of what it said that stood where it said, 0 to 1.
    pub accuracy: Option<f64>,
    /// Wall time.
    pub duration_ms: u64,
    /// The model.
    pub version: Option<String>,
    /// Bytes it was sent.
    pub input_bytes: u64,
    /// Why there was no answer to use.
    pub error: Option<String>,
}

/// What running showed of one parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterVerdict {
    /// The scanner's namespace.
    pub namespace: String,
    /// The line the value is written on.
    pub line: u32,
    /// As written.
    pub name: String,
    /// `own_rows_only` and the like.
    pub verdict: String,
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionEnd {
    /// Any but running.
    pub status: SessionStatus,
    /// What was done in a lesser way.
    pub degraded: Vec<String>,
    /// What went wrong.
    pub events: Vec<ErrorEvent>,
    /// What running proved, when anything ran.
    pub validation: Option<ValidationRow>,
    /// What running showed of single parameters.
    pub verdicts: Vec<ParameterVerdict>,
    /// Programs by the scanner's namespace that stand now instead of those of the split, or with what a proof said of them.
    pub templates: Vec<(String, TemplateRow)>,
    /// What it cost.
    pub metrics: Vec<MetricRow>,
    /// What models did.
    pub models: Vec<ModelRunRow>,
    /// Wall time.
    pub duration_ms: u64,
}
