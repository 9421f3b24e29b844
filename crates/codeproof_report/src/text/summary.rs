//! The end of a text report: what was looked at, what was not, and the count of findings.

use std::io::{self, Write};

use codeproof_types::{
    ClassCounts, Comparison, ScanInfo, ScanReport, ScanStatus, ScanSummary, Severity, SeverityCounts, State, Tier,
};

use super::{Align, Column, Style, Table, TextOptions, models, paragraph, problems};
use crate::findings::Parts;
use crate::{RenderOptions, clean, findings, numbers, time};

/// Writes the summary. The verdict comes last: that is where a person who scans in a terminal looks. Only what to type
/// next stands below it.
pub(super) fn write_summary(report: &ScanReport, choices: &RenderOptions, out: &mut dyn Write) -> io::Result<()> {
    let options = &choices.text;
    write_list("Notes", notes(report, options), options, out)?;
    write_list("Not looked at, or not wholly", problems::draw(&report.problems, options), options, out)?;
    if let Some(of_models) = &report.models {
        if let Some((title, lines)) = models::unseen(of_models, options) {
            write_list(&title, lines, options, out)?;
        }
        write_list("Models", models::draw(of_models, options), options, out)?;
    }
    write_list("Looked at", looked_at_lines(report, options), options, out)?;
    if !report.findings.is_empty() {
        counts(report, options).iter().try_for_each(|line| writeln!(out, "{line}"))?;
        writeln!(out)?;
    }
    if let Some(text) = not_listed(report).filter(|_| !choices.with_drafts) {
        write_paragraph(&text, Style::Quiet, options, out)?;
        writeln!(out)?;
    }
    write_paragraph(&verdict(report), verdict_style(report), options, out)?;
    match how_to_go_on(report) {
        Some(text) => write_paragraph(&text, Style::Heading, options, out),
        None => Ok(()),
    }
}

fn write_paragraph(text: &str, style: Style, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let lines = paragraph::wrap(text, options.columns());
    lines.iter().try_for_each(|line| writeln!(out, "{}", options.painter().paint(style, line)))
}

/// One sentence about drafts that are no findings; `None` when there are none.
pub(crate) fn not_listed(report: &ScanReport) -> Option<String> {
    crate::models::not_listed(report, &findings::parts(report))
}

/// What to type to resume a paused scan; `None` when it is not paused.
pub(crate) fn how_to_go_on(report: &ScanReport) -> Option<String> {
    resume_command(&report.scan)
}

/// The same of a scan alone.
pub(super) fn resume_command(scan: &ScanInfo) -> Option<String> {
    let id = scan.id.filter(|_| scan.status == ScanStatus::Paused)?;
    Some(format!("Go on with: codeproof scan --resume {id}"))
}

fn looked_at_lines(report: &ScanReport, options: &TextOptions) -> Vec<String> {
    let rows = looked_at(report).into_iter();
    let lines = rows.flat_map(|(label, text)| paragraph::labelled(label, &text, 2, 11, options.columns()));
    lines.map(|(label, line)| format!("{}{line}", options.painter().paint(Style::Quiet, &label))).collect()
}

pub(super) fn write_list(
    title: &str,
    lines: Vec<String>,
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    for line in paragraph::wrap(title, options.columns()) {
        writeln!(out, "{}", options.painter().paint(Style::Heading, &line))?;
    }
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    writeln!(out)
}

fn notes(report: &ScanReport, options: &TextOptions) -> Vec<String> {
    let wrapped = |note: &String| paragraph::wrap(&clean::one_line(note), options.columns() - 4);
    let hang = |lines: Vec<String>| {
        let starts = std::iter::once("  - ").chain(std::iter::repeat("    "));
        starts.zip(lines).map(|(start, line)| format!("{start}{line}")).collect::<Vec<_>>()
    };
    report.notes.iter().flat_map(|note| hang(wrapped(note))).collect()
}

/// Findings by tier and severity: a table, or sentences where the terminal is too narrow for one.
fn counts(report: &ScanReport, options: &TextOptions) -> Vec<String> {
    let (vulnerabilities, weaknesses) = findings::counts(&findings::parts(report).open);
    let tiers = [(Tier::Vulnerability, vulnerabilities), (Tier::Weakness, weaknesses)];
    let table = count_table(&tiers);
    if table.columns() <= options.columns() {
        return table.draw(options);
    }
    let row = |(tier, counts): &(Tier, SeverityCounts)| {
        let severities = Severity::ALL.iter().rev().filter(|severity| of(counts, **severity) > 0);
        let texts: Vec<String> =
            severities.map(|severity| format!("{} {severity}", numbers::grouped(of(counts, *severity)))).collect();
        let text = if texts.is_empty() { "none".to_owned() } else { texts.join(", ") };
        paragraph::labelled(tier.name(), &text, 0, 15, options.columns())
    };
    tiers.iter().flat_map(row).map(|(label, line)| format!("{label}{line}")).collect()
}

