//! The list of earlier scans.

use std::io::{self, Write};

use codeproof_types::{ScanInfo, ScanStatus, ScanSummary};

use super::{Align, Column, Style, Table, TextOptions};
use crate::{clean, numbers, time};

/// Writes a table of scans: id, when, status, files, open findings, time taken, target. The summary is missing while a
/// scan runs, or when it was killed.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_scans(
    scans: &[(ScanInfo, Option<ScanSummary>)],
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    if scans.is_empty() {
        return writeln!(out, "No scans are stored yet; `codeproof scan PATH` makes the first.");
    }
    let left = |head| Column::new(head, Align::Left);
    let right = |head| Column::new(head, Align::Right);
    let mut table = Table::new(vec![
        right("scan"),
        left("started"),
        left("status"),
        right("files"),
        right("findings"),
        right("time"),
        Column::new("target", Align::Wrapped),
    ]);
    for (scan, summary) in scans {
        table.push_styled(row(scan, summary.as_ref()));
    }
    table.draw(options).iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn row(scan: &ScanInfo, summary: Option<&ScanSummary>) -> Vec<(String, Option<Style>)> {
    let count =
        |count: fn(&ScanSummary) -> u64| summary.map_or_else(|| "-".to_owned(), |all| numbers::grouped(count(all)));
    let status_style = match scan.status {
        ScanStatus::Completed => None,
        ScanStatus::Running
        | ScanStatus::Interrupted
        | ScanStatus::Paused
        | ScanStatus::Cancelled
        | ScanStatus::Failed => Some(Style::Alert),
    };
    let took = if scan.status == ScanStatus::Running { "-".to_owned() } else { numbers::duration(scan.duration_ms) };
    vec![
        (scan.id.map_or_else(|| "-".to_owned(), |id| id.to_string()), Some(Style::Heading)),
        (time::utc_for_people(scan.started_at_ms), None),
        (scan.status.name().to_owned(), status_style),
        (count(|summary| summary.files), None),
        (count(|summary| summary.vulnerabilities.total() + summary.weaknesses.total()), None),
        (took, None),
        (clean::path_text(&scan.target), Some(Style::Name)),
    ]
}
