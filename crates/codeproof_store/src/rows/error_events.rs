//! Table `error_events`: what went wrong in sessions.

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0006.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "error_events")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub session_id: i64,
    pub category: String,
    pub phase: String,
    pub severity: String,
    pub message: String,
    pub scanner_name: Option<String>,
    pub recovery_action: String,
    pub recovery_attempted: bool,
    pub recovery_success: bool,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
