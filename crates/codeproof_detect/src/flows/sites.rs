//! What is known of a place that could do harm: a chain, why it is safe, or that it was not understood.

use codeproof_dataflow::{Reason, SinkKind, Site, Spot, Verdict};
use codeproof_types::{Cwe, Location, Span};
use serde::{Deserialize, Serialize};

use super::rule_file::FlowRule;
use super::text::FlowText;
use super::{Texts, wording};

/// Characters of code quoted in a reason.
const REASON_CODE_MAX: usize = 80;

/// Reasons told of one place at most.
const REASONS_MAX: usize = 3;

/// Said of a place that was shown safe without more to tell.
const CONSTANTS: &str = "holds only constants and values of the program";

/// What data flow says when a check before made a value harmless; the check itself says more.
const CHECKED: &str = "was checked before";

/// A place that could do harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowSite {
    /// The call, or the statement that emits.
    pub location: Location,
    /// The rule that would be broken.
    pub rule_id: String,
    /// Its weakness class.
    pub cwe: Option<Cwe>,
    /// What is called.
    pub callee: String,
    /// How it is fed.
    pub verdict: SiteVerdict,
    /// What is known of what reaches it, as the end of a sentence.
    pub reason: String,
}

impl FlowSite {
    /// Whether it is worth listing among the safe places: not every constant that is shown in a page.
    pub fn is_telling(&self) -> bool {
        self.cwe != Some(Cwe(79)) || self.reason != CONSTANTS
    }
}

/// How a place is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// Whether it is known to do no harm.
    pub fn is_safe(self) -> bool {
        matches!(self, Self::Safe | Self::Unreachable)
    }
}

/// What is said of a place; `None` when it is none of the file.
pub(super) fn site(site: &Site, rule: &FlowRule, text: &FlowText<'_>, texts: &Texts<'_, '_>) -> Option<FlowSite> {
    if is_about_value(site.kind) && site.verdict != Verdict::Chain {
        return None;
    }
    let range = site.sink.range();
    let location = text.location(Span { start: range.start, end: range.end })?;
    let (verdict, reason) = match &site.verdict {
        Verdict::Safe { reasons, harmless } => (SiteVerdict::Safe, safe_reason(site, reasons, *harmless, texts)),
        Verdict::Unreachable => (SiteVerdict::Unreachable, "never runs".to_owned()),
        Verdict::FromCaller => (
            SiteVerdict::FromCaller,
            "holds what callers pass, and none of them is seen to pass foreign data".to_owned(),
        ),
        Verdict::NotUnderstood => (SiteVerdict::NotUnderstood, "holds a value nothing is known of".to_owned()),
        Verdict::Chain => (SiteVerdict::Chain, "foreign data reaches it".to_owned()),
    };
    let callee = wording::short(&site.callee);
    Some(FlowSite { location, rule_id: rule.info.id.clone(), cwe: rule.info.cwe, callee, verdict, reason })
}

/// Whether the value is what is wrong there, not the place: that a write holds no digest is no news.
fn is_about_value(kind: SinkKind) -> bool {
    matches!(kind, SinkKind::Token | SinkKind::Cookie | SinkKind::Digest | SinkKind::Disclosure)
}

/// Why nothing foreign does harm: what was done to foreign data, and why values are what they are.
fn safe_reason(
    site: &Site,
    reasons: &[Reason],
    harmless: Option<(&'static str, Option<Spot>)>,
    texts: &Texts<'_, '_>,
) -> String {
    let place = |spot: Spot| {
        let Some(text) = texts(spot.file) else { return (String::new(), String::new()) };
        let range = spot.range();
        let code = text.code(Span { start: range.start, end: range.end }, REASON_CODE_MAX);
        let line = text.line(range.start);
        let place = match spot.file == site.sink.file {
            true => format!("line {line}"),
            false => format!("{}:{line}", text.input().path),
        };
        (code, place)
    };
    let mut said = Vec::new();
    if let Some((why, spot)) = harmless {
        let after = spot.map(|spot| {
            let (code, place) = place(spot);
            format!(", after `{code}` ({place})")
        });
        said.push(format!("{why}{}", after.unwrap_or_default()));
    }
    for one in reasons.iter().take(REASONS_MAX) {
        let (Reason::Decided(spot, _) | Reason::Compared(spot) | Reason::Checked(spot) | Reason::Cleaned(spot, _)) =
            one;
        let (code, place) = place(*spot);
        said.push(wording::reason(one, &code, &place));
    }
    if said.len() > 1 && said[0] == CHECKED {
        said.remove(0);
    }
    if said.is_empty() { CONSTANTS.to_owned() } else { said.join("; ") }
}
