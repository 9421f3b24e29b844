//! The store: one open database.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use crate::{Error, address, schema, sqlite};

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct StoreOptions {
    /// How long a statement waits for another program's lock before it fails; 5 s, as SQLite's users expect.
    pub busy_timeout: Duration,
    /// Connections kept open: one writes, the others read.
    pub connections: u32,
    /// The clock, milliseconds since 1970 UTC.
    pub now_ms: fn() -> i64,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { busy_timeout: Duration::from_secs(5), connections: 4, now_ms: system_now_ms }
    }
}

/// An open database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) db: DatabaseConnection,
    pub(crate) path: PathBuf,
    pub(crate) options: StoreOptions,
}

impl Store {
    /// Opens the database at `url`: `sqlite://PATH` or a plain path. A missing file is made (mode 0600) with its folder
    /// (0700); an older one is brought up to date after a copy of it was written beside it.
    ///
    /// # Errors
    /// When the place cannot be made or reached, or when the file is not ours, newer than this version, locked,
    /// read-only or damaged: then it is left as it is.
    pub async fn open(url: &str, options: StoreOptions) -> Result<Self, Error> {
        let path = address::file_of(url)?;
        sqlite::create_file(&path)?;
        let connect = sqlite::Connect { busy_timeout: options.busy_timeout, connections: options.connections };
        let failed = |source| Error::database("open the database", &path, source);
        let db = sqlite::connect(&path, connect).await.map_err(failed)?;
        if let Err(error) = schema::prepare(&db, &path, connect, schema::steps).await {
            let _ = db.close().await; // The first error is the one to tell.
            return Err(error);
        }
        Ok(Self { db, path, options })
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Closes the connections and folds the write-ahead log into the file. A store that is only dropped loses nothing:
    /// the next one folds it.
    ///
    /// # Errors
    /// When the database refuses to close.
    pub async fn close(self) -> Result<(), Error> {
        self.db.close_by_ref().await.map_err(self.failed("close the database"))
    }

    /// For `map_err`: the database refused `operation` ("cannot …").
    pub(crate) fn failed(&self, operation: &'static str) -> impl Fn(DbErr) -> Error + '_ {
        move |source| Error::database(operation, &self.path, source)
    }

    /// Starts a transaction that may write.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        begin_writing(&self.db).await
    }
}

/// Starts a transaction that holds the write lock from its first moment: a deferred one fails at once, without
/// waiting, when somebody wrote between its first read and its first write.
pub(crate) async fn begin_writing(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    db.begin_with_options(immediate).await
}

/// The system's clock; 0 before 1970.
#[expect(clippy::disallowed_methods, reason = "the default of an option: who wants another clock gives it")]
pub(crate) fn system_now_ms() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}
