//! The door of scan reports: one function for all formats.

use std::io::{self, Write};

use codeproof_types::{ScanReport, Snippets};

use crate::{Format, TextOptions, html, json, markdown, sarif, text};

/// Choices of the caller for a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RenderOptions {
    /// How the text format is laid out.
    pub text: TextOptions,
    /// Lists drafts of models that are no findings, each with the reason: rejected or unverified by votes, or dropped.
    /// Without it every format leaves them out, and says how many they are.
    pub with_drafts: bool,
}

impl From<TextOptions> for RenderOptions {
    /// That layout, and no drafts.
    fn from(text: TextOptions) -> Self {
        Self { text, with_drafts: false }
    }
}

/// Writes `report` to `out` in `format`.
///
/// `snippets` reads the lines around a finding for text and HTML; without it, or where it fails, the finding's own
/// quote is shown. Findings may come in any order: text, JSON and Markdown keep it within a file or severity.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render(
    report: &ScanReport,
    format: Format,
    snippets: Option<&dyn Snippets>,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::write_report(report, snippets, options, out),
        Format::Json => json::write_report(report, options.with_drafts, out),
        Format::Sarif => sarif::write_report(report, options.with_drafts, out),
        Format::Markdown => markdown::write_report(report, options.with_drafts, out),
        Format::Html => html::write_report(report, snippets, options.with_drafts, out),
    }
}
