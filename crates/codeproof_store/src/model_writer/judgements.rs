//! What votes come to, as rows: the draft's status, the verified finding, the votes, the finding.

use std::collections::{BTreeMap, HashMap};

use codeproof_types::{Finding, Fingerprint, Origin};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, Set};

use super::drafts::draft_id;
use super::group::Rows;
use crate::rows::{
    STATEMENT_KEYS, draft_findings, findings, insert, to_json, upsert, upsert_with_ids, verification_votes,
    verified_findings,
};

impl Rows<'_> {
    /// Writes what became of these findings; returns their drafts' ids.
    pub(super) async fn write_judgements(
        &self,
        judged: BTreeMap<&Fingerprint, &Finding>,
    ) -> Result<HashMap<String, i64>, DbErr> {
        if judged.is_empty() {
            return Ok(HashMap::new());
        }
        let (detectors, models) =
            judged.into_values().partition::<Vec<_>, _>(|finding| finding.origin == Origin::Detector);
        let by_origin = [(Origin::Detector, detectors), (Origin::Draft, models)];
        let mut drafts = HashMap::new();
        for (origin, findings) in &by_origin {
            drafts.extend(self.judge_drafts(*origin, findings).await?);
        }
        let all = by_origin.iter().flat_map(|(_, findings)| findings.clone()).collect::<Vec<_>>();
        let verified = self.write_verified(&all, &drafts).await?;
        self.replace_votes(&all, &drafts).await?;
        for (origin, findings) in &by_origin {
            self.judge_findings(*origin, findings, &drafts, &verified).await?;
        }
        Ok(drafts)
    }

    async fn judge_drafts(&self, origin: Origin, findings: &[&Finding]) -> Result<HashMap<String, i64>, DbErr> {
        let row = |finding: &&Finding| draft_findings::ActiveModel {
            votes: Set(votes(finding)),
            ..draft_findings::row(self.scan.0, finding, self.now_ms)
        };
        let rows = findings.iter().map(row).collect();
        let key = draft_findings::Column::DedupKey;
        upsert_with_ids(rows, key, &draft_findings::judged_again(origin), self.transaction).await
    }

    /// Writes the verified ones, removes those that are no longer; returns their ids by draft.
    async fn write_verified(
        &self,
        findings: &[&Finding],
        drafts: &HashMap<String, i64>,
    ) -> Result<HashMap<i64, i64>, DbErr> {
        use verified_findings::{Column, Entity};
        let (mut rows, mut others) = (Vec::new(), Vec::new());
        for finding in findings {
            let draft = draft_id(drafts, &finding.fingerprint);
            let judgement = finding.judgement.as_ref();
            let row = judgement
                .and_then(|judgement| verified_findings::row(self.scan.0, draft, finding, judgement, self.now_ms));
            match row {
                Some(row) => rows.push(row),
                None => others.push(draft),
            }
        }
        for some in others.chunks(STATEMENT_KEYS) {
            let gone = Entity::delete_many().filter(Column::DraftId.is_in(some.iter().copied()));
            gone.exec(self.transaction).await?;
        }
        upsert_with_ids(rows, Column::DraftId, &verified_findings::judged_again(), self.transaction).await
    }

    async fn replace_votes(&self, findings: &[&Finding], drafts: &HashMap<String, i64>) -> Result<(), DbErr> {
        use verification_votes::{Column, Entity};
        let (mut rows, mut ids) = (Vec::new(), Vec::new());
        for finding in findings {
            let draft = draft_id(drafts, &finding.fingerprint);
            ids.push(draft);
            let votes = finding.judgement.iter().flat_map(|judgement| &judgement.votes).cloned().collect::<Vec<_>>();
            rows.extend(verification_votes::rows(self.scan.0, draft, &votes));
        }
        for some in ids.chunks(STATEMENT_KEYS) {
            let old = Entity::delete_many().filter(Column::DraftId.is_in(some.iter().copied()));
            old.exec(self.transaction).await?;
        }
        insert(rows, self.transaction).await
    }

    async fn judge_findings(
        &self,
        origin: Origin,
        findings: &[&Finding],
        drafts: &HashMap<String, i64>,
        verified: &HashMap<i64, i64>,
    ) -> Result<(), DbErr> {
        let row = |finding: &&Finding| {
            let draft = draft_id(drafts, &finding.fingerprint);
            findings::ActiveModel {
                verified_id: Set(verified.get(&draft).copied()),
                votes: Set(votes(finding)),
                ..findings::row(self.scan.0, draft, finding, self.now_ms)
            }
        };
        let rows = findings.iter().map(row).collect();
        upsert(rows, &findings::judged_again(origin), self.transaction).await
    }
}

/// The votes in numbers: as the finding says, or counted from its judgement.
fn votes(finding: &Finding) -> Option<serde_json::Value> {
    let counted = || finding.judgement.as_ref().map(|judgement| judgement.counts());
    finding.votes.or_else(counted).as_ref().map(to_json)
}
