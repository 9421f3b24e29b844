//! Table `isolation_validations`: what running a session's programs proved.

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0006.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "isolation_validations")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub session_id: i64,
    pub overall_isolation_score: Option<f64>,
    pub contamination_detected: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub contamination_details: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub validation_tests: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub recommendations: Json,
    pub validation_passed: bool,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
