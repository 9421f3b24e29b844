//! Splitter sessions: one file of scanners taken apart, what was found, run and written.
//!
//! Seed 001's columns (section 5), with integers for ids, JSON for lists and a `public_id` (UUIDv7 as text) beside that of
//! a session. A parameter is known by its line and its place among those of the line: a column of flags compares with
//! several numbers that have no name. Values are JSON as text, which no database rewrites: their checksums are over the
//! same bytes for ever. Times are milliseconds since 1970 UTC; scores are 0 to 1.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, boolean, double, double_null, json_binary, json_binary_null, text,
    text_null,
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            scanner_sessions(),
            scanner_boundaries(),
            isolated_parameters(),
            isolation_validations(),
            generated_templates(),
            security_analyses(),
            performance_metrics(),
            data_integrity_checksums(),
            parameter_backups(),
            error_events(),
            ai_model_performance(),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        for (table, columns, unique) in [
            ("scanner_boundaries", &["session_id"][..], false),
            ("scanner_boundaries", &["scanner_name"], false),
            ("isolated_parameters", &["boundary_id", "line_number", "ordinal"], true),
            ("isolated_parameters", &["namespace_id"], false),
            ("generated_templates", &["session_id"], false),
            ("performance_metrics", &["session_id", "metric_type"], false),
            ("data_integrity_checksums", &["session_id", "namespace_id"], true),
            ("parameter_backups", &["session_id", "namespace_id"], true),
            ("error_events", &["session_id"], false),
            ("ai_model_performance", &["model_type", "created_at"], false),
        ] {
            let mut index = Index::create();
            index.name(format!("{table}_{}", columns.join("_"))).table(table);
            for column in columns {
                index.col(*column);
            }
            if unique {
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

/// A number from 0 to 1.
fn score(column: &'static str) -> ColumnDef {
    double(column).check(Expr::col(column).between(0.0, 1.0)).take()
}

/// The same, or nothing.
fn score_null(column: &'static str) -> ColumnDef {
    double_null(column).check(Expr::col(column).is_null().or(Expr::col(column).between(0.0, 1.0))).take()
}

/// A table whose rows belong to a row of another and go with it.
fn of(table: &'static str, owner: &'static str, column: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(big_pk_auto("id"))
        .col(big_integer(column))
        .foreign_key(ForeignKey::create().from(table, column).to(owner, "id").on_delete(ForeignKeyAction::Cascade))
        .take()
}

fn of_a_session(table: &'static str) -> TableCreateStatement {
    of(table, "scanner_sessions", "session_id")
}

fn scanner_sessions() -> TableCreateStatement {
    Table::create()
        .table("scanner_sessions")
        .col(big_pk_auto("id"))
        .col(text("public_id").unique_key())
        .col(text("filename"))
        .col(text("source_sha256"))
        .col(big_integer("source_bytes"))
        .col(word("status", &["running", "completed", "failed", "interrupted"]))
        .col(text_null("phase"))
        .col(big_integer("progress").check(Expr::col("progress").between(0, 100)))
        .col(text_null("process"))
        .col(text_null("output_folder"))
        .col(boolean("is_multi_scanner"))
        .col(big_integer("scanner_count"))
        .col(big_integer_null("boundary_detection_time_ms"))
        .col(big_integer_null("parameter_isolation_time_ms"))
        .col(big_integer_null("template_generation_time_ms"))
        .col(big_integer_null("duration_ms"))
        .col(score_null("overall_isolation_score"))
        .col(json_binary_null("ai_processing_metadata"))
        .col(json_binary("settings"))
        .col(json_binary("degraded"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .take()
}

fn scanner_boundaries() -> TableCreateStatement {
    of_a_session("scanner_boundaries")
        .col(text("scanner_name"))
        .col(big_integer("start_line").check(Expr::col("start_line").gt(0)))
        .col(big_integer("end_line").check(Expr::col("end_line").gte(Expr::col("start_line"))))
        .col(score("confidence_score"))
        .col(word("boundary_type", &["function_based", "comment_based", "semantic_based", "pattern_based"]))
        .col(json_binary("detected_patterns"))
        .col(text("parameter_namespace"))
        .col(json_binary("dependencies"))
        .col(word("validation_status", &["valid", "needs_review", "invalid"]))
        .col(json_binary("context_metadata"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .take()
}

fn isolated_parameters() -> TableCreateStatement {
    of("isolated_parameters", "scanner_boundaries", "boundary_id")
        .col(text("namespace_id"))
        .col(text("parameter_name"))
        .col(text("parameter_value"))
        .col(text("parameter_type"))
        .col(text("kind"))
        .col(score_null("confidence_score"))
        .col(big_integer("line_number"))
        .col(big_integer("ordinal"))
        .col(text("context"))
        .col(text("reason"))
        .col(text_null("impact_level"))
        .col(text_null("validation_status"))
        .col(text_null("description"))
        .col(boolean("shared"))
        .col(big_integer("created_at"))
        .take()
}

fn isolation_validations() -> TableCreateStatement {
    of_a_session("isolation_validations")
        .col(score_null("overall_isolation_score"))
        .col(boolean("contamination_detected"))
        .col(json_binary("contamination_details"))
        .col(json_binary("validation_tests"))
        .col(json_binary("recommendations"))
        .col(boolean("validation_passed"))
        .col(big_integer("created_at"))
        .take()
}

/// `template_code` is what stands in the file, with secrets masked; `file_sha256` is that of the file as it was written.
fn generated_templates() -> TableCreateStatement {
    of_a_session("generated_templates")
        .col(big_integer("boundary_id"))
        .col(text("template_name"))
        .col(word("form", &["slice", "whole_program"]))
        .col(text("template_code"))
        .col(json_binary("dependencies"))
        .col(json_binary_null("validation_result"))
        .col(score_null("confidence_score"))
        .col(json_binary("generation_metadata"))
        .col(text_null("file_path"))
        .col(text("file_sha256"))
        .col(big_integer("created_at"))
        .foreign_key(
            ForeignKey::create()
                .from("generated_templates", "boundary_id")
                .to("scanner_boundaries", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

fn security_analyses() -> TableCreateStatement {
    of_a_session("security_analyses")
        .col(text("filename"))
        .col(word("level", &["safe", "low", "medium", "high", "critical"]))
        .col(score("risk_score"))
        .col(boolean("execution_allowed"))
        .col(json_binary("threats_detected"))
        .col(json_binary("security_recommendations"))
        .col(big_integer("analysis_timestamp"))
        .take()
}

fn performance_metrics() -> TableCreateStatement {
    of_a_session("performance_metrics")
        .col(text("metric_type"))
        .col(text("metric_name"))
        .col(double("metric_value"))
        .col(text("metric_unit"))
        .col(json_binary_null("metadata"))
        .col(big_integer("measurement_timestamp"))
        .take()
}

fn data_integrity_checksums() -> TableCreateStatement {
    of_a_session("data_integrity_checksums")
        .col(text("namespace_id"))
        .col(text("scanner_name"))
        .col(text("checksum_value"))
        .col(text("checksum_algorithm").default("sha256"))
        .col(big_integer("created_at"))
        .col(big_integer_null("verified_at"))
        .take()
}

/// `parameters` is the text whose SHA-256 is `checksum_value`.
fn parameter_backups() -> TableCreateStatement {
    of_a_session("parameter_backups")
        .col(text("namespace_id"))
        .col(text("parameters"))
        .col(text("checksum_value"))
        .col(big_integer("created_at"))
        .col(big_integer_null("restored_at"))
        .take()
}

fn error_events() -> TableCreateStatement {
    of_a_session("error_events")
        .col(text("category"))
        .col(text("phase"))
        .col(word("severity", &["low", "medium", "high", "critical"]))
        .col(text("message"))
        .col(text_null("scanner_name"))
        .col(word("recovery_action", &["retry", "fallback", "manual_intervention", "abort"]))
        .col(boolean("recovery_attempted"))
        .col(boolean("recovery_success"))
        .col(big_integer("created_at"))
        .take()
}

fn ai_model_performance() -> TableCreateStatement {
    of_a_session("ai_model_performance")
        .col(text("model_type"))
        .col(text("operation_type"))
        .col(score_null("confidence_score"))
        .col(score_null("accuracy_score"))
        .col(big_integer("execution_time_ms"))
        .col(text_null("model_version"))
        .col(big_integer("input_size"))
        .col(boolean("success"))
        .col(text_null("error_message"))
        .col(big_integer("created_at"))
        .take()
}
