//! The door of scan reports: one function for all formats.

use std::io::{self, Write};

use codeproof_types::{ScanReport, Snippets};

use crate::{Format, TextOptions, html, json, markdown, sarif, text};

/// Writes `report` to `out` in `format`.
///
/// `snippets` reads the lines around a finding for text and HTML; without it, or where it fails, the finding's own
/// quote is shown. `options` apply to the text format only. Findings may come in any order: text, JSON and Markdown
/// keep it within a file or severity.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render(
    report: &ScanReport,
    format: Format,
    snippets: Option<&dyn Snippets>,
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::write_report(report, snippets, options, out),
        Format::Json => json::write_report(report, out),
        Format::Sarif => sarif::write_report(report, out),
        Format::Markdown => markdown::write_report(report, out),
        Format::Html => html::write_report(report, snippets, out),
    }
}
