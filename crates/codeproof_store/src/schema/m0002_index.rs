//! What an index of a scanned program says: symbols, references, imports, on demand.
//!
//! Seed 004's names where it has them (`file_path`, `start_line`, `docstring`, `search_text`), with `parent` as the
//! qualified name of the symbol around it instead of an id. Columns that are looked up by are cut to a bounded length
//! before they are written: an entry of a PostgreSQL index may have 2,704 bytes.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, boolean, text, text_null};

use super::of_a_scan;
use crate::postgres;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [text_null("index_state"), big_integer_null("index_run")] {
            // SQLite adds one column in a statement.
            manager.alter_table(Table::alter().table("scans").add_column(column).take()).await?;
        }
        for table in [symbols(), symbol_references(), import_relations()] {
            manager.create_table(table).await?;
        }
        for (table, column) in [
            ("symbols", "name"),
            ("symbol_references", "callee"),
            ("symbol_references", "target_name"),
            ("import_relations", "module"),
        ] {
            manager.create_index(by(table, column)).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            postgres::try_trigram_index(manager.get_connection(), "symbols", "name").await?;
        }
        Ok(())
    }
}

fn symbols() -> TableCreateStatement {
    of_a_scan("symbols")
        .col(text("file_path"))
        .col(text("kind"))
        .col(text("name"))
        .col(text("qualified_name"))
        .col(text_null("parent"))
        .col(big_integer("start_line"))
        .col(big_integer("end_line"))
        .col(text("signature"))
        .col(text_null("docstring"))
        .col(text_null("visibility"))
        .col(boolean("is_static"))
        .col(text("search_text"))
        .take()
}

fn symbol_references() -> TableCreateStatement {
    of_a_scan("symbol_references")
        .col(text("file_path"))
        .col(text("kind"))
        .col(big_integer("line_number"))
        .col(big_integer("column_number"))
        .col(text("callee"))
        .col(text_null("receiver"))
        .col(text_null("caller"))
        .col(text_null("target_path"))
        .col(big_integer_null("target_line"))
        .col(text_null("target_name"))
        .col(text("resolution"))
        .take()
}

fn import_relations() -> TableCreateStatement {
    of_a_scan("import_relations")
        .col(text("file_path"))
        .col(big_integer("line_number"))
        .col(text("module"))
        .col(text("name"))
        .col(text_null("alias"))
        .col(big_integer("level"))
        .col(text_null("target_path"))
        .take()
}

/// Finds a scan's rows by one column, and all of a scan's rows.
fn by(table: &'static str, column: &'static str) -> IndexCreateStatement {
    Index::create().name(format!("{table}_scan_id_{column}")).table(table).col("scan_id").col(column).take()
}
