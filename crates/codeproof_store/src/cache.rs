//! The analysis cache: what was worked out about some bytes, by a key that holds everything it depends on.
//!
//! A SQLite file of its own, apart from the scans: it may be deleted at any time. Format 1 (`PRAGMA user_version`):
//! table `analysis_cache` with `key` (32 bytes, primary key), `value` (bytes), `checksum` (BLAKE3 of the value, 32 bytes),
//! `bytes` (length of the value), `last_used` (milliseconds since 1970 UTC).
//!
//! A cache never fails a scan. What goes wrong turns it off for the rest of the run, or makes it start anew, and is
//! told by [`AnalysisCache::warnings`]. A damaged file is set aside as `PATH.damaged`, not deleted: it might be somebody's.

mod table;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sea_orm::{DatabaseConnection, DbErr};

use crate::error::Cause;
use crate::store::{begin_writing, system_now_ms};
use crate::{Error, sqlite};
use table::Found;

/// The version of the file's layout.
const FORMAT: i64 = 1;

/// Identity of a cached value: 32 bytes hashed by the caller from all that the value depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CacheKey(pub [u8; 32]);

/// How a cache is opened.
#[derive(Debug, Clone, Copy)]
pub struct CacheOptions {
    /// Bytes of values to keep; beyond it the least recently used go until 90 % are left. 512 MiB hold the facts of
    /// some hundred thousand files.
    pub max_bytes: u64,
    /// How long a statement waits for another program's lock before the cache is left alone.
    pub busy_timeout: Duration,
    /// The clock, milliseconds since 1970 UTC.
    pub now_ms: fn() -> i64,
}

impl Default for CacheOptions {
    fn default() -> Self {
        Self { max_bytes: 512 << 20, busy_timeout: Duration::from_secs(5), now_ms: system_now_ms }
    }
}

/// An open cache, or one that is off and answers with nothing. Hits and misses are counted by the caller.
#[derive(Debug)]
pub struct AnalysisCache {
    db: Option<DatabaseConnection>,
    path: PathBuf,
    options: CacheOptions,
    off: AtomicBool,
    warnings: Mutex<Vec<String>>,
}

impl AnalysisCache {
    /// Opens the cache in the file at `path`, which is made (mode 0600) with its folder (0700).
    pub async fn open(path: &Path, options: CacheOptions) -> Self {
        let mut warnings = Vec::new();
        let opened = match connect(path, options).await {
            Err(Refusal::Damaged) => {
                warnings.push(set_aside(path));
                connect(path, options).await
            }
            opened => opened,
        };
        let db = match opened {
            Ok(db) => Some(db),
            Err(refusal) => {
                warnings.push(refusal.warning(path));
                None
            }
        };
        Self { db, path: path.to_owned(), options, off: AtomicBool::new(false), warnings: Mutex::new(warnings) }
    }

    /// The values of those keys that are in the cache, checked against their checksums; all in memory at once, so ask
    /// for one batch of files at a time.
    pub async fn get_many(&self, keys: &[CacheKey]) -> HashMap<CacheKey, Vec<u8>> {
        let Some(db) = self.in_use() else { return HashMap::new() };
        match table::get_many(db, keys, (self.options.now_ms)()).await {
            Ok(Found { values, damaged }) => {
                if damaged > 0 {
                    self.warn(format!("the analysis cache held {damaged} damaged values; they are made anew"));
                }
                values
            }
            Err(error) => {
                self.turn_off(error);
                HashMap::new()
            }
        }
    }

    /// Adds or replaces values in one transaction, then drops the least recently used if there are too many. A value
    /// larger than the whole cache may be is left out.
    pub async fn put_many(&self, mut entries: Vec<(CacheKey, Vec<u8>)>) {
        let Some(db) = self.in_use() else { return };
        let max_bytes = self.options.max_bytes;
        entries.retain(|(_, value)| value.len() as u64 <= max_bytes);
        if let Err(error) = table::put_many(db, entries, (self.options.now_ms)(), max_bytes).await {
            self.turn_off(error);
        }
    }

    /// What went wrong so far, one sentence each, for the report.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Closes the connections and folds the write-ahead log into the file.
    pub async fn close(self) {
        if let Some(db) = &self.db {
            let _ = db.close_by_ref().await; // A log that could not be folded is folded by the next run.
        }
    }

