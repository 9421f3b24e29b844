//! Findings as SARIF results.

use std::collections::BTreeMap;

use codeproof_types::{BaselineState, Finding, Judgement, Origin, State};
use serde_json::{Value, json};
use serde_sarif::sarif;

use super::{limits, locations, rules};
use crate::findings::Part;
use crate::{clean, findings, models};

/// The key of our fingerprint in `partialFingerprints`; the number changes when the recipe does.
pub(crate) const FINGERPRINT_KEY: &str = "codeproof/v1";

/// One result.
pub(super) fn result(finding: &Finding, rules: &rules::Rules) -> sarif::Result {
    let sink = locations::location(&finding.location, findings::quote(finding));
    let fingerprint = clean::one_line(finding.fingerprint.as_str());
    let mut result = sarif::Result::builder()
        .rule_id(rules::rule_id(&finding.rule_id))
        .level(rules::level(finding.severity))
        .message(locations::message(message_text(finding)))
        .locations(vec![sink])
        .partial_fingerprints(BTreeMap::from([(FINGERPRINT_KEY.to_owned(), fingerprint)]))
        .properties(properties(finding))
        .build();
    if needs_review(finding) {
        result.kind = Some(sarif::ResultKind::Review);
        result.level = Some(sarif::ResultLevel::None);
    }
    result.rule_index = rules.index(&finding.rule_id);
    result.code_flows = locations::code_flow(&findings::trail(finding)).map(|flow| vec![flow]);
    let related = locations::related(findings::context(finding));
    result.related_locations = (!related.is_empty()).then_some(related);
    result.suppressions = suppression(finding).map(|suppression| vec![suppression]);
    result.baseline_state = baseline_state(finding).map(|state| json!(state));
    result
}

/// A draft that no verifier could judge: a person has to decide whether it is a problem (section 3.27.9), and a result
/// of that kind has no level (section 3.27.10). One that verifiers rejected was decided, so it is a suppressed result.
fn needs_review(finding: &Finding) -> bool {
    finding.state == State::Unverified && findings::part_of(finding) == Part::Unconfirmed
}

/// What was fixed is absent, also where the report does not say what it was compared with.
fn baseline_state(finding: &Finding) -> Option<BaselineState> {
    finding.baseline_state.or((finding.state == State::Fixed).then_some(BaselineState::Absent))
}

/// GitHub refuses a result without text.
fn message_text(finding: &Finding) -> &str {
    [&finding.message, &finding.title, &finding.rule_id]
        .into_iter()
        .find(|text| !text.trim().is_empty())
        .map_or("finding", |text| text.trim())
}

/// A finding that a comment or a judgement answered stays in the log, marked.
fn suppression(finding: &Finding) -> Option<sarif::Suppression> {
    let kind = match finding.state {
        State::Suppressed => "inSource",
        State::Rejected => "external",
        State::Open | State::Unverified | State::Fixed => return None,
    };
    let mut suppression = sarif::Suppression::builder().kind(kind).status("accepted").build();
    if finding.state == State::Rejected && finding.origin != Origin::Detector {
        let reason = models::unconfirmed_reason(finding, models::REASON_SHORT);
        suppression.justification = Some(clean::cut(&reason, limits::TEXT_CHARACTERS_MAX));
    }
    if let Some(known) = &finding.suppression {
        let reason = clean::one_line(&known.reason);
        suppression.justification = (!reason.is_empty()).then_some(reason);
        suppression.location = Some(locations::file_location(&finding.location.path, Some(known.line)));
        let marker = Value::from(clean::one_line(&known.marker));
        let values = BTreeMap::from([("marker".to_owned(), marker)]);
        suppression.properties = Some(sarif::PropertyBag::builder().additional_properties(values).build());
    }
    Some(suppression)
}

/// What the public JSON says and SARIF has no field for.
fn properties(finding: &Finding) -> sarif::PropertyBag {
    let mut values = BTreeMap::from([
        ("tier".to_owned(), json!(finding.tier)),
        ("severity".to_owned(), json!(finding.severity)),
        ("origin".to_owned(), json!(finding.origin)),
        ("confidence".to_owned(), json!(finding.confidence)),
        ("state".to_owned(), json!(finding.state)),
    ]);
    let optional = [
        ("cwe", finding.cwe.map(|cwe| json!(cwe))),
        ("category", finding.category.map(|category| json!(category))),
        ("votes", finding.votes.map(|votes| json!(votes))),
        ("judgement", finding.judgement.as_ref().map(|judgement| json!(short(judgement)))),
        ("source_models", (!finding.source_models.is_empty()).then(|| json!(finding.source_models))),
        ("remediation", (!finding.remediation.is_empty()).then(|| json!(finding.remediation))),
        ("finding_id", finding.id.map(|id| json!(id))),
    ];
    values.extend(optional.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    sarif::PropertyBag::builder().additional_properties(values).build()
}

/// The votes with their reasons cut: there may be several for each of thousands of results.
fn short(judgement: &Judgement) -> Judgement {
    let mut judgement = judgement.clone();
    for vote in &mut judgement.votes {
        vote.reasoning = clean::short(&vote.reasoning, limits::TEXT_CHARACTERS_MAX);
        vote.attack_path = clean::short(&vote.attack_path, limits::TEXT_CHARACTERS_MAX);
    }
    judgement
}
