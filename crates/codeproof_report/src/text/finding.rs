//! One finding: its head, the code, why it matters, how to mend it.

use std::io::{self, Write};

use codeproof_types::{Confidence, Evidence, Finding, Location, ScanInfo, Snippets, State};

use super::frame::{self, FrameStyle, Place};
use super::{Style, TextOptions, paragraph, report, votes, width};
use crate::{clean, findings, models, time};

/// Lines of code shown before and after a finding.
const CONTEXT_LINES: u32 = 1;

/// The same when one finding is looked at alone.
const CONTEXT_LINES_ALONE: u32 = 4;

/// Hops of a trail that are shown without --verbose.
const HOPS_MAX: usize = 8;

/// Of these, those at its beginning.
const HOPS_BEFORE: usize = 3;

/// Whether the texts of a finding are written out.
#[derive(Clone, Copy)]
pub(super) enum Texts {
    Full,
    /// They were just written at this line of the same file.
    AsAt(u32),
}

/// Writes one stored finding with everything known about it, as `codeproof show` does.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_finding(
    finding: &Finding,
    scan: &ScanInfo,
    snippets: Option<&dyn Snippets>,
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut lines = head(finding, options);
    push_block(&mut lines, code(finding, CONTEXT_LINES_ALONE, snippets, options));
    push_block(&mut lines, texts(finding, options));
    push_block(&mut lines, votes::draw(finding, models::REASON_LONG, options));
    lines.push(String::new());
    let painter = options.painter();
    for (label, value) in facts(finding, scan) {
        let text = paragraph::labelled(label, &value, 2, 13, options.columns());
        lines.extend(text.into_iter().map(|(label, line)| format!("{}{line}", painter.paint(Style::Quiet, &label))));
    }
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// The lines of one finding in a report.
pub(super) fn draw_finding(
    finding: &Finding,
    shown: Texts,
    snippets: Option<&dyn Snippets>,
    options: &TextOptions,
) -> Vec<String> {
    let mut lines = head(finding, options);
    push_block(&mut lines, code(finding, CONTEXT_LINES, snippets, options));
    let texts = match shown {
        Texts::Full => texts(finding, options),
        Texts::AsAt(line) => {
            let text = format!("Why and how to fix: as at line {line}.");
            vec![format!("  {}", options.painter().paint(Style::Quiet, &text))]
        }
    };
    push_block(&mut lines, texts);
    push_block(&mut lines, votes::draw(finding, models::REASON_SHORT, options));
    lines
}

/// Adds lines with a blank one before them; nothing when there are none.
fn push_block(lines: &mut Vec<String>, block: Vec<String>) {
    if !block.is_empty() {
        lines.push(String::new());
        lines.extend(block);
    }
}

/// Severity and title; the place to click; rule, class and how sure we are.
fn head(finding: &Finding, options: &TextOptions) -> Vec<String> {
    let painter = options.painter();
    let severity = finding.severity.name().to_uppercase();
    let margin = severity.len() + 2;
    let title = paragraph::wrap(&clean::one_line(&finding.title), options.columns() - margin);
    let mut lines: Vec<String> = title.iter().map(|line| painter.paint(Style::Heading, line)).collect();
    lines.resize(lines.len().max(1), String::new());
    let mark = painter.paint(Style::Severity(finding.severity), &severity);
    lines[0] = format!("{mark}  {}", lines[0]);
    for line in &mut lines[1..] {
        line.insert_str(0, &" ".repeat(margin));
    }
    lines.push(format!("  {}", painter.paint(Style::Name, &place(&finding.location))));
    let facts = head_facts(finding).join(" · ");
    lines.extend(paragraph::wrap(&facts, options.columns() - 2).iter().map(|line| format!("  {line}")));
    lines
}

fn head_facts(finding: &Finding) -> Vec<String> {
    let mut facts = vec![clean::one_line(&finding.rule_id)];
    facts.extend(finding.cwe.map(|cwe| cwe.to_string()));
    facts.push(finding.tier.to_string());
    if finding.confidence != Confidence::None {
        facts.push(format!("{} confidence", finding.confidence));
    }
    facts.extend(models::origin_fact(finding));
    if finding.state != State::Open {
        facts.push(finding.state.to_string());
    }
    facts.extend(finding.id.map(|id| format!("finding {id}")));
    facts
}

/// `path:line:column`, as editors and terminals follow it.
fn place(location: &Location) -> String {
    let path = clean::path(&location.path);
    match location.first_column {
        Some(column) => format!("{path}:{}:{column}", location.first_line),
        None => format!("{path}:{}", location.first_line),
    }
}

