//! Table `eloquent_models`: the models of a repository's applications.

use codeproof_types::laravel;
use sea_orm::Set;
use sea_orm::entity::prelude::*;

use super::{key_text, to_json, to_word};
use crate::laravel::RowContext;

/// A row; columns as in schema step m0005.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "eloquent_models")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub repo_id: i64,
    pub subfolder: String,
    pub symbol_id: Option<i64>,
    pub name: String,
    pub file_path: String,
    pub start_line: i64,
    pub table_name: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub fillable: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub guarded: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub casts: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub relationships: Json,
    pub certainty: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub unknown: Json,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of a model.
pub(crate) fn row(context: &RowContext, model: &laravel::Model) -> ActiveModel {
    ActiveModel {
        repo_id: Set(context.repo_id),
        subfolder: Set(context.subfolder.clone()),
        symbol_id: Set(None),
        name: Set(key_text(model.name.clone())),
        file_path: Set(model.file_path.clone()),
        start_line: Set(model.line.into()),
        table_name: Set(model.table_name.clone()),
        fillable: Set(to_json(&model.fillable)),
        guarded: Set(to_json(&model.guarded)),
        casts: Set(to_json(&model.casts)),
        relationships: Set(to_json(&model.relationships)),
        certainty: Set(to_word(model.certainty)),
        unknown: Set(to_json(&model.unknown)),
        created_at: Set(context.now_ms),
        ..Default::default()
    }
}
