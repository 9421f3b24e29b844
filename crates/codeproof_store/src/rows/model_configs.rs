//! Table `model_configs`: the models of the user's settings, and those that were.

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0004.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "model_configs")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub provider: String,
    pub served_name: String,
    pub base_url: Option<String>,
    pub api_key_env: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub roles: Json,
    pub max_concurrent: i64,
    pub enabled: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    pub updated_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
