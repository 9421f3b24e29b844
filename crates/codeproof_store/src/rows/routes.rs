//! Table `routes`: the routes of a repository's applications.

use codeproof_types::laravel::Route;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use serde_json::json;

use super::{key_text, to_json, to_word};
use crate::laravel::RowContext;

/// A row; columns as in schema step m0005.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "routes")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub repo_id: i64,
    pub subfolder: String,
    pub method: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub methods: Json,
    pub uri: String,
    pub full_uri: String,
    pub domain: Option<String>,
    pub name: Option<String>,
    pub controller: Option<String>,
    pub action: Option<String>,
    pub handler_type: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub middleware: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub excluded_middleware: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub middleware_classes: Json,
    pub authentication: String,
    pub authenticated_by: Option<String>,
    pub group_prefix: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub group_middleware: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub parameters: Json,
    pub source_file: String,
    pub start_line: i64,
    pub end_line: Option<i64>,
    pub controller_symbol: Option<String>,
    pub controller_symbol_id: Option<i64>,
    pub framework: bool,
    pub certainty: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub unknown: Json,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of a route. What is told of its parameters stands together in one column.
pub(crate) fn row(context: &RowContext, route: &Route) -> ActiveModel {
    ActiveModel {
        repo_id: Set(context.repo_id),
        subfolder: Set(context.subfolder.clone()),
        method: Set(route.method.clone()),
        methods: Set(to_json(&route.methods)),
        uri: Set(route.uri.clone()),
        full_uri: Set(key_text(route.full_uri.clone())),
        domain: Set(route.domain.clone()),
        name: Set(route.name.clone()),
        controller: Set(route.controller.clone().map(key_text)),
        action: Set(route.action.clone()),
        handler_type: Set(to_word(route.handler_type)),
        middleware: Set(to_json(&route.middleware)),
        excluded_middleware: Set(to_json(&route.excluded_middleware)),
        middleware_classes: Set(to_json(&route.middleware_classes)),
        authentication: Set(to_word(route.authentication)),
        authenticated_by: Set(route.authenticated_by.clone()),
        group_prefix: Set(route.group_prefix.clone()),
        group_middleware: Set(to_json(&route.group_middleware)),
        parameters: Set(json!({
            "where": route.wheres,
            "defaults": route.defaults,
            "binding_fields": route.binding_fields,
        })),
        source_file: Set(route.source_file.clone()),
        start_line: Set(route.start_line.into()),
        end_line: Set(Some(route.end_line.into())),
        controller_symbol: Set(route.controller_symbol.clone()),
        controller_symbol_id: Set(None),
        framework: Set(route.framework),
        certainty: Set(to_word(route.certainty)),
        unknown: Set(to_json(&route.unknown)),
        created_at: Set(context.now_ms),
        ..Default::default()
    }
}