/// The code frame of the place, or one for each hop when there is a way to it.
fn code(finding: &Finding, context: u32, snippets: Option<&dyn Snippets>, options: &TextOptions) -> Vec<String> {
    let style = FrameStyle { painter: options.painter(), columns: options.columns(), indent: 2, snippets };
    let severity = finding.severity;
    let trail = findings::trail(finding);
    let mut lines = Vec::new();
    let folded = folded(trail.len(), options.verbose);
    for (number, hop) in (1..).zip(&trail) {
        if folded.contains(&number) {
            if number == folded.start {
                let text = format!("  … {} more steps, shown with --verbose", folded.len());
                lines.push(options.painter().paint(Style::Quiet, &text));
            }
            continue;
        }
        let at_finding = hop.location == finding.location;
        lines.extend(hop_head(number, hop, options));
        let context = if at_finding { context } else { 0 };
        let place = Place { location: &hop.location, quote: &hop.quote, severity, context };
        lines.extend(frame::draw(place, style));
    }
    if trail.is_empty() {
        let quote = findings::quote(finding);
        lines.extend(frame::draw(Place { location: &finding.location, quote, severity, context }, style));
    }
    for beside in findings::context(finding).filter(|evidence| evidence.location != finding.location) {
        lines.push(String::new());
        lines.extend(labelled_place("see", beside, options));
        let place = Place { location: &beside.location, quote: &beside.quote, severity, context: 0 };
        lines.extend(frame::draw(place, style));
    }
    lines
}

/// The 1-based numbers of the hops that are left out in the middle of a long trail: where data enters and where it does
/// harm is what a reader looks for first.
fn folded(hops: usize, verbose: bool) -> std::ops::Range<usize> {
    if verbose || hops <= HOPS_MAX { 0..0 } else { HOPS_BEFORE + 1..hops - (HOPS_MAX - HOPS_BEFORE) + 1 }
}

fn hop_head(number: usize, hop: &Evidence, options: &TextOptions) -> Vec<String> {
    labelled_place(&format!("{number} {:<6}", findings::role_name(hop.role)), hop, options)
}

/// `  2 step  path:3:1  its note`, the note on its own lines when it is long.
fn labelled_place(label: &str, evidence: &Evidence, options: &TextOptions) -> Vec<String> {
    let painter = options.painter();
    let (place, note) = (place(&evidence.location), clean::one_line(&evidence.note));
    let used = 2 + width::of(label) + 2 + width::of(&place);
    let (label, shown_place) = (painter.paint(Style::Heading, label), painter.paint(Style::Name, &place));
    // A place is never broken; one that does not fit beside its label gets a line of its own.
    let head = match used <= options.columns() {
        true => format!("  {label}  {shown_place}"),
        false => format!("  {}\n    {shown_place}", label.trim_end()),
    };
    if note.is_empty() {
        return vec![head];
    }
    if used + 2 + width::of(&note) <= options.columns() {
        return vec![format!("{head}  {note}")];
    }
    let mut lines = vec![head];
    lines.extend(paragraph::wrap(&note, options.columns() - 4).iter().map(|line| format!("    {line}")));
    lines
}

fn texts(finding: &Finding, options: &TextOptions) -> Vec<String> {
    let mut lines = field("why", &clean::one_line(&finding.message), options);
    lines.extend(field("fix", &clean::one_line(&finding.remediation), options));
    lines
}

/// A label in the margin and its text; nothing when there is no text.
fn field(label: &str, text: &str, options: &TextOptions) -> Vec<String> {
    let margin = label.len() + 2;
    paragraph::labelled(label, text, 2, margin, options.columns())
        .into_iter()
        .map(|(label, line)| format!("{}{line}", options.painter().paint(Style::Heading, &label)))
        .collect()
}

/// What only `codeproof show` tells.
fn facts(finding: &Finding, scan: &ScanInfo) -> Vec<(&'static str, String)> {
    let mut facts = vec![("state", report::set_aside_reason(finding)), ("origin", finding.origin.to_string())];
    facts.extend(finding.category.map(|category| ("category", category.to_string())));
    facts.extend(finding.secret.as_ref().map(|secret| {
        let hash = clean::one_line(&secret.salted_hash);
        ("secret", format!("{}, salted hash {hash}", clean::one_line(&secret.kind)))
    }));
    facts.push(("fingerprint", clean::one_line(finding.fingerprint.as_str())));
    let id = scan.id.map_or_else(|| "a scan".to_owned(), |id| format!("scan {id}"));
    let when = time::utc_for_people(scan.started_at_ms);
    facts.push(("found by", format!("{id} of {}, {when}", clean::path_text(&scan.target))));
    facts
}
