//! Turns the results of codeproof into text for people and programs.
//!
//! In: the nouns of `codeproof_types` and, for code frames, something that reads lines ([`Snippets`]). Out: bytes on a
//! writer: terminal text with code frames, SARIF 2.1.0, JSON, Markdown, a page of HTML, tables. This crate must not know where the text
//! goes, nor databases, clocks or the environment; colour and width come in as [`RenderOptions`].
//!
//! [`render_map`] does the same for the map of a Laravel application: text, JSON, Mermaid, SVG, a page.
//!
//! And back: [`read_report`] takes a JSON or SARIF report of codeproof apart again, for baselines.
//!
//! Everything that comes from scanned code or from a model is stripped of control, ANSI and bidirectional characters on its way out.
//!
//! ```
//! use codeproof_report::{Format, RenderOptions, render};
//! use codeproof_types::{ScanInfo, ScanReport, ScanStatus, ScanSummary};
//!
//! let scan = ScanInfo {
//!     id: None,
//!     target: "src".to_owned(),
//!     commit: None,
//!     version: "0.1.0".to_owned(),
//!     status: ScanStatus::Completed,
//!     started_at_ms: 0,
//!     duration_ms: 12,
//! };
//! let summary = ScanSummary { files: 3, lines: 120, ..ScanSummary::default() };
//! let (findings, problems, rules, notes) = (vec![], vec![], vec![], vec![]);
//! let report = ScanReport { scan, summary, findings, problems, rules, notes, comparison: None, safe_sites: None, models: None };
//! let mut text = Vec::new();
//! render(&report, "text".parse::<Format>().unwrap(), None, &RenderOptions::default(), &mut text).unwrap();
//! assert!(String::from_utf8(text).unwrap().ends_with("No findings in 3 files (120 lines).\n"));
//! ```
//!
//! [`Snippets`]: codeproof_types::Snippets

mod clean;
mod code_lines;
mod error;
mod facts;
mod findings;
mod format;
mod html;
mod json;
mod map;
mod markdown;
mod models;
mod numbers;
mod program;
mod read;
mod render;
mod sarif;
mod text;
mod time;

pub use error::ReadError;
pub use facts::{CallRow, ImportRow, SymbolRow, TableRow, render_json_lines, render_table};
pub use format::Format;
pub use map::{MapFormat, MapOptions, MapParts, render_map};
pub use program::{
    ChunkRow, ContextFormat, ContextPart, ContextView, Definition, FunctionView, GraphFormat, GraphLine, GraphNode,
    GraphView, LeftOutPart, Reference, References, TraceView, TracedSink, render_context, render_functions,
    render_graph, render_references, render_trace,
};
pub use read::read_report;
pub use render::{RenderOptions, render};
pub use text::{
    ChunkPlace, ExplainedSite, Explanation, ModelCall, Provenance, ScanRow, SiteVerdict, TextOptions,
    render_explanation, render_finding, render_provenance, render_rule, render_rules, render_scans,
};
pub use time::utc_from_ms;
