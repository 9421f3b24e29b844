//! Table `repositories`: the trees that were mapped, one row each.

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0005.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "repositories")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub public_id: String,
    pub user_id: Option<i64>,
    pub github_repo_id: Option<i64>,
    pub github_installation_id: Option<i64>,
    pub owner: Option<String>,
    pub name: String,
    pub full_name: String,
    pub default_branch: Option<String>,
    pub private: bool,
    pub root: String,
    pub root_hash: String,
    pub detected_framework: Option<String>,
    pub framework_version: Option<String>,
    pub index_status: String,
    pub index_error: Option<String>,
    pub last_indexed_at: Option<i64>,
    pub last_indexed_commit: Option<String>,
    pub file_count: i64,
    pub symbol_count: i64,
    pub route_count: i64,
    pub migration_count: i64,
    pub model_count: i64,
    pub deleted_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
