//! Rules as SARIF reporting descriptors.

use std::collections::{BTreeMap, BTreeSet};

use codeproof_types::{Cwe, Finding, RuleInfo, Severity, Tier};
use serde_json::Value;
use serde_sarif::sarif;

use super::limits;
use crate::{clean, markdown};

/// The rules of a run, each result's rule among them, with their indices.
pub(super) struct Rules {
    pub descriptors: Vec<sarif::ReportingDescriptor>,
    indices: BTreeMap<String, i64>,
}

impl Rules {
    /// Describes the rules that fired; a finding whose rule is unknown brings a short description of its own.
    pub(super) fn of(rules: &[RuleInfo], findings: &[&Finding]) -> Self {
        let fired: BTreeSet<&str> = findings.iter().map(|finding| finding.rule_id.as_str()).collect();
        let mut all = Self { descriptors: Vec::new(), indices: BTreeMap::new() };
        for rule in rules.iter().filter(|rule| fired.contains(rule.id.as_str())) {
            all.add(&rule.id, || describe(rule));
        }
        for finding in findings {
            all.add(&finding.rule_id, || describe_by_finding(finding));
        }
        all
    }

    fn add(&mut self, id: &str, describe: impl FnOnce() -> sarif::ReportingDescriptor) {
        if !self.indices.contains_key(id) {
            let index = i64::try_from(self.descriptors.len()).unwrap_or(i64::MAX);
            self.indices.insert(id.to_owned(), index);
            self.descriptors.push(describe());
        }
    }

    /// The place of a rule in the list.
    pub(super) fn index(&self, id: &str) -> Option<i64> {
        self.indices.get(id).copied()
    }
}

/// A rule's id as it is written everywhere in the log.
pub(super) fn rule_id(id: &str) -> String {
    clean::cut(&clean::one_line(id), limits::ID_CHARACTERS_MAX)
}

/// The level of a result, and of a rule by default.
pub(super) fn level(severity: Severity) -> sarif::ResultLevel {
    match severity {
        Severity::Critical | Severity::High => sarif::ResultLevel::Error,
        Severity::Medium => sarif::ResultLevel::Warning,
        Severity::Low | Severity::Info => sarif::ResultLevel::Note,
    }
}

fn describe(rule: &RuleInfo) -> sarif::ReportingDescriptor {
    let why = if rule.why.trim().is_empty() { &rule.message } else { &rule.why };
    let instead = clean::one_line(&rule.remediation);
    let plain = clean::one_line(why);
    let plain = if instead.is_empty() { plain } else { format!("{plain}\n\nInstead: {instead}") };
    let mut help = text(&plain, limits::TEXT_CHARACTERS_MAX);
    help.markdown = Some(markdown::rule_help(rule));
    let mut descriptor = base(&rule.id, &rule.title, why, rule.severity, rule.cwe);
    descriptor.help = Some(help);
    let tags = tags(rule.cwe, rule.category.map(|category| category.name()));
    let precision = match (rule.definite, rule.tier) {
        (true, _) => "very-high",
        (false, Tier::Vulnerability) => "high",
        (false, Tier::Weakness) => "medium",
    };
    descriptor.properties = Some(properties(tags, rule.severity, precision, rule.tier));
    descriptor
}

/// For findings of rules the report does not carry, such as those of older scans.
fn describe_by_finding(finding: &Finding) -> sarif::ReportingDescriptor {
    let mut descriptor = base(&finding.rule_id, &finding.title, &finding.message, finding.severity, finding.cwe);
    descriptor.help = Some(text(&clean::one_line(&finding.remediation), limits::TEXT_CHARACTERS_MAX));
    let tags = tags(finding.cwe, finding.category.map(|category| category.name()));
    descriptor.properties = Some(properties(tags, finding.severity, "medium", finding.tier));
    descriptor
}

fn base(id: &str, title: &str, why: &str, severity: Severity, cwe: Option<Cwe>) -> sarif::ReportingDescriptor {
    let configuration = sarif::ReportingConfiguration::builder().level(level(severity).to_string()).build();
    let mut descriptor = sarif::ReportingDescriptor::builder()
        .id(rule_id(id))
        .name(pascal_case(id))
        .short_description(text(&clean::one_line(title), limits::DESCRIPTION_CHARACTERS_MAX))
        .full_description(text(&clean::one_line(why), limits::DESCRIPTION_CHARACTERS_MAX))
        .default_configuration(configuration)
        .build();
    descriptor.help_uri = cwe.map(|cwe| format!("https://cwe.mitre.org/data/definitions/{}.html", cwe.0));
    descriptor
}

fn text(text: &str, characters: usize) -> sarif::MultiformatMessageString {
    sarif::MultiformatMessageString::builder().text(clean::cut(text, characters)).build()
}

fn tags(cwe: Option<Cwe>, category: Option<&str>) -> Vec<String> {
    let mut tags = vec!["security".to_owned()];
    tags.extend(cwe.map(|cwe| format!("external/cwe/cwe-{}", cwe.0)));
    tags.extend(category.map(str::to_owned));
    tags.truncate(limits::TAGS_MAX);
    tags
}

fn properties(tags: Vec<String>, severity: Severity, precision: &str, tier: Tier) -> sarif::PropertyBag {
    let values = [("security-severity", severity.score()), ("precision", precision), ("tier", tier.name())];
    let values: BTreeMap<String, Value> =
        values.into_iter().map(|(key, value)| (key.to_owned(), Value::from(value))).collect();
    sarif::PropertyBag::builder().tags(tags).additional_properties(values).build()
}

/// `PythonSqlConcat` from `python-sql-concat`: what SARIF asks of a rule's name (section 3.49.7).
fn pascal_case(id: &str) -> String {
    let words = id.split(|character: char| !character.is_alphanumeric());
    let capitalised = words.flat_map(|word| {
        let mut characters = word.chars();
        characters.next().into_iter().flat_map(char::to_uppercase).chain(characters)
    });
    let name: String = capitalised.take(limits::ID_CHARACTERS_MAX).collect();
    if name.is_empty() { "Rule".to_owned() } else { name }
}
