//! The page as a whole: which findings it holds, in which order, and everything around them.

use std::cmp::Reverse;
use std::io::{self, Write};

use askama::Template;
use codeproof_types::{Finding, ScanReport, Severity, Snippets};

use super::chart::{self, Chart};
use super::filters::{self, Choices, ScriptJson};
use super::finding::View;
use super::prose::{self, Piece};
use super::{models, policy, rule};
use crate::text::{problems, summary};
use crate::{clean, findings, numbers, time};

/// Findings on one page. A browser filters this many in an instant, and nobody reads more.
const FINDINGS_MAX: usize = 5_000;

/// Bytes of findings on one page, roughly; reached earlier only by very long trails.
const BYTES_MAX: usize = 32 << 20;

/// Places listed for one kind of problem.
const PLACES_MAX: usize = 200;

/// Writes the page.
pub(crate) fn write_report(
    report: &ScanReport,
    snippets: Option<&dyn Snippets>,
    with_drafts: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_template(&Page::new(report, snippets, with_drafts), out)
}

/// Writes what a template makes, with a line end after it.
pub(crate) fn write_template(page: &impl Template, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = ErrorKeeper { out, error: None };
    match page.render_into(&mut writer) {
        Ok(()) => writeln!(writer.out),
        // Formatting itself does not fail: what failed is the writer, and it said why.
        Err(_) => Err(writer.error.unwrap_or_else(|| io::Error::other("the page could not be put together"))),
    }
}

/// Lets a template write to a stream without losing the stream's words when that fails.
struct ErrorKeeper<'w> {
    out: &'w mut dyn Write,
    error: Option<io::Error>,
}

impl std::fmt::Write for ErrorKeeper<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.out.write_all(text.as_bytes()).map_err(|error| {
            self.error = Some(error);
            std::fmt::Error
        })
    }
}

/// Everything `templates/report.html` shows.
#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    policy: String,
    style: &'static str,
    script: &'static str,
    target: String,
    verdict: String,
    /// What to know beside the verdict: drafts that are not listed, how to resume.
    asides: Vec<String>,
    /// What it was compared with; empty when with nothing.
    baseline: String,
    scanned_at: String,
    /// Empty when the files did not come from a commit.
    commit: String,
    version: String,
    /// Labels and texts of what was looked at.
    looked_at: Vec<(&'static str, String)>,
    tiles: Vec<Tile>,
    charts: Vec<Chart>,
    notes: Vec<Vec<Piece>>,
    /// What does not fit on the page; empty when all does.
    left_out: String,
    choices: Vec<Choices>,
    cwes: Vec<(String, usize)>,
    rule_ids: Vec<(String, usize)>,
    paths: Vec<String>,
    /// The open findings, those set aside, then drafts that were not confirmed.
    open: Vec<View>,
    aside: Vec<View>,
    drafts: Vec<View>,
    total: String,
    rules: Vec<rule::View>,
    problems: Vec<ProblemGroup>,
    models: Option<models::View>,
    data: ScriptJson,
}

/// The counts of one severity.
struct Tile {
    severity: Severity,
    total: String,
    vulnerabilities: String,
    weaknesses: String,
    is_zero: bool,
}

/// Problems of one kind.
struct ProblemGroup {
    title: String,
    is_failure: bool,
    messages: Vec<(Vec<Piece>, Vec<String>, String)>,
}

impl Page {
    fn new(report: &ScanReport, snippets: Option<&dyn Snippets>, with_drafts: bool) -> Self {
        let (views, left_out) = views(report, snippets, with_drafts);
        let open_findings = findings::parts(report).open;
        let rules = (1..).zip(&report.rules).map(|(number, rule)| rule::View::new(number, rule)).collect::<Vec<_>>();
        let views = numbered(views, &rules);
        let data = filters::data(&views);
        let choices = filters::choices(&views);
        let cwes: Vec<String> = views.iter().map(|view| filters::cwe_word(view.cwe)).collect();
        let owned = |counted: Vec<(&str, usize)>| {
            counted.into_iter().map(|(value, count)| (value.to_owned(), count)).collect::<Vec<_>>()
        };
        let cwes = owned(filters::counted(cwes.iter().map(String::as_str)));
        let rule_ids = owned(filters::counted(views.iter().map(|view| view.rule_id.as_str())));
        let total = numbers::grouped(numbers::count(views.len()));
        let (drafts, views): (Vec<View>, Vec<View>) = views.into_iter().partition(|view| view.is_draft);
        let (aside, open): (Vec<View>, Vec<View>) = views.into_iter().partition(|view| !view.aside.is_empty());
        Self {
            policy: policy::content_security_policy(&[policy::SCRIPT], &[policy::STYLE]),
            style: policy::STYLE,
            script: policy::SCRIPT,
            target: clean::path_text(&report.scan.target),
            verdict: clean::one_line(&summary::verdict(report)),
            asides: asides(report, with_drafts),
            commit: report.scan.commit.as_deref().map(clean::one_line).unwrap_or_default(),
            baseline: report.comparison.as_ref().map(summary::baseline_text).unwrap_or_default(),
            scanned_at: time::utc_for_people(report.scan.started_at_ms),
            version: clean::one_line(&report.scan.version),
            looked_at: looked_at(report),
            tiles: tiles(&open_findings),
            charts: charts(&open_findings),
            notes: report.notes.iter().map(|note| prose::pieces(note)).collect(),
            left_out,
            choices,
            cwes,
            rule_ids,
            paths: folders(&open_findings),
            open,
            aside,
            drafts,
            total,
            rules,
            problems: problem_groups(report),
            models: report.models.as_ref().map(|of_models| models::View::new(of_models, with_drafts)),
            data,
        }
    }
}

