//! Findings from data flow: a chain from where foreign data enters to where it does harm, each line quoted.
//!
//! In: what `codeproof_dataflow` says of a whole program, and the texts of its files. Out: findings of the rules in
//! `rules/flows/`, and what is known of every other place that could do harm. Which flows are worth telling, and how
//! strong their proof is, is decided here; how findings of several engines are put together is not.

mod answers;
mod rule_file;
mod sites;
mod text;
mod trail;
mod wording;

use std::sync::OnceLock;

use codeproof_dataflow::{Analysis, Flow, SinkKind, Trust};
use codeproof_types::{Confidence, Cwe, EvidenceRole, Finding, Problem, ProblemKind, RuleInfo, Severity, Span, Tier};

pub use self::answers::{FunctionAnswer, TraceAnswer};
use self::rule_file::FlowRule;
pub use self::sites::{FlowSite, SiteVerdict};
pub use self::text::FlowText;
use crate::hit::Hit;
use crate::{Detector, assemble};

/// The rules for flows, read when somebody asks for them.
#[derive(Default)]
pub(crate) struct FlowRules(OnceLock<Vec<FlowRule>>);

impl FlowRules {
    /// The ids of all rules, those that are off too.
    pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
        rule_file::ids()
    }

    /// What the rules say of themselves, those that are off too.
    pub(crate) fn infos(&self) -> impl Iterator<Item = &RuleInfo> {
        self.all().iter().map(|rule| &rule.info)
    }

    /// Whether a rule of this id looks at flows.
    pub(crate) fn has(id: &str) -> bool {
        Self::ids().any(|known| known == id)
    }

    /// The rule of this id, off or not.
    pub(crate) fn by_id(&self, id: &str) -> Option<&FlowRule> {
        self.all().iter().find(|rule| rule.info.id == id)
    }

    fn of_kind(&self, kind: SinkKind) -> Option<&FlowRule> {
        self.all().iter().find(|rule| rule.kind == kind)
    }

    fn all(&self) -> &[FlowRule] {
        self.0.get_or_init(rule_file::read)
    }
}

/// Finds the text of a file of the program by its number.
pub type Texts<'f, 't> = dyn Fn(u32) -> Option<&'t FlowText<'t>> + 'f;

/// What data flow says of one file.
#[derive(Debug, Default)]
pub struct FlowReport {
    /// Flows that end in the file, in the order of their sinks.
    pub findings: Vec<Finding>,
    /// Every place of the file that was looked at, in the order of places.
    pub sites: Vec<FlowSite>,
    /// Functions that were not analysed to the end.
    pub problems: Vec<Problem>,
}

