//! The crate at its door: one report built in code, written in every format.

mod fixture;
mod html;
mod json;
mod markdown;
mod properties;
mod read;
mod rows;
mod sarif;
mod sites;
mod tables;
mod text;

use codeproof_report::{Format, TextOptions, render};
use codeproof_types::{ScanReport, Snippets};

/// A report as text.
fn written(report: &ScanReport, format: Format, snippets: Option<&dyn Snippets>, options: &TextOptions) -> String {
    let mut out = Vec::new();
    render(report, format, snippets, options, &mut out).expect("a Vec takes every write");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// Options for `width` columns without colour.
fn columns(width: usize) -> TextOptions {
    TextOptions { width, ..TextOptions::default() }
}
