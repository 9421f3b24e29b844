//! A whole scan as text: findings by file, those set aside, the summary.

use std::collections::HashMap;
use std::io::{self, Write};

use codeproof_types::{Finding, RepoPath, ScanReport, Snippets};

use super::finding::{Texts, draw_finding};
use super::{Style, TextOptions, models, sites, summary, width};
use crate::findings::Part;
use crate::{RenderOptions, clean, findings, numbers};

/// Writes the text report.
pub(crate) fn write_report(
    report: &ScanReport,
    snippets: Option<&dyn Snippets>,
    choices: &RenderOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let options = &choices.text;
    let parts = findings::parts(report);
    for (path, of_file) in findings::by_file(&parts.open) {
        write_file(path, &of_file, snippets, options, out)?;
    }
    if options.verbose {
        write_short(&parts.known, "unchanged since the baseline", options, out)?;
    }
    write_short(&parts.set_aside, findings::set_aside_word(&parts.set_aside), options, out)?;
    write_short(&parts.fixed, "fixed", options, out)?;
    if choices.with_drafts {
        write_drafts(report, &parts.unconfirmed, options, out)?;
    }
    sites::write_safe(report.safe_sites.as_deref().unwrap_or_default(), options, out)?;
    summary::write_summary(report, choices, out)
}

/// Drafts that are no findings, with the reasons.
fn write_drafts(
    report: &ScanReport,
    unconfirmed: &[&Finding],
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let dropped = report.models.as_ref().and_then(|of_models| models::dropped(of_models, options));
    for (title, lines) in models::unconfirmed(unconfirmed, options).into_iter().chain(dropped) {
        summary::write_list(&title, lines, options, out)?;
    }
    Ok(())
}

fn write_file(
    path: &RepoPath,
    of_file: &[&Finding],
    snippets: Option<&dyn Snippets>,
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let painter = options.painter();
    let name = clean::path(path);
    let count = numbers::counted(numbers::count(of_file.len()), "finding", "findings");
    let ruler = options.columns().saturating_sub(width::of(&name) + width::of(&count) + 5).max(1);
    let ruler = painter.paint(Style::Quiet, &"─".repeat(ruler));
    let lead = painter.paint(Style::Quiet, "──");
    writeln!(out, "{lead} {} {ruler} {count}", painter.paint(Style::Heading, &name))?;
    // Where each pair of texts was written: fifty equal findings in a file need them once.
    let mut written: HashMap<(&str, &str), u32> = HashMap::new();
    for finding in of_file {
        let key = (finding.message.as_str(), finding.remediation.as_str());
        let texts = match written.get(&key) {
            Some(line) if !options.verbose => Texts::AsAt(*line),
            _ => Texts::Full,
        };
        written.entry(key).or_insert(finding.location.first_line);
        writeln!(out)?;
        for line in draw_finding(finding, texts, snippets, options) {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out)
}

/// Findings the reader need not look at, one short entry each.
fn write_short(all: &[&Finding], word: &str, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let painter = options.painter();
    let count = numbers::counted(numbers::count(all.len()), "finding", "findings");
    writeln!(out, "{}", painter.paint(Style::Heading, &format!("{count} {word}")))?;
    for finding in all {
        let place = format!("{}:{}", clean::path(&finding.location.path), finding.location.first_line);
        let rule = clean::one_line(&finding.rule_id);
        if 2 + width::of(&place) + 2 + width::of(&rule) <= options.columns() {
            writeln!(out, "  {}  {rule}", painter.paint(Style::Name, &place))?;
        } else {
            writeln!(out, "  {}", painter.paint(Style::Name, &place))?;
            writeln!(out, "    {}", width::cut(&rule, options.columns() - 4))?;
        }
        for line in super::paragraph::wrap(&short_reason(finding), options.columns() - 6) {
            writeln!(out, "      {}", painter.paint(Style::Quiet, &line))?;
        }
    }
    writeln!(out)
}

/// What is said below the place: the reason for those that were answered, the title for the others.
fn short_reason(finding: &Finding) -> String {
    match findings::part_of(finding) {
        Part::SetAside => set_aside_reason(finding),
        Part::Open | Part::Known | Part::Fixed | Part::Unconfirmed => clean::one_line(&finding.title),
    }
}

/// `suppressed by nosec: the reason`.
pub(crate) fn set_aside_reason(finding: &Finding) -> String {
    let Some(suppression) = &finding.suppression else { return finding.state.name().to_owned() };
    let marker = clean::one_line(&suppression.marker);
    let reason = clean::one_line(&suppression.reason);
    let reason = if reason.is_empty() { "no reason given".to_owned() } else { reason };
    format!("{} by {marker} in line {}: {reason}", finding.state, suppression.line)
}
