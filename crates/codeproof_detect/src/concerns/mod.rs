//! Findings from the map of a Laravel application: what does not fit together, at the line where it stands.
//!
//! In: concerns of the map, and the text of the file they stand in. Out: findings of the rules in `rules/laravel/`. What is
//! a concern is decided by the map, not here.

mod rule_file;

use std::sync::OnceLock;

use codeproof_types::laravel::Concern;
use codeproof_types::{Finding, RuleInfo, Span};

use self::rule_file::ConcernRule;
use crate::hit::Hit;
use crate::{Detector, FlowText, assemble};

/// Lines shown of a concern; a route may be registered over many.
const LINES_MAX: u32 = 8;

/// The rules for concerns, read when somebody asks for them.
#[derive(Default)]
pub(crate) struct ConcernRules(OnceLock<Vec<ConcernRule>>);

impl ConcernRules {
    /// The ids of all rules, those that are off too.
    pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
        rule_file::ids()
    }

    /// Whether a rule of this id looks at maps.
    pub(crate) fn has(id: &str) -> bool {
        Self::ids().any(|known| known == id)
    }

    /// What the rules say of themselves, those that are off too.
    pub(crate) fn infos(&self) -> impl Iterator<Item = &RuleInfo> {
        self.all().iter().map(|rule| &rule.info)
    }

    /// What the rule of this id says of itself, off or not.
    pub(crate) fn by_id(&self, id: &str) -> Option<&RuleInfo> {
        self.infos().find(|rule| rule.id == id)
    }

    fn all(&self) -> &[ConcernRule] {
        self.0.get_or_init(rule_file::read)
    }
}

impl Detector {
    /// Findings of the concerns that stand in a file, by place. Those of rules that are off are left out, and those whose
    /// lines are not in the text.
    pub fn concern_findings(&self, concerns: &[Concern], text: &FlowText<'_>) -> Vec<Finding> {
        let file = text.input();
        let hit = |concern: &Concern| {
            let rule = self.concerns.all().iter().find(|rule| rule.kind == concern.kind)?;
            self.rule(&rule.info.id)?;
            let last = concern.end_line.min(concern.start_line.saturating_add(LINES_MAX - 1)).max(concern.start_line);
            let start = file.lines.line_range(file.text, concern.start_line)?.start;
            let end = file.lines.line_range(file.text, last)?.end;
            let whole = file.text.get(start..end)?;
            let start = start + (whole.len() - whole.trim_start().len());
            let span = Span { start, end: start + whole.trim().len() };
            (!span.range().is_empty()).then(|| Hit {
                rule_id: rule.info.id.clone(),
                span,
                message: Some(concern.message.clone()),
                secret: None,
            })
        };
        let mut hits: Vec<Hit> = concerns.iter().filter_map(hit).collect();
        hits.sort_by(|one, other| (one.span, &one.rule_id).cmp(&(other.span, &other.rule_id)));
        hits.dedup_by(|next, kept| {
            next.span == kept.span && next.rule_id == kept.rule_id && next.message == kept.message
        });
        assemble::each_finding(hits, &file, self)
    }
}