fn count_table(tiers: &[(Tier, SeverityCounts)]) -> Table {
    let severities: Vec<Severity> = Severity::ALL.iter().rev().copied().collect();
    let mut columns = vec![Column::new("", Align::Left)];
    columns.extend(severities.iter().map(|severity| Column::new(severity.name(), Align::Right)));
    columns.push(Column::new("total", Align::Right));
    let mut table = Table::new(columns);
    for (tier, counts) in tiers {
        let mut row = vec![(tier.to_string(), None)];
        row.extend(severities.iter().map(|severity| number_cell(of(counts, *severity), Style::Severity(*severity))));
        row.push(number_cell(counts.total(), Style::Heading));
        table.push_styled(row);
    }
    table
}

fn number_cell(number: u64, style: Style) -> (String, Option<Style>) {
    if number == 0 { ("·".to_owned(), Some(Style::Quiet)) } else { (numbers::grouped(number), Some(style)) }
}

/// The count of one severity.
pub(crate) fn of(counts: &SeverityCounts, severity: Severity) -> u64 {
    match severity {
        Severity::Critical => counts.critical,
        Severity::High => counts.high,
        Severity::Medium => counts.medium,
        Severity::Low => counts.low,
        Severity::Info => counts.info,
    }
}

/// One sentence that says what came out, and never more than was looked at.
pub(crate) fn verdict(report: &ScanReport) -> String {
    let parts = findings::parts(report);
    let open = &parts.open;
    let (vulnerabilities, weaknesses) = findings::counts(open);
    let summary = &report.summary;
    let base = format!(
        "{} ({})",
        numbers::counted(summary.files, "file", "files"),
        numbers::counted(summary.lines, "line", "lines")
    );
    // A log that went through other hands may have lost its counts.
    let looked_at = if summary.files > 0 { format!("; looked at {base}") } else { String::new() };
    let others = others_text(&parts);
    let is_compared = report.comparison.is_some();
    let mut text = if !open.is_empty() {
        let files = findings::by_file(open).len();
        let words = if is_compared { ("new finding", "new findings") } else { ("finding", "findings") };
        let count = numbers::counted(numbers::count(open.len()), words.0, words.1);
        let tiers = format!(
            "{}, {}",
            numbers::counted(vulnerabilities.total(), "vulnerability", "vulnerabilities"),
            numbers::counted(weaknesses.total(), "weakness", "weaknesses")
        );
        let places = numbers::counted(numbers::count(files), "file", "files");
        format!("{count} in {places} ({tiers}){others}{looked_at}")
    } else if summary.files == 0 && !is_compared {
        "Nothing was looked at: there is no text file to scan".to_owned()
    } else if is_compared {
        format!("No new findings{others}{looked_at}")
    } else if others.is_empty() {
        format!("No findings in {base}")
    } else {
        format!("No open findings in {base}{others}")
    };
    text.push_str(status_text(report.scan.status));
    if let Some(unseen) = unseen_chunks(report) {
        text.push_str(&format!(" No model saw {}.", numbers::counted(unseen, "chunk of code", "chunks of code")));
    }
    text
}

/// Chunks that a model should have seen; `None` when there are none.
fn unseen_chunks(report: &ScanReport) -> Option<u64> {
    report.models.as_ref().map(|models| models.chunks.unseen).filter(|unseen| *unseen > 0)
}

/// `, 12 unchanged, 3 fixed, 2 suppressed, 1 unverified draft`: what is there beside the open findings.
fn others_text(parts: &Parts<'_>) -> String {
    let others = [
        (parts.known.len(), "unchanged"),
        (parts.fixed.len(), "fixed"),
        (parts.set_aside.len(), findings::set_aside_word(&parts.set_aside)),
    ];
    let texts = others.iter().filter(|(count, _)| *count > 0);
    let mut text: String =
        texts.map(|(count, word)| format!(", {} {word}", numbers::grouped(numbers::count(*count)))).collect();
    // What nobody could judge may be real; what was rejected is told elsewhere.
    let unverified = parts.unconfirmed.iter().filter(|draft| draft.state == State::Unverified).count();
    if unverified > 0 {
        let drafts = numbers::counted(numbers::count(unverified), "unverified draft", "unverified drafts");
        text.push_str(&format!(", {drafts}"));
    }
    text
}

/// What the status adds to the verdict.
fn status_text(status: ScanStatus) -> &'static str {
    match status {
        ScanStatus::Completed => ".",
        ScanStatus::Interrupted => ". The scan was interrupted: the rest was not looked at.",
        ScanStatus::Paused => ". The scan is paused: the rest is looked at when it is resumed.",
        ScanStatus::Cancelled => ". The scan was cancelled: the rest was not looked at.",
        ScanStatus::Failed => ". The scan failed before its end: the rest was not looked at.",
        ScanStatus::Running => ". The scan has not ended, or was killed: there may be more.",
    }
}

