//! Table `generated_templates`: the programs that were written.

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0006.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "generated_templates")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub session_id: i64,
    pub boundary_id: i64,
    pub template_name: String,
    pub form: String,
    pub template_code: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub dependencies: Json,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub validation_result: Option<Json>,
    pub confidence_score: Option<f64>,
    #[sea_orm(column_type = "JsonBinary")]
    pub generation_metadata: Json,
    pub file_path: Option<String>,
    pub file_sha256: String,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
