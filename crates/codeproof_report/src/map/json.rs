//! The public JSON of a map: the fields of [`LaravelMap`], indented by two blanks, with a line end after it. The fields
//! of parts that were not asked for are left out: an empty list means "none", not "not looked at".

use std::io::{self, Write};

use codeproof_types::laravel::{
    Concern, LaravelMap, MiddlewareNames, MigrationOperation, Model, RawStatement, Route, Table, UnknownPart,
};
use serde::Serialize;

use super::MapOptions;
use crate::json::write_pretty;

/// The fields of a [`LaravelMap`] in their order.
#[derive(Serialize)]
struct Fields<'m> {
    framework_version: &'m Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    routes: Option<&'m [Route]>,
    #[serde(flatten)]
    migrations: Option<MigrationFields<'m>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    models: Option<&'m [Model]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    middleware: Option<&'m MiddlewareNames>,
    #[serde(skip_serializing_if = "Option::is_none")]
    concerns: Option<&'m [Concern]>,
    limits: &'m [UnknownPart],
}

#[derive(Serialize)]
struct MigrationFields<'m> {
    migrations: &'m [MigrationOperation],
    alternatives: &'m [MigrationOperation],
    rollbacks: &'m [MigrationOperation],
    raw_statements: &'m [RawStatement],
    schema: &'m [Table],
}

/// Writes the JSON.
pub(super) fn write_map(map: &LaravelMap, options: &MapOptions, out: &mut dyn Write) -> io::Result<()> {
    // Every field by name: one that is added must not be forgotten here.
    let LaravelMap {
        framework_version,
        routes,
        migrations,
        alternatives,
        rollbacks,
        raw_statements,
        schema,
        models,
        middleware,
        concerns,
        limits,
    } = map;
    let parts = options.parts;
    let fields = Fields {
        framework_version,
        routes: parts.routes.then_some(routes),
        migrations: parts.migrations.then_some(MigrationFields {
            migrations,
            alternatives,
            rollbacks,
            raw_statements,
            schema,
        }),
        models: parts.models.then_some(models),
        middleware: parts.routes.then_some(middleware),
        concerns: parts.concerns.then_some(concerns),
        limits,
    };
    write_pretty(&fields, out)
}
