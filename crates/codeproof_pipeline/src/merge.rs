//! Two engines that see the same thing: pattern rules and data flow at one place.
//!
//! Where data flow understood a place, it decides. A chain takes the place of the pattern's finding and names its rule; a
//! place shown to be safe takes the finding away, with the reason kept; of a place it did not understand the pattern's
//! finding stays. Between two findings of one place the stronger tier wins, then the one that tells the way.

use std::collections::{BTreeMap, BTreeSet};

use codeproof_detect::{Detector, FlowSite, SiteVerdict};
use codeproof_types::{Cwe, EvidenceRole, Finding, Location, RepoPath, SafeSite, State};

use crate::flows::Flows;

/// What is left.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    /// Findings of both engines, each place once.
    pub findings: Vec<Finding>,
    /// Every place that data flow looked at, with the rules whose findings it took away there.
    pub sites: Vec<KnownSite>,
}

/// A place that data flow looked at.
#[derive(Debug, Clone)]
pub struct KnownSite {
    /// The place, and what is known of it.
    pub site: FlowSite,
    /// Rules whose findings it took away there, because the place is safe.
    pub dropped: BTreeSet<String>,
}

/// Whether a finding of a pattern rule can be about the same thing as a flow.
pub(crate) fn can_merge(finding: &Finding) -> bool {
    finding.category.is_none() && finding.cwe.is_some()
}

/// Puts the findings of pattern rules together with what data flow says of the same files.
pub(crate) fn merge(patterns: Vec<Finding>, flows: Flows, detector: &Detector) -> Merged {
    let mut places = Places::new(flows, detector);
    let mut kept = Vec::new();
    for finding in patterns {
        match finding.cwe {
            Some(cwe) if can_merge(&finding) => kept.extend(places.meet(finding, cwe)),
            _ => kept.push(finding),
        }
    }
    kept.extend(places.flows.into_iter().filter(|flow| !flow.is_gone).map(Flow::told));
    Merged { findings: kept, sites: places.sites }
}

/// A flow, and what it stands for.
struct Flow {
    finding: Finding,
    /// Rules whose findings it took the place of.
    instead_of: BTreeSet<String>,
    /// A stronger finding took its place.
    is_gone: bool,
}

impl Flow {
    fn told(self) -> Finding {
        let mut finding = self.finding;
        let rules: Vec<String> = self.instead_of.iter().map(|rule| format!("`{rule}`")).collect();
        if !rules.is_empty() {
            let (rules, verb) = match rules.as_slice() {
                [one] => (format!("The rule {one}"), "points"),
                several => (format!("The rules {}", several.join(", ")), "point"),
            };
            finding.message = format!("{} {rules} {verb} here, too.", finding.message);
        }
        finding
    }
}

struct Places<'d> {
    detector: &'d Detector,
    flows: Vec<Flow>,
    flows_of: BTreeMap<RepoPath, Vec<usize>>,
    sites: Vec<KnownSite>,
    sites_of: BTreeMap<RepoPath, Vec<usize>>,
}

impl<'d> Places<'d> {
    fn new(flows: Flows, detector: &'d Detector) -> Self {
        let sites: Vec<_> = flows.sites.into_iter().map(|site| KnownSite { site, dropped: BTreeSet::new() }).collect();
        let flow = |finding| Flow { finding, instead_of: BTreeSet::new(), is_gone: false };
        let flows: Vec<Flow> = flows.findings.into_iter().map(flow).collect();
        let mut places = Self { detector, flows, flows_of: BTreeMap::new(), sites, sites_of: BTreeMap::new() };
        for (at, flow) in places.flows.iter().enumerate() {
            for path in paths_that_count(&flow.finding) {
                places.flows_of.entry(path.clone()).or_default().push(at);
            }
        }
        for (at, known) in places.sites.iter().enumerate() {
            places.sites_of.entry(known.site.location.path.clone()).or_default().push(at);
        }
        places
    }

    /// Decides over one finding of a pattern rule; gives it back when it stays.
    fn meet(&mut self, finding: Finding, cwe: Cwe) -> Option<Finding> {
        let place = &finding.location;
        let near = |rule: &str| self.detector.is_near(rule, cwe);
        let of_path = self.flows_of.get(&place.path).map(Vec::as_slice).unwrap_or_default();
        let meets = |at: &&usize| {
            let flow = &self.flows[**at].finding;
            near(&flow.rule_id) && (meet(&flow.location, place) || source_meets(flow, place))
        };
        let met: Vec<usize> = of_path.iter().filter(meets).copied().collect();
        let strongest = met.iter().map(|at| self.flows[*at].finding.tier).max();
        match strongest {
            Some(tier) if tier >= finding.tier => {
                for at in met {
                    let flow = &mut self.flows[at];
                    flow.instead_of.insert(finding.rule_id.clone());
                    // Who accepted the place accepted what stands there.
                    if finding.state == State::Suppressed && flow.finding.state == State::Open {
                        flow.finding.state = State::Suppressed;
                        flow.finding.suppression.clone_from(&finding.suppression);
                    }
                }
                return None;
            }
            Some(_) => {
                met.into_iter().for_each(|at| self.flows[at].is_gone = true);
                return Some(finding);
            }
            None => {}
        }
        let of_path = self.sites_of.get(&place.path).map(Vec::as_slice).unwrap_or_default();
        let is_met = |at: &&usize| {
            let site = &self.sites[**at].site;
            near(&site.rule_id) && meet(&site.location, place)
        };
        let met: Vec<usize> = of_path.iter().filter(is_met).copied().collect();
        let worst = met.iter().map(|at| self.sites[*at].site.verdict).max();
        if !worst.is_some_and(SiteVerdict::is_safe) {
            return Some(finding);
        }
        for at in met {
            self.sites[at].dropped.insert(finding.rule_id.clone());
        }
        None
    }
}

/// The files in which a flow can meet a finding: that of its sink, and that of its source.
fn paths_that_count(flow: &Finding) -> BTreeSet<&RepoPath> {
    let source = flow.evidence.iter().find(|evidence| evidence.role == EvidenceRole::Source);
    source.map(|source| &source.location.path).into_iter().chain([&flow.location.path]).collect()
}

/// Rules about weak generators and digests point at the source of a flow, not at its sink.
fn source_meets(flow: &Finding, place: &Location) -> bool {
    let is_of_source = matches!(flow.cwe, Some(Cwe(327 | 328 | 330)));
    let source = flow.evidence.iter().find(|evidence| evidence.role == EvidenceRole::Source);
    is_of_source && source.is_some_and(|source| meet(&source.location, place))
}

/// Whether one place holds the other.
fn meet(one: &Location, other: &Location) -> bool {
    let start = |place: &Location| (place.first_line, place.first_column.unwrap_or(1));
    let end = |place: &Location| (place.last_line, place.last_column.unwrap_or(u32::MAX));
    let holds = |outer: &Location, inner: &Location| start(outer) <= start(inner) && end(inner) <= end(outer);
    one.path == other.path && (holds(one, other) || holds(other, one))
}

/// A safe place as reports tell it; `None` for any other, and for what is not worth telling.
pub(crate) fn safe_site(known: KnownSite) -> Option<SafeSite> {
    if !known.site.is_telling() && known.dropped.is_empty() {
        return None;
    }
    let FlowSite { location, rule_id, cwe, callee, verdict, reason } = known.site;
    let dropped = known.dropped.into_iter().collect();
    verdict.is_safe().then_some(SafeSite { location, callee, rule_id, cwe, reason, dropped })
}
