//! Table `verification_votes`: what each voter said of a draft.

use std::collections::HashSet;

use codeproof_types::Vote;
use sea_orm::Set;
use sea_orm::entity::prelude::*;

use super::to_word;

/// A row; columns as in schema step m0004.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "verification_votes")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub scan_id: i64,
    pub draft_id: i64,
    pub voter: String,
    pub verdict: String,
    pub confidence: Option<i64>,
    pub severity: Option<String>,
    pub attack_path: String,
    pub reasoning: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The rows of the votes on a draft. A model that votes more than once is told apart by a number.
pub(crate) fn rows(scan_id: i64, draft_id: i64, votes: &[Vote]) -> Vec<ActiveModel> {
    let mut voters = HashSet::new();
    let mut unique = |name: &str| {
        let mut voter = name.to_owned();
        let mut number = 1;
        while !voters.insert(voter.clone()) {
            number += 1;
            voter = format!("{name} ({number})");
        }
        voter
    };
    let row = |vote: &Vote| ActiveModel {
        scan_id: Set(scan_id),
        draft_id: Set(draft_id),
        voter: Set(unique(&vote.voter)),
        verdict: Set(to_word(vote.verdict)),
        confidence: Set(vote.confidence.map(i64::from)),
        severity: Set(vote.severity.map(to_word)),
        attack_path: Set(vote.attack_path.clone()),
        reasoning: Set(vote.reasoning.clone()),
        ..Default::default()
    };
    votes.iter().map(row).collect()
}
