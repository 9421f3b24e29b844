//! What models did in a scan: chunks, calls, answers, votes; and the models and profiles that scans refer to.
//!
//! Seed 002's names where it has them. Money is nano-dollars, times are milliseconds since 1970 UTC, hashes hexadecimal
//! digits but for `analysis_cache.key`, which is their 32 bytes. `scan_profiles` starts with the built-in profiles: their
//! ids stay the same in every database, and the ids up to 99 are kept for later ones.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, binary, boolean, integer, json_binary, json_binary_null, text,
    text_null, var_binary, var_binary_null,
};

use super::of_a_scan;
use crate::postgres::PATH_DIGEST;

/// The built-in profiles in the order of their ids, from 1.
const BUILT_IN_PROFILES: [&str; 3] = ["offline", "deep", "demo"];

/// The highest id that only built-in profiles have.
const LAST_BUILT_IN_ID: i64 = 99;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("scans", text_null("profile")),
            ("scans", json_binary_null("models")),
            ("scans", text_null("wish")),
            ("scans", big_integer_null("heartbeat_at_ms")),
            ("scans", text_null("paused_reason")),
            ("findings", json_binary_null("judgement")),
            ("draft_findings", json_binary_null("sources")),
        ] {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        for table in [
            scan_file_chunks(),
            analysis_cache(),
            llm_call_metrics(),
            llm_exchanges(),
            model_configs(),
            scan_profiles(),
            profile_analyzers(),
            profile_verifiers(),
            verified_findings(),
            verification_votes(),
        ] {
            manager.create_table(table).await?;
        }
        for index in indexes(manager.get_database_backend()) {
            manager.create_index(index).await?;
        }
        add_built_in_profiles(manager).await
    }
}

fn scan_file_chunks() -> TableCreateStatement {
    of_a_scan("scan_file_chunks")
        .col(text("path"))
        .col(text("content_hash"))
        .col(text("chunk_hash"))
        .col(big_integer("first_line"))
        .col(big_integer("last_line"))
        .col(text_null("symbol"))
        .col(big_integer("tokens"))
        .col(boolean("needs_model"))
        .col(text("reason"))
        .col(text("status"))
        .col(text_null("why"))
        .take()
}

/// Answers outlive the scan that paid for them: `scan_id` is no foreign key.
fn analysis_cache() -> TableCreateStatement {
    Table::create()
        .table("analysis_cache")
        .col(var_binary("key", 32).primary_key())
        .col(big_integer_null("scan_id"))
        .col(text("analyzer"))
        .col(text("model"))
        .col(binary("value"))
        .col(big_integer("created_at"))
        .col(big_integer("last_used"))
        .take()
}

/// `seq` numbers the calls of a scan in the order they were stored.
fn llm_call_metrics() -> TableCreateStatement {
    of_a_scan("llm_call_metrics")
        .col(big_integer("seq"))
        .col(big_integer_null("chunk_id"))
        .col(big_integer_null("draft_id"))
        .col(big_integer("at_ms"))
        .col(text("model"))
        .col(text("role"))
        .col(text("purpose"))
        .col(text("prompt_hash"))
        .col(big_integer("input_tokens"))
        .col(big_integer("cached_input_tokens"))
        .col(big_integer("cache_write_tokens"))
        .col(big_integer("output_tokens"))
        .col(big_integer("reasoning_tokens"))
        .col(boolean("estimated"))
        .col(big_integer_null("cost_nano_usd"))
        .col(text_null("price_version"))
        .col(big_integer("latency_ms"))
        .col(big_integer("attempts"))
        .col(big_integer("batch_size"))
        .col(text("outcome"))
        .col(text_null("error"))
        .col(text_null("parse_status"))
        .take()
}

