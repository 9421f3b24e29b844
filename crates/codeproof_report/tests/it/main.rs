//! The crate at its door: one report built in code, written in every format.

mod deep;
mod deep_fixture;
mod fixture;
mod html;
mod json;
mod map;
mod map_fixture;
mod map_hostile;
mod markdown;
mod properties;
mod provenance;
mod read;
mod rows;
mod sarif;
mod sites;
mod tables;
mod text;

use codeproof_report::{Format, RenderOptions, TextOptions, render};
use codeproof_types::{ScanReport, Snippets};

/// A report as text.
fn written(report: &ScanReport, format: Format, snippets: Option<&dyn Snippets>, options: &TextOptions) -> String {
    rendered(report, format, snippets, RenderOptions::from(*options))
}

/// The same with the drafts that are no findings.
fn with_drafts(report: &ScanReport, format: Format, snippets: Option<&dyn Snippets>, options: &TextOptions) -> String {
    rendered(report, format, snippets, RenderOptions { text: *options, with_drafts: true })
}

fn rendered(report: &ScanReport, format: Format, snippets: Option<&dyn Snippets>, options: RenderOptions) -> String {
    let mut out = Vec::new();
    render(report, format, snippets, &options, &mut out).expect("a Vec takes every write");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// Options for `width` columns without colour.
fn columns(width: usize) -> TextOptions {
    TextOptions { width, ..TextOptions::default() }
}
