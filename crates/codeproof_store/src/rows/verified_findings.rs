//! Table `verified_findings`: drafts that the votes found real, or a weakness (seed 002, phase 2).

use codeproof_types::{Finding, Judgement, Outcome, Verdict, Vote};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

use super::to_word;

/// A row; columns as in schema step m0004.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "verified_findings")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub scan_id: i64,
    pub draft_id: i64,
    pub status: String,
    pub confidence: Option<i64>,
    pub severity: String,
    pub attack_vector: String,
    pub data_flow: Option<String>,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of a judged draft; `None` when the votes came to something else than real or a weakness. The attack is told
/// in the words of the first voter on the winning side who tells one.
pub(crate) fn row(
    scan_id: i64,
    draft_id: i64,
    finding: &Finding,
    judgement: &Judgement,
    now: i64,
) -> Option<ActiveModel> {
    let winning = match judgement.outcome {
        Outcome::Verified => Verdict::Verify,
        Outcome::Weakness => Verdict::Weakness,
        Outcome::Rejected | Outcome::Unverified => return None,
    };
    let mut told = judgement.votes.iter().filter(|vote| vote.verdict == winning && !vote.attack_path.is_empty());
    let chain = judgement.votes.iter().find(|vote| vote.voter == Vote::DATA_FLOW);
    Some(ActiveModel {
        scan_id: Set(scan_id),
        draft_id: Set(draft_id),
        status: Set(to_word(judgement.outcome)),
        confidence: Set(judgement.confidence.map(i64::from)),
        severity: Set(finding.severity.name().to_owned()),
        attack_vector: Set(told.next().map(|vote| vote.attack_path.clone()).unwrap_or_default()),
        data_flow: Set(chain.map(|vote| vote.reasoning.clone())),
        created_at: Set(now),
        ..Default::default()
    })
}

/// What newer votes change.
pub(crate) fn judged_again() -> OnConflict {
    use Column::*;
    OnConflict::column(DraftId).update_columns([Status, Confidence, Severity, AttackVector, DataFlow]).to_owned()
}
