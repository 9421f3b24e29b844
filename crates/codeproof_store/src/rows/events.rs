//! Table `events`: what happened during a scan, in order.

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0001.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub scan_id: i64,
    pub seq: i64,
    pub at_ms: i64,
    pub kind: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
