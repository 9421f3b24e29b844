//! A whole scan as Markdown: summary, findings by severity and rule, those set aside, problems.

use std::fmt::Write as _;
use std::io::{self, Write};

use codeproof_types::{Finding, ScanReport, Severity};

use super::escape::{code_span, fence, hint, place, prose};
use super::models;
use crate::text::{problems, set_aside_reason, summary};
use crate::{findings, numbers};

/// Places listed for one group of problems.
const PLACES_SHOWN: usize = 20;

/// Writes the Markdown report.
pub(crate) fn write_report(report: &ScanReport, with_drafts: bool, out: &mut dyn Write) -> io::Result<()> {
    let parts = findings::parts(report);
    out.write_all(head(report, with_drafts).as_bytes())?;
    for severity in Severity::ALL.iter().rev() {
        let of_severity: Vec<&Finding> =
            parts.open.iter().filter(|finding| finding.severity == *severity).copied().collect();
        write_severity(*severity, &of_severity, out)?;
    }
    out.write_all(set_aside_list(&parts.set_aside).as_bytes())?;
    out.write_all(fixed_list(&parts.fixed).as_bytes())?;
    if with_drafts {
        out.write_all(models::draft_lists(report, &parts.unconfirmed).as_bytes())?;
    }
    out.write_all(problem_list(report).as_bytes())?;
    if let Some(of_models) = &report.models {
        out.write_all(models::unseen_list(of_models).as_bytes())?;
        out.write_all(models::section(of_models).as_bytes())?;
    }
    writeln!(out, "\n---\nMade by codeproof {}.", prose(&report.scan.version))
}

fn head(report: &ScanReport, with_drafts: bool) -> String {
    let mut text = format!("# codeproof: scan of {}\n\n", code_span(&report.scan.target));
    push_line(&mut text, format_args!("{}\n", prose(&summary::verdict(report))));
    let not_listed = summary::not_listed(report).filter(|_| !with_drafts);
    for line in not_listed.into_iter().chain(summary::how_to_go_on(report)) {
        push_line(&mut text, format_args!("{}\n", prose(&line)));
    }
    if !report.findings.is_empty() {
        push_line(&mut text, format_args!("{}", count_table(report)));
    }
    for (label, value) in summary::looked_at(report).iter().skip(1) {
        push_line(&mut text, format_args!("- {label}: {}", prose(value)));
    }
    for note in &report.notes {
        push_line(&mut text, format_args!("- note: {}", prose(note)));
    }
    text
}

fn count_table(report: &ScanReport) -> String {
    let (vulnerabilities, weaknesses) = findings::counts(&findings::parts(report).open);
    let mut text = String::from("| |");
    for severity in Severity::ALL.iter().rev() {
        text.push_str(&format!(" {severity} |"));
    }
    text.push_str(" total |\n|---|---:|---:|---:|---:|---:|---:|\n");
    for (name, counts) in [("vulnerability", vulnerabilities), ("weakness", weaknesses)] {
        text.push_str(&format!("| {name} |"));
        for severity in Severity::ALL.iter().rev() {
            text.push_str(&format!(" {} |", numbers::grouped(summary::of(&counts, *severity))));
        }
        text.push_str(&format!(" {} |\n", numbers::grouped(counts.total())));
    }
    text
}

fn write_severity(severity: Severity, of_severity: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
    if of_severity.is_empty() {
        return Ok(());
    }
    let name = severity.name();
    let title = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    writeln!(out, "\n## {title} ({})", numbers::grouped(numbers::count(of_severity.len())))?;
    for group in alike(of_severity) {
        out.write_all(group_text(&group).as_bytes())?;
    }
    Ok(())
}

/// Findings that say the same, together, in the order of their first one.
fn alike<'f>(all: &[&'f Finding]) -> Vec<Vec<&'f Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for finding in all {
        let key = (&finding.rule_id, &finding.title, finding.tier, &finding.message, &finding.remediation);
        let at = *known.entry(key).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Vec::new());
        }
        groups[at].push(finding);
    }
    groups
}

