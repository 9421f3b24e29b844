//! Repositories, and what is known of the Laravel applications in them: routes, migrations, Eloquent models.
//!
//! Seed 004's columns, with integers for ids and a `public_id` (UUIDv7 as text) beside that of a repository. A repository
//! is known by its `root`, the canonical folder or the URL; what belongs to GitHub and to users is filled in when a
//! server knows it. `subfolder` is the application's folder in it, empty for its root. Times are milliseconds since 1970
//! UTC.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, big_pk_auto, boolean, json_binary, text, text_null};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [repositories(), routes(), migrations(), eloquent_models()] {
            manager.create_table(table).await?;
        }
        for (table, columns) in [
            ("repositories", &["root_hash"][..]),
            ("routes", &["repo_id", "full_uri"]),
            ("routes", &["repo_id", "controller"]),
            ("migrations", &["repo_id", "table_name"]),
            ("eloquent_models", &["repo_id", "name"]),
        ] {
            let mut index = Index::create();
            index.name(format!("{table}_{}", columns.join("_"))).table(table);
            for column in columns {
                index.col(*column);
            }
            if table == "repositories" {
                index.unique();
            }
            manager.create_index(index.take()).await?;
        }
        Ok(())
    }
}

/// A text of a list of words.
fn word(column: &'static str, words: &[&'static str]) -> ColumnDef {
    text(column).check(Expr::col(column).is_in(words.iter().copied())).take()
}

/// `root_hash` is the BLAKE3 of `root`, which may be longer than an index takes.
fn repositories() -> TableCreateStatement {
    Table::create()
        .table("repositories")
        .col(big_pk_auto("id"))
        .col(text("public_id").unique_key())
        .col(big_integer_null("user_id"))
        .col(big_integer_null("github_repo_id"))
        .col(big_integer_null("github_installation_id"))
        .col(text_null("owner"))
        .col(text("name"))
        .col(text("full_name"))
        .col(text_null("default_branch"))
        .col(boolean("private"))
        .col(text("root"))
        .col(text("root_hash"))
        .col(text_null("detected_framework"))
        .col(text_null("framework_version"))
        .col(word("index_status", &["pending", "cloning", "indexing", "ready", "failed"]))
        .col(text_null("index_error"))
        .col(big_integer_null("last_indexed_at"))
        .col(text_null("last_indexed_commit"))
        .col(big_integer("file_count"))
        .col(big_integer("symbol_count"))
        .col(big_integer("route_count"))
        .col(big_integer("migration_count"))
        .col(big_integer("model_count"))
        .col(big_integer_null("deleted_at"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .take()
}

fn of_a_repository(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(big_pk_auto("id"))
        .col(big_integer("repo_id"))
        .col(text("subfolder"))
        .foreign_key(
            ForeignKey::create().from(table, "repo_id").to("repositories", "id").on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

/// How sure a row is, and what is not known of it.
fn with_certainty(mut table: TableCreateStatement) -> TableCreateStatement {
    table
        .col(word("certainty", &["exact", "conditional", "partial"]))
        .col(json_binary("unknown"))
        .col(big_integer("created_at"))
        .take()
}

fn routes() -> TableCreateStatement {
    let table = of_a_repository("routes")
        .col(text("method"))
        .col(json_binary("methods"))
        .col(text("uri"))
        .col(text("full_uri"))
        .col(text_null("domain"))
        .col(text_null("name"))
        .col(text_null("controller"))
        .col(text_null("action"))
        .col(word("handler_type", &["controller", "closure", "invokable", "view", "redirect"]))
        .col(json_binary("middleware"))
        .col(json_binary("excluded_middleware"))
        .col(json_binary("middleware_classes"))
        .col(word("authentication", &["required", "none", "unknown"]))
        .col(text_null("authenticated_by"))
        .col(text("group_prefix"))
        .col(json_binary("group_middleware"))
        .col(json_binary("parameters"))
        .col(text("source_file"))
        .col(big_integer("start_line"))
        .col(big_integer_null("end_line"))
        .col(text_null("controller_symbol"))
        .col(big_integer_null("controller_symbol_id"))
        .col(boolean("framework"))
        .take();
    with_certainty(table)
}

fn migrations() -> TableCreateStatement {
    let table = of_a_repository("migrations")
        .col(text("file_path"))
        .col(text("file_name"))
        .col(big_integer("migration_order"))
        .col(word("direction", &["up", "down"]))
        .col(big_integer("start_line"))
        .col(big_integer("end_line"))
        .col(text_null("table_name"))
        .col(word("operation", &["create", "alter", "drop", "rename"]))
        .col(text_null("renamed_to"))
        .col(json_binary("columns"))
        .col(json_binary("indexes"))
        .col(json_binary("foreign_keys"))
        .col(json_binary("dropped"))
        .col(boolean("raw"))
        .col(boolean("is_destructive"))
        .col(json_binary("destructive_operations"))
        .take();
    with_certainty(table)
}

fn eloquent_models() -> TableCreateStatement {
    let table = of_a_repository("eloquent_models")
        .col(big_integer_null("symbol_id"))
        .col(text("name"))
        .col(text("file_path"))
        .col(big_integer("start_line"))
        .col(text_null("table_name"))
        .col(json_binary("fillable"))
        .col(json_binary("guarded"))
        .col(json_binary("casts"))
        .col(json_binary("relationships"))
        .take();
    with_certainty(table)
}
