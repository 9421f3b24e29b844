//! Weakness classes that name one thing, and our words for them.
//!
//! The list of the Common Weakness Enumeration is a graph: a copy beyond a buffer is CWE-120, 121, 122, 787 or 119,
//! depending on who looks. Reports that differ in nothing else are one report.

use codeproof_types::{Cwe, RuleInfo, Severity, Tier};

mod table;

use table::FAMILIES;

/// Numbers that name one weakness, with our words for it.
pub(crate) struct Family {
    /// All numbers; the first one stands for the family.
    numbers: &'static [u32],
    /// A few words: what it is.
    pub(crate) title: &'static str,
    /// Why it matters, one or two sentences.
    why: &'static str,
    /// What to do instead.
    pub(crate) remediation: &'static str,
}

/// What is said of a weakness that has no family.
const OTHER: Family = Family {
    numbers: &[],
    title: "Possible weakness",
    why: "A model reads this code as weak. What an attacker would gain depends on the weakness it describes.",
    remediation: "Check the model's reason against the code; if it holds, remove the weakness at its cause.",
};

/// Identifier of rules for what models report, before the number or `other`.
const RULE_PREFIX: &str = "model-";

/// The words for a weakness.
pub(crate) fn of(cwe: Option<Cwe>) -> &'static Family {
    cwe.and_then(|cwe| FAMILIES.iter().find(|family| family.numbers.contains(&cwe.0))).unwrap_or(&OTHER)
}

/// The number that stands for all of its family.
pub(crate) fn head(cwe: Cwe) -> Cwe {
    Cwe(of(Some(cwe)).numbers.first().copied().unwrap_or(cwe.0))
}

/// Whether two numbers name one thing.
pub(crate) fn are_one(one: Cwe, other: Cwe) -> bool {
    head(one) == head(other)
}

/// The rule that stands for reports of a weakness by models: `model-cwe-89`, `model-other`.
pub(crate) fn rule_id(cwe: Option<Cwe>) -> String {
    match cwe {
        Some(Cwe(number)) => format!("{RULE_PREFIX}cwe-{number}"),
        None => format!("{RULE_PREFIX}other"),
    }
}

/// What such a rule says of itself; `None` for the identifier of any other rule.
pub fn rule_info(rule_id: &str) -> Option<RuleInfo> {
    let rest = rule_id.strip_prefix(RULE_PREFIX)?;
    let cwe = match rest.strip_prefix("cwe-") {
        Some(digits) => Some(Cwe(digits.parse().ok()?)),
        None if rest == "other" => None,
        None => return None,
    };
    let family = of(cwe);
    Some(RuleInfo {
        id: rule_id.to_owned(),
        title: format!("{} (found by models)", family.title),
        severity: Severity::Medium,
        tier: Tier::Weakness,
        cwe,
        category: None,
        languages: Vec::new(),
        message: "Models report this weakness; their votes say how many agree.".to_owned(),
        why: family.why.to_owned(),
        remediation: family.remediation.to_owned(),
        definite: false,
        safe_variants: Vec::new(),
        limits: "A model's judgement, not a proof: read the reasons of the votes. The quoted lines were checked against the \
                 file; what is said of them was not."
            .to_owned(),
        bad: Vec::new(),
        good: Vec::new(),
        defined_in: "built in".to_owned(),
    })
}