fn group_text(group: &[&Finding]) -> String {
    let Some(first) = group.first() else { return String::new() };
    let mut text = format!("\n### {}\n\n", prose(&first.title));
    let cwe = first.cwe.map(|cwe| format!(" · [{cwe}](https://cwe.mitre.org/data/definitions/{}.html)", cwe.0));
    let rule = code_span(&first.rule_id);
    push_line(&mut text, format_args!("{rule}{} · {}", cwe.unwrap_or_default(), first.tier));
    for (label, value) in [("Why", &first.message), ("Fix", &first.remediation)] {
        if !value.trim().is_empty() {
            push_line(&mut text, format_args!("\n**{label}:** {}", prose(value)));
        }
    }
    for finding in group {
        text.push_str(&finding_text(finding));
    }
    text
}

fn finding_text(finding: &Finding) -> String {
    let location = &finding.location;
    let mut text = format!("\n{}", place(&location.path, location.first_line, location.first_column));
    text.push_str("\n\n");
    let quote = findings::quote(finding);
    if !quote.trim().is_empty() {
        text.push_str(&fence(quote, hint(&location.path)));
    }
    let trail = findings::trail(finding);
    if !trail.is_empty() {
        text.push('\n');
    }
    for (number, hop) in (1..).zip(trail) {
        let at = place(&hop.location.path, hop.location.first_line, hop.location.first_column);
        let quote = code_span(hop.quote.lines().next().unwrap_or_default());
        let parts = [at, quote, prose(&hop.note)];
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        push_line(&mut text, format_args!("{number}. {}: {}", findings::role_name(hop.role), parts.join(" · ")));
    }
    text.push_str(&models::votes(finding));
    text
}

fn set_aside_list(set_aside: &[&Finding]) -> String {
    let mut text = String::new();
    if !set_aside.is_empty() {
        let word = if findings::set_aside_word(set_aside) == "suppressed" { "Suppressed" } else { "Set aside" };
        push_line(&mut text, format_args!("\n## {word} ({})\n", numbers::grouped(numbers::count(set_aside.len()))));
    }
    for finding in set_aside {
        let at = place(&finding.location.path, finding.location.first_line, None);
        let rule = code_span(&finding.rule_id);
        push_line(&mut text, format_args!("- {at} · {rule} · {}", prose(&set_aside_reason(finding))));
    }
    text
}

fn fixed_list(fixed: &[&Finding]) -> String {
    let mut text = String::new();
    if !fixed.is_empty() {
        push_line(&mut text, format_args!("\n## Fixed ({})\n", numbers::grouped(numbers::count(fixed.len()))));
    }
    for finding in fixed {
        let at = place(&finding.location.path, finding.location.first_line, None);
        let rule = code_span(&finding.rule_id);
        push_line(&mut text, format_args!("- {at} · {rule} · {}", prose(&finding.title)));
    }
    text
}

fn problem_list(report: &ScanReport) -> String {
    let mut text = String::new();
    if !report.problems.is_empty() {
        text.push_str("\n## Not looked at, or not wholly\n\n");
    }
    for group in problems::groups(&report.problems) {
        push_line(&mut text, format_args!("- {}", prose(&group.title())));
        for (message, of_message) in &group.by_message {
            let places: Vec<String> = of_message.iter().filter_map(|problem| problems::place(problem)).collect();
            let mut shown: Vec<String> = places.iter().take(PLACES_SHOWN).map(|place| code_span(place)).collect();
            if places.len() > PLACES_SHOWN {
                shown.push(format!("{} more", numbers::grouped(numbers::count(places.len() - PLACES_SHOWN))));
            }
            let colon = if shown.is_empty() { "" } else { ": " };
            push_line(&mut text, format_args!("  - {}{colon}{}", prose(message), shown.join(", ")));
        }
    }
    text
}

pub(super) fn push_line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("writing to a String does not fail");
}
