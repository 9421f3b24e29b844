//! Table `scans`: one row per run of `codeproof scan`.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{DatabaseTransaction, DbBackend, QuerySelect as _};

/// A row; columns as in schema steps m0001 to m0004.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "scans")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub target: String,
    pub root: String,
    pub version: String,
    pub status: String,
    pub phase: Option<String>,
    pub progress: i32,
    pub started_at_ms: i64,
    pub duration_ms: Option<i64>,
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub summary: Option<Json>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub problems: Option<Json>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub rules: Option<Json>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub notes: Option<Json>,
    pub error: Option<String>,
    pub process: Option<String>,
    pub index_state: Option<String>,
    pub index_run: Option<i64>,
    pub commit_id: Option<String>,
    pub profile: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub models: Option<Json>,
    pub wish: Option<String>,
    pub heartbeat_at_ms: Option<i64>,
    pub paused_reason: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Keeps the other writer of a scan's findings waiting until the transaction ends. What detectors find and what models say
/// of it are the same rows, which two transactions could want in two orders; SQLite lets no two write at once in any case.
pub(crate) async fn lock_findings(scan_id: i64, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        let row = Entity::find_by_id(scan_id).select_only().column(Column::Id).lock(LockType::NoKeyUpdate);
        row.into_tuple::<i64>().one(transaction).await?;
    }
    Ok(())
}
