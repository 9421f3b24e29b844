//! Table `scanner_sessions`: the sessions in which files of scanners were taken apart.

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0006.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "scanner_sessions")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub public_id: String,
    pub filename: String,
    pub source_sha256: String,
    pub source_bytes: i64,
    pub status: String,
    pub phase: Option<String>,
    pub progress: i64,
    pub process: Option<String>,
    pub output_folder: Option<String>,
    pub is_multi_scanner: bool,
    pub scanner_count: i64,
    pub boundary_detection_time_ms: Option<i64>,
    pub parameter_isolation_time_ms: Option<i64>,
    pub template_generation_time_ms: Option<i64>,
    pub duration_ms: Option<i64>,
    pub overall_isolation_score: Option<f64>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub ai_processing_metadata: Option<Json>,
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub degraded: Json,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
