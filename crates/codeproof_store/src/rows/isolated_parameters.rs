//! Table `isolated_parameters`: the values each scanner uses.

use sea_orm::entity::prelude::*;

/// A row; columns as in schema step m0006.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "isolated_parameters")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub boundary_id: i64,
    pub namespace_id: String,
    pub parameter_name: String,
    pub parameter_value: String,
    pub parameter_type: String,
    pub kind: String,
    pub confidence_score: Option<f64>,
    pub line_number: i64,
    pub ordinal: i64,
    pub context: String,
    pub reason: String,
    pub impact_level: Option<String>,
    pub validation_status: Option<String>,
    pub description: Option<String>,
    pub shared: bool,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
