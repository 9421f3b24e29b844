//! Scans, their files, drafts, findings and events: what a scan of a tree writes.
//!
//! Seed 002's names where it has them: a finding's `line_number` is its first line; `category` and everything from
//! `cvss_score` to `references` is filled by later phases and by models, hence nullable. Times are milliseconds since
//! 1970 UTC, hashes hexadecimal digits, words as on the wire.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, double_null, integer, json_binary, json_binary_null, text, text_null,
};

use super::of_a_scan;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [scans(), scan_files(), draft_findings(), findings(), events()] {
            manager.create_table(table).await?;
        }
        for index in indexes(manager.get_database_backend()) {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn scans() -> TableCreateStatement {
    Table::create()
        .table("scans")
        .col(big_pk_auto("id"))
        .col(text("target"))
        .col(text("root"))
        .col(text("version"))
        .col(text("status"))
        .col(text_null("phase"))
        .col(integer("progress"))
        .col(big_integer("started_at_ms"))
        .col(big_integer_null("duration_ms"))
        .col(json_binary("settings"))
        .col(json_binary_null("summary"))
        .col(json_binary_null("problems"))
        .col(json_binary_null("rules"))
        .col(json_binary_null("notes"))
        .col(text_null("error"))
        .col(text_null("process"))
        .take()
}

fn scan_files() -> TableCreateStatement {
    of_a_scan("scan_files")
        .col(text("path"))
        .col(text_null("content_hash"))
        .col(text_null("class"))
        .col(text_null("language"))
        .col(big_integer("bytes"))
        .col(big_integer("lines"))
        .col(text("status"))
        .col(text_null("why"))
        .take()
}

fn draft_findings() -> TableCreateStatement {
    of_a_scan("draft_findings")
        .col(big_integer_null("chunk_id"))
        .col(text("dedup_key"))
        .col(text("origin"))
        .col(text("status"))
        .col(text("title"))
        .col(text_null("cwe"))
        .col(text("severity"))
        .col(text("file_path"))
        .col(big_integer("line_number"))
        .col(text("snippet"))
        .col(text("reason"))
        .col(json_binary_null("votes"))
        .col(json_binary("source_models"))
        .col(big_integer("created_at"))
        .take()
}

fn findings() -> TableCreateStatement {
    of_a_scan("findings")
        .col(big_integer("draft_id"))
        .col(big_integer_null("verified_id"))
        .col(text("fingerprint"))
        .col(text("rule_id"))
        .col(text("title"))
        .col(text("severity"))
        .col(text("tier"))
        .col(text_null("cwe"))
        .col(text_null("category"))
        .col(text("origin"))
        .col(text("confidence"))
        .col(text("state"))
        .col(text("file_path"))
        .col(big_integer("line_number"))
        .col(big_integer("last_line"))
        .col(big_integer_null("first_column"))
        .col(big_integer_null("last_column"))
        .col(text("content_hash"))
        .col(json_binary("evidence"))
        .col(text("message"))
        .col(text("remediation"))
        .col(json_binary_null("suppression"))
        .col(json_binary_null("secret"))
        .col(json_binary_null("votes"))
        .col(json_binary("source_models"))
        .col(double_null("cvss_score"))
        .col(text_null("vulnerability_details"))
        .col(text_null("proof_of_concept"))
        .col(text_null("corrected_code"))
        .col(text_null("remediation_steps"))
        .col(json_binary_null("references"))
        .col(big_integer("created_at"))
        .foreign_key(
            ForeignKey::create()
                .from("findings", "draft_id")
                .to("draft_findings", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

fn events() -> TableCreateStatement {
    of_a_scan("events")
        .col(big_integer("seq"))
        .col(big_integer("at_ms"))
        .col(text("kind"))
        .col(json_binary("data"))
        .take()
}

/// The unique keys make a batch written twice an error instead of double rows; each also finds its scan's rows.
fn indexes(backend: DbBackend) -> Vec<IndexCreateStatement> {
    let unique = |table: &'static str, column: &'static str| {
        Index::create()
            .name(format!("{table}_scan_id_{column}"))
            .table(table)
            .col("scan_id")
            .col(column)
            .unique()
            .take()
    };
    vec![
        unique_path(backend),
        unique("draft_findings", "dedup_key"),
        unique("findings", "fingerprint"),
        unique("events", "seq"),
        // Deleting a draft looks for its finding.
        Index::create().name("findings_draft_id").table("findings").col("draft_id").take(),
    ]
}

/// A path may have 4,096 bytes, an entry of a PostgreSQL index 2,704: there the index holds the path's SHA-256, of its
/// bytes as they are (`decode` would read a backslash as the start of an escape).
fn unique_path(backend: DbBackend) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name("scan_files_scan_id_path").table("scan_files").col("scan_id").unique();
    match backend {
        DbBackend::Postgres => {
            index.col(Expr::cust(r"sha256(decode(replace(path, '\', '\\'), 'escape'))"));
        }
        _ => {
            index.col("path");
        }
    }
    index.take()
}
