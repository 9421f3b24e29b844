//! Which commit a scan looked at, when its files came from a repository.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // `commit` alone is a word of SQL.
        manager.alter_table(Table::alter().table("scans").add_column(text_null("commit_id")).take()).await
    }
}
