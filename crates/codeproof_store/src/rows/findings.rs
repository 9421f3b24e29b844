//! Table `findings`: what reports show (seed 002, "Final Finding Record").

use codeproof_types::{Finding, FindingId, Fingerprint, Location, Origin};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, OnConflict};

use super::conflict::{by_detector, coalesced, kept, kept_when};
use super::{Cell, to_json};
use crate::Error;

/// A row; columns as in schema steps m0001 and m0004.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "findings")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub scan_id: i64,
    pub draft_id: i64,
    pub verified_id: Option<i64>,
    pub fingerprint: String,
    pub rule_id: String,
    pub title: String,
    pub severity: String,
    pub tier: String,
    pub cwe: Option<String>,
    pub category: Option<String>,
    pub origin: String,
    pub confidence: String,
    pub state: String,
    pub file_path: String,
    pub line_number: i64,
    pub last_line: i64,
    pub first_column: Option<i64>,
    pub last_column: Option<i64>,
    pub content_hash: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub evidence: Json,
    pub message: String,
    pub remediation: String,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub suppression: Option<Json>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub secret: Option<Json>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub votes: Option<Json>,
    #[sea_orm(column_type = "JsonBinary")]
    pub source_models: Json,
    pub cvss_score: Option<f64>,
    pub vulnerability_details: Option<String>,
    pub proof_of_concept: Option<String>,
    pub corrected_code: Option<String>,
    pub remediation_steps: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub references: Option<Json>,
    pub created_at: i64,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub judgement: Option<Json>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of a finding whose draft is stored. Columns that later phases fill are left out.
pub(crate) fn row(scan_id: i64, draft_id: i64, finding: &Finding, created_at: i64) -> ActiveModel {
    let location = &finding.location;
    ActiveModel {
        scan_id: Set(scan_id),
        draft_id: Set(draft_id),
        fingerprint: Set(finding.fingerprint.to_string()),
        rule_id: Set(finding.rule_id.clone()),
        title: Set(finding.title.clone()),
        severity: Set(finding.severity.name().to_owned()),
        tier: Set(finding.tier.name().to_owned()),
        cwe: Set(finding.cwe.map(|cwe| cwe.to_string())),
        category: Set(finding.category.map(|category| category.name().to_owned())),
        origin: Set(finding.origin.name().to_owned()),
        confidence: Set(finding.confidence.name().to_owned()),
        state: Set(finding.state.name().to_owned()),
        file_path: Set(location.path.to_string()),
        line_number: Set(location.first_line.into()),
        last_line: Set(location.last_line.into()),
        first_column: Set(location.first_column.map(i64::from)),
        last_column: Set(location.last_column.map(i64::from)),
        content_hash: Set(location.content_hash.to_string()),
        evidence: Set(to_json(&finding.evidence)),
        message: Set(finding.message.clone()),
        remediation: Set(finding.remediation.clone()),
        suppression: Set(finding.suppression.as_ref().map(to_json)),
        secret: Set(finding.secret.as_ref().map(to_json)),
        votes: Set(finding.votes.as_ref().map(to_json)),
        source_models: Set(to_json(&finding.source_models)),
        created_at: Set(created_at),
        judgement: Set(finding.judgement.as_ref().map(to_json)),
        ..Default::default()
    }
}

/// The columns that say where a finding is and what stands there.
const PLACE: [Column; 8] = [
    Column::FilePath,
    Column::LineNumber,
    Column::LastLine,
    Column::FirstColumn,
    Column::LastColumn,
    Column::ContentHash,
    Column::Evidence,
    Column::DraftId,
];

/// What the detector that finds a finding again changes: all that it says itself, nothing that models said.
pub(crate) fn found_again() -> OnConflict {
    use Column::*;
    key()
        .update_columns(PLACE)
        .update_columns([RuleId, Title, Severity, Tier, Cwe, Category, Confidence, State])
        .update_columns([Message, Remediation, Suppression, Secret])
        .to_owned()
}

/// What models' reports change of a finding that is there: its text only while nobody has judged it, of a detector's
/// nothing but who reported it, too.
pub(crate) fn reported_again(origin: Origin) -> OnConflict {
    use Column::*;
    let mut conflict = key();
    conflict.update_column(SourceModels).value(Votes, coalesced(Votes));
    if !by_detector(origin) {
        conflict.update_columns(PLACE);
        let judged = || kept(Judgement).is_not_null();
        let text = [RuleId, Title, Severity, Tier, Cwe, Confidence, Message, Remediation];
        conflict.values(text.map(|column| (column, kept_when(judged(), column))));
    }
    conflict
}

/// What votes change: of a detector's finding nothing but that they are shown beside it.
pub(crate) fn judged_again(origin: Origin) -> OnConflict {
    use Column::*;
    let mut conflict = key();
    conflict.update_columns([Judgement, Votes, VerifiedId]);
    if !by_detector(origin) {
        conflict.update_columns([State, Tier, Severity, Confidence, Message, SourceModels]);
    }
    conflict
}

fn key() -> OnConflict {
    OnConflict::columns([Column::ScanId, Column::Fingerprint])
}

/// The finding of a row.
pub(crate) fn finding(row: Model) -> Result<Finding, Error> {
    let cell = |column| Cell { table: "findings", row: row.id, column };
    Ok(Finding {
        id: Some(FindingId(row.id)),
        fingerprint: Fingerprint::from(row.fingerprint),
        rule_id: row.rule_id,
        title: row.title,
        severity: cell("severity").word(row.severity)?,
        tier: cell("tier").word(row.tier)?,
        cwe: row.cwe.map(|cwe| cell("cwe").word(cwe)).transpose()?,
        category: row.category.map(|category| cell("category").word(category)).transpose()?,
        origin: cell("origin").word(row.origin)?,
        confidence: cell("confidence").word(row.confidence)?,
        location: Location {
            path: cell("file_path").word(row.file_path)?,
            first_line: cell("line_number").number(row.line_number)?,
            last_line: cell("last_line").number(row.last_line)?,
            first_column: row.first_column.map(|column| cell("first_column").number(column)).transpose()?,
            last_column: row.last_column.map(|column| cell("last_column").number(column)).transpose()?,
            content_hash: cell("content_hash").word(row.content_hash)?,
        },
        evidence: cell("evidence").json(row.evidence)?,
        message: row.message,
        remediation: row.remediation,
        votes: row.votes.map(|votes| cell("votes").json(votes)).transpose()?,
        source_models: cell("source_models").json(row.source_models)?,
        state: cell("state").word(row.state)?,
        suppression: row.suppression.map(|suppression| cell("suppression").json(suppression)).transpose()?,
        secret: row.secret.map(|secret| cell("secret").json(secret)).transpose()?,
        judgement: row.judgement.map(|judgement| cell("judgement").json(judgement)).transpose()?,
        baseline_state: None,
    })
}
