//! Table `security_analyses`: what a session's file could do if nothing held it.

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0006.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "security_analyses")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub session_id: i64,
    pub filename: String,
    pub level: String,
    pub risk_score: f64,
    pub execution_allowed: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub threats_detected: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub security_recommendations: Json,
    pub analysis_timestamp: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
