//! Table `ai_model_performance`: what models did for sessions.

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0006.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ai_model_performance")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub session_id: i64,
    pub model_type: String,
    pub operation_type: String,
    pub confidence_score: Option<f64>,
    pub accuracy_score: Option<f64>,
    pub execution_time_ms: i64,
    pub model_version: Option<String>,
    pub input_size: i64,
    pub success: bool,
    pub error_message: Option<String>,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
