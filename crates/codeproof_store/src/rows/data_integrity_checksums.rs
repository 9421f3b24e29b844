//! Table `data_integrity_checksums`: the SHA-256 of each scanner's parameters.

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0006.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "data_integrity_checksums")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub session_id: i64,
    pub namespace_id: String,
    pub scanner_name: String,
    pub checksum_value: String,
    pub checksum_algorithm: String,
    pub created_at: i64,
    pub verified_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