    fn in_use(&self) -> Option<&DatabaseConnection> {
        self.db.as_ref().filter(|_| !self.off.load(Ordering::Relaxed))
    }

    /// Goes without the cache from now on, and moves a damaged file out of the next run's way.
    fn turn_off(&self, error: DbErr) {
        if self.off.swap(true, Ordering::Relaxed) {
            return; // Told already.
        }
        let refusal = Refusal::from(error);
        self.warn(refusal.warning(&self.path));
        if let Refusal::Damaged = refusal {
            self.warn(set_aside(&self.path));
        }
    }

    fn warn(&self, warning: String) {
        tracing::warn!(warning, "the analysis cache has a problem");
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).push(warning);
    }
}

/// Why a cache is not used.
#[derive(Debug)]
enum Refusal {
    /// Not a database, or one whose bytes do not fit together.
    Damaged,
    /// Its format is newer than ours.
    Newer { format: i64 },
    /// It is another program's database.
    Foreign { table: String },
    /// The file cannot be made.
    Create(Error),
    /// The database refuses.
    Database(Cause, DbErr),
}

impl From<DbErr> for Refusal {
    fn from(error: DbErr) -> Self {
        match Cause::of(&error) {
            Cause::Damaged | Cause::NotADatabase => Self::Damaged,
            cause => Self::Database(cause, error),
        }
    }
}

impl Refusal {
    fn warning(&self, path: &Path) -> String {
        let why = match self {
            Self::Damaged => "is damaged".to_owned(),
            Self::Newer { format } => format!("was made by a newer codeproof (format {format})"),
            Self::Foreign { table } => format!("is another program's database (it has a table {table:?})"),
            Self::Create(error) => format!("cannot be made ({error})"),
            Self::Database(Cause::Locked, _) => "is locked by another program".to_owned(),
            Self::Database(Cause::ReadOnly, _) => "or its folder is read-only".to_owned(),
            Self::Database(Cause::DiskFull, _) => "has no room left on its disk".to_owned(),
            Self::Database(_, error) => format!("cannot be used ({error})"),
        };
        format!("the analysis cache {} {why}; this run goes without it", path.display())
    }
}

/// Opens the file and makes the table if the file is empty. One connection: batches are large and few.
async fn connect(path: &Path, options: CacheOptions) -> Result<DatabaseConnection, Refusal> {
    sqlite::create_file(path).map_err(Refusal::Create)?;
    let connect = sqlite::Connect { busy_timeout: options.busy_timeout, connections: 1 };
    let db = sqlite::connect(path, connect).await?;
    match prepare(&db, connect).await {
        Ok(()) => Ok(db),
        Err(refusal) => {
            let _ = db.close_by_ref().await; // The refusal is the thing to tell.
            Err(refusal)
        }
    }
}

async fn prepare(db: &DatabaseConnection, connect: sqlite::Connect) -> Result<(), Refusal> {
    let tables = sqlite::tables(db).await?;
    let format = sqlite::user_version(db).await?;
    match tables.iter().find(|table| *table != table::NAME) {
        Some(table) => return Err(Refusal::Foreign { table: table.clone() }),
        None if format > FORMAT => return Err(Refusal::Newer { format }),
        None if tables.is_empty() => {}
        None => return Ok(()),
    }
    sqlite::use_write_ahead_log(db, connect).await?;
    let transaction = begin_writing(db).await?;
    table::create(&transaction).await?;
    sqlite::set_user_version(&transaction, FORMAT).await?;
    Ok(transaction.commit().await?)
}

/// Renames a damaged file, and says so. Its log is worth nothing without it.
fn set_aside(path: &Path) -> String {
    let aside = sqlite::with_suffix(path, ".damaged");
    for log in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(sqlite::with_suffix(path, log)); // Most often there is none.
    }
    let renamed = std::fs::rename(path, &aside);
    let (path, target) = (path.display(), aside.display());
    match renamed {
        Ok(()) => format!("the analysis cache {path} was damaged; it is now {target}, and a new one was started"),
        Err(error) => format!("the analysis cache {path} is damaged and cannot be renamed ({error}); delete it"),
    }
}
