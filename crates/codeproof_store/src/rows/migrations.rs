//! Table `migrations`: what the migrations of a repository's applications do to tables.

use codeproof_types::laravel::MigrationOperation;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use serde_json::json;

use super::{key_text, to_json, to_word};
use crate::laravel::RowContext;

/// A row; columns as in schema step m0005.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "migrations")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub repo_id: i64,
    pub subfolder: String,
    pub file_path: String,
    pub file_name: String,
    pub migration_order: i64,
    pub direction: String,
    pub start_line: i64,
    pub end_line: i64,
    pub table_name: Option<String>,
    pub operation: String,
    pub renamed_to: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub columns: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub indexes: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub foreign_keys: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub dropped: Json,
    pub raw: bool,
    pub is_destructive: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub destructive_operations: Json,
    pub certainty: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub unknown: Json,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of an operation of `up()` or `down()`. What it takes away or renames stands together in one column.
pub(crate) fn row(context: &RowContext, direction: &str, operation: &MigrationOperation) -> ActiveModel {
    ActiveModel {
        repo_id: Set(context.repo_id),
        subfolder: Set(context.subfolder.clone()),
        file_path: Set(operation.file_path.clone()),
        file_name: Set(operation.file_name.clone()),
        migration_order: Set(operation.migration_order.into()),
        direction: Set(direction.to_owned()),
        start_line: Set(operation.start_line.into()),
        end_line: Set(operation.end_line.into()),
        table_name: Set(Some(key_text(operation.table_name.clone()))),
        operation: Set(to_word(operation.operation)),
        renamed_to: Set(operation.to.clone()),
        columns: Set(to_json(&operation.columns)),
        indexes: Set(to_json(&operation.indexes)),
        foreign_keys: Set(to_json(&operation.foreign_keys)),
        dropped: Set(json!({
            "columns": operation.dropped_columns,
            "indexes_and_keys": operation.dropped,
            "renames": operation.renames,
        })),
        raw: Set(operation.raw),
        is_destructive: Set(operation.is_destructive),
        destructive_operations: Set(to_json(&operation.destructive_operations)),
        certainty: Set(to_word(operation.certainty)),
        unknown: Set(to_json(&operation.unknown)),
        created_at: Set(context.now_ms),
        ..Default::default()
    }
}
