//! Table `scanner_boundaries`: where each scanner of a session's file is.

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0006.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "scanner_boundaries")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub session_id: i64,
    pub scanner_name: String,
    pub start_line: i64,
    pub end_line: i64,
    pub confidence_score: f64,
    pub boundary_type: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub detected_patterns: Json,
    pub parameter_namespace: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub dependencies: Json,
    pub validation_status: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub context_metadata: Json,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
