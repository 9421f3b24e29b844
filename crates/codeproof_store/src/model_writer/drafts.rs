//! What models reported, as rows: the draft, and the finding that reports show.

use std::collections::{BTreeMap, HashMap};

use codeproof_types::{Finding, Fingerprint, Origin};
use sea_orm::{DbErr, Set};
use serde_json::Value;

use super::group::Rows;
use crate::rows::{ChunkId, draft_findings, findings, upsert, upsert_with_ids};

/// A reported finding.
pub(super) struct Drafted<'r> {
    pub(super) finding: &'r Finding,
    pub(super) chunk: Option<ChunkId>,
    pub(super) sources: Value,
}

impl Rows<'_> {
    /// Writes drafts and their findings; returns the drafts' ids.
    pub(super) async fn write_drafts(
        &self,
        drafted: BTreeMap<&Fingerprint, Drafted<'_>>,
    ) -> Result<HashMap<String, i64>, DbErr> {
        let mut ids = HashMap::new();
        let (detectors, models) =
            drafted.into_values().partition::<Vec<_>, _>(|drafted| drafted.finding.origin == Origin::Detector);
        for (origin, drafted) in [(Origin::Detector, detectors), (Origin::Draft, models)] {
            let row = |drafted: &Drafted<'_>| draft_findings::ActiveModel {
                chunk_id: Set(drafted.chunk.map(|chunk| chunk.0)),
                sources: Set(Some(drafted.sources.clone())),
                ..draft_findings::row(self.scan.0, drafted.finding, self.now_ms)
            };
            let rows = drafted.iter().map(row).collect();
            let key = draft_findings::Column::DedupKey;
            let of_these =
                upsert_with_ids(rows, key, &draft_findings::reported_again(origin), self.transaction).await?;
            let row = |drafted: &Drafted<'_>| {
                let draft_id = draft_id(&of_these, &drafted.finding.fingerprint);
                findings::row(self.scan.0, draft_id, drafted.finding, self.now_ms)
            };
            let rows = drafted.iter().map(row).collect();
            upsert(rows, &findings::reported_again(origin), self.transaction).await?;
            ids.extend(of_these);
        }
        Ok(ids)
    }
}

/// The id of a draft that was just written.
pub(super) fn draft_id(ids: &HashMap<String, i64>, fingerprint: &Fingerprint) -> i64 {
    ids.get(fingerprint.as_str()).copied().expect("the database answers with every key it was given")
}
