//! The list of earlier scans.

use std::io::{self, Write};

use codeproof_types::{ScanInfo, ScanStatus, ScanSummary};

use super::{Align, Column, Style, Table, TextOptions, summary};
use crate::{clean, numbers, time};

/// Characters of a reason that are shown.
const REASON_CHARACTERS_MAX: usize = 300;

/// Characters of a profile's name that are shown.
const PROFILE_CHARACTERS_MAX: usize = 60;

/// A scan in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRow {
    /// What was scanned.
    pub info: ScanInfo,
    /// Missing while a scan runs, or when it was killed.
    pub summary: Option<ScanSummary>,
    /// The profile's name, when models were asked.
    pub profile: Option<String>,
    /// What models cost in nano-dollars, when that is known.
    pub cost_nano_usd: Option<u64>,
    /// Why it paused, failed or was cancelled, when that is known.
    pub reason: Option<String>,
}

impl ScanRow {
    /// A scan without models.
    pub fn new(info: ScanInfo, summary: Option<ScanSummary>) -> Self {
        Self { info, summary, profile: None, cost_nano_usd: None, reason: None }
    }
}

/// Writes a table of scans: id, when, status, files, open findings, time taken, target. Below a scan that asked models
/// stand the profile and what it cost; below one that did not come to its end, why, and how to go on.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_scans(scans: &[ScanRow], options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
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
    for scan in scans {
        table.push_styled(row(&scan.info, scan.summary.as_ref()));
        for note in notes(scan) {
            table.note(&note, Style::Quiet);
        }
    }
    table.draw(options).iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// Profile and cost, why it stopped, what to type to go on.
fn notes(scan: &ScanRow) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(profile) = &scan.profile {
        let cost = scan.cost_nano_usd.map(|nano_usd| format!(", {}", numbers::money(nano_usd))).unwrap_or_default();
        notes.push(format!("profile {}{cost}", clean::short(profile, PROFILE_CHARACTERS_MAX)));
    }
    notes.extend(scan.reason.iter().map(|why| clean::short(why, REASON_CHARACTERS_MAX)));
    notes.extend(summary::resume_command(&scan.info));
    notes
}

fn row(info: &ScanInfo, summary: Option<&ScanSummary>) -> Vec<(String, Option<Style>)> {
    let count =
        |count: fn(&ScanSummary) -> u64| summary.map_or_else(|| "-".to_owned(), |all| numbers::grouped(count(all)));
    let status_style = match info.status {
        ScanStatus::Completed => None,
        ScanStatus::Running
        | ScanStatus::Interrupted
        | ScanStatus::Paused
        | ScanStatus::Cancelled
        | ScanStatus::Failed => Some(Style::Alert),
    };
    let took = if info.status == ScanStatus::Running { "-".to_owned() } else { numbers::duration(info.duration_ms) };
    vec![
        (info.id.map_or_else(|| "-".to_owned(), |id| id.to_string()), Some(Style::Heading)),
        (time::utc_for_people(info.started_at_ms), None),
        (info.status.name().to_owned(), status_style),
        (count(|summary| summary.files), None),
        (count(|summary| summary.vulnerabilities.total() + summary.weaknesses.total()), None),
        (took, None),
        (clean::path_text(&info.target), Some(Style::Name)),
    ]
}
