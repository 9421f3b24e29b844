//! Another program on the same database.

use std::path::Path;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _};

/// Its connection.
pub(crate) enum Stranger {
    File(sqlx::SqliteConnection),
    Server(sqlx::PgConnection),
}

impl Stranger {
    pub(crate) async fn open(file: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
        Self::File(options.connect().await.unwrap())
    }

    pub(crate) async fn on_server(url: &str) -> Self {
        let options: PgConnectOptions = url.parse().unwrap();
        Self::Server(options.connect().await.unwrap())
    }

    pub(crate) async fn run(&mut self, sql: &str) {
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
        match self {
            Self::File(connection) => drop(sql.execute(connection).await.unwrap()),
            Self::Server(connection) => drop(sql.execute(connection).await.unwrap()),
        }
    }

    /// Begins a transaction that keeps every writer out, and no reader.
    pub(crate) async fn keep_writers_out(&mut self) {
        match self {
            Self::File(_) => self.run("BEGIN IMMEDIATE").await,
            Self::Server(_) => self.run("BEGIN; LOCK TABLE scans, scan_files IN EXCLUSIVE MODE").await,
        }
    }

    /// The first column of the first row.
    pub(crate) async fn ask<T>(&mut self, sql: &'static str) -> T
    where
        T: for<'row> sqlx::Decode<'row, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
        T: for<'row> sqlx::Decode<'row, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        match self {
            Self::File(connection) => sqlx::query_scalar(sql).fetch_one(connection).await.unwrap(),
            Self::Server(connection) => sqlx::query_scalar(sql).fetch_one(connection).await.unwrap(),
        }
    }

    pub(crate) async fn leave(self) {
        match self {
            Self::File(connection) => connection.close().await.unwrap(),
            Self::Server(connection) => connection.close().await.unwrap(),
        }
    }
}
