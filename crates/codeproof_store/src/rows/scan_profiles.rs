//! Table `scan_profiles`: the built-in profiles, those of the user's settings, and those that were (seed 002's
//! ScanProfile).

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0004.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scan_profiles")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub description: String,
    pub enabled: bool,
    pub agentic_verifier_mode: String,
    pub agentic_verifier_model_id: Option<i64>,
    pub agentic_verifier_max_steps: i64,
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    pub updated_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
