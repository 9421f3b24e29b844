//! Table `profile_verifiers`: who votes in a profile (seed 002's ProfileVerifier).

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0004.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "profile_verifiers")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub profile_id: i64,
    pub model_id: Option<i64>,
    pub model: String,
    pub name: String,
    pub enabled: bool,
    pub run_order: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub file_filter: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub language_filter: Json,
    pub prompt_template: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