impl Detector {
    /// What `analysis` says of the file with this number. `texts` gives the text of a file by its number; places in files
    /// without one are left out.
    pub fn flow_report<'t>(&'t self, analysis: &Analysis, file: u32, texts: &Texts<'_, 't>) -> FlowReport {
        let Some(text) = texts(file) else { return FlowReport::default() };
        let findings = self.findings_of(of_file(&analysis.flows, file, |flow| flow.sink.file), text, texts);
        let sites = of_file(&analysis.sites, file, |site| site.sink.file);
        let sites = sites.iter().filter_map(|site| {
            let rule = self.flows.of_kind(site.kind)?;
            sites::site(site, rule, text, texts)
        });
        let incomplete = analysis.incomplete.iter().filter(|function| function.spot.file == file);
        let problems = incomplete.map(|function| Problem {
            path: Some(analysis.paths[file as usize].clone()),
            line: Some(text.line(function.spot.range().start)),
            kind: ProblemKind::Limit,
            message: format!(
                "analysis incomplete: following data through `{}` used up its budget of steps",
                function.name
            ),
        });
        FlowReport { findings, sites: sites.collect(), problems: problems.collect() }
    }

    /// Whether the weakness classes of a rule without data flow and of a rule for flows are the same, or near.
    pub fn is_near(&self, flow_rule: &str, cwe: Cwe) -> bool {
        self.flows.by_id(flow_rule).is_some_and(|rule| rule.near.contains(&cwe))
    }

    fn findings_of<'t>(&'t self, flows: &[Flow], text: &'t FlowText<'t>, texts: &Texts<'_, 't>) -> Vec<Finding> {
        let input = text.input();
        let mut told: Vec<(&Flow, &FlowRule, Hit)> = flows
            .iter()
            .filter_map(|flow| {
                let rule = self.flows.of_kind(flow.kind)?;
                self.rule(&rule.info.id)?;
                // Who calls the functions of tests is known.
                if flow.source.trust.is_none() && (!rule.tells_callers || text.is_test()) {
                    return None;
                }
                let range = flow.sink.range();
                input.text.get(range.clone())?;
                let span = Span { start: range.start, end: range.end };
                let message = Some(message(flow, rule, texts));
                Some((flow, rule, Hit { rule_id: rule.info.id.clone(), span, message, secret: None }))
            })
            .collect();
        told.sort_by(|one, other| (one.2.span, &one.2.rule_id).cmp(&(other.2.span, &other.2.rule_id)));
        let hits = told.iter().map(|(_, _, hit)| hit.clone()).collect();
        let findings = assemble::each_finding(hits, &input, self);
        let finished = |((flow, rule, _), mut finding): (&(&Flow, &FlowRule, Hit), Finding)| {
            (finding.tier, finding.confidence) = strength(flow, rule);
            let is_of_test = text.is_test() || texts(flow.source.spot.file).is_some_and(FlowText::is_test);
            if is_of_test {
                // Requests that a test makes are nobody's from outside.
                finding.tier = Tier::Weakness;
            }
            if finding.tier == Tier::Weakness {
                // Nothing is critical that nobody outside is seen to reach.
                finding.severity = finding.severity.min(Severity::High);
            }
            if let Some(sink) = finding.evidence.pop() {
                let note = wording::filled(&rule.sink, "", &flow.callee, flow.danger);
                finding.evidence = trail::evidence(flow, sink, &note, texts);
                if let Some((spot, callee)) = &flow.beyond {
                    let note = format!("where `{}` is called in the end", wording::short(callee));
                    finding.evidence.extend(trail::place(*spot, EvidenceRole::Context, note, texts));
                }
            }
            finding
        };
        told.iter().zip(findings).map(finished).collect()
    }
}

/// The part of a list sorted by file that belongs to one.
fn of_file<T>(all: &[T], file: u32, file_of: impl Fn(&T) -> u32) -> &[T] {
    let start = all.partition_point(|one| file_of(one) < file);
    let end = all.partition_point(|one| file_of(one) <= file);
    &all[start..end]
}

fn message(flow: &Flow, rule: &FlowRule, texts: &Texts<'_, '_>) -> String {
    let source = &flow.source;
    let within = texts(source.spot.file).and_then(|text| text.symbol_at(text.line(source.spot.range().start)));
    let from = wording::source(source.trust, &source.what, within);
    let said = wording::filled(&rule.message, &from, &flow.callee, flow.danger);
    format!("{said}{}", wording::doubt(source.trust, flow.is_certain))
}

/// How strong the proof is: data that others write makes a vulnerability, data of whoever starts the program or of callers
/// nobody sees, or a way over calls nobody knows, makes a weakness, and no flow is more than its rule allows.
fn strength(flow: &Flow, rule: &FlowRule) -> (Tier, Confidence) {
    let (tier, confidence) = match flow.source.trust {
        Some(Trust::Remote | Trust::WeakRandom | Trust::WeakDigest | Trust::Sensitive) => {
            (Tier::Vulnerability, Confidence::High)
        }
        Some(Trust::Stored | Trust::Local) => (Tier::Vulnerability, Confidence::Medium),
        Some(Trust::Operator) => (Tier::Weakness, Confidence::Medium),
        None => (Tier::Weakness, Confidence::Low),
    };
    match flow.is_certain {
        true => (tier.min(rule.info.tier), confidence),
        false => (Tier::Weakness, confidence.min(Confidence::Medium)),
    }
}
