//! Places that could do harm, with what is known of them: the safe ones of a scan, and the answer of `codeproof explain`.

use std::io::{self, Write};

use codeproof_types::{Cwe, FileClass, Finding, Language, Location, Problem, RepoPath, SafeSite, Snippets};
use serde::Serialize;

use super::finding::{Texts, draw_finding};
use super::{Style, TextOptions, paragraph, width};
use crate::{clean, json, numbers};

/// What is known of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The file.
    pub path: RepoPath,
    /// The line, 1-based.
    pub line: u32,
    /// The language of the file, when it has a grammar.
    pub language: Option<Language>,
    /// Whether data is followed through the file: by its language, or because it may be a template.
    pub is_followed: bool,
    /// What the file is to its project.
    pub class: FileClass,
    /// Findings on the line, suppressed ones too.
    pub findings: Vec<Finding>,
    /// Places on the line that could do harm.
    pub sites: Vec<ExplainedSite>,
    /// What of the file was not, or not wholly, looked at.
    pub problems: Vec<Problem>,
}

/// What is known of one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedSite {
    /// The call, or the statement that emits.
    pub location: Location,
    /// What is called.
    pub callee: String,
    /// The rule that would be broken there.
    pub rule_id: String,
    /// Its weakness class.
    pub cwe: Option<Cwe>,
    /// How it is fed.
    pub verdict: SiteVerdict,
    /// What is known of what reaches it, as the end of a sentence.
    pub reason: String,
    /// Rules whose findings were dropped because the place is safe.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
}

/// How a place is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteVerdict {
    /// Nothing foreign reaches it in a way that does harm.
    Safe,
    /// Control never comes there.
    Unreachable,
    /// What callers outside of the program give reaches it.
    FromCaller,
    /// What reaches it is not wholly known.
    NotUnderstood,
    /// Foreign data reaches it.
    Chain,
}

impl SiteVerdict {
    fn words(self) -> &'static str {
        match self {
            Self::Safe | Self::Unreachable => "SAFE",
            Self::FromCaller => "UP TO CALLERS",
            Self::NotUnderstood => "NOT UNDERSTOOD",
            Self::Chain => "CHAIN",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Safe | Self::Unreachable => Style::Good,
            Self::FromCaller | Self::NotUnderstood | Self::Chain => Style::Alert,
        }
    }
}

/// Writes what is known of a line, for reading or as JSON.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_explanation(
    explanation: &Explanation,
    as_json: bool,
    snippets: Option<&dyn Snippets>,
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    if as_json {
        return json::write_pretty(explanation, out);
    }
    let mut blocks = Vec::new();
    for finding in &explanation.findings {
        blocks.push(draw_finding(finding, Texts::Full, snippets, options));
    }
    for site in explanation.sites.iter().filter(|site| !is_told(site, &explanation.findings)) {
        blocks.push(draw_site(site, options));
    }
    if blocks.is_empty() {
        blocks.push(paragraph::wrap(&nothing_known(explanation), options.columns()));
    }
    for problem in &explanation.problems {
        let line = problem.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let text = format!("Not wholly looked at: {line}{}.", clean::one_line(&problem.message));
        blocks.push(paragraph::wrap(&text, options.columns()));
    }
    for (number, block) in blocks.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        block.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    Ok(())
}

/// Whether a finding says the same and more.
fn is_told(site: &ExplainedSite, findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.location == site.location && finding.rule_id == site.rule_id)
}

/// `SAFE  os.system  command-injection · CWE-78`, the place, and why.
fn draw_site(site: &ExplainedSite, options: &TextOptions) -> Vec<String> {
    let painter = options.painter();
    let words = site.verdict.words();
    let title = painter.paint(Style::Heading, &format!("`{}`", clean::one_line(&site.callee)));
    let mut lines = vec![format!("{}  {title}", painter.paint(site.verdict.style(), words))];
    let place = format!(
        "{}:{}:{}",
        clean::path(&site.location.path),
        site.location.first_line,
        site.location.first_column.unwrap_or(1)
    );
    lines.push(format!("  {}", painter.paint(Style::Name, &place)));
    let cwe = site.cwe.map(|cwe| format!(" · {cwe}")).unwrap_or_default();
    lines.push(format!("  {}{cwe}", clean::one_line(&site.rule_id)));
    let mut reason = clean::one_line(&site.reason);
    if site.verdict == SiteVerdict::Chain {
        reason.push_str(", but the rule for it is off, or its proof is too weak to be a finding");
    }
    let dropped: Vec<String> = site.dropped.iter().map(|rule| format!("`{}`", clean::one_line(rule))).collect();
    if !dropped.is_empty() {
        reason.push_str(&format!(". For this reason the finding of {} was dropped", dropped.join(", ")));
    }
    let why = paragraph::labelled("why", &format!("{reason}."), 2, 5, options.columns());
    lines.push(String::new());
    lines.extend(why.into_iter().map(|(label, line)| format!("{}{line}", painter.paint(Style::Heading, &label))));
    lines
}

/// What to say of a line on which nothing is known.
fn nothing_known(explanation: &Explanation) -> String {
    let place = format!("{}:{}", clean::path(&explanation.path), explanation.line);
    let no_finding = "No rule has a finding on this line.";
    match explanation.language {
        _ if explanation.class.is_secrets_only() => format!(
            "{place} is in a {} file: only secrets are looked for there, and none is on this line.",
            explanation.class.name()
        ),
        None if !explanation.is_followed => {
            format!("{place} is in no language codeproof reads: only secrets are looked for. {no_finding}")
        }
        Some(language) if !explanation.is_followed => format!(
            "Data is not followed through {} files yet: pattern rules look at {place}, one place at a time. {no_finding}",
            language.title()
        ),
        _ => format!(
            "No call on {place} is known to a rule or a spec, or it never runs. {no_finding} Functions of your own are made \
             known by --specs."
        ),
    }
}

/// Safe places, one short entry each.
pub(super) fn write_safe(sites: &[SafeSite], options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    if sites.is_empty() {
        return Ok(());
    }
    let painter = options.painter();
    let count = numbers::counted(numbers::count(sites.len()), "place", "places");
    writeln!(out, "{}", painter.paint(Style::Heading, &format!("{count} shown to be safe")))?;
    for site in sites {
        let place = format!("{}:{}", clean::path(&site.location.path), site.location.first_line);
        let what = format!("{}  {}", clean::one_line(&site.rule_id), clean::one_line(&site.callee));
        if 2 + width::of(&place) + 2 + width::of(&what) <= options.columns() {
            writeln!(out, "  {}  {what}", painter.paint(Style::Name, &place))?;
        } else {
            writeln!(out, "  {}", painter.paint(Style::Name, &place))?;
            writeln!(out, "    {}", width::cut(&what, options.columns() - 4))?;
        }
        for line in paragraph::wrap(&clean::one_line(&site.reason), options.columns() - 6) {
            writeln!(out, "      {}", painter.paint(Style::Quiet, &line))?;
        }
    }
    writeln!(out)
}
