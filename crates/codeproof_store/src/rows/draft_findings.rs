//! Table `draft_findings`: what a finder reported, before anybody judged it (seed 002, phase 1). A detector's finding
//! needs no judge: it has a draft all the same, so that every finding's way can be followed back.

use codeproof_types::{EvidenceRole, Finding, Origin, Outcome};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, OnConflict};
use serde::{Deserialize, Serialize};

use super::conflict::{by_detector, coalesced, kept, kept_when};
use super::{to_json, to_word};

/// Where a draft is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftStatus {
    /// A detector's: it became a finding without a verifier, and stays one.
    Accepted,
    /// A model's, waiting for votes.
    Pending,
    /// Most voters say that it is real.
    Verified,
    /// Most voters say that it is a weakness.
    Weakness,
    /// Most voters say that it is not real.
    Rejected,
    /// Nobody could or would say.
    Unverified,
}

impl DraftStatus {
    /// The status of a draft that nobody has judged.
    fn first(origin: Origin) -> Self {
        match origin {
            Origin::Detector => Self::Accepted,
            _ => Self::Pending,
        }
    }

    /// The status of a draft that the votes came to `outcome` on; they do not decide about a detector's.
    fn judged(origin: Origin, outcome: Outcome) -> Self {
        match (origin, outcome) {
            (Origin::Detector, _) => Self::Accepted,
            (_, Outcome::Verified) => Self::Verified,
            (_, Outcome::Weakness) => Self::Weakness,
            (_, Outcome::Rejected) => Self::Rejected,
            (_, Outcome::Unverified) => Self::Unverified,
        }
    }
}

/// A row; columns as in schema steps m0001 and m0004.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "draft_findings")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub scan_id: i64,
    pub chunk_id: Option<i64>,
    pub dedup_key: String,
    pub origin: String,
    pub status: String,
    pub title: String,
    pub cwe: Option<String>,
    pub severity: String,
    pub file_path: String,
    pub line_number: i64,
    pub snippet: String,
    pub reason: String,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub votes: Option<Json>,
    #[sea_orm(column_type = "JsonBinary")]
    pub source_models: Json,
    pub created_at: i64,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub sources: Option<Json>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The draft behind a finding; its `dedup_key` is the finding's fingerprint, its status that of one nobody has judged
/// unless the finding says what the votes came to.
pub(crate) fn row(scan_id: i64, finding: &Finding, created_at: i64) -> ActiveModel {
    let sink = finding.evidence.iter().find(|evidence| evidence.role == EvidenceRole::Sink);
    let status = match &finding.judgement {
        Some(judgement) => DraftStatus::judged(finding.origin, judgement.outcome),
        None => DraftStatus::first(finding.origin),
    };
    ActiveModel {
        scan_id: Set(scan_id),
        chunk_id: Set(None),
        dedup_key: Set(finding.fingerprint.to_string()),
        origin: Set(finding.origin.name().to_owned()),
        status: Set(to_word(status)),
        title: Set(finding.title.clone()),
        cwe: Set(finding.cwe.map(|cwe| cwe.to_string())),
        severity: Set(finding.severity.name().to_owned()),
        file_path: Set(finding.location.path.to_string()),
        line_number: Set(finding.location.first_line.into()),
        snippet: Set(sink.map(|evidence| evidence.quote.clone()).unwrap_or_default()),
        reason: Set(finding.message.clone()),
        votes: Set(finding.votes.as_ref().map(to_json)),
        source_models: Set(to_json(&finding.source_models)),
        created_at: Set(created_at),
        sources: Set(None),
        ..Default::default()
    }
}

/// What the detector that finds a finding again changes: all that it says itself.
pub(crate) fn found_again() -> OnConflict {
    use Column::*;
    key().update_columns([Title, Cwe, Severity, FilePath, LineNumber, Snippet, Reason]).to_owned()
}

/// What models' reports change of a draft that is there: its text only while nobody has judged it, of a detector's
/// nothing but who reported it, too.
pub(crate) fn reported_again(origin: Origin) -> OnConflict {
    use Column::*;
    let mut conflict = key();
    conflict.update_columns([Sources, SourceModels]);
    conflict.values([(ChunkId, coalesced(ChunkId)), (Votes, coalesced(Votes))]);
    if !by_detector(origin) {
        conflict.update_columns([FilePath, LineNumber, Snippet]);
        let judged = || kept(Status).ne(to_word(DraftStatus::Pending));
        conflict.values([Title, Cwe, Severity, Reason].map(|column| (column, kept_when(judged(), column))));
    }
    conflict
}

/// What votes change.
pub(crate) fn judged_again(origin: Origin) -> OnConflict {
    use Column::*;
    let mut conflict = key();
    conflict.update_columns([Status, Votes]);
    if !by_detector(origin) {
        conflict.update_columns([Severity, SourceModels]);
    }
    conflict
}

fn key() -> OnConflict {
    OnConflict::columns([Column::ScanId, Column::DedupKey])
}