/// Two kinds of rows: an exchange has a `call_id`; a system text, which many exchanges share, has a `text_hash`, that the
/// `system_hash` of exchanges names, and stands in `prompt`.
fn llm_exchanges() -> TableCreateStatement {
    Table::create()
        .table("llm_exchanges")
        .col(big_pk_auto("id"))
        .col(big_integer_null("call_id"))
        .col(text_null("text_hash"))
        .col(text_null("system_hash"))
        .col(binary("prompt"))
        .col(var_binary_null("answer", 1 << 30))
        .col(big_integer("bytes"))
        .col(big_integer("created_at"))
        .foreign_key(
            ForeignKey::create()
                .from("llm_exchanges", "call_id")
                .to("llm_call_metrics", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

fn model_configs() -> TableCreateStatement {
    Table::create()
        .table("model_configs")
        .col(big_pk_auto("id"))
        .col(text("name").unique_key())
        .col(text("provider"))
        .col(text("served_name"))
        .col(text_null("base_url"))
        .col(text_null("api_key_env"))
        .col(json_binary("roles"))
        .col(big_integer("max_concurrent"))
        .col(boolean("enabled"))
        .col(json_binary("settings"))
        .col(big_integer("updated_at"))
        .take()
}

fn scan_profiles() -> TableCreateStatement {
    Table::create()
        .table("scan_profiles")
        .col(big_pk_auto("id"))
        .col(text("name").unique_key())
        .col(text("description"))
        .col(boolean("enabled"))
        .col(text("agentic_verifier_mode"))
        .col(big_integer_null("agentic_verifier_model_id"))
        .col(big_integer("agentic_verifier_max_steps"))
        .col(json_binary("settings"))
        .col(big_integer("updated_at"))
        .take()
}

fn profile_analyzers() -> TableCreateStatement {
    of_a_profile("profile_analyzers").col(text_null("output_mode")).col(boolean("stop_on_findings")).take()
}

fn profile_verifiers() -> TableCreateStatement {
    of_a_profile("profile_verifiers")
}

/// What an analyzer and a verifier share. `model` is the name that the profile says, `model_id` its row, when there is
/// one.
fn of_a_profile(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(big_pk_auto("id"))
        .col(big_integer("profile_id"))
        .col(big_integer_null("model_id"))
        .col(text("model"))
        .col(text("name"))
        .col(boolean("enabled"))
        .col(integer("run_order"))
        .col(json_binary("file_filter"))
        .col(json_binary("language_filter"))
        .col(text_null("prompt_template"))
        .col(json_binary("settings"))
        .foreign_key(
            ForeignKey::create()
                .from(table, "profile_id")
                .to("scan_profiles", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create().from(table, "model_id").to("model_configs", "id").on_delete(ForeignKeyAction::SetNull),
        )
        .take()
}

fn verified_findings() -> TableCreateStatement {
    of_a_draft("verified_findings")
        .col(text("status"))
        .col(big_integer_null("confidence"))
        .col(text("severity"))
        .col(text("attack_vector"))
        .col(text_null("data_flow"))
        .col(big_integer("created_at"))
        .take()
}

fn verification_votes() -> TableCreateStatement {
    of_a_draft("verification_votes")
        .col(text("voter"))
        .col(text("verdict"))
        .col(big_integer_null("confidence"))
        .col(text_null("severity"))
        .col(text("attack_path"))
        .col(text("reasoning"))
        .take()
}

fn of_a_draft(table: &'static str) -> TableCreateStatement {
    of_a_scan(table)
        .col(big_integer("draft_id"))
        .foreign_key(
            ForeignKey::create()
                .from(table, "draft_id")
                .to("draft_findings", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

fn indexes(backend: DbBackend) -> Vec<IndexCreateStatement> {
    let unique = |name: &'static str, table: &'static str, columns: &[&'static str]| {
        let mut index = Index::create();
        index.name(name).table(table).unique();
        for column in columns {
            index.col(*column);
        }
        index.take()
    };
    let by = |name: &'static str, table: &'static str, column: &'static str| {
        Index::create().name(name).table(table).col(column).take()
    };
    vec![
        unique_chunk(backend),
        unique("llm_call_metrics_scan_id_seq", "llm_call_metrics", &["scan_id", "seq"]),
        unique("llm_exchanges_text_hash", "llm_exchanges", &["text_hash"]),
        unique("profile_analyzers_profile_id_name", "profile_analyzers", &["profile_id", "name"]),
        unique("profile_verifiers_profile_id_name", "profile_verifiers", &["profile_id", "name"]),
        unique("verified_findings_draft_id", "verified_findings", &["draft_id"]),
        unique("verification_votes_draft_id_voter", "verification_votes", &["draft_id", "voter"]),
        // Deleting a scan looks for its rows, deleting a call for its exchange. Pruning reads whole tables: it is rare, and
        // every result would pay for an index by age.
        by("verified_findings_scan_id", "verified_findings", "scan_id"),
        by("verification_votes_scan_id", "verification_votes", "scan_id"),
        by("llm_exchanges_call_id", "llm_exchanges", "call_id"),
    ]
}

/// As with the paths of `scan_files`: PostgreSQL's index holds the path's digest.
fn unique_chunk(backend: DbBackend) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name("scan_file_chunks_scan_id_place").table("scan_file_chunks").col("scan_id").unique();
    match backend {
        DbBackend::Postgres => index.col(Expr::cust(PATH_DIGEST)),
        _ => index.col("path"),
    };
    index.col("first_line").col("last_line").take()
}

/// Adds the built-in profiles, whose descriptions come with the settings, and lets the ids of others start behind them.
async fn add_built_in_profiles(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = ["id", "name", "description", "enabled", "agentic_verifier_mode", "agentic_verifier_max_steps"];
    let mut insert = Query::insert();
    insert.into_table("scan_profiles").columns(columns.into_iter().chain(["settings", "updated_at"]));
    for (id, name) in (1i64..).zip(BUILT_IN_PROFILES) {
        let settings = serde_json::json!({});
        insert.values_panic([
            id.into(),
            name.into(),
            "".into(),
            true.into(),
            "skip".into(),
            8i64.into(),
            settings.into(),
            0i64.into(),
        ]);
    }
    let database = manager.get_connection();
    database.execute(&insert).await?;
    let after_built_in = match manager.get_database_backend() {
        DbBackend::Postgres => {
            format!("SELECT setval(pg_get_serial_sequence('scan_profiles', 'id'), {LAST_BUILT_IN_ID})")
        }
        _ => format!("UPDATE sqlite_sequence SET seq = {LAST_BUILT_IN_ID} WHERE name = 'scan_profiles'"),
    };
    database.execute_unprepared(&after_built_in).await.map(drop)
}
