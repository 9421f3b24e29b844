//! What a rule says of itself, for the end of the page and for the findings it made.

use codeproof_types::{RuleInfo, Severity, Tier, visible};

use super::prose::{self, Piece};
use crate::clean;

/// Lines of one example that are shown.
const EXAMPLE_LINES_MAX: usize = 16;

/// A rule ready for the templates.
#[derive(Debug, Clone)]
pub(super) struct View {
    /// 1-based; its anchor is `rule-` and this number.
    pub number: usize,
    pub id: String,
    pub title: String,
    pub severity: Severity,
    pub tier: Tier,
    pub cwe: Option<u32>,
    pub why: Vec<Vec<Piece>>,
    pub fix: Vec<Vec<Piece>>,
    pub limits: Vec<Vec<Piece>>,
    pub safe_variants: Vec<Vec<Piece>>,
    /// The first of the rule's examples; empty when it has none.
    pub bad: String,
    pub good: String,
}

impl View {
    /// The texts of a rule.
    pub(super) fn new(number: usize, rule: &RuleInfo) -> Self {
        Self {
            number,
            id: clean::one_line(&rule.id),
            title: clean::one_line(&rule.title),
            severity: rule.severity,
            tier: rule.tier,
            cwe: rule.cwe.map(|cwe| cwe.0),
            why: prose::paragraphs(if rule.why.trim().is_empty() { &rule.message } else { &rule.why }),
            fix: prose::paragraphs(&rule.remediation),
            limits: prose::paragraphs(&rule.limits),
            safe_variants: rule.safe_variants.iter().map(|text| prose::pieces(text)).collect(),
            bad: example(&rule.bad),
            good: example(&rule.good),
        }
    }
}

fn example(examples: &[String]) -> String {
    let text = examples.first().map(|text| visible(text.trim_end())).unwrap_or_default();
    let mut lines: Vec<&str> = text.lines().take(EXAMPLE_LINES_MAX).collect();
    if text.lines().nth(EXAMPLE_LINES_MAX).is_some() {
        lines.push("…");
    }
    lines.join("\n")
}