fn verdict_style(report: &ScanReport) -> Style {
    let open = findings::parts(report).open;
    let is_whole = report.scan.status == ScanStatus::Completed
        && report.summary.files > 0
        && unseen_chunks(report).is_none()
        && !report.problems.iter().any(|problem| problem.kind.is_failure());
    match open.iter().map(|finding| finding.severity).max() {
        Some(severity) => Style::Severity(severity),
        None if is_whole => Style::Good,
        None => Style::Alert,
    }
}

/// Labels and texts of what the scan covered.
pub(crate) fn looked_at(report: &ScanReport) -> Vec<(&'static str, String)> {
    let summary = &report.summary;
    let mut rows = vec![("target", clean::path_text(&report.scan.target))];
    rows.extend(report.scan.commit.iter().map(|commit| ("commit", clean::one_line(commit))));
    if summary.files > 0 {
        rows.push((
            "read",
            format!("{} in {}", numbers::bytes(summary.bytes), numbers::duration(report.scan.duration_ms)),
        ));
        rows.push(("languages", languages(summary)));
        rows.extend(classes(summary.classes).map(|text| ("classes", text)));
        rows.extend(cache(summary).map(|text| ("cache", text)));
    }
    if summary.files_not_read > 0 {
        let files = numbers::counted(summary.files_not_read, "file", "files");
        rows.push(("not read", files));
    }
    rows.extend(report.scan.id.map(|id| ("scan", id.to_string())));
    rows.extend(report.comparison.as_ref().map(|comparison| ("baseline", baseline_text(comparison))));
    rows
}

/// `old.json, scanned 2026-11-21 13:01 UTC: 3 new, 12 unchanged, 4 fixed`.
pub(crate) fn baseline_text(comparison: &Comparison) -> String {
    let when = comparison.scanned_at_ms.map(|ms| format!(", scanned {}", time::utc_for_people(ms))).unwrap_or_default();
    let mut text = format!(
        "{}{when}: {} new, {} unchanged, {} fixed",
        clean::path_text(&comparison.baseline),
        numbers::grouped(comparison.new),
        numbers::grouped(comparison.unchanged),
        numbers::grouped(comparison.fixed)
    );
    if comparison.not_looked_for > 0 {
        text.push_str(&format!(", {} not looked for again", numbers::grouped(comparison.not_looked_for)));
    }
    text
}

fn languages(summary: &ScanSummary) -> String {
    let mut languages: Vec<_> = summary.languages.iter().collect();
    languages.sort_by_key(|(language, counts)| (std::cmp::Reverse(counts.lines), **language));
    let mut texts: Vec<String> = languages
        .iter()
        .map(|(language, counts)| {
            let files = numbers::counted(counts.files, "file", "files");
            format!("{} {files} ({})", language.title(), numbers::counted(counts.lines, "line", "lines"))
        })
        .collect();
    let known: u64 = summary.languages.values().map(|counts| counts.files).sum();
    let others = summary.files.saturating_sub(known);
    if texts.is_empty() {
        texts.push("none of those with a grammar here".to_owned());
    }
    let others_text = numbers::counted(others, "other file", "other files");
    if others == 0 { texts.join(", ") } else { format!("{}; {others_text} (secrets only)", texts.join(", ")) }
}

/// Only when there is more than the project's own code.
fn classes(classes: ClassCounts) -> Option<String> {
    let secrets_only =
        [(classes.vendored, "vendored"), (classes.generated, "generated"), (classes.minified, "minified")];
    let join = |counts: &[(u64, &str)]| {
        let texts = counts.iter().filter(|(count, _)| *count > 0);
        texts.map(|(count, name)| format!("{} {name}", numbers::grouped(*count))).collect::<Vec<_>>().join(", ")
    };
    let own = join(&[(classes.first_party, "first-party"), (classes.test, "test")]);
    let foreign = join(&secrets_only);
    match (own.is_empty(), foreign.is_empty()) {
        (_, true) if classes.test == 0 => None,
        (_, true) => Some(own),
        (true, false) => Some(format!("{foreign} (secrets only, unless --all)")),
        (false, false) => Some(format!("{own}; {foreign} (secrets only, unless --all)")),
    }
}

fn cache(summary: &ScanSummary) -> Option<String> {
    let analysed = summary.cache_hits + summary.cache_misses;
    (analysed > 0).then(|| {
        format!("{} of {} unchanged", numbers::grouped(summary.cache_hits), numbers::counted(analysed, "file", "files"))
    })
}