fn asides(report: &ScanReport, with_drafts: bool) -> Vec<String> {
    let not_listed = summary::not_listed(report).filter(|_| !with_drafts);
    not_listed.into_iter().chain(summary::how_to_go_on(report)).collect()
}

/// The findings the page holds, most severe first, and a sentence about those it does not hold.
fn views(report: &ScanReport, snippets: Option<&dyn Snippets>, with_drafts: bool) -> (Vec<View>, String) {
    // Lines are read file by file, in the order of the report; the page's own order comes after.
    let listed = findings::listed(report, with_drafts);
    let listed_count = listed.len();
    let kept = findings::most_severe(listed, FINDINGS_MAX);
    let mut views: Vec<View> = kept.into_iter().map(|finding| View::new(finding, snippets)).collect();
    views.sort_by_key(|view| (view.is_draft, !view.aside.is_empty(), Reverse((view.severity, view.tier))));
    let mut bytes = 0;
    let fitting = views.iter().take_while(|view| {
        bytes += view.bytes();
        bytes <= BYTES_MAX
    });
    let fitting = fitting.count();
    views.truncate(fitting);
    let left_out = listed_count - views.len();
    if left_out == 0 {
        return (views, String::new());
    }
    let text = format!(
        "{} left out of this page, the least severe ones: it has room for {}. The JSON report has all.",
        numbers::counted(numbers::count(left_out), "finding is", "findings are"),
        numbers::grouped(numbers::count(views.len()))
    );
    (views, text)
}

/// Gives each finding its number on the page and the number of its rule.
fn numbered(mut views: Vec<View>, rules: &[rule::View]) -> Vec<View> {
    for (number, view) in (1..).zip(&mut views) {
        view.number = number;
        view.rule_number = rules.iter().find(|rule| rule.id == view.rule_id).map(|rule| rule.number);
    }
    views
}

fn looked_at(report: &ScanReport) -> Vec<(&'static str, String)> {
    let rows = summary::looked_at(report).into_iter();
    // The head of the page has the others.
    rows.filter(|(label, _)| !matches!(*label, "target" | "commit" | "baseline"))
        .map(|(label, text)| (label, clean::one_line(&text)))
        .collect()
}

fn tiles(open: &[&Finding]) -> Vec<Tile> {
    let (vulnerabilities, weaknesses) = findings::counts(open);
    let tile = |severity: &Severity| {
        let (proven, likely) = (summary::of(&vulnerabilities, *severity), summary::of(&weaknesses, *severity));
        Tile {
            severity: *severity,
            total: numbers::grouped(proven + likely),
            vulnerabilities: numbers::counted(proven, "vulnerability", "vulnerabilities"),
            weaknesses: numbers::counted(likely, "weakness", "weaknesses"),
            is_zero: proven + likely == 0,
        }
    };
    Severity::ALL.iter().rev().map(tile).collect()
}

fn charts(open: &[&Finding]) -> Vec<Chart> {
    if open.is_empty() { Vec::new() } else { vec![chart::by_directory(open), chart::by_cwe(open)] }
}

/// The folders that hold findings, for the path filter's list.
fn folders(open: &[&Finding]) -> Vec<String> {
    const FOLDERS_MAX: usize = 300;
    let mut folders = std::collections::BTreeSet::new();
    for finding in open {
        let path = finding.location.path.as_str();
        if let Some((folder, _)) = path.rsplit_once('/') {
            folders.insert(format!("{}/", clean::path_text(folder)));
        }
    }
    folders.into_iter().take(FOLDERS_MAX).collect()
}

fn problem_groups(report: &ScanReport) -> Vec<ProblemGroup> {
    let groups = problems::groups(&report.problems);
    let group = |group: &problems::Group<'_>| {
        let message = |(message, of_message): &(String, Vec<&codeproof_types::Problem>)| {
            let places: Vec<String> = of_message.iter().filter_map(|problem| problems::place(problem)).collect();
            let rest = places.len().saturating_sub(PLACES_MAX);
            let rest = if rest == 0 {
                String::new()
            } else {
                format!("and {}", numbers::counted(numbers::count(rest), "more", "more"))
            };
            (prose::pieces(message), places.into_iter().take(PLACES_MAX).collect(), rest)
        };
        ProblemGroup {
            title: group.title(),
            is_failure: group.kind.is_failure(),
            messages: group.by_message.iter().map(message).collect(),
        }
    };
    groups.iter().map(group).collect()
}
