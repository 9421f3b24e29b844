//! Table `draft_findings`: what a finder reported, before anybody judged it (seed 002, phase 1). A detector's finding
//! needs no judge: it has a draft all the same, so that every finding's way can be followed back.

use codeproof_types::{EvidenceRole, Finding};
use sea_orm::Set;
use sea_orm::entity::prelude::*;

use super::to_json;

/// Status of a draft that became a finding without a verifier: a detector's.
const ACCEPTED: &str = "accepted";

/// A row; columns as in schema step m0001.
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
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The draft behind a finding; its `dedup_key` is the finding's fingerprint.
pub(crate) fn row(scan_id: i64, finding: &Finding, created_at: i64) -> ActiveModel {
    let sink = finding.evidence.iter().find(|evidence| evidence.role == EvidenceRole::Sink);
    ActiveModel {
        scan_id: Set(scan_id),
        dedup_key: Set(finding.fingerprint.to_string()),
        origin: Set(finding.origin.name().to_owned()),
        status: Set(ACCEPTED.to_owned()),
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
        ..Default::default()
    }
}
