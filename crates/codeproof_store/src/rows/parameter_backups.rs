//! Table `parameter_backups`: each scanner's parameters as they were when they were found.

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0006.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "parameter_backups")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub session_id: i64,
    pub namespace_id: String,
    pub parameters: String,
    pub checksum_value: String,
    pub created_at: i64,
    pub restored_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
