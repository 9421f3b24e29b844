//! A whole scan as text: findings by file, those set aside, the summary.

use std::collections::HashMap;
use std::io::{self, Write};

use codeproof_types::{Finding, RepoPath, ScanReport, Snippets};

use super::finding::{Texts, draw_finding};
use super::{Style, TextOptions, summary, width};
use crate::{clean, findings, numbers};

/// Writes the text report.
pub(crate) fn write_report(
    report: &ScanReport,
    snippets: Option<&dyn Snippets>,
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (open, set_aside) = findings::split(report);
    for (path, of_file) in findings::by_file(&open) {
        write_file(path, &of_file, snippets, options, out)?;
    }
    write_set_aside(&set_aside, options, out)?;
    summary::write_summary(report, options, out)
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

/// Suppressed, rejected and fixed findings, one short entry each.
fn write_set_aside(set_aside: &[&Finding], options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    if set_aside.is_empty() {
        return Ok(());
    }
    let painter = options.painter();
    let count = numbers::counted(numbers::count(set_aside.len()), "finding", "findings");
    let title = format!("{count} {}", findings::set_aside_word(set_aside));
    writeln!(out, "{}", painter.paint(Style::Heading, &title))?;
    for finding in set_aside {
        let place = format!("{}:{}", clean::path(&finding.location.path), finding.location.first_line);
        let rule = clean::one_line(&finding.rule_id);
        if 2 + width::of(&place) + 2 + width::of(&rule) <= options.columns() {
            writeln!(out, "  {}  {rule}", painter.paint(Style::Name, &place))?;
        } else {
            writeln!(out, "  {}", painter.paint(Style::Name, &place))?;
            writeln!(out, "    {}", width::cut(&rule, options.columns() - 4))?;
        }
        for line in super::paragraph::wrap(&set_aside_reason(finding), options.columns() - 6) {
            writeln!(out, "      {}", painter.paint(Style::Quiet, &line))?;
        }
    }
    writeln!(out)
}

/// `suppressed by nosec: the reason`.
pub(crate) fn set_aside_reason(finding: &Finding) -> String {
    let Some(suppression) = &finding.suppression else { return finding.state.name().to_owned() };
    let marker = clean::one_line(&suppression.marker);
    let reason = clean::one_line(&suppression.reason);
    let reason = if reason.is_empty() { "no reason given".to_owned() } else { reason };
    format!("{} by {marker} in line {}: {reason}", finding.state, suppression.line)
}
